#include "tests/bench/plain_tables.h"

#include <sqlite3.h>

// Debian builds SQLite with the session extension, and its header declares that only on request.
extern "C" {
typedef struct sqlite3_session sqlite3_session;
int sqlite3session_create(sqlite3*, const char*, sqlite3_session**);
void sqlite3session_delete(sqlite3_session*);
int sqlite3session_attach(sqlite3_session*, const char*);
int sqlite3session_changeset(sqlite3_session*, int*, void**);
}

namespace tram::bench {
namespace {

std::string CreateTable(const WorkloadTable& table, const std::string& name) {
  std::string sql = "CREATE TABLE " + name + "(";
  for (std::size_t i = 0; i < table.size(); ++i) {
    sql += (i == 0 ? "" : ", ") + table[i].name + (table[i].integer ? " INTEGER" : " TEXT") +
           (i == 0 ? " PRIMARY KEY NOT NULL" : "");
  }
  return sql + ")";
}

std::string InsertRow(const WorkloadTable& table, const std::string& name) {
  std::string sql = "INSERT INTO " + name + " VALUES(";
  for (std::size_t i = 0; i < table.size(); ++i) sql += i == 0 ? "?" : ", ?";
  return sql + ")";
}

Error Failed(const std::string& what) {
  return MakeError(ErrorCode::kIo, "SQLite's session extension failed: " + what);
}

}  // namespace

Result<PlainTables> PlainTables::Create(const std::filesystem::path& file) {
  TRAM_ASSIGN(WorkloadSchema schema, ReadWorkloadSchema());
  TRAM_ASSIGN(auto database, SqlDatabase::Open(file, SqlDatabase::Mode::kCreate));
  for (const auto& [name, table] : schema) {
    TRAM_TRY(database->Execute(CreateTable(table, name)));
  }
  return PlainTables(file, std::move(schema), std::move(database));
}

Status PlainTables::ApplyLine(const std::vector<std::string>& cells) {
  auto table = schema_.find(cells.at(1));
  if (table == schema_.end()) return MakeError(ErrorCode::kInvalid, "no table " + cells.at(1));
  const bool insert = cells.at(0) == "I";
  TRAM_ASSIGN(SqlStatement * statement,
              database_->Cached(insert ? InsertRow(table->second, table->first)
                                       : "UPDATE " + table->first + " SET " + cells.at(3) +
                                             " = ?2 WHERE id = ?1"));
  std::vector<std::string> values(cells.begin() + 2, cells.end());
  if (!insert) values.erase(values.begin() + 1);  // the column's name
  for (std::size_t i = 0; i < values.size(); ++i) {
    const int index = static_cast<int>(i) + 1;
    if (values[i] == kWorkloadNull) {
      statement->BindNull(index);
    } else {
      statement->Bind(index, std::string_view(values[i]));  // the column's type makes it a number
    }
  }
  return statement->Run();
}

Status PlainTables::Apply(const std::vector<std::vector<std::string>>& lines) {
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(*database_));
  for (const auto& cells : lines) TRAM_TRY(ApplyLine(cells));
  return transaction.Commit();
}

Result<std::optional<std::string>> PlainTables::ApplyAsChangeset(
    const std::vector<std::vector<std::string>>& lines) {
  if (sqlite3_compileoption_used("ENABLE_SESSION") == 0) {
    TRAM_TRY(Apply(lines));
    return std::optional<std::string>();
  }
  sqlite3_session* raw = nullptr;
  if (sqlite3session_create(database_->raw(), "main", &raw) != SQLITE_OK) return Failed("create");
  std::unique_ptr<sqlite3_session, decltype(&sqlite3session_delete)> session(raw,
                                                                             sqlite3session_delete);
  if (sqlite3session_attach(raw, nullptr) != SQLITE_OK) return Failed("attach");
  TRAM_TRY(Apply(lines));
  int size = 0;
  void* bytes = nullptr;
  if (sqlite3session_changeset(raw, &size, &bytes) != SQLITE_OK) return Failed("changeset");
  std::unique_ptr<void, decltype(&sqlite3_free)> owned(bytes, sqlite3_free);
  return std::optional<std::string>(
      std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size)));
}

Result<double> PlainTables::FileBytes() {
  TRAM_TRY(database_->Execute("PRAGMA wal_checkpoint(TRUNCATE)"));
  return static_cast<double>(std::filesystem::file_size(file_));
}

}  // namespace tram::bench
