#include "exports/data_table.h"

#include <fmt/format.h>

namespace tram::server {
namespace {

constexpr double kPercent = 100;
constexpr char kNone[] = "-";

FigureCell Cell(FigureCell::Kind kind, std::string text, std::optional<double> number = {}) {
  FigureCell cell;
  cell.kind = kind;
  cell.text = std::move(text);
  cell.number = number;
  return cell;
}

}  // namespace

FigureCell CountCell(const Shown& shown) {
  FigureCell cell = Cell(FigureCell::Kind::kCount, shown.Text());
  if (shown.value()) cell.number = static_cast<double>(*shown.value());
  return cell;
}

FigureCell CountCell(std::int64_t count) { return CountCell(Shown::Exact(count)); }

FigureCell ShareCell(const std::optional<double>& share) {
  if (!share) return Cell(FigureCell::Kind::kShare, kNone);
  return Cell(FigureCell::Kind::kShare, fmt::format("{:.1f} %", kPercent * *share), share);
}

FigureCell ShareIntervalCell(const std::optional<Interval>& interval) {
  FigureCell cell = Cell(FigureCell::Kind::kShare, kNone);
  if (!interval) return cell;
  cell.text = fmt::format("{:.1f}-{:.1f} %", kPercent * interval->low, kPercent * interval->high);
  cell.interval = interval;
  return cell;
}

FigureCell DecimalCell(const std::optional<double>& value) {
  return Cell(FigureCell::Kind::kDecimal, value ? fmt::format("{:.1f}", *value) : kNone, value);
}

FigureCell WordsCell(std::string text) { return Cell(FigureCell::Kind::kWords, std::move(text)); }

FigureCell CurveCell(const std::optional<double>& value, const std::optional<Interval>& interval) {
  FigureCell cell = Cell(FigureCell::Kind::kProbability, kNone, value);
  if (!value) return cell;
  cell.text = fmt::format("{:.3f}", *value);
  if (!interval) return cell;
  cell.text = fmt::format("{:.3f} ({:.3f}-{:.3f})", *value, interval->low, interval->high);
  cell.interval = interval;
  return cell;
}

FigureCell DateCell(const std::optional<Date>& date) {
  return WordsCell(date ? IsoDate(*date) : "");
}

FigureCell TimeCell(const std::optional<std::int64_t>& wall_ms) {
  return WordsCell(wall_ms ? LocalTimeText(*wall_ms) : "");
}

FigureCell BoundCell(const FigureCell& cell, bool high) {
  if (!cell.interval) return Cell(cell.kind, kNone);
  const double bound = high ? cell.interval->high : cell.interval->low;
  if (cell.kind == FigureCell::Kind::kShare) return ShareCell(bound);
  return Cell(cell.kind, fmt::format("{:.3f}", bound), bound);
}

}  // namespace tram::server
