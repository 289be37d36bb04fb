// SqliteLogStore: logs in a SQLite file, one unit on a device, all units on a server.
//
// Tables are named log_*; other tables of the owner may lie in the same file. Store format, a
// worked example and what a lost power does: libsync/docs/store.md. Threads: those of the
// connection: one at a time.
#pragma once

#include <functional>
#include <memory>

#include "tram/log/log_store.h"
#include "tram/programme/sql.h"

namespace tram {

class SqliteLogStore : public LogStore {
 public:
  /// Runs inside the transaction of each commit; an error undoes the commit.
  using CommitHook = std::function<Status(const UnitId& unit, const LogChange& change)>;

  /// Creates the tables in a new file. `database` stays the caller's and outlives the store.
  /// Errors: too_new (the file is of a later format; it was not touched) | corrupt | io.
  static Result<std::unique_ptr<SqliteLogStore>> Open(SqlDatabase& database,
                                                      CommitHook on_commit = nullptr);

  Result<StoredUnit> Load(const UnitId& unit) override;
  Status ForEachEntry(const UnitId& unit,
                      const std::function<Status(const StoredEntry&)>& take) override;
  /// In a transaction of the caller's: a savepoint in it; durable when the caller commits.
  Status Commit(const UnitId& unit, const LogChange& change) override;
  Result<std::vector<std::string>> CheckIntegrity() override;
  /// All units that ever committed, in no order. Errors: corrupt | io.
  Result<std::vector<UnitId>> Units();

 private:
  SqliteLogStore(SqlDatabase& database, CommitHook on_commit)
      : database_(database), on_commit_(std::move(on_commit)) {}

  SqlDatabase& database_;
  CommitHook on_commit_;
};

}  // namespace tram
