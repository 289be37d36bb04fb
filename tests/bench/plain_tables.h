// The workload in plain SQLite tables, one row a record: what its bytes on a disk are compared
// with, and, with SQLite's session extension, the bytes of its changes. Threads: one at a time.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "tests/bench/workload.h"
#include "tram/programme/sql.h"

namespace tram::bench {

class PlainTables {
 public:
  /// Makes a new file with the workload's tables. Errors: io | not_found | invalid.
  static Result<PlainTables> Create(const std::filesystem::path& file);
  /// All lines of a workload's file in one transaction. Errors: io | invalid.
  Status Apply(const std::vector<std::vector<std::string>>& lines);
  /// The same, watched by a session; returns its changeset. Nothing where this machine's SQLite is
  /// built without the extension. Errors: io | invalid.
  Result<std::optional<std::string>> ApplyAsChangeset(
      const std::vector<std::vector<std::string>>& lines);
  /// The file's size without a WAL. Errors: io.
  Result<double> FileBytes();

 private:
  PlainTables(std::filesystem::path file, WorkloadSchema schema,
              std::unique_ptr<SqlDatabase> database)
      : file_(std::move(file)), schema_(std::move(schema)), database_(std::move(database)) {}
  Status ApplyLine(const std::vector<std::string>& cells);

  std::filesystem::path file_;
  WorkloadSchema schema_;
  std::unique_ptr<SqlDatabase> database_;
};

/// The workload's lines as columns (ids as positions, times and dates as differences, numbers as
/// varints, text as it is) under zstd at level 19: about the least that the payload can take, with
/// nothing sealed or signed and no protocol. Errors: not_found | invalid.
Result<std::size_t> ColumnsBytes(const std::vector<std::string>& names_before,
                                 const std::string& name);

}  // namespace tram::bench
