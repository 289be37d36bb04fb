// The workload's year in plain SQLite tables, one row a record: what its bytes on a disk are
// compared with.
// Threads: pure.
#pragma once

#include <filesystem>

#include "tram/base/result.h"

namespace tram::bench {

/// Writes the year to a new file. Returns the file's size, without a WAL. Errors: io | invalid.
Result<double> PlainTablesBytes(const std::filesystem::path& file);

}  // namespace tram::bench
