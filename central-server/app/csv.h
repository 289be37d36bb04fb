// CSV files (RFC 4180): reading by libcsv, writing with quotes where they are needed.
// Threads: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tram/base/result.h"

namespace tram::server {

struct CsvRow {
  std::size_t line = 0;  // in the file, from 1, where the row begins
  std::vector<std::string> cells;
};

/// Rows that are not empty. Errors: invalid (a quote that does not end, or stands in the middle).
Result<std::vector<CsvRow>> ReadCsv(std::string text);

/// One row with its line break.
std::string CsvLine(const std::vector<std::string>& cells);

}  // namespace tram::server
