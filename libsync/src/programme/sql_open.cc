// Opening and copying database files.
#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "tram/base/assert.h"
#include "tram/base/os_file.h"
#include "tram/programme/sql.h"

namespace tram {
namespace {

/// Of a row in a file. A damaged one may promise a gigabyte, and SQLite makes room for it at once;
/// the largest that is written is a piece that waits for earlier ones.
constexpr int kRowBytesMax = 32 * 1024 * 1024;

namespace fs = std::filesystem;

// Exclusive locking comes before WAL: then SQLite keeps its index of the WAL in our memory and
// never shares it, and a second process is told that the file is busy.
constexpr char kWritingPragmas[] =
    "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;";
constexpr char kPragmas[] =
    "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0; PRAGMA trusted_schema=OFF; "
    "PRAGMA cell_size_check=ON;";

constexpr int kAllPages = -1;  // as SQLite says it
constexpr int kWalBlockBytes = 64 * 1024;

/// SQLite's file: URI, in which `?`, `#`, `%` of a path must be escaped.
std::string Uri(const fs::path& path, std::string_view query) {
  std::string uri = "file:";
  for (char c : fs::absolute(path).string()) {
    if (c == '?' || c == '#' || c == '%') {
      uri += "%" + ToHex(AsBytes(std::string_view(&c, 1)));
    } else {
      uri += c;
    }
  }
  return uri.append(query);
}

Error CannotOpen(sqlite3* database, const fs::path& path) {
  int system = database == nullptr ? ENOMEM : sqlite3_system_errno(database);
  if (system == EACCES || system == EPERM || system == EROFS) {
    return MakeError(ErrorCode::kDenied, path.string() + " may not be opened: check its owner, " +
                                             "its mode and those of its folder");
  }
  return MakeError(ErrorCode::kIo,
                   "cannot open " + path.string() + ": " +
                       (system != 0 ? std::strerror(system) : sqlite3_errmsg(database)));
}

Status CheckThere(const fs::path& path) {
  std::error_code code;
  fs::file_status status = fs::status(path, code);
  if (!fs::exists(status)) {
    return code && code != std::errc::no_such_file_or_directory
               ? MakeError(ErrorCode::kIo, "cannot open " + path.string() + ": " + code.message())
               : MakeError(ErrorCode::kNotFound, "there is no file " + path.string());
  }
  if (fs::is_regular_file(status) && fs::file_size(path, code) == 0 && !code) {
    return MakeError(ErrorCode::kCorrupt, path.string() + " is empty: put it back from a backup");
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<SqlDatabase>> SqlDatabase::Open(const fs::path& path, Mode mode,
                                                       int page_bytes) {
  std::error_code code;
  bool there = fs::exists(path, code);
  if (there || mode != Mode::kCreate) {
    // A file that a crash left empty at its creation may be created again; a lost one may not.
    if (Status status = CheckThere(path);
        !status && !(mode == Mode::kCreate && status.error().code == ErrorCode::kCorrupt)) {
      return status.error();
    }
  }
  int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  std::string query;
  if (mode == Mode::kReadOnly) {
    flags |= SQLITE_OPEN_READONLY;
    // Without a WAL nothing beside the file is needed: it may lie in a folder that nobody may
    // write.
    fs::path wal = path;
    wal += "-wal";
    if (!fs::exists(wal, code)) query = "?immutable=1";
  } else {
    flags |= SQLITE_OPEN_READWRITE | (mode == Mode::kCreate ? SQLITE_OPEN_CREATE : 0);
  }
  sqlite3* raw_database = nullptr;
  int opened = sqlite3_open_v2(Uri(path, query).c_str(), &raw_database, flags, nullptr);
  std::unique_ptr<SqlDatabase> database(new SqlDatabase(raw_database, path.string()));
  if (opened != SQLITE_OK) return CannotOpen(raw_database, path);
  sqlite3_limit(raw_database, SQLITE_LIMIT_LENGTH, kRowBytesMax);
  if (mode == Mode::kCreate && !there) {
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write, code);
    if (code) {
      return MakeError(ErrorCode::kIo, "cannot protect " + path.string() + ": " + code.message());
    }
  }
  if (mode != Mode::kReadOnly && sqlite3_db_readonly(raw_database, "main") == 1) {
    return MakeError(ErrorCode::kDenied,
                     path.string() + " may not be written: check its owner and mode");
  }
  sqlite3_db_config(raw_database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  if (mode == Mode::kCreate) {
    TRAM_TRY(database->Execute("PRAGMA page_size=" + std::to_string(page_bytes)));
  }
  if (mode != Mode::kReadOnly) TRAM_TRY(database->Execute(kWritingPragmas));
  TRAM_TRY(database->Execute(kPragmas));
  // The first read takes the lock, and tells a database from any other file.
  TRAM_TRY(database->Execute("SELECT count(*) FROM sqlite_schema"));
  if (mode != Mode::kReadOnly) {
    TRAM_TRY(database->MakeRecoveredDurable());
    // SQLite removes a WAL without syncing its folder: one that held a change of which its writer
    // was told that it failed could come back with the power.
    TRAM_TRY(SyncFolder(fs::absolute(path).parent_path()));
  }
  return database;
}

// A program that died between writing and syncing, or whose sync failed, has left frames that are
// read as committed, in the system's memory only: the next loss of power would take them, and with
// them every later commit, for the WAL ends at its first bad frame. After a failed sync Linux holds
// those pages for clean, and no further sync writes them: so the bytes are written once more.
Status SqlDatabase::MakeRecoveredDurable() {
  sqlite3_file* wal = nullptr;
  sqlite3_file_control(database_, "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal);
  if (wal == nullptr || wal->pMethods == nullptr) return {};
  sqlite3_int64 size = 0;
  int code = wal->pMethods->xFileSize(wal, &size);
  if (code == SQLITE_OK && size == 0) return {};
  std::vector<char> block(kWalBlockBytes);
  for (sqlite3_int64 start = 0; code == SQLITE_OK && start < size; start += kWalBlockBytes) {
    const int bytes = static_cast<int>(std::min<sqlite3_int64>(kWalBlockBytes, size - start));
    code = wal->pMethods->xRead(wal, block.data(), bytes, start);
    if (code == SQLITE_OK) code = wal->pMethods->xWrite(wal, block.data(), bytes, start);
  }
  if (code == SQLITE_OK) code = wal->pMethods->xSync(wal, SQLITE_SYNC_FULL);
  if (code == SQLITE_OK) return {};
  failed_ = true;
  return MakeError(ErrorCode::kIo, "cannot make what " + name_ +
                                       " recovered durable: check the disk, then open it again");
}

Status SqlDatabase::CheckNoLeftovers(const fs::path& path) {
  std::error_code code;
  for (const char* end : {"-wal", "-journal"}) {
    const fs::path beside = path.string() + end;
    if (!fs::exists(beside, code) || fs::file_size(beside, code) == 0) continue;
    return MakeError(ErrorCode::kExists, beside.string() +
                                             " belongs to a database that was moved away: move it "
                                             "to where that one lies, or choose another folder");
  }
  return {};
}

void SqlDatabase::LimitMemory(std::int64_t bytes) { sqlite3_hard_heap_limit64(bytes); }

Result<std::unique_ptr<SqlDatabase>> SqlDatabase::OpenMemory() {
  sqlite3* raw_database = nullptr;
  int opened = sqlite3_open_v2(
      ":memory:", &raw_database,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
      nullptr);
  std::unique_ptr<SqlDatabase> database(new SqlDatabase(raw_database, "the tables in memory"));
  if (opened != SQLITE_OK) {
    return MakeError(ErrorCode::kIo, "there is not enough memory for the tables");
  }
  TRAM_TRY(database->Execute(kPragmas));
  return database;
}

Status SqlDatabase::BackupTo(const fs::path& path) {
  TRAM_ASSIGN(std::unique_ptr<SqlBackup> backup, SqlBackup::Begin(*this, path));
  TRAM_ASSIGN(bool more, backup->Step(kAllPages));
  TRAM_ASSERT(!more);
  return {};
}

Result<std::unique_ptr<SqlBackup>> SqlBackup::Begin(SqlDatabase& source, const fs::path& path) {
  TRAM_TRY(source.Usable());
  std::error_code code;
  if (fs::exists(path, code)) {
    return MakeError(ErrorCode::kExists,
                     path.string() + " is there already: choose another name, or move it away");
  }
  if (source.backup_ != nullptr) {
    return MakeError(ErrorCode::kExists,
                     "another backup is under way: try again when it has ended");
  }
  sqlite3* raw_target = nullptr;
  int opened = sqlite3_open_v2(
      Uri(path, "").c_str(), &raw_target,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI | SQLITE_OPEN_EXRESCODE,
      nullptr);
  std::unique_ptr<SqlDatabase> target(new SqlDatabase(raw_target, path.string()));
  if (opened != SQLITE_OK) return CannotOpen(raw_target, path);
  std::unique_ptr<SqlBackup> backup(new SqlBackup(path));
  backup->target_ = std::move(target);
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write, code);
  // Half of a copy is thrown away: it needs no journal and no sync before it is whole.
  TRAM_TRY(backup->target_->Execute(
      "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF"));
  backup->backup_ = sqlite3_backup_init(raw_target, "main", source.raw(), "main");
  if (backup->backup_ == nullptr) {
    return backup->target_->ErrorOf(sqlite3_extended_errcode(raw_target), "backup");
  }
  backup->source_ = &source;
  source.backup_ = backup.get();
  return backup;
}

int SqlBackup::LetGo() {
  if (source_ != nullptr) source_->backup_ = nullptr;
  source_ = nullptr;
  return sqlite3_backup_finish(std::exchange(backup_, nullptr));
}

SqlBackup::~SqlBackup() {
  LetGo();
  if (target_ == nullptr) return;
  target_.reset();
  std::error_code code;
  fs::remove(path_, code);
}

Result<bool> SqlBackup::Step(int pages) {
  if (backup_ == nullptr) {
    return MakeError(ErrorCode::kIo,
                     path_.string() + ": the copy was ended by an error: begin it again");
  }
  const int stepped = sqlite3_backup_step(backup_, pages);
  pages_left_ = sqlite3_backup_remaining(backup_);
  pages_ = sqlite3_backup_pagecount(backup_);
  if (stepped == SQLITE_OK) return true;
  const int finished = LetGo();
  if (stepped == SQLITE_DONE && finished == SQLITE_OK) {
    target_.reset();
    return false;
  }
  Error error = target_->ErrorOf(sqlite3_extended_errcode(target_->raw()), "backup");
  target_.reset();
  std::error_code code;
  fs::remove(path_, code);
  return error;
}

}  // namespace tram
