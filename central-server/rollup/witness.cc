#include "rollup/witness.h"

#include <algorithm>
#include <limits>
#include <map>

namespace tram::server {
namespace {

constexpr std::int64_t kFree = std::numeric_limits<std::int32_t>::max();
/// Moves tried for one number on one side.
constexpr std::size_t kTriesMax = 800;
/// On the way to the middle: tries for each number that is shown.
constexpr std::size_t kTriesPerNumber = 12;
/// Room that each number should have on either side.
constexpr std::int64_t kRoom = 5;

}  // namespace

std::vector<SuppressedCell> SuppressedCells(const Cohort& cohort, const GroupSums& sums,
                                            const Sheets& sheets) {
  using Kind = SuppressedCell::Kind;
  std::vector<SuppressedCell> cells;
  for (std::size_t g = 0; g < cohort.groups.size(); ++g) {
    for (std::size_t row = 1; row < cohort.rows() && cohort.profile_drawn; ++row) {
      if (sheets.profile[g][cohort.DimensionOf(row) - 1] == Coarseness::kNotDrawn) continue;
      if (sums.profile[g][row] <= kSuppressedMax) cells.push_back({Kind::kProfile, g, 0, row, 0});
    }
    for (std::size_t t = 0; t < cohort.tables.size(); ++t) {
      const PersonTable& table = cohort.tables[t];
      for (std::size_t row = 0; row < cohort.rows(); ++row) {
        if (LineCoarseness(cohort, sums, sheets, g, t, row) == Coarseness::kNotDrawn) continue;
        for (std::size_t i = 0; i < table.items.size(); ++i) {
          if (table.Prints(i, row) &&
              ItemCount(table, table.items[i], sums.counts[g][t], row) <= kSuppressedMax) {
            cells.push_back({Kind::kGroup, g, t, row, i});
          }
        }
      }
    }
  }
  for (std::size_t u = 0; u < cohort.units.size(); ++u) {
    for (std::size_t t = 0; t < cohort.tables.size(); ++t) {
      const PersonTable& table = cohort.tables[t];
      if (sheets.units[u][t] == Coarseness::kNotDrawn) continue;
      for (std::size_t i = 0; i < table.unit_items.size(); ++i) {
        if (ItemCount(table, table.unit_items[i], cohort.units[u].counts[t], 0) <= kSuppressedMax) {
          cells.push_back({Kind::kUnit, u, t, 0, i});
        }
      }
    }
  }
  return cells;
}

WitnessSearch::WitnessSearch(const Cohort& cohort, const GroupSums& sums, const Sheets& sheets)
    : cohort_(cohort), rows_(cohort.rows()) {
  MakePieces();
  MakePublished(sums, sheets);
  GoToTheMiddle();
}

void WitnessSearch::MakePieces() {
  std::map<std::vector<std::size_t>, std::size_t> found;
  for (std::size_t u = 0; u < cohort_.units.size(); ++u) {
    const CohortUnit& unit = cohort_.units[u];
    auto [it, is_new] = found.emplace(unit.groups, piece_units_.size());
    const std::size_t q = it->second;
    if (is_new) {
      piece_units_.emplace_back();
      piece_groups_.push_back(unit.groups);
      profile_.emplace_back(rows_);
      counts_.emplace_back();
      for (const PersonTable& table : cohort_.tables) {
        counts_.back().emplace_back(table.bins * rows_);
      }
    }
    piece_units_[q].push_back(u);
    unit_piece_.push_back(q);
    for (std::size_t row = 0; row < rows_; ++row) profile_[q][row] += unit.profile[row];
    unit_counts_.emplace_back();
    for (std::size_t t = 0; t < cohort_.tables.size(); ++t) {
      const std::vector<std::int64_t>& counts = unit.counts[t];
      for (std::size_t i = 0; i < counts.size(); ++i) counts_[q][t][i] += counts[i];
      unit_counts_.back().emplace_back(
          counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(cohort_.tables[t].bins));
    }
  }
  std::vector<std::int64_t> sizes;
  for (std::size_t q = 0; q < piece_units_.size(); ++q) {
    pieces_by_size_.push_back(q);
    sizes.push_back(profile_[q][0]);
  }
  std::stable_sort(pieces_by_size_.begin(), pieces_by_size_.end(),
                   [&](std::size_t a, std::size_t b) { return sizes[a] > sizes[b]; });
}

void WitnessSearch::MakePublished(const GroupSums& sums, const Sheets& sheets) {
  const std::size_t groups = cohort_.groups.size();
  for (std::size_t t = 0; t < cohort_.tables.size(); ++t) {
    const PersonTable& table = cohort_.tables[t];
    for (const auto& [items, to] :
         {std::pair(&table.items, &shifts_[0]), std::pair(&table.unit_items, &shifts_[1])}) {
      to->emplace_back();
      for (const TableItem& item : *items) {
        to->back().push_back({ShiftsOf(t, item, -1), ShiftsOf(t, item, 1)});
      }
    }
  }
  std::size_t next = 0;
  for (const PersonTable& table : cohort_.tables) {
    group_cells_.push_back(next);
    next += groups * rows_ * table.items.size();
    unit_cells_.push_back(next);
    next += cohort_.units.size() * table.unit_items.size();
  }
  profile_cells_ = next;
  published_.assign(next + groups * rows_, {0, -kFree, kFree, 0, 0});
  for (std::size_t g = 0; g < groups; ++g) {
    for (std::size_t row = 0; row < rows_; ++row) {
      const std::size_t d = cohort_.DimensionOf(row);
      if (row > 0 && cohort_.profile_drawn) {
        Allow({SuppressedCell::Kind::kProfile, g, 0, row, 0}, ProfileCell(g, row),
              sums.profile[g][row], sheets.profile[g][d - 1]);
      }
      for (std::size_t t = 0; t < cohort_.tables.size(); ++t) {
        const PersonTable& table = cohort_.tables[t];
        const Coarseness line = LineCoarseness(cohort_, sums, sheets, g, t, row);
        for (std::size_t i = 0; i < table.items.size(); ++i) {
          if (!table.Prints(i, row)) continue;
          Allow({SuppressedCell::Kind::kGroup, g, t, row, i}, GroupCell(g, t, row) + i,
                ItemCount(table, table.items[i], sums.counts[g][t], row), line);
        }
      }
    }
  }
  for (std::size_t u = 0; u < cohort_.units.size(); ++u) {
    for (std::size_t t = 0; t < cohort_.tables.size(); ++t) {
      const PersonTable& table = cohort_.tables[t];
      for (std::size_t i = 0; i < table.unit_items.size(); ++i) {
        Allow({SuppressedCell::Kind::kUnit, u, t, 0, i}, UnitCell(u, t) + i,
              ItemCount(table, table.unit_items[i], cohort_.units[u].counts[t], 0),
              sheets.units[u][t]);
      }
    }
  }
}

void WitnessSearch::Allow(const SuppressedCell& cell, std::size_t index, std::int64_t count,
                          Coarseness coarseness) {
  if (coarseness == Coarseness::kNotDrawn) return;
  const CountBounds bounds = BoundsOf(ShownCount(count, coarseness), coarseness);
  published_[index] = {0, bounds.low - count, bounds.high - count, 0, 0};
  tightness_ += Tightness(published_[index]);
  drawn_.emplace_back(cell, index);
}

std::int64_t WitnessSearch::Tightness(const Published& cell) {
  const std::int64_t room = std::min(cell.offset - cell.low, cell.high - cell.offset);
  const std::int64_t wanted = std::min(kRoom, (cell.high - cell.low) / 2);
  return room >= wanted ? 0 : (wanted - room) * (wanted - room);
}

void WitnessSearch::Shifted(std::size_t index, int by) {
  Published& cell = published_[index];
  if (cell.high == kFree) return;
  tightness_ -= Tightness(cell);
  cell.offset += by;
  tightness_ += Tightness(cell);
}

std::size_t WitnessSearch::Random(std::size_t below) {
  random_ ^= random_ << 13;  // xorshift64: always the same sequence
  random_ ^= random_ >> 7;
  random_ ^= random_ << 17;
  return static_cast<std::size_t>(random_ % below);
}

void WitnessSearch::GoToTheMiddle() {
  for (std::size_t i = 0; i < drawn_.size() * kTriesPerNumber && tightness_ > 0; ++i) {
    const auto& [cell, index] = drawn_[i % drawn_.size()];
    const Published& published = published_[index];
    tries_left_ = kTriesMax;
    if (Tightness(published) == 0) continue;
    const std::size_t mark = journal_.size();
    const std::int64_t before = tightness_;
    const bool low = published.offset - published.low < published.high - published.offset;
    if (!TryAtRandom(cell, low ? 1 : -1)) continue;
    Note(mark);
    if (tightness_ >= before) UndoTo(mark);
  }
  journal_.clear();
  rotation_ = 0;
}

bool WitnessSearch::TryAtRandom(const SuppressedCell& cell, int direction) {
  rotation_ = Random(64);
  if (cell.kind == SuppressedCell::Kind::kUnit) {
    const std::vector<Shifts>& shifts = ShiftsOf(cell, direction);
    const Shifts& chosen = shifts[Random(shifts.size())];
    if (chosen.size() == 1 && TryUnitSwap(cell.place, chosen[0])) return true;
    return TryShift(unit_piece_[cell.place], std::nullopt, chosen, 0, cell.place);
  }
  const std::vector<std::size_t> pieces = PiecesOf(cell.place);
  const std::vector<Other> others = OthersOf(cell.place);
  if (pieces.empty()) return false;
  const std::size_t piece = pieces[Random(pieces.size())];
  const Other other = Random(2) == 0 ? Other() : others[Random(others.size())];
  const std::size_t d = cohort_.DimensionOf(cell.row);
  const std::size_t other_row =
      d == 0 ? 0 : cohort_.dimensions[d - 1].first + Random(cohort_.dimensions[d - 1].names.size());
  if (cell.kind == SuppressedCell::Kind::kProfile) {
    if (other_row == cell.row) return false;
    return direction > 0 ? TryProfile(piece, other, cell.row, other_row)
                         : TryProfile(piece, other, other_row, cell.row);
  }
  const std::vector<Shifts>& shifts = ShiftsOf(cell, direction);
  const Shifts& chosen = shifts[Random(shifts.size())];
  if (d > 0 && other_row != cell.row && Random(2) == 0) {
    return TryCycle(piece, other, chosen, cell.row, other_row);
  }
  return TryShift(piece, other, chosen, cell.row);
}

std::size_t WitnessSearch::GroupCell(std::size_t group, std::size_t table, std::size_t row) const {
  return group_cells_[table] + (group * rows_ + row) * cohort_.tables[table].items.size();
}

std::size_t WitnessSearch::UnitCell(std::size_t unit, std::size_t table) const {
  return unit_cells_[table] + unit * cohort_.tables[table].unit_items.size();
}

std::size_t WitnessSearch::ProfileCell(std::size_t group, std::size_t row) const {
  return profile_cells_ + group * rows_ + row;
}

std::int64_t& WitnessSearch::Value(const Change& change) {
  return const_cast<std::int64_t&>(std::as_const(*this).Value(change));
}

const std::int64_t& WitnessSearch::Value(const Change& change) const {
  switch (change.kind) {
    case Change::Kind::kUnit:
      return unit_counts_[change.place][change.table][change.bin];
    case Change::Kind::kProfile:
      return profile_[change.place][change.row];
    case Change::Kind::kPiece:
      break;
  }
  return counts_[change.place][change.table]
                [change.row * cohort_.tables[change.table].bins + change.bin];
}

template <class Touch>
void WitnessSearch::ForEachTouched(const Change& change, Touch touch) const {
  if (change.kind == Change::Kind::kProfile) {
    for (std::size_t g : piece_groups_[change.place]) touch(ProfileCell(g, change.row));
    return;
  }
  const PersonTable& table = cohort_.tables[change.table];
  if (change.kind == Change::Kind::kUnit) {
    const std::size_t first = UnitCell(change.place, change.table);
    for (std::size_t i = 0; i < table.unit_items.size(); ++i) {
      if (table.unit_items[i].Has(change.bin)) touch(first + i);
    }
    return;
  }
  for (std::size_t g : piece_groups_[change.place]) {
    const std::size_t first = GroupCell(g, change.table, change.row);
    for (std::size_t i = 0; i < table.items.size(); ++i) {
      if (table.items[i].Has(change.bin)) touch(first + i);
    }
  }
}

void WitnessSearch::Do(const Change& change, int sign) {
  const int by = change.by * sign;
  Value(change) += by;
  ForEachTouched(change, [&](std::size_t index) { Shifted(index, by); });
}

bool WitnessSearch::Valid(const Change& change) const {
  if (Value(change) < 0) return false;
  bool allowed = true;
  ForEachTouched(change, [&](std::size_t index) {
    const Published& cell = published_[index];
    allowed = allowed && cell.low <= cell.offset && cell.offset <= cell.high;
  });
  if (!allowed || change.kind != Change::Kind::kPiece) return allowed;
  return InequalitiesHold(change.place, change.row);
}

void WitnessSearch::Note(std::size_t mark) {
  for (std::size_t i = mark; i < journal_.size(); ++i) {
    ForEachTouched(journal_[i], [&](std::size_t index) {
      Published& cell = published_[index];
      cell.lowest = std::min(cell.lowest, cell.offset);
      cell.highest = std::max(cell.highest, cell.offset);
    });
  }
}

bool WitnessSearch::InequalitiesHold(std::size_t piece, std::size_t row) const {
  for (const Inequality& inequality : cohort_.inequalities) {
    std::int64_t sum = 0;
    for (const Inequality::Term& term : inequality.terms) {
      sum += term.factor *
             counts_[piece][term.table][row * cohort_.tables[term.table].bins + term.bin];
    }
    if (sum < 0) return false;
  }
  return true;
}

bool WitnessSearch::Try(const std::vector<Change>& move) {
  if (tries_left_ == 0) return false;
  --tries_left_;
  for (const Change& change : move) {
    if (change.by < 0 && Value(change) <= 0) return false;
  }
  const std::size_t mark = journal_.size();
  for (const Change& change : move) {
    Do(change, 1);
    journal_.push_back(change);
  }
  for (const Change& change : move) {
    if (!Valid(change)) {
      UndoTo(mark);
      return false;
    }
  }
  return true;
}

void WitnessSearch::UndoTo(std::size_t mark) {
  while (journal_.size() > mark) {
    Do(journal_.back(), -1);
    journal_.pop_back();
  }
}

std::size_t WitnessSearch::IndexOf(const SuppressedCell& cell) const {
  switch (cell.kind) {
    case SuppressedCell::Kind::kUnit:
      return UnitCell(cell.place, cell.table) + cell.item;
    case SuppressedCell::Kind::kProfile:
      return ProfileCell(cell.place, cell.row);
    case SuppressedCell::Kind::kGroup:
      break;
  }
  return GroupCell(cell.place, cell.table, cell.row) + cell.item;
}

bool WitnessSearch::SeenWide(std::size_t index) const {
  return published_[index].highest - published_[index].lowest >= kWidthMin;
}

bool WitnessSearch::IsWide(const SuppressedCell& cell) {
  const std::size_t index = IndexOf(cell);
  for (int direction : {1, -1}) {
    // From as far as it goes on one side, as far as it goes to the other.
    for (int way : {direction, -direction}) {
      if (!SeenWide(index)) Reach(cell, way, static_cast<int>(kWidthMin));
    }
    UndoTo(0);
    if (SeenWide(index)) return true;
  }
  return false;
}

int WitnessSearch::Reach(const SuppressedCell& cell, int direction, int need) {
  tries_left_ = kTriesMax;
  switch (cell.kind) {
    case SuppressedCell::Kind::kGroup:
      return ReachGroup(cell, direction, need);
    case SuppressedCell::Kind::kUnit:
      return ReachUnit(cell, direction, need);
    case SuppressedCell::Kind::kProfile:
      return ReachProfile(cell, direction, need);
  }
  return 0;
}

}  // namespace tram::server
