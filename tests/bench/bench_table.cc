#include "tests/bench/bench_table.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace tram::bench {
namespace {

constexpr std::size_t kColumns = 6;
constexpr int kRatioDecimals = 2;

using Cells = std::array<std::string, kColumns>;

/// With commas between thousands: bytes are easier to compare so.
std::string NumberText(double value, int decimals) {
  char digits[64];
  std::snprintf(digits, sizeof digits, "%.*f", decimals, value);
  std::string text = digits;
  const std::size_t point = std::min(text.find('.'), text.size());
  for (std::size_t at = point; at > 3; at -= 3) {
    if (at - 3 > (text[0] == '-' ? 1u : 0u)) text.insert(at - 3, ",");
  }
  return text;
}

std::string WithUnit(const std::optional<double>& value, const BenchRow& row) {
  if (!value) return "";
  return NumberText(*value, row.decimals) + (row.unit.empty() ? "" : " " + row.unit);
}

std::optional<double> RatioOf(const BenchRow& row) {
  if (!row.ours || !row.baseline || *row.baseline == 0) return std::nullopt;
  return *row.ours / *row.baseline;
}

Cells CellsOf(const BenchRow& row) {
  Cells cells;
  cells[0] = row.name;
  cells[1] = row.ours ? WithUnit(row.ours, row) : "-";
  cells[2] = WithUnit(row.baseline, row);
  if (!cells[2].empty()) cells[2] += " (" + row.baseline_name + ")";
  if (auto ratio = RatioOf(row)) cells[3] = NumberText(*ratio, kRatioDecimals);
  if (row.bar) {
    cells[4] =
        row.bar_is_ratio ? "ratio " + NumberText(*row.bar, kRatioDecimals) : WithUnit(row.bar, row);
  }
  cells[5] = row.remark;
  return cells;
}

}  // namespace

void BenchTable::Skip(const std::string& name, const std::string& why) {
  BenchRow row;
  row.name = name;
  row.remark = "not measured: " + why;
  rows_.push_back(std::move(row));
}

std::string BenchTable::Text(const std::vector<std::string>& heading) const {
  std::vector<Cells> lines{{"what", "ours", "baseline", "ratio", "bar", "remark"}};
  for (const BenchRow& row : rows_) lines.push_back(CellsOf(row));
  std::array<std::size_t, kColumns> widths{};
  for (const Cells& cells : lines) {
    for (std::size_t i = 0; i < kColumns; ++i) widths[i] = std::max(widths[i], cells[i].size());
  }
  std::string text;
  for (const std::string& line : heading) text += line + "\n";
  for (const Cells& cells : lines) {
    std::string line;
    for (std::size_t i = 0; i < kColumns; ++i) {
      const std::string space(i + 1 == kColumns ? 0 : widths[i] - cells[i].size(), ' ');
      const bool left = i == 0 || i + 1 == kColumns;
      line += left ? cells[i] + space : space + cells[i];
      if (i + 1 < kColumns) line += "  ";
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

nlohmann::ordered_json BenchTable::Json() const {
  auto number = [](const std::optional<double>& value) {
    return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
  };
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const BenchRow& row : rows_) {
    rows.push_back({{"name", row.name},
                    {"ours", number(row.ours)},
                    {"unit", row.unit},
                    {"baseline", number(row.baseline)},
                    {"baseline_name", row.baseline_name},
                    {"ratio", number(RatioOf(row))},
                    {"bar", number(row.bar)},
                    {"bar_is_ratio", row.bar_is_ratio},
                    {"remark", row.remark}});
  }
  return rows;
}

}  // namespace tram::bench
