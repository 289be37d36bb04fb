// Witnesses: for a suppressed number, other data sets that give exactly the same publication. They
// are looked for as sequences of small moves (some persons' bins, or rows, exchanged) from the true
// counts, each of which keeps every published number, every cohort and every inequality. What the
// moves reach is really possible, in whole persons: a search that finds too little makes a table
// coarser, never unsafe. Before anything is asked the counts are moved away from the edges of what
// the published numbers allow: there is more room from the middle, and what is found depends on
// what is published rather than on where the truth lies in it.
// Threads: one thread.
#pragma once

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "rollup/suppression.h"

namespace tram::server {

/// A number shown as "*".
struct SuppressedCell {
  enum class Kind { kGroup, kUnit, kProfile };
  Kind kind = Kind::kGroup;
  std::size_t place = 0;  // group or unit
  std::size_t table = 0, row = 0, item = 0;
};

/// Every number that `sheets` show as "*".
std::vector<SuppressedCell> SuppressedCells(const Cohort& cohort, const GroupSums& sums,
                                            const Sheets& sheets);

class WitnessSearch {
 public:
  WitnessSearch(const Cohort& cohort, const GroupSums& sums, const Sheets& sheets);

  /// Whether moves were found that change the number by kWidthMin in all.
  bool IsWide(const SuppressedCell& cell);

 private:
  struct Change {
    enum class Kind : std::uint8_t { kPiece, kUnit, kProfile };
    Kind kind = Kind::kPiece;
    std::uint32_t place = 0, table = 0, row = 0, bin = 0;
    int by = 1;
  };
  /// Persons of one table go from one bin to another.
  struct Shift {
    std::size_t table = 0, to = 0, from = 0;
  };
  using Shifts = std::vector<Shift>;
  struct Published {
    std::int64_t offset = 0, low = 0, high = 0;  // from the true value, and how far it may go
    std::int64_t lowest = 0, highest = 0;        // that was reached
  };
  /// How near to an edge.
  static std::int64_t Tightness(const Published& cell);

  void MakePieces();
  void MakePublished(const GroupSums& sums, const Sheets& sheets);
  void Allow(const SuppressedCell& cell, std::size_t index, std::int64_t count,
             Coarseness coarseness);

  // --- changing the counts ---
  void Do(const Change& change, int sign);
  bool Valid(const Change& change) const;
  bool InequalitiesHold(std::size_t piece, std::size_t row) const;
  bool Try(const std::vector<Change>& move);
  void UndoTo(std::size_t mark);
  /// After a whole move: what it reached, of all numbers that it touched.
  void Note(std::size_t mark);
  template <class Touch>
  void ForEachTouched(const Change& change, Touch touch) const;
  std::size_t IndexOf(const SuppressedCell& cell) const;
  bool SeenWide(std::size_t index) const;
  void Shifted(std::size_t index, int by);

  // --- the middle ---
  void GoToTheMiddle();
  bool TryAtRandom(const SuppressedCell& cell, int direction);
  std::size_t Random(std::size_t below);

  // --- moves ---
  int Reach(const SuppressedCell& cell, int direction, int need);
  template <class Move>
  void Repeat(Move move, int need, int& got);
  int ReachGroup(const SuppressedCell& cell, int direction, int need);
  int ReachUnit(const SuppressedCell& cell, int direction, int need);
  int ReachProfile(const SuppressedCell& cell, int direction, int need);
  using Other = std::optional<std::size_t>;  // a piece where the opposite happens
  bool TryCycle(std::size_t piece, Other other, const Shifts& shifts, std::size_t row,
                std::size_t other_row);
  bool TryShift(std::size_t piece, Other other, const Shifts& shifts, std::size_t row,
                Other unit = {});
  bool TryShiftInDimension(std::size_t piece, Other other, const Shifts& shifts,
                           const RowRange& range, std::size_t row);
  bool TryShiftInUnit(std::size_t piece, const Shift& shift, int by, Other unit);
  bool TryUnitSwap(std::size_t unit, const Shift& shift);
  bool TryProfile(std::size_t piece, Other other, std::size_t row, std::size_t other_row);
  void AddShift(std::vector<Change>& move, std::size_t piece, const Shifts& shifts, std::size_t row,
                int by) const;
  std::vector<Shifts> ShiftsOf(std::size_t table, const TableItem& item, int direction) const;
  const std::vector<Shifts>& ShiftsOf(const SuppressedCell& cell, int direction) const;
  std::vector<std::size_t> PiecesOf(std::size_t group) const;
  std::vector<Other> OthersOf(std::size_t group) const;

  std::int64_t& Value(const Change& change);
  const std::int64_t& Value(const Change& change) const;
  std::size_t GroupCell(std::size_t group, std::size_t table, std::size_t row) const;
  std::size_t UnitCell(std::size_t unit, std::size_t table) const;
  std::size_t ProfileCell(std::size_t group, std::size_t row) const;

  const Cohort& cohort_;
  std::size_t rows_;
  // Pieces: units that are in the same groups.
  std::vector<std::vector<std::size_t>> piece_units_, piece_groups_;
  std::vector<std::size_t> unit_piece_, pieces_by_size_;
  // Exact counts, changed by moves.
  std::vector<std::vector<std::vector<std::int64_t>>> counts_;  // [piece][table][row * bins + bin]
  std::vector<std::vector<std::int64_t>> profile_;              // [piece][row]
  std::vector<std::vector<std::vector<std::int64_t>>> unit_counts_;  // [unit][table][bin]
  std::vector<Published> published_;
  std::vector<std::size_t> group_cells_, unit_cells_;  // where each table's begin
  std::size_t profile_cells_ = 0;
  std::vector<Change> journal_;
  // [group, unit][table][item][down, up]
  using ShiftsOfItem = std::array<std::vector<Shifts>, 2>;
  std::array<std::vector<std::vector<ShiftsOfItem>>, 2> shifts_;
  std::vector<std::pair<SuppressedCell, std::size_t>> drawn_;  // all numbers shown, and where
  std::int64_t tightness_ = 0;                                 // of all
  std::uint64_t random_ = 1;
  std::size_t tries_left_ = 0;
  std::size_t rotation_ = 0;  // where the search for a row or unit begins
};

}  // namespace tram::server
