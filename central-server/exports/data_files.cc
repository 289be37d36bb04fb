#include "exports/data_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "rollup/report.h"
#include "tram/base/csv.h"
#include "tram/outcome/workbook.h"

namespace tram::server {
namespace {

const char* Words(Language in, const char* vi, const char* en) {
  return in == Language::kVietnamese ? vi : en;
}

std::string CellText(const FigureCell& cell) {
  if (cell.kind == FigureCell::Kind::kWords) return MarkedAsText(cell.text);
  if (!cell.number || !std::isfinite(*cell.number)) return cell.text == "*" ? "*" : "";
  if (cell.kind == FigureCell::Kind::kCount) {
    return std::to_string(static_cast<std::int64_t>(*cell.number));
  }
  return fmt::format("{}", *cell.number);
}

/// What is said of the table as a whole, in every row of a CSV file: name, cell.
std::vector<std::pair<std::string, std::string>> AgeColumns(const DataTable& table) {
  const DataAge& age = table.age;
  std::vector<std::pair<std::string, std::string>> columns;
  const auto add = [&](const char* name, std::string cell) {
    const bool there = std::any_of(table.columns.begin(), table.columns.end(),
                                   [&](const DataColumn& column) { return column.name == name; });
    if (!there) columns.emplace_back(name, std::move(cell));
  };
  if (age.as_of) {
    add("as_of", IsoDate(*age.as_of));
    add("published", age.published_ms ? LocalTimeText(*age.published_ms) : "");
  }
  add("made_at", LocalTimeText(age.made_ms));
  if (age.units > 0) {
    add("units_at_work", std::to_string(age.units));
    add("units_silent", std::to_string(age.silent));
  }
  return columns;
}

std::vector<std::string> AgeLines(const DataAge& age, Language in) {
  std::vector<std::string> lines;
  if (age.as_of) {
    lines.push_back(Words(in, "Số liệu đến: ", "As of: ") + IsoDate(*age.as_of));
    lines.push_back(age.published_ms ? Words(in, "Đã chốt, không thay đổi nữa; công bố lúc: ",
                                             "Closed, and stays as it is; published: ") +
                                           LocalTimeText(*age.published_ms)
                                     : Words(in, "Chưa chốt: còn thay đổi khi đơn vị gửi thêm",
                                             "Open: it follows what units send"));
  }
  lines.push_back(Words(in, "Lập lúc: ", "Made: ") + LocalTimeText(age.made_ms));
  if (age.units > 0) {
    lines.push_back(fmt::format(
        fmt::runtime(Words(in, "Đơn vị đang làm việc: {}; trong đó không gửi gì từ {} ngày: {}",
                           "Units at work: {}; nothing came for {} days from: {}")),
        age.units, kSilentDays, age.silent));
  }
  return lines;
}

}  // namespace

std::string DataCsv(const DataTable& table) {
  const auto of_all = AgeColumns(table);
  std::string csv = "\xef\xbb\xbf";
  std::vector<std::string> cells;
  for (const DataColumn& column : table.columns) cells.push_back(column.name);
  for (const auto& [name, cell] : of_all) cells.push_back(name);
  AppendCsvRow(csv, cells);
  for (const std::vector<FigureCell>& row : table.rows) {
    cells.clear();
    for (const FigureCell& cell : row) cells.push_back(CellText(cell));
    for (const auto& [name, cell] : of_all) cells.push_back(cell);
    AppendCsvRow(csv, cells);
  }
  return csv;
}

Result<std::string> DataXlsx(const DataTable& table, Language language,
                             const std::filesystem::path& scratch) {
  FigureSheet sheet;
  for (const DataColumn& column : table.columns) sheet.head.push_back(column.label);
  sheet.rows = table.rows;
  WorkbookText about{table.title, AgeLines(table.age, language)};
  about.lines.insert(about.lines.end(), table.about.begin(), table.about.end());
  WorkbookText columns{Words(language, "Các cột", "Columns"), {}};
  for (const DataColumn& column : table.columns) {
    columns.lines.push_back(column.label + " [" + column.name + "]" +
                            (column.definition.empty() ? "" : ": " + column.definition));
  }
  return WriteWorkbook({{table.title, {std::move(sheet)}}}, {std::move(about), std::move(columns)},
                       language, scratch);
}

}  // namespace tram::server
