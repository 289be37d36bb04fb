// Tables: the rows of shown records in the programme's in-memory SQLite, and what is read from
// them. The column `conflict` tells of clear fields and deletion only, so that an indicator over it
// gives the same on a device and on the server; `author` and `device` are those of the creating op.
// Threads: as SqlDatabase.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "tram/programme/sandbox.h"
#include "tram/programme/table_sql.h"
#include "view/placement.h"

namespace tram {

class Tables {
 public:
  /// Errors: invalid (the programme does not compile) | io.
  static Result<Tables> Create(const Programme& programme);

  Sandbox& sandbox() const { return *sandbox_; }

  /// Writes the record's row, or takes it away where it does not belong into the tables.
  /// Pre:    record.row is there.
  /// Post:   record.row is empty.
  /// Errors: io (memory).
  Status Write(Record& record, const Placement& placement);
  /// Copies a record's row from other tables of the same programme. Errors: io (memory).
  Status CopyRow(const Record& record, Tables& from);
  /// Overwrites and removes all rows. Errors: io.
  Status Clear(const Programme& programme);

  /// While it is the same, so is what a statement finds that reads these tables only.
  std::int64_t ChangesOf(const std::set<std::string>& tables) const;

  /// Runs one statement to its end under the rules of `mode`; the sandbox's TablesRead are then its
  /// own. Errors: invalid.
  Result<ViewTable> Read(const std::string& sql, SandboxMode mode, Date as_of);

 private:
  explicit Tables(std::unique_ptr<Sandbox> sandbox) : sandbox_(std::move(sandbox)) {}

  struct Statements {
    std::string insert, remove, read;
  };
  const Statements& StatementsOf(const RecordType& type);

  std::unique_ptr<Sandbox> sandbox_;
  std::unordered_map<std::uint32_t, Statements> statements_;
  std::map<std::string, std::int64_t> changes_;  // by record type: rows written and taken away
};

/// Binds a value as the tables hold it.
void BindCell(SqlStatement& statement, int index, const FieldPlan& plan, const Cell& cell);

}  // namespace tram
