#include "rollup/figure_block.h"

#include <algorithm>
#include <charconv>

namespace tram::server {
namespace {

constexpr int kMonthsOfYear = 12;
constexpr char kEverybody[] = "all";

}  // namespace

int MonthNumber(Date date) { return MonthNumber(MonthText(date)); }

int MonthNumber(const std::string& period) {
  const Result<Date> first = ParseMonth(period);
  if (!first) return 0;
  return std::stoi(period.substr(0, 4)) * kMonthsOfYear + std::stoi(period.substr(5));
}

Date EndOfMonthNumber(int month) {
  const int before = month - 1;
  return MonthEnd(
      DateOf(before / kMonthsOfYear, static_cast<unsigned>(before % kMonthsOfYear) + 1, 1));
}

void FigureBlock::Add(std::vector<IndicatorRow> rows, const Indicator& indicator, Date as_of) {
  const int last = MonthNumber(as_of);
  std::vector<Cell> cells;
  for (const IndicatorRow& row : rows) {
    if (row.stratum != kEverybody) continue;
    Cell cell{MonthNumber(row.period), 0, row.numerator, row.denominator};
    const bool month_held = cell.month <= last && cell.month > last - kBoardMonths;
    if (!row.period.empty() && !month_held) continue;
    if (indicator.shape == IndicatorShape::kDays) {
      const char* end = row.bin.data() + row.bin.size();
      const auto read = std::from_chars(row.bin.data(), end, cell.days);
      if (read.ec != std::errc() || read.ptr != end) continue;
    }
    cells.push_back(cell);
  }
  std::stable_sort(cells.begin(), cells.end(), [](const Cell& a, const Cell& b) {
    if ((a.month == 0) != (b.month == 0)) return a.month == 0;
    return a.month > b.month;
  });
  int before = 0;
  for (const Cell& cell : cells) {
    Put(before - cell.month);
    Put(cell.days);
    Put(cell.numerator);
    Put(cell.denominator);
    before = cell.month;
  }
  ends_.push_back(static_cast<std::uint32_t>(cells_.size()));
}

void FigureBlock::ShrinkToFit() {
  cells_.shrink_to_fit();
  ends_.shrink_to_fit();
}

void FigureBlock::Put(std::int64_t value) {
  std::uint64_t number =
      (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
  for (; number >= 0x80; number >>= 7) {
    cells_.push_back(static_cast<std::uint8_t>(number | 0x80));
  }
  cells_.push_back(static_cast<std::uint8_t>(number));
}

}  // namespace tram::server
