#include "tram/programme/sql.h"

#include <sqlite3.h>

#include <algorithm>
#include <new>
#include <utility>

#include "tram/base/assert.h"

namespace tram {
namespace {

constexpr std::size_t kStatementCharsInMessage = 80;
constexpr int kOperationsPerProgress = 1000;
// What one limited statement may allocate; a unit's largest table takes a tenth of it.
constexpr std::int64_t kStatementBytesMax = 256 * 1024 * 1024;

std::string Shortened(std::string_view sql) {
  std::string text;
  for (char c : sql.substr(0, kStatementCharsInMessage)) text += c == '\n' ? ' ' : c;
  return sql.size() > kStatementCharsInMessage ? text + "..." : text;
}

ErrorCode CodeOf(int extended) {
  switch (extended & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorCode::kCorrupt;
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return ErrorCode::kDenied;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ErrorCode::kExists;
    case SQLITE_CONSTRAINT:
      return extended == SQLITE_CONSTRAINT_UNIQUE || extended == SQLITE_CONSTRAINT_PRIMARYKEY ||
                     extended == SQLITE_CONSTRAINT_ROWID
                 ? ErrorCode::kExists
                 : ErrorCode::kInvalid;
    case SQLITE_ERROR:
    case SQLITE_AUTH:
    case SQLITE_INTERRUPT:
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
      return ErrorCode::kInvalid;
    default:
      return ErrorCode::kIo;
  }
}

/// SQLite says by a code what operator new says by throwing.
[[noreturn]] void ThrowOutOfMemory() { throw std::bad_alloc(); }

/// Anything else that keeps a value from being bound is our own bug.
void CheckBound(int code) {
  if ((code & 0xff) == SQLITE_NOMEM) ThrowOutOfMemory();
  TRAM_ASSERT(code == SQLITE_OK);
}

}  // namespace

// ---- SqlStatement ----

SqlStatement::SqlStatement(SqlStatement&& other) noexcept
    : owner_(other.owner_),
      statement_(std::exchange(other.statement_, nullptr)),
      steps_left_(other.steps_left_),
      rows_left_(other.rows_left_) {}

SqlStatement& SqlStatement::operator=(SqlStatement&& other) noexcept {
  if (this != &other) {
    sqlite3_finalize(statement_);
    owner_ = other.owner_;
    statement_ = std::exchange(other.statement_, nullptr);
    steps_left_ = other.steps_left_;
    rows_left_ = other.rows_left_;
  }
  return *this;
}

SqlStatement::~SqlStatement() { sqlite3_finalize(statement_); }

SqlStatement& SqlStatement::Bind(int index, std::int64_t value) {
  CheckBound(sqlite3_bind_int64(statement_, index, value));
  return *this;
}

SqlStatement& SqlStatement::Bind(int index, double value) {
  CheckBound(sqlite3_bind_double(statement_, index, value));
  return *this;
}

SqlStatement& SqlStatement::Bind(int index, std::string_view text) {
  // A null pointer would bind NULL, not the empty text.
  const char* start = text.data() == nullptr ? "" : text.data();
  CheckBound(
      sqlite3_bind_text64(statement_, index, start, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  return *this;
}

SqlStatement& SqlStatement::BindBlob(int index, ByteView blob) {
  const void* start = blob.data() == nullptr ? static_cast<const void*>("") : blob.data();
  CheckBound(sqlite3_bind_blob64(statement_, index, start, blob.size(), SQLITE_TRANSIENT));
  return *this;
}

SqlStatement& SqlStatement::BindNull(int index) {
  CheckBound(sqlite3_bind_null(statement_, index));
  return *this;
}

SqlStatement& SqlStatement::BindColumn(int index, const SqlStatement& from, int column) {
  CheckBound(sqlite3_bind_value(statement_, index, sqlite3_column_value(from.statement_, column)));
  return *this;
}

SqlStatement& SqlStatement::BindNamed(const std::string& name, std::int64_t value) {
  int index = sqlite3_bind_parameter_index(statement_, name.c_str());
  return index == 0 ? *this : Bind(index, value);
}

SqlStatement& SqlStatement::BindNamed(const std::string& name, std::string_view text) {
  int index = sqlite3_bind_parameter_index(statement_, name.c_str());
  return index == 0 ? *this : Bind(index, text);
}

Result<bool> SqlStatement::Step() {
  TRAM_TRY(owner_->Usable());
  owner_->steps_left_ = steps_left_;
  if (steps_left_ != kUnlimited) owner_->memory_at_start_ = sqlite3_memory_used();
  int code = sqlite3_step(statement_);
  steps_left_ = std::exchange(owner_->steps_left_, kUnlimited);
  if (code == SQLITE_DONE) return false;
  if (code == SQLITE_ROW) {
    if (rows_left_ == kUnlimited) return true;
    if (rows_left_-- > 0) return true;
    rows_left_ = 0;
    sqlite3_reset(statement_);
    return MakeError(ErrorCode::kInvalid, "stopped, it gives too many rows: ask for fewer (" +
                                              Shortened(sqlite3_sql(statement_)) + ")");
  }
  Error error =
      owner_->ErrorOf(sqlite3_extended_errcode(owner_->database_), sqlite3_sql(statement_));
  sqlite3_reset(statement_);
  return error;
}

Status SqlStatement::Run() {
  for (;;) {
    TRAM_ASSIGN(bool row, Step());
    if (!row) break;
  }
  Reset();
  return {};
}

void SqlStatement::Reset() { sqlite3_reset(statement_); }

void SqlStatement::Limit(std::int64_t steps, std::int64_t rows) {
  TRAM_ASSERT(steps >= 0 && rows >= 0);
  steps_left_ = steps;
  rows_left_ = rows;
  sqlite3_progress_handler(owner_->database_, kOperationsPerProgress, &SqlDatabase::Progress,
                           owner_);
}

int SqlStatement::ParameterCount() const { return sqlite3_bind_parameter_count(statement_); }

std::string SqlStatement::ParameterName(int index) const {
  const char* name = sqlite3_bind_parameter_name(statement_, index);
  return name == nullptr ? std::string() : name;
}

bool SqlStatement::IsExplain() const { return sqlite3_stmt_isexplain(statement_) != 0; }

int SqlStatement::ColumnCount() const { return sqlite3_column_count(statement_); }

std::string SqlStatement::ColumnName(int column) const {
  const char* name = sqlite3_column_name(statement_, column);
  return name == nullptr ? std::string() : name;
}

bool SqlStatement::IsNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t SqlStatement::Int(int column) const {
  return sqlite3_column_int64(statement_, column);
}

double SqlStatement::Double(int column) const { return sqlite3_column_double(statement_, column); }

std::string SqlStatement::Text(int column) const {
  const unsigned char* text = sqlite3_column_text(statement_, column);
  if (text == nullptr) {
    if (sqlite3_errcode(owner_->database_) == SQLITE_NOMEM) ThrowOutOfMemory();
    return {};
  }
  return {reinterpret_cast<const char*>(text),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

Bytes SqlStatement::Blob(int column) const {
  const auto* blob = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
  if (blob == nullptr) {
    if (sqlite3_errcode(owner_->database_) == SQLITE_NOMEM) ThrowOutOfMemory();
    return {};
  }
  return {blob, blob + sqlite3_column_bytes(statement_, column)};
}

// ---- SqlDatabase ----

SqlDatabase::~SqlDatabase() {
  // A copy that is still under way would keep the file locked.
  if (backup_ != nullptr) backup_->LetGo();
  cached_.clear();
  sqlite3_close_v2(database_);
}

Status SqlDatabase::Usable() const {
  if (!failed_) return {};
  return MakeError(ErrorCode::kIo, name_ +
                                       ": reading or writing failed before, and what reached the "
                                       "disk is not known: open it again and verify it");
}

Error SqlDatabase::ErrorOf(int code, std::string_view sql) {
  ErrorCode kind = CodeOf(code);
  std::string words = sqlite3_errmsg(database_);
  std::string where = sql.empty() ? "" : " (" + Shortened(sql) + ")";
  switch (code & 0xff) {
    case SQLITE_FULL:
      return MakeError(kind, name_ + ": the disk is full: free some space, nothing was lost");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return MakeError(kind, name_ + ": another process holds it: stop that one first");
    case SQLITE_NOTADB:
      return MakeError(kind, name_ + " is not a database: put it back from a backup");
    case SQLITE_CORRUPT:
      return MakeError(kind, name_ + " is damaged (" + words + "): put it back from a backup");
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return MakeError(kind, name_ + " may not be written: check its owner and mode");
    case SQLITE_INTERRUPT:
      return MakeError(kind,
                       "stopped, it takes too many steps or too much memory: make it "
                       "simpler" +
                           where);
    case SQLITE_IOERR:
      failed_ = true;
      break;
    default:
      break;
  }
  return MakeError(kind,
                   kind == ErrorCode::kInvalid ? words + where : name_ + ": " + words + where);
}

int SqlDatabase::Progress(void* self) {
  auto& database = *static_cast<SqlDatabase*>(self);
  if (database.steps_left_ == SqlStatement::kUnlimited) return 0;
  database.steps_left_ = std::max<std::int64_t>(0, database.steps_left_ - kOperationsPerProgress);
  return database.steps_left_ == 0 ||
         sqlite3_memory_used() - database.memory_at_start_ > kStatementBytesMax;
}

Status SqlDatabase::Execute(const std::string& sql) {
  TRAM_TRY(Usable());
  if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return ErrorOf(sqlite3_extended_errcode(database_), sql);
}

Result<SqlStatement> SqlDatabase::Prepare(const std::string& sql) {
  TRAM_TRY(Usable());
  sqlite3_stmt* raw_statement = nullptr;
  const char* rest = nullptr;
  int code = sqlite3_prepare_v2(database_, sql.c_str(), static_cast<int>(sql.size() + 1),
                                &raw_statement, &rest);
  SqlStatement statement(this, raw_statement);
  if (code != SQLITE_OK) return ErrorOf(sqlite3_extended_errcode(database_), sql);
  if (raw_statement == nullptr) return MakeError(ErrorCode::kInvalid, "there is no statement here");
  // What follows may be white space, comments and a semicolon: text that prepares to nothing.
  while (*rest != '\0') {
    sqlite3_stmt* second = nullptr;
    const char* after = nullptr;
    int second_code = sqlite3_prepare_v2(database_, rest, -1, &second, &after);
    bool something = second != nullptr || second_code != SQLITE_OK || after == rest;
    sqlite3_finalize(second);
    if (something) {
      return MakeError(ErrorCode::kInvalid,
                       "one statement only, not several (" + Shortened(sql) + ")");
    }
    rest = after;
  }
  return statement;
}

Result<SqlStatement*> SqlDatabase::Cached(const std::string& sql) {
  TRAM_TRY(Usable());
  auto found = cached_.find(sql);
  if (found == cached_.end()) {
    TRAM_ASSIGN(SqlStatement statement, Prepare(sql));
    found = cached_.emplace(sql, std::make_unique<SqlStatement>(std::move(statement))).first;
  }
  SqlStatement* statement = found->second.get();
  sqlite3_reset(statement->statement_);
  sqlite3_clear_bindings(statement->statement_);
  return statement;
}

bool SqlDatabase::InTransaction() const { return sqlite3_get_autocommit(database_) == 0; }

std::int64_t SqlDatabase::LastInsertRowId() const { return sqlite3_last_insert_rowid(database_); }

std::int64_t SqlDatabase::Changes() const { return sqlite3_changes64(database_); }

// ---- SqlTransaction ----

Result<SqlTransaction> SqlTransaction::Begin(SqlDatabase& database) {
  bool nested = database.InTransaction();
  TRAM_TRY(database.Execute(nested ? "SAVEPOINT tram_inner" : "BEGIN IMMEDIATE"));
  return SqlTransaction(&database, nested);
}

SqlTransaction::SqlTransaction(SqlTransaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)), nested_(other.nested_) {}

SqlTransaction::~SqlTransaction() { RollBack(); }

void SqlTransaction::RollBack() {
  if (database_ == nullptr) return;
  // SQLite rolls back by itself after some errors (a full disk, say): then there is nothing to do.
  // Straight to sqlite3, so that a failed connection still lets go of its half transaction.
  // Where that fails (there is no memory to read the statement), the transaction is still open, and
  // a later one would be nothing but a part of it: this connection takes no more.
  if (database_->InTransaction() &&
      sqlite3_exec(database_->database_,
                   nested_ ? "ROLLBACK TO tram_inner; RELEASE tram_inner" : "ROLLBACK", nullptr,
                   nullptr, nullptr) != SQLITE_OK) {
    database_->failed_ = true;
  }
  database_ = nullptr;
}

Status SqlTransaction::Commit() {
  TRAM_ASSERT(database_ != nullptr);
  if (!database_->InTransaction()) {
    std::string name = database_->name_;
    database_ = nullptr;
    return MakeError(ErrorCode::kIo, name + ": an earlier error has undone this change: try again");
  }
  Status status = database_->Execute(nested_ ? "RELEASE tram_inner" : "COMMIT");
  if (!status) {
    RollBack();
    return status;
  }
  database_ = nullptr;
  return {};
}

}  // namespace tram
