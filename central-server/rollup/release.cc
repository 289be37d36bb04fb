#include "rollup/release.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "rollup/person_tables.h"
#include "rollup/suppression.h"
#include "rollup/unit_places.h"

namespace tram::server {
namespace {

constexpr char kProfilePart[] = "profile";
constexpr char kTablesPart[] = "tables";
constexpr char kPersons[] = "persons";
constexpr const char* kBy[] = {"country", "then", "now", "unit"};

int StepOf(Coarseness coarseness) {
  static constexpr int kSteps[] = {5, 10, 20, 0};
  return kSteps[static_cast<int>(coarseness)];
}

Coarseness CoarsenessOf(int step) {
  for (auto coarseness : {Coarseness::kFive, Coarseness::kTen, Coarseness::kTwenty}) {
    if (StepOf(coarseness) == step) return coarseness;
  }
  return Coarseness::kNotDrawn;
}

/// One part of one cohort's year: collected, decided, written.
class ReleaseMaker {
 public:
  ReleaseMaker(ServerState& state, const UnitPlaces& places, const CohortPlan& plan, int year,
               Date as_of)
      : state_(state), places_(places), plan_(plan), year_(year), as_of_(as_of) {
    year_end_ = DateOf(year, 12, 31);
    cohort_.dimensions = plan.dimensions;
  }

  Status MakeProfile() {
    TRAM_TRY(CollectUnits());
    TRAM_TRY(CollectProfiles(as_of_));
    AddOwnPlaces();
    const Sheets sheets = Suppress(cohort_);
    return Write(kProfilePart, sheets);
  }

  Status MakeTables() {
    for (const PlannedTable& planned : plan_.tables) cohort_.tables.push_back(planned.table);
    cohort_.inequalities = plan_.inequalities;
    TRAM_TRY(CollectUnits());
    TRAM_TRY(CollectTables());
    if (plan_.profile != nullptr) {
      const ReleasedPart part{plan_.name, year_, kProfilePart};
      TRAM_ASSIGN(std::optional<Date> on, state_.store().released().ReleasedOn(part));
      if (!on) return MakeError(ErrorCode::kInvalid, plan_.name + " has no profile");
      cohort_.profile_fixed = true;
      TRAM_TRY(CollectProfiles(*on));
      AddOwnPlaces();
      TRAM_TRY(AddReleasedPlaces(part));
    } else {
      RowsFromFirstTable();
      AddOwnPlaces();
    }
    return Write(kTablesPart, Suppress(cohort_));
  }

 private:
  /// Units that were merged by the year's end are one.
  Status CollectUnits() {
    for (const Unit& unit : places_.units()) {
      const UnitNumber number = places_.UnitOn(unit.number, year_end_).number;
      auto [it, is_new] = index_.emplace(number, cohort_.units.size());
      if (is_new) {
        CohortUnit added;
        added.number = number;
        added.profile.resize(cohort_.rows());
        for (const PersonTable& table : cohort_.tables) {
          added.counts.emplace_back(cohort_.rows() * table.bins);
        }
        cohort_.units.push_back(std::move(added));
      }
    }
    return {};
  }

  Result<std::vector<IndicatorRow>> RowsOfYear(const Unit& unit, Date as_of,
                                               const std::string& indicator) {
    TRAM_ASSIGN(std::vector<IndicatorRow> rows,
                state_.store().rollups().Rows(unit.number, as_of, indicator));
    const std::string year = std::to_string(year_) + "-";
    std::erase_if(rows, [&](const IndicatorRow& row) { return !row.period.starts_with(year); });
    return rows;
  }

  CohortUnit& UnitOf(const Unit& unit) {
    return cohort_.units[index_.at(places_.UnitOn(unit.number, year_end_).number)];
  }

  Status CollectProfiles(Date as_of) {
    for (const Unit& unit : places_.units()) {
      TRAM_ASSIGN(std::vector<IndicatorRow> rows, RowsOfYear(unit, as_of, plan_.profile->name));
      AddProfileRows(plan_, rows, UnitOf(unit).profile);
    }
    return {};
  }

  Status CollectTables() {
    for (const Unit& unit : places_.units()) {
      for (std::size_t t = 0; t < plan_.tables.size(); ++t) {
        TRAM_ASSIGN(std::vector<IndicatorRow> rows,
                    RowsOfYear(unit, as_of_, plan_.tables[t].indicator->name));
        TRAM_TRY(AddTableRows(plan_, plan_.tables[t], rows, UnitOf(unit).counts[t]));
      }
    }
    return {};
  }

  void RowsFromFirstTable() {
    const std::size_t bins = cohort_.tables[0].bins;
    for (CohortUnit& unit : cohort_.units) {
      for (std::size_t i = 0; i < unit.counts[0].size(); ++i) {
        unit.profile[i / bins] += unit.counts[0][i];
      }
    }
  }

  std::size_t AddGroup(const std::set<std::size_t>& units) {
    auto [it, is_new] = groups_.emplace(units, cohort_.groups.size());
    if (!is_new) return it->second;
    cohort_.groups.emplace_back();
    for (std::size_t u : units) cohort_.units[u].groups.push_back(it->second);
    return it->second;
  }

  /// The country; provinces as they were at the year's end, and as they are at the release.
  void AddOwnPlaces() {
    std::set<std::size_t> all;
    for (std::size_t u = 0; u < cohort_.units.size(); ++u) all.insert(u);
    drawn_.push_back({kBy[0], "", AddGroup(all)});
    for (const auto& [by, day] : {std::pair(kBy[1], year_end_), std::pair(kBy[2], as_of_)}) {
      std::map<std::string, std::set<std::size_t>> provinces;
      for (std::size_t u = 0; u < cohort_.units.size(); ++u) {
        const Place* place = places_.PlaceOn(cohort_.units[u].number, day);
        if (place != nullptr) provinces[place->code].insert(u);
      }
      for (const auto& [code, units] : provinces) drawn_.push_back({by, code, AddGroup(units)});
    }
  }

  /// What the profile was released of: its numbers bound the tables'.
  Status AddReleasedPlaces(const ReleasedPart& part) {
    ReleasedTables& released = state_.store().released();
    TRAM_ASSIGN(std::vector<ReleasedPlace> places, released.PlacesOf(part));
    std::map<std::pair<std::string, std::string>, std::vector<Coarseness>> levels;
    for (const char* by : kBy) {
      TRAM_ASSIGN(auto sheets, released.Sheets(plan_.profile->name, year_, by));
      for (const ReleasedSheet& sheet : sheets) {
        auto& of_place = levels[{by, sheet.place}];
        of_place.resize(cohort_.dimensions.size(), Coarseness::kNotDrawn);
        for (std::size_t d = 0; d < cohort_.dimensions.size(); ++d) {
          if (cohort_.dimensions[d].dimension == sheet.dimension) {
            of_place[d] = CoarsenessOf(sheet.step);
          }
        }
      }
    }
    for (const ReleasedPlace& place : places) {
      const std::size_t group = GroupOfReleased(place);
      cohort_.groups[group].profile = levels[{place.by, place.place}];
    }
    return {};
  }

  /// A place with the same persons in the profile: units that had none may have come since.
  std::size_t GroupOfReleased(const ReleasedPlace& place) {
    std::set<std::size_t> units;
    for (UnitNumber number : place.units) {
      auto found = index_.find(number);
      if (found != index_.end()) units.insert(found->second);
    }
    for (const auto& [set, group] : groups_) {
      std::vector<std::size_t> more;
      std::set_symmetric_difference(set.begin(), set.end(), units.begin(), units.end(),
                                    std::back_inserter(more));
      auto is_empty = [&](std::size_t u) { return cohort_.units[u].profile[0] == 0; };
      if (std::all_of(more.begin(), more.end(), is_empty)) return group;
    }
    const std::size_t group = AddGroup(units);
    cohort_.groups[group].tables = false;
    return group;
  }

  // --- writing ---
  void AddNumber(const std::string& indicator, const char* by, const std::string& place,
                 std::size_t row, const std::string& item, std::int64_t count,
                 Coarseness coarseness) {
    numbers_.push_back({indicator, by, place, RowName(row), item, ShownCount(count, coarseness)});
  }

  std::string RowName(std::size_t row) const {
    if (row == 0) return "all";
    const RowRange& range = cohort_.dimensions[cohort_.DimensionOf(row) - 1];
    return range.names[row - range.first];
  }

  std::string DimensionName(std::size_t d) const {
    return d == 0 ? "" : cohort_.dimensions[d - 1].dimension;
  }

  static std::int64_t SizeOf(const PersonTable& table, const std::vector<std::int64_t>& counts) {
    std::int64_t size = 0;
    for (std::size_t b = 0; b < table.bins; ++b) size += counts[b];
    return size;
  }

  void WriteProfile(const Sheets& sheets, const GroupSums& sums) {
    const std::string& name = plan_.profile->name;
    for (const Drawn& drawn : drawn_) {
      const std::vector<std::int64_t>& persons = sums.profile[drawn.group];
      const Coarseness all = persons[0] >= kCohortMin ? Coarseness::kFive : Coarseness::kNotDrawn;
      sheets_.push_back({name, drawn.by, drawn.place, "", StepOf(all)});
      if (all != Coarseness::kNotDrawn) {
        AddNumber(name, drawn.by, drawn.place, 0, kPersons, persons[0], all);
      }
      for (std::size_t d = 1; d <= cohort_.dimensions.size(); ++d) {
        sheets_.push_back({name, drawn.by, drawn.place, DimensionName(d),
                           StepOf(sheets.profile[drawn.group][d - 1])});
      }
      for (std::size_t row = 1; row < cohort_.rows(); ++row) {
        const Coarseness line = sheets.profile[drawn.group][cohort_.DimensionOf(row) - 1];
        if (line == Coarseness::kNotDrawn) continue;
        AddNumber(name, drawn.by, drawn.place, row, kPersons, persons[row], line);
      }
    }
  }

  void WriteTable(std::size_t t, const Sheets& sheets, const GroupSums& sums) {
    const PersonTable& table = cohort_.tables[t];
    for (const Drawn& drawn : drawn_) {
      const std::size_t g = drawn.group;
      for (std::size_t d = 0; d <= (table.strata ? cohort_.dimensions.size() : 0); ++d) {
        sheets_.push_back({table.indicator, drawn.by, drawn.place, DimensionName(d),
                           StepOf(sheets.groups[g][t][d])});
      }
      for (std::size_t row = 0; row < (table.strata ? cohort_.rows() : 1); ++row) {
        const Coarseness line = LineCoarseness(cohort_, sums, sheets, g, t, row);
        if (line == Coarseness::kNotDrawn) continue;
        if (row == 0) {
          AddNumber(table.indicator, drawn.by, drawn.place, 0, kPersons,
                    SizeOf(table, sums.counts[g][t]), Coarseness::kFive);
        } else {
          AddNumber(table.indicator, drawn.by, drawn.place, row, kPersons, sums.profile[g][row],
                    sheets.profile[g][cohort_.DimensionOf(row) - 1]);
        }
        for (std::size_t i = 0; i < table.items.size(); ++i) {
          if (!table.Prints(i, row)) continue;
          AddNumber(table.indicator, drawn.by, drawn.place, row, table.items[i].name,
                    ItemCount(table, table.items[i], sums.counts[g][t], row), line);
        }
      }
    }
  }

  void WriteUnits(std::size_t t, const Sheets& sheets) {
    const PersonTable& table = cohort_.tables[t];
    if (table.unit_items.empty()) return;
    for (std::size_t u = 0; u < cohort_.units.size(); ++u) {
      const CohortUnit& unit = cohort_.units[u];
      const std::int64_t size = SizeOf(table, unit.counts[t]);
      if (size == 0) continue;
      const std::string code = places_.UnitOn(unit.number, year_end_).code;
      const Coarseness line = sheets.units[u][t];
      sheets_.push_back({table.indicator, kBy[3], code, "", StepOf(line)});
      if (line == Coarseness::kNotDrawn) continue;
      AddNumber(table.indicator, kBy[3], code, 0, kPersons, size, Coarseness::kFive);
      for (const TableItem& item : table.unit_items) {
        AddNumber(table.indicator, kBy[3], code, 0, item.name,
                  ItemCount(table, item, unit.counts[t], 0), line);
      }
    }
  }

  Status Write(const char* part, const Sheets& sheets) {
    const GroupSums sums = SumGroups(cohort_);
    if (cohort_.tables.empty()) WriteProfile(sheets, sums);
    for (std::size_t t = 0; t < cohort_.tables.size(); ++t) {
      WriteTable(t, sheets, sums);
      WriteUnits(t, sheets);
    }
    // Several tables of one indicator (a rate of several bins) share their places' sheets.
    std::map<std::tuple<std::string, std::string, std::string, std::string>, int> steps;
    for (const ReleasedSheet& sheet : sheets_) {
      int& step = steps[{sheet.indicator, sheet.by, sheet.place, sheet.dimension}];
      step = std::max(step, sheet.step);
    }
    std::vector<ReleasedSheet> unique;
    for (const auto& [key, step] : steps) {
      unique.push_back(
          {std::get<0>(key), std::get<1>(key), std::get<2>(key), std::get<3>(key), step});
    }
    auto key = [](const ReleasedNumber& number) {
      return std::tie(number.indicator, number.by, number.place, number.stratum, number.item);
    };
    std::stable_sort(numbers_.begin(), numbers_.end(),
                     [&](const auto& a, const auto& b) { return key(a) < key(b); });
    auto same = [&](const auto& a, const auto& b) { return key(a) == key(b); };
    numbers_.erase(std::unique(numbers_.begin(), numbers_.end(), same), numbers_.end());
    std::vector<ReleasedPlace> places;
    for (const Drawn& drawn : drawn_) {
      ReleasedPlace place{drawn.by, drawn.place, {}};
      for (const CohortUnit& unit : cohort_.units) {
        if (std::count(unit.groups.begin(), unit.groups.end(), drawn.group) > 0) {
          place.units.push_back(unit.number);
        }
      }
      std::sort(place.units.begin(), place.units.end());
      places.push_back(std::move(place));
    }
    return state_.store().released().Add({plan_.name, year_, part}, as_of_, places, unique,
                                         numbers_);
  }

  struct Drawn {
    const char* by;
    std::string place;
    std::size_t group;
  };

  ServerState& state_;
  const UnitPlaces& places_;
  const CohortPlan& plan_;
  int year_;
  Date as_of_, year_end_;
  Cohort cohort_;
  std::map<UnitNumber, std::size_t> index_;
  std::map<std::set<std::size_t>, std::size_t> groups_;
  std::vector<Drawn> drawn_;
  std::vector<ReleasedSheet> sheets_;
  std::vector<ReleasedNumber> numbers_;
};

/// Years in which any unit has rows of an indicator.
Status AddYears(ServerState& state, const UnitPlaces& places, Date as_of,
                const std::string& indicator, std::set<int>& years) {
  for (const Unit& unit : places.units()) {
    TRAM_ASSIGN(std::vector<IndicatorRow> rows,
                state.store().rollups().Rows(unit.number, as_of, indicator));
    for (const IndicatorRow& row : rows) {
      if (ParseMonth(row.period)) years.insert(std::stoi(row.period.substr(0, 4)));
    }
  }
  return {};
}

/// Errors of the programme's or a unit's rows, which the next month may not have.
bool CanWait(const Error& error) { return error.code == ErrorCode::kInvalid; }

Status ReleasePart(ServerState& state, const UnitPlaces& places, const CohortPlan& plan, Date as_of,
                   const std::string& part) {
  const bool profile = part == kProfilePart;
  const Indicator* first = profile               ? plan.profile
                           : plan.tables.empty() ? nullptr
                                                 : plan.tables[0].indicator;
  if (first == nullptr) return {};
  std::set<int> years;
  TRAM_TRY(AddYears(state, places, as_of, first->name, years));
  for (int year : years) {
    const int matures = profile ? plan.profile->matures_days : plan.matures_days;
    if (DateOf(year, 12, 31).days + matures > as_of.days) continue;
    TRAM_ASSIGN(std::optional<Date> before,
                state.store().released().ReleasedOn({plan.name, year, part}));
    if (before) continue;
    ReleaseMaker maker(state, places, plan, year, as_of);
    Status made = profile ? maker.MakeProfile() : maker.MakeTables();
    if (!made && !CanWait(made.error())) return made;
  }
  return {};
}

}  // namespace

Status ReleaseDue(ServerState& state, Date as_of) {
  TRAM_ASSIGN(UnitPlaces places, UnitPlaces::Load(state));
  const std::shared_ptr<const Programme> programme = state.programme().programme;
  for (const CohortPlan& plan : CohortPlans(*programme)) {
    for (const char* part : {kProfilePart, kTablesPart}) {
      TRAM_TRY(ReleasePart(state, places, plan, as_of, part));
    }
  }
  return {};
}

}  // namespace tram::server
