// FigureBlock: some indicators' figures of one unit, packed for a board of thousands of units: a
// cell is (month, number of days, numerator, denominator) as differences and short numbers, four to
// five bytes where a row of the store is a hundred in memory.
//
// Everybody's rows only (stratum "all"), at most kBoardMonths months. Format: private to a process.
// Threads: immutable once filled.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tram/base/bytes.h"
#include "tram/base/dates.h"
#include "tram/programme/programme.h"

namespace tram::server {

/// Months that a block holds: that of the month's end and those before it. Older ones are in the
/// store.
inline constexpr int kBoardMonths = 60;

/// Months as whole numbers; 0 is the whole time (the period "").
int MonthNumber(Date date);
int MonthNumber(const std::string& period);
/// The last day of a month that is not 0.
Date EndOfMonthNumber(int month);

class FigureBlock {
 public:
  struct Cell {
    int month = 0;
    std::int64_t days = 0;  // of an indicator of shape days: which bin it is
    std::int64_t numerator = 0, denominator = 0;
  };

  /// Adds the next indicator's rows; each indicator of a board has its place, empty or not.
  void Add(std::vector<IndicatorRow> rows, const Indicator& indicator, Date as_of);
  /// The whole time first, then from the newest month back, until `take` returns false.
  template <class Take>
  void ForEach(std::size_t indicator, Take take) const {
    if (indicator >= ends_.size()) return;
    std::size_t at = indicator == 0 ? 0 : ends_[indicator - 1];
    Cell cell;
    while (at < ends_[indicator]) {
      cell.month -= static_cast<int>(Next(at));
      cell.days = Next(at);
      cell.numerator = Next(at);
      cell.denominator = Next(at);
      if (!take(cell)) return;
    }
  }
  void ShrinkToFit();
  std::size_t bytes() const { return cells_.capacity() + ends_.capacity() * sizeof ends_[0]; }

 private:
  /// A signed number, its sign in the lowest bit, seven bits a byte.
  void Put(std::int64_t value);
  std::int64_t Next(std::size_t& at) const {
    std::uint64_t number = 0;
    for (unsigned shift = 0;; shift += 7) {
      const std::uint8_t byte = cells_[at++];
      number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return static_cast<std::int64_t>(number >> 1) ^ -static_cast<std::int64_t>(number & 1);
  }

  Bytes cells_;
  std::vector<std::uint32_t> ends_;  // of each indicator's cells
};

}  // namespace tram::server
