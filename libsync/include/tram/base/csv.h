// CSV files as RFC 4180 has them: quotes, line breaks inside quotes, CRLF or LF; a byte order mark
// is left out; separated by commas, or by semicolons where the header has no comma (what
// spreadsheets with a Vietnamese setting write).
// The grammar is libcsv's; here it is fed so that each row keeps its line and its own bytes, and a
// row that is no CSV does not take the rest of the file with it.
// Threads: pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tram/base/result.h"

namespace tram {

inline constexpr std::size_t kCsvBytesMax = 64 * 1024 * 1024;

struct CsvRow {
  std::size_t line = 0;  // of its first character, from 1
  std::vector<std::string> cells;
  std::string_view raw;  // without its line end; points into the text that was parsed
  std::string problem;   // "" where the row is good CSV; the cells are empty otherwise
};

struct CsvTable {
  char separator = ',';
  std::vector<std::string> header;
  std::vector<CsvRow> rows;
};

/// `text` must outlive the table. Errors: invalid (no header row).
Result<CsvTable> ParseCsv(std::string_view text);

/// Adds one row, quoted where it must be, ended by CRLF.
void AppendCsvRow(std::string& to, std::span<const std::string> cells, char separator = ',');
inline std::string CsvRowText(const std::vector<std::string>& cells) {
  std::string text;
  AppendCsvRow(text, cells);
  return text;
}

/// A cell of words for people's spreadsheets, which take a cell that begins with = + - @ or a
/// control character for a formula: it gets an apostrophe in front. WithoutTextMark gives back what
/// it was.
std::string MarkedAsText(std::string_view cell);
std::string WithoutTextMark(std::string_view cell);

}  // namespace tram
