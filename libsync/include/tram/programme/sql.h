// A thin, safe wrapper of SQLite: a connection, prepared statements, transactions. The only header
// that knows sqlite3 beside the stores.
// Every error of SQLite becomes one line with the file, SQLite's words and the statement:
//   io       reading or writing failed; a full disk says so
//   corrupt  the file is damaged or no database
//   denied   the file may not be read or written
//   exists   another process holds the file, or a row with this key is there already
//   invalid  the statement is wrong, or a limit of the sandbox was reached
// After an I/O error (a full disk aside) nobody knows what reached the disk: the connection has
// failed for good, every later call says io, and whoever owns it closes, opens and verifies.
// Threads: one connection, one thread at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tram/base/bytes.h"
#include "tram/base/result.h"

struct sqlite3;
struct sqlite3_backup;
struct sqlite3_stmt;

namespace tram {

class SqlBackup;
class SqlDatabase;

/// A prepared statement. Must not be stepped after its database is gone.
class SqlStatement {
 public:
  SqlStatement(SqlStatement&&) noexcept;
  SqlStatement& operator=(SqlStatement&&) noexcept;
  ~SqlStatement();

  /// Binding counts from 1. Text and blobs are copied.
  SqlStatement& Bind(int index, std::int64_t value);
  SqlStatement& Bind(int index, double value);
  SqlStatement& Bind(int index, std::string_view text);
  SqlStatement& BindBlob(int index, ByteView blob);
  SqlStatement& BindNull(int index);
  /// The value of a column of another statement's row, as it is.
  SqlStatement& BindColumn(int index, const SqlStatement& from, int column);
  /// By name (":as_of"); a name that the statement does not have is left out.
  SqlStatement& BindNamed(const std::string& name, std::int64_t value);
  SqlStatement& BindNamed(const std::string& name, std::string_view text);

  /// True: a row is there. Errors: as above; the statement is reset then.
  Result<bool> Step();
  /// Steps to the end and resets.
  Status Run();
  void Reset();  // what is bound stays bound

  /// Step() says invalid after about `steps` operations of SQLite's machine over all its calls,
  /// after `rows` rows, or when memory grows far beyond what a table of a unit needs.
  void Limit(std::int64_t steps, std::int64_t rows);

  int ParameterCount() const;
  /// ":as_of"; "" for a parameter without a name. Counts from 1.
  std::string ParameterName(int index) const;
  bool IsExplain() const;
  int ColumnCount() const;
  std::string ColumnName(int column) const;
  bool IsNull(int column) const;
  std::int64_t Int(int column) const;
  double Double(int column) const;
  std::string Text(int column) const;
  Bytes Blob(int column) const;

 private:
  friend class SqlDatabase;
  static constexpr std::int64_t kUnlimited = -1;
  SqlStatement(SqlDatabase* owner, sqlite3_stmt* statement)
      : owner_(owner), statement_(statement) {}
  SqlDatabase* owner_ = nullptr;
  sqlite3_stmt* statement_ = nullptr;
  std::int64_t steps_left_ = kUnlimited;
  std::int64_t rows_left_ = kUnlimited;
};

/// Of a program: many times what the largest unit's tables take.
inline constexpr std::int64_t kSqlMemoryBytesMax = std::int64_t{1} << 30;

class SqlDatabase {
 public:
  enum class Mode { kCreate, kExisting, kReadOnly };
  /// WAL, synchronous=FULL, exclusive locking, temp_store=MEMORY, trusted_schema off. Never
  /// recreates a file that fails to open; a new file has mode 0600. kExisting and kReadOnly refuse
  /// an empty file. Integrity is not checked here. `page_bytes` is of a new file. What a program
  /// that died had committed is durable on return, also where its last sync failed.
  /// Errors: not_found | denied | corrupt | io | exists (another process holds it).
  static Result<std::unique_ptr<SqlDatabase>> Open(const std::filesystem::path& path, Mode mode,
                                                   int page_bytes = 4096);
  static Result<std::unique_ptr<SqlDatabase>> OpenMemory();
  /// For a database that will get this name. Errors: exists (a WAL or a journal lies there without
  /// its database: it would be read as part of the new one, and may hold what the old one lacks).
  static Status CheckNoLeftovers(const std::filesystem::path& path);
  /// What SQLite may hold in this process, in all databases together; more ends the program like
  /// any lack of memory. A damaged file of some KB may promise a key of 2 GB, for which SQLite
  /// makes room before it looks (kRowBytesMax holds for values only). Called once, before any is
  /// opened.
  static void LimitMemory(std::int64_t bytes);
  ~SqlDatabase();
  SqlDatabase(const SqlDatabase&) = delete;
  SqlDatabase& operator=(const SqlDatabase&) = delete;

  Status Execute(const std::string& sql);  // several statements are allowed
  /// One statement; text after it is refused.
  Result<SqlStatement> Prepare(const std::string& sql);
  /// Prepared once, kept by its text, reset and handed out again: one use at a time.
  Result<SqlStatement*> Cached(const std::string& sql);
  bool InTransaction() const;
  std::int64_t LastInsertRowId() const;
  std::int64_t Changes() const;
  /// SqlBackup in one step. Errors: those of SqlBackup.
  Status BackupTo(const std::filesystem::path& path);
  /// An I/O error ended this connection.
  bool failed() const { return failed_; }
  sqlite3* raw() { return database_; }

 private:
  friend class SqlBackup;
  friend class SqlStatement;
  friend class SqlTransaction;
  SqlDatabase(sqlite3* database, std::string name) : database_(database), name_(std::move(name)) {}
  Error ErrorOf(int code, std::string_view sql);
  Status Usable() const;
  Status MakeRecoveredDurable();
  static int Progress(void* self);  // SQLite's progress handler: not zero stops the statement

  sqlite3* database_;
  std::string name_;  // the path, for messages
  bool failed_ = false;
  SqlBackup* backup_ = nullptr;                         // the one under way
  std::int64_t steps_left_ = SqlStatement::kUnlimited;  // of the statement that steps now
  std::int64_t memory_at_start_ = 0;                    // of that statement, in bytes
  std::map<std::string, std::unique_ptr<SqlStatement>> cached_;
};

/// BEGIN IMMEDIATE (or a savepoint inside another one), rolled back unless committed.
class [[nodiscard]] SqlTransaction {
 public:
  static Result<SqlTransaction> Begin(SqlDatabase& database);
  SqlTransaction(SqlTransaction&& other) noexcept;
  SqlTransaction& operator=(SqlTransaction&&) = delete;
  ~SqlTransaction();
  /// Post: durable (the outermost one), or rolled back and an error.
  Status Commit();

 private:
  void RollBack();
  SqlTransaction(SqlDatabase* database, bool nested) : database_(database), nested_(nested) {}
  SqlDatabase* database_;
  bool nested_;
};

/// A consistent copy of a database in another file, made in steps (SQLite's backup API). Between
/// the steps the database may be written through its own connection; the copy follows, and holds
/// what was committed when the last step ended (a rollback between the steps lets SQLite begin it
/// anew). One at a time.
/// Threads: those of the database.
class SqlBackup {
 public:
  /// Makes `path`, of mode 0600. Errors: exists (the file, or another copy is under way) | denied |
  /// io.
  static Result<std::unique_ptr<SqlBackup>> Begin(SqlDatabase& source,
                                                  const std::filesystem::path& path);
  ~SqlBackup();  // where it is not finished, the file is removed
  SqlBackup(const SqlBackup&) = delete;
  SqlBackup& operator=(const SqlBackup&) = delete;

  /// Copies about so many pages more. Not inside a transaction. False: the file is whole and
  /// closed; syncing it to the disk is left to the caller (PutInPlace, tram/base/os_file.h).
  /// Errors: io (a full disk; or the database was closed meanwhile). The file is gone then.
  Result<bool> Step(int pages);
  /// After a step.
  std::int64_t pages_left() const { return pages_left_; }
  std::int64_t pages() const { return pages_; }

 private:
  friend class SqlDatabase;
  explicit SqlBackup(std::filesystem::path path) : path_(std::move(path)) {}
  int LetGo();  // of the source; what SQLite says

  std::filesystem::path path_;
  SqlDatabase* source_ = nullptr;
  std::unique_ptr<SqlDatabase> target_;
  sqlite3_backup* backup_ = nullptr;
  std::int64_t pages_ = 0;
  std::int64_t pages_left_ = 0;
};

}  // namespace tram
