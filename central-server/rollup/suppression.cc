#include "rollup/suppression.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "rollup/witness.h"

namespace tram::server {
namespace {

constexpr std::int64_t kSteps[] = {5, 10, 20};
/// A line of so few persons is hidden rather than its whole sheet made coarser.
constexpr std::int64_t kSmallRow = 20;

Coarseness Coarser(Coarseness coarseness) {
  return coarseness == Coarseness::kNotDrawn
             ? coarseness
             : static_cast<Coarseness>(static_cast<int>(coarseness) + 1);
}

/// A sheet that is to be made coarser.
struct SheetKey {
  SuppressedCell::Kind kind = SuppressedCell::Kind::kGroup;
  std::size_t place = 0, table = 0, dimension = 0;
  std::size_t row = 0;  // above 0: only this line, and it is hidden
  bool hide = false;    // at once
  friend auto operator<=>(const SheetKey&, const SheetKey&) = default;
};

/// Makes sheets coarser until every suppressed number is wide.
class Coarsening {
 public:
  explicit Coarsening(const Cohort& cohort)
      : cohort_(cohort), sums_(SumGroups(cohort)), sheets_(FirstSheets(cohort, sums_)) {
    for (std::size_t g = 0; g < cohort.groups.size(); ++g) {
      overlapping_.emplace_back();
      std::set<std::size_t> seen;
      for (const CohortUnit& unit : cohort.units) {
        if (std::find(unit.groups.begin(), unit.groups.end(), g) == unit.groups.end()) continue;
        seen.insert(unit.groups.begin(), unit.groups.end());
      }
      overlapping_.back().assign(seen.begin(), seen.end());
    }
  }

  Sheets Run() {
    for (;;) {
      WitnessSearch search(cohort_, sums_, sheets_);
      std::set<SheetKey> narrow;
      for (const SuppressedCell& cell : SuppressedCells(cohort_, sums_, sheets_)) {
        SheetKey sheet{cell.kind, cell.place, cell.table, cohort_.DimensionOf(cell.row)};
        if (cell.kind == SuppressedCell::Kind::kGroup) sheet.row = cell.row;
        if (settled_.count(sheet) > 0) continue;
        if (narrow.count(sheet) == 0 && !search.IsWide(cell)) narrow.insert(sheet);
      }
      if (narrow.empty()) return std::move(sheets_);
      std::set<SheetKey> chosen;
      for (const SheetKey& sheet : narrow) Choose(sheet, chosen);
      for (const SheetKey& sheet : chosen) {
        if (sheet.row > 0) {
          sheets_.hidden_rows[sheet.place][sheet.table][sheet.row] = true;
          continue;
        }
        Coarseness& coarseness = Of(sheet);
        coarseness = sheet.hide ? Coarseness::kNotDrawn : Coarser(coarseness);
      }
    }
  }

 private:
  Coarseness& Of(const SheetKey& sheet) {
    switch (sheet.kind) {
      case SuppressedCell::Kind::kUnit:
        return sheets_.units[sheet.place][sheet.table];
      case SuppressedCell::Kind::kProfile:
        return sheets_.profile[sheet.place][sheet.dimension - 1];
      case SuppressedCell::Kind::kGroup:
        break;
    }
    return sheets_.groups[sheet.place][sheet.table][sheet.dimension];
  }

  /// `sheet` of all places that share persons with its own: the finest of them, together. False:
  /// none is finer than twenty.
  bool ChooseFinest(SheetKey sheet, std::set<SheetKey>& chosen) {
    sheet.row = 0;
    std::vector<SheetKey> keys;
    Coarseness finest = Coarseness::kTwenty;
    for (std::size_t g : overlapping_[sheet.place]) {
      sheet.place = g;
      keys.push_back(sheet);
      finest = std::min(finest, Of(sheet));
    }
    if (finest == Coarseness::kTwenty) return false;
    for (const SheetKey& key : keys) {
      if (Of(key) == finest) chosen.insert(key);
    }
    return true;
  }

  void Choose(const SheetKey& sheet, std::set<SheetKey>& chosen) {
    if (sheet.kind == SuppressedCell::Kind::kUnit) {
      chosen.insert(sheet);
    } else if (sheet.kind == SuppressedCell::Kind::kProfile) {
      ChooseForProfile(sheet, chosen);
    } else if (sheet.row > 0 && sums_.profile[sheet.place][sheet.row] <= kSmallRow) {
      chosen.insert(sheet);
    } else if (ChooseFinest(sheet, chosen)) {
      return;
    } else if (sheet.row > 0) {
      chosen.insert(sheet);
    } else if (!HideRows(sheet, chosen) && !CoarsenUnits(sheet, chosen)) {
      chosen.insert({sheet.kind, sheet.place, sheet.table, 0, 0, true});
    }
  }

  void ChooseForProfile(const SheetKey& sheet, std::set<SheetKey>& chosen) {
    if (!cohort_.profile_fixed && ChooseFinest(sheet, chosen)) return;
    for (std::size_t t = 0; t < cohort_.tables.size(); ++t) {
      const SheetKey of_table{SuppressedCell::Kind::kGroup, sheet.place, t, sheet.dimension};
      if (ChooseFinest(of_table, chosen)) return;
    }
    bool hidden = false;
    for (std::size_t g : overlapping_[sheet.place]) {
      for (std::size_t t = 0; t < cohort_.tables.size(); ++t) {
        if (sheets_.groups[g][t][sheet.dimension] == Coarseness::kNotDrawn) continue;
        chosen.insert({SuppressedCell::Kind::kGroup, g, t, sheet.dimension, 0, true});
        hidden = true;
      }
    }
    if (hidden) return;
    if (cohort_.profile_fixed) {
      settled_.insert(sheet);  // no table says more of these rows than the profile's own release
    } else {
      chosen.insert({sheet.kind, sheet.place, 0, sheet.dimension, 0, true});
    }
  }

  /// The rows of a place must follow everybody's counts: without them these are freer.
  bool HideRows(const SheetKey& sheet, std::set<SheetKey>& chosen) {
    bool any = false;
    for (std::size_t t = 0; t < cohort_.tables.size(); ++t) {
      for (std::size_t d = 1; d <= cohort_.dimensions.size(); ++d) {
        if (sheets_.groups[sheet.place][t][d] == Coarseness::kNotDrawn) continue;
        chosen.insert({sheet.kind, sheet.place, t, d, 0, true});
        any = true;
      }
    }
    return any;
  }

  bool CoarsenUnits(const SheetKey& sheet, std::set<SheetKey>& chosen) {
    bool any = false;
    for (std::size_t u = 0; u < cohort_.units.size(); ++u) {
      const std::vector<std::size_t>& groups = cohort_.units[u].groups;
      if (std::find(groups.begin(), groups.end(), sheet.place) == groups.end()) continue;
      if (sheets_.units[u][sheet.table] == Coarseness::kNotDrawn) continue;
      chosen.insert({SuppressedCell::Kind::kUnit, u, sheet.table, 0});
      any = true;
    }
    return any;
  }

  const Cohort& cohort_;
  GroupSums sums_;
  Sheets sheets_;
  std::vector<std::vector<std::size_t>> overlapping_;  // groups that share units
  std::set<SheetKey> settled_;
};

}  // namespace

std::optional<std::int64_t> ShownCount(std::int64_t count, Coarseness coarseness) {
  if (count <= kSuppressedMax) return std::nullopt;
  const std::int64_t step = kSteps[static_cast<int>(coarseness)];
  return std::max(step, (count + step / 2) / step * step);
}

CountBounds BoundsOf(std::optional<std::int64_t> shown, Coarseness coarseness) {
  if (!shown) return {0, kSuppressedMax};
  const std::int64_t step = kSteps[static_cast<int>(coarseness)];
  const std::int64_t low = *shown == step ? 0 : *shown - step / 2;
  return {std::max(kCohortMin, low), *shown - step / 2 + step - 1};
}

GroupSums SumGroups(const Cohort& cohort) {
  GroupSums sums;
  for (std::size_t g = 0; g < cohort.groups.size(); ++g) {
    sums.profile.emplace_back(cohort.rows());
    sums.counts.emplace_back();
    for (const PersonTable& table : cohort.tables) {
      sums.counts.back().emplace_back(cohort.rows() * table.bins);
    }
  }
  for (const CohortUnit& unit : cohort.units) {
    for (std::size_t g : unit.groups) {
      for (std::size_t row = 0; row < cohort.rows(); ++row) {
        sums.profile[g][row] += unit.profile[row];
      }
      for (std::size_t t = 0; t < cohort.tables.size(); ++t) {
        for (std::size_t i = 0; i < unit.counts[t].size(); ++i) {
          sums.counts[g][t][i] += unit.counts[t][i];
        }
      }
    }
  }
  return sums;
}

std::int64_t ItemCount(const PersonTable& table, const TableItem& item,
                       const std::vector<std::int64_t>& counts, std::size_t row) {
  std::int64_t count = 0;
  for (std::size_t b = 0; b < table.bins; ++b) {
    if (item.Has(b)) count += counts[row * table.bins + b];
  }
  return count;
}

Coarseness LineCoarseness(const Cohort& cohort, const GroupSums& sums, const Sheets& sheets,
                          std::size_t group, std::size_t table, std::size_t row) {
  const std::size_t d = cohort.DimensionOf(row);
  if (row > 0 && (sheets.hidden_rows[group][table][row] ||
                  sheets.profile[group][d - 1] == Coarseness::kNotDrawn ||
                  sums.profile[group][row] <= kSuppressedMax)) {
    return Coarseness::kNotDrawn;
  }
  return sheets.groups[group][table][d];
}

Sheets FirstSheets(const Cohort& cohort, const GroupSums& sums) {
  Sheets sheets;
  const std::size_t dimensions = cohort.dimensions.size();
  auto size_of = [](const PersonTable& table, const std::vector<std::int64_t>& counts) {
    std::int64_t size = 0;
    for (std::size_t b = 0; b < table.bins; ++b) size += counts[b];
    return size;
  };
  for (std::size_t g = 0; g < cohort.groups.size(); ++g) {
    const CohortGroup& group = cohort.groups[g];
    std::vector<Coarseness> profile(dimensions, Coarseness::kNotDrawn);
    if (cohort.profile_fixed) {
      if (!group.profile.empty()) profile = group.profile;
    } else if (sums.profile[g][0] >= kCohortMin) {
      profile.assign(dimensions, Coarseness::kFive);
    }
    sheets.profile.push_back(std::move(profile));
    sheets.groups.emplace_back();
    sheets.hidden_rows.emplace_back(cohort.tables.size(), std::vector<bool>(cohort.rows()));
    for (std::size_t t = 0; t < cohort.tables.size(); ++t) {
      const PersonTable& table = cohort.tables[t];
      const std::vector<std::int64_t>& counts = sums.counts[g][t];
      std::vector<Coarseness> levels(dimensions + 1, Coarseness::kNotDrawn);
      const bool whole =
          std::all_of(table.items.begin(), table.items.end(), [&](const TableItem& item) {
            return ItemCount(table, item, counts, 0) > kSuppressedMax;
          });
      if (group.tables && size_of(table, counts) >= table.cohort_min &&
          (whole || !table.whole_only)) {
        levels[0] = Coarseness::kFive;
        if (table.strata) levels.assign(dimensions + 1, Coarseness::kFive);
      }
      sheets.groups.back().push_back(std::move(levels));
    }
  }
  for (const CohortUnit& unit : cohort.units) {
    sheets.units.emplace_back();
    for (std::size_t t = 0; t < cohort.tables.size(); ++t) {
      const PersonTable& table = cohort.tables[t];
      const bool drawn =
          !table.unit_items.empty() && size_of(table, unit.counts[t]) >= table.cohort_min;
      sheets.units.back().push_back(drawn ? Coarseness::kFive : Coarseness::kNotDrawn);
    }
  }
  return sheets;
}

Sheets Suppress(const Cohort& cohort) { return Coarsening(cohort).Run(); }

}  // namespace tram::server
