// export TYPE: a CSV file of one type of record, in the clear, on purpose; each export is listed by
// `status`. Columns: id, key, parent, parent_key, then the fields; codes by name, sets as a|b.
// Threads: the thread that owns the device.
#pragma once

#include <string>
#include <vector>

#include "app/verb.h"

namespace tram::client {

struct ExportOptions {
  std::string type;
  std::string out;  // "" is stdout
};

struct ExportRecord {
  std::int64_t at_ms = 0;
  std::string type;
  std::size_t rows = 0;
  std::string file;  // "" where it went to stdout
};

Status ExportRecords(Call& call, const ExportOptions& options);
/// Oldest first; the last kExportsKept.
inline constexpr std::size_t kExportsKept = 100;
std::vector<ExportRecord> ListedExports(const OpLog& log);

}  // namespace tram::client
