#include "app/csv.h"

#include <csv.h>

#include <algorithm>

namespace tram::server {
namespace {

struct Reading {
  std::vector<CsvRow> rows;
  CsvRow row;
  std::size_t line = 1;    // of the row that is being read
  std::size_t breaks = 0;  // line breaks inside its quotes
};

void TakeCell(void* cell, std::size_t size, void* to) {
  auto* reading = static_cast<Reading*>(to);
  std::string text(static_cast<const char*>(cell), size);
  reading->breaks += static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  reading->row.cells.push_back(std::move(text));
}

void TakeRow(int, void* to) {
  auto* reading = static_cast<Reading*>(to);
  reading->row.line = reading->line;
  if (!reading->row.cells.empty()) reading->rows.push_back(std::move(reading->row));
  reading->row = {};
  reading->line += 1 + reading->breaks;
  reading->breaks = 0;
}

}  // namespace

Result<std::vector<CsvRow>> ReadCsv(std::string text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  text.erase(std::remove(text.begin(), text.end(), '\r'), text.end());
  csv_parser parser;
  // Every line break is reported, so that lines can be counted.
  if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0) {
    return MakeError(ErrorCode::kIo, "there is not enough memory to read the file");
  }
  Reading reading;
  const bool whole =
      csv_parse(&parser, text.data(), text.size(), TakeCell, TakeRow, &reading) == text.size() &&
      csv_fini(&parser, TakeCell, TakeRow, &reading) == 0;
  csv_free(&parser);
  if (whole) return std::move(reading.rows);
  return MakeError(ErrorCode::kInvalid, "line " + std::to_string(reading.line) +
                                            ": a quotation mark is in the wrong place or missing");
}

std::string CsvLine(const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += ',';
    if (cells[i].find_first_of(",\"\r\n") == std::string::npos) {
      line += cells[i];
      continue;
    }
    line += '"';
    for (char c : cells[i]) {
      if (c == '"') line += '"';
      line += c;
    }
    line += '"';
  }
  return line + "\n";
}

}  // namespace tram::server
