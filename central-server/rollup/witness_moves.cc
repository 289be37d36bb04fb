// The moves of WitnessSearch: witness.h.
#include <algorithm>
#include <utility>

#include "rollup/witness.h"

namespace tram::server {
namespace {

/// Pieces of a group, and outside it, in which moves are looked for: those with most persons.
constexpr std::size_t kPiecesTried = 8;
constexpr std::size_t kOthersTried = 6;

std::uint32_t Small(std::size_t number) { return static_cast<std::uint32_t>(number); }

}  // namespace

std::vector<std::size_t> WitnessSearch::PiecesOf(std::size_t group) const {
  std::vector<std::size_t> pieces;
  for (std::size_t q : pieces_by_size_) {
    const std::vector<std::size_t>& groups = piece_groups_[q];
    if (!std::binary_search(groups.begin(), groups.end(), group)) continue;
    pieces.push_back(q);
    if (pieces.size() == kPiecesTried) break;
  }
  return pieces;
}

std::vector<WitnessSearch::Other> WitnessSearch::OthersOf(std::size_t group) const {
  std::vector<Other> others{std::nullopt};
  for (std::size_t q : pieces_by_size_) {
    const std::vector<std::size_t>& groups = piece_groups_[q];
    if (std::binary_search(groups.begin(), groups.end(), group)) continue;
    others.emplace_back(q);
    if (others.size() > kOthersTried) break;
  }
  return others;
}

/// Alone, and with a shift of each table that an inequality ties to this one.
std::vector<WitnessSearch::Shifts> WitnessSearch::ShiftsOf(std::size_t table, const TableItem& item,
                                                           int direction) const {
  std::vector<std::size_t> tied;
  for (const Inequality& inequality : cohort_.inequalities) {
    auto is_table = [&](const Inequality::Term& term) { return term.table == table; };
    if (std::none_of(inequality.terms.begin(), inequality.terms.end(), is_table)) continue;
    for (const Inequality::Term& term : inequality.terms) {
      if (term.table != table) tied.push_back(term.table);
    }
  }
  std::sort(tied.begin(), tied.end());
  tied.erase(std::unique(tied.begin(), tied.end()), tied.end());
  std::vector<Shift> own;
  for (std::size_t in = 0; in < cohort_.tables[table].bins; ++in) {
    for (std::size_t out = 0; out < cohort_.tables[table].bins; ++out) {
      if (!item.Has(in) || item.Has(out)) continue;
      own.push_back(direction > 0 ? Shift{table, in, out} : Shift{table, out, in});
    }
  }
  std::vector<Shifts> shifts;
  for (const Shift& shift : own) shifts.push_back({shift});
  for (std::size_t t : tied) {
    for (std::size_t to = 0; to < cohort_.tables[t].bins; ++to) {
      for (std::size_t from = 0; from < cohort_.tables[t].bins; ++from) {
        if (to == from) continue;
        for (const Shift& shift : own) shifts.push_back({shift, Shift{t, to, from}});
      }
    }
  }
  return shifts;
}

const std::vector<WitnessSearch::Shifts>& WitnessSearch::ShiftsOf(const SuppressedCell& cell,
                                                                  int direction) const {
  const std::size_t of_unit = cell.kind == SuppressedCell::Kind::kUnit ? 1 : 0;
  return shifts_[of_unit][cell.table][cell.item][direction > 0 ? 1 : 0];
}

void WitnessSearch::AddShift(std::vector<Change>& move, std::size_t piece, const Shifts& shifts,
                             std::size_t row, int by) const {
  for (const Shift& shift : shifts) {
    if (row > 0 && !cohort_.tables[shift.table].strata) continue;
    move.push_back(
        {Change::Kind::kPiece, Small(piece), Small(shift.table), Small(row), Small(shift.to), by});
    move.push_back({Change::Kind::kPiece, Small(piece), Small(shift.table), Small(row),
                    Small(shift.from), -by});
  }
}

template <class Move>
void WitnessSearch::Repeat(Move move, int need, int& got) {
  for (std::size_t mark = journal_.size(); got < need && move(); mark = journal_.size()) {
    Note(mark);
    ++got;
  }
}

int WitnessSearch::ReachGroup(const SuppressedCell& cell, int direction, int need) {
  const std::vector<Shifts>& all_shifts = ShiftsOf(cell, direction);
  const std::vector<std::size_t> pieces = PiecesOf(cell.place);
  int got = 0;
  for (const Other& other : OthersOf(cell.place)) {
    for (std::size_t q : pieces) {
      for (const Shifts& shifts : all_shifts) {
        if (cell.row > 0) {
          const RowRange& range = cohort_.dimensions[cohort_.DimensionOf(cell.row) - 1];
          for (std::size_t row = range.first; row < range.first + range.names.size(); ++row) {
            if (row == cell.row) continue;
            Repeat([&] { return TryCycle(q, other, shifts, cell.row, row); }, need, got);
          }
        }
        Repeat([&] { return TryShift(q, other, shifts, cell.row); }, need, got);
        if (got >= need || tries_left_ == 0) return got;
      }
    }
  }
  return got;
}

/// Persons of `row` go one way, as many of `other_row` the other: everybody's counts stay.
bool WitnessSearch::TryCycle(std::size_t piece, Other other, const Shifts& shifts, std::size_t row,
                             std::size_t other_row) {
  std::vector<Change> move;
  AddShift(move, piece, shifts, row, 1);
  AddShift(move, piece, shifts, other_row, -1);
  if (other) {
    AddShift(move, *other, shifts, row, -1);
    AddShift(move, *other, shifts, other_row, 1);
  }
  return Try(move);
}

/// A person of a unit goes from one bin to another, in everybody's counts and in one row of each
/// dimension: `row` in its own, where it is not 0.
bool WitnessSearch::TryShift(std::size_t piece, Other other, const Shifts& shifts, std::size_t row,
                             Other unit) {
  const std::size_t mark = journal_.size();
  std::vector<Change> move;
  AddShift(move, piece, shifts, 0, 1);
  if (other) AddShift(move, *other, shifts, 0, -1);
  bool done = Try(move);
  for (std::size_t d = 0; done && d < cohort_.dimensions.size(); ++d) {
    const bool own = row > 0 && cohort_.DimensionOf(row) == d + 1;
    done = TryShiftInDimension(piece, other, shifts, cohort_.dimensions[d], own ? row : 0);
  }
  for (const Shift& shift : shifts) {
    if (!done || cohort_.tables[shift.table].unit_items.empty()) continue;
    done = TryShiftInUnit(piece, shift, 1, unit) &&
           (!other || TryShiftInUnit(*other, shift, -1, std::nullopt));
  }
  if (!done) UndoTo(mark);
  return done;
}

bool WitnessSearch::TryShiftInDimension(std::size_t piece, Other other, const Shifts& shifts,
                                        const RowRange& range, std::size_t row) {
  const std::size_t names = range.names.size();
  for (std::size_t i = 0; i < names; ++i) {
    const std::size_t r = range.first + (i + rotation_) % names;
    if (row > 0 && r != row) continue;
    std::vector<Change> move;
    AddShift(move, piece, shifts, r, 1);
    if (other) AddShift(move, *other, shifts, r, -1);
    if (Try(move)) return true;
  }
  return false;
}

bool WitnessSearch::TryShiftInUnit(std::size_t piece, const Shift& shift, int by, Other unit) {
  const std::vector<std::size_t>& units = piece_units_[piece];
  for (std::size_t i = 0; i < units.size(); ++i) {
    const std::size_t u = units[(i + rotation_) % units.size()];
    if (unit && u != *unit) continue;
    const std::vector<Change> move{
        {Change::Kind::kUnit, Small(u), Small(shift.table), 0, Small(shift.to), by},
        {Change::Kind::kUnit, Small(u), Small(shift.table), 0, Small(shift.from), -by}};
    if (Try(move)) return true;
  }
  return false;
}

int WitnessSearch::ReachUnit(const SuppressedCell& cell, int direction, int need) {
  const std::vector<Shifts>& all_shifts = ShiftsOf(cell, direction);
  int got = 0;
  for (const Shifts& shifts : all_shifts) {
    if (shifts.size() > 1) break;  // the others' counts of units are not published
    Repeat([&] { return TryUnitSwap(cell.place, shifts[0]); }, need, got);
  }
  const std::size_t piece = unit_piece_[cell.place];
  for (const Shifts& shifts : all_shifts) {
    Repeat([&] { return TryShift(piece, std::nullopt, shifts, 0, cell.place); }, need, got);
    if (got >= need) break;
  }
  return got;
}

/// The opposite happens in a unit of the same piece: no other number notices.
bool WitnessSearch::TryUnitSwap(std::size_t unit, const Shift& shift) {
  const std::vector<std::size_t>& units = piece_units_[unit_piece_[unit]];
  for (std::size_t i = 0; i < units.size(); ++i) {
    const std::size_t u = units[(i + rotation_) % units.size()];
    if (u == unit) continue;
    std::vector<Change> move;
    for (auto [place, by] : {std::pair(unit, 1), std::pair(u, -1)}) {
      move.push_back(
          {Change::Kind::kUnit, Small(place), Small(shift.table), 0, Small(shift.to), by});
      move.push_back(
          {Change::Kind::kUnit, Small(place), Small(shift.table), 0, Small(shift.from), -by});
    }
    if (Try(move)) return true;
  }
  return false;
}

int WitnessSearch::ReachProfile(const SuppressedCell& cell, int direction, int need) {
  const RowRange& range = cohort_.dimensions[cohort_.DimensionOf(cell.row) - 1];
  const std::vector<std::size_t> pieces = PiecesOf(cell.place);
  int got = 0;
  for (const Other& other : OthersOf(cell.place)) {
    for (std::size_t q : pieces) {
      for (std::size_t row = range.first; row < range.first + range.names.size(); ++row) {
        if (row == cell.row) continue;
        auto step = [&] {
          return direction > 0 ? TryProfile(q, other, cell.row, row)
                               : TryProfile(q, other, row, cell.row);
        };
        Repeat(step, need, got);
        if (got >= need) return got;
      }
    }
  }
  return got;
}

/// A person goes from `other_row` to `row`, and takes a bin of each table with him.
bool WitnessSearch::TryProfile(std::size_t piece, Other other, std::size_t row,
                               std::size_t other_row) {
  std::size_t choices = 1;
  for (const PersonTable& table : cohort_.tables) choices *= table.strata ? table.bins : 1;
  for (std::size_t choice = 0; choice < choices; ++choice) {
    std::vector<Change> move;
    for (auto [r, sign] : {std::pair(row, 1), std::pair(other_row, -1)}) {
      for (auto [q, by] : {std::pair(piece, sign), std::pair(other.value_or(piece), -sign)}) {
        if (by != sign && !other) continue;
        move.push_back({Change::Kind::kProfile, Small(q), 0, Small(r), 0, by});
        std::size_t rest = choice;
        for (std::size_t t = 0; t < cohort_.tables.size(); ++t) {
          const PersonTable& table = cohort_.tables[t];
          if (!table.strata) continue;
          move.push_back(
              {Change::Kind::kPiece, Small(q), Small(t), Small(r), Small(rest % table.bins), by});
          rest /= table.bins;
        }
      }
    }
    if (Try(move)) return true;
  }
  return false;
}

}  // namespace tram::server
