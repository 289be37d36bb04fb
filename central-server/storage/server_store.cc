#include "storage/server_store.h"

#include "storage/sql_rows.h"
#include "tram/base/os_file.h"

namespace tram::server {
namespace {

namespace fs = std::filesystem;

constexpr char kFormatSetting[] = "format";

constexpr char kCreateTables[] =
    "CREATE TABLE server_setting(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE place(code TEXT NOT NULL, name TEXT NOT NULL, valid_from TEXT NOT NULL,"
    " valid_to TEXT, successor TEXT NOT NULL, PRIMARY KEY(code, valid_from)) WITHOUT ROWID;"
    "CREATE TABLE unit(number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE,"
    " code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, commune TEXT NOT NULL,"
    " entries INTEGER NOT NULL, synced_ms INTEGER, closed_on TEXT,"
    " merged_into INTEGER REFERENCES unit(number));"
    "CREATE TABLE membership(unit INTEGER NOT NULL, valid_from TEXT NOT NULL, valid_to TEXT,"
    " province TEXT NOT NULL, PRIMARY KEY(unit, valid_from)) WITHOUT ROWID;"
    "CREATE TABLE device(prefix BLOB PRIMARY KEY, key BLOB NOT NULL, unit INTEGER NOT NULL,"
    " known_since_ms INTEGER NOT NULL, seen_ms INTEGER, clock_difference_ms INTEGER) WITHOUT ROWID;"
    "CREATE INDEX device_unit ON device(unit);"
    "CREATE TABLE enrolment_code(hash BLOB PRIMARY KEY, unit INTEGER NOT NULL,"
    " expires_ms INTEGER NOT NULL, used_by BLOB) WITHOUT ROWID;"
    "CREATE TABLE dirty(unit INTEGER PRIMARY KEY, since_ms INTEGER NOT NULL);"
    "CREATE TABLE rollup_unit(unit INTEGER NOT NULL, as_of TEXT NOT NULL,"
    " computed_ms INTEGER NOT NULL, entries INTEGER NOT NULL, programme BLOB NOT NULL,"
    " PRIMARY KEY(unit, as_of)) WITHOUT ROWID;"
    "CREATE TABLE rollup(unit INTEGER NOT NULL, as_of TEXT NOT NULL, indicator TEXT NOT NULL,"
    " rows BLOB NOT NULL, PRIMARY KEY(unit, as_of, indicator)) WITHOUT ROWID;"
    "CREATE TABLE published(as_of TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE released(cohort TEXT NOT NULL, year INTEGER NOT NULL, part TEXT NOT NULL,"
    " as_of TEXT NOT NULL, PRIMARY KEY(cohort, year, part)) WITHOUT ROWID;"
    "CREATE TABLE released_place(cohort TEXT NOT NULL, year INTEGER NOT NULL, part TEXT NOT NULL,"
    " place_by TEXT NOT NULL, place TEXT NOT NULL, units TEXT NOT NULL,"
    " PRIMARY KEY(cohort, year, part, place_by, place)) WITHOUT ROWID;"
    "CREATE TABLE released_sheet(indicator TEXT NOT NULL, year INTEGER NOT NULL,"
    " place_by TEXT NOT NULL, place TEXT NOT NULL, dimension TEXT NOT NULL,"
    " step INTEGER NOT NULL, PRIMARY KEY(indicator, year, place_by, place, dimension))"
    " WITHOUT ROWID;"
    "CREATE TABLE released_number(indicator TEXT NOT NULL, year INTEGER NOT NULL,"
    " place_by TEXT NOT NULL, place TEXT NOT NULL, stratum TEXT NOT NULL, item TEXT NOT NULL,"
    " shown INTEGER, PRIMARY KEY(indicator, year, place_by, place, stratum, item))"
    " WITHOUT ROWID;"
    "CREATE TABLE programme(digest BLOB PRIMARY KEY, name TEXT NOT NULL, version INTEGER NOT NULL,"
    " text TEXT NOT NULL, added_ms INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE audit(number INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, who TEXT NOT NULL,"
    " what TEXT NOT NULL, hash BLOB NOT NULL);"
    "CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit"
    " BEGIN SELECT raise(ABORT, 'the audit trail is append only'); END;"
    "CREATE TRIGGER audit_never_shrinks BEFORE DELETE ON audit"
    " BEGIN SELECT raise(ABORT, 'the audit trail is append only'); END;";

/// Since format 2.
constexpr char kCreateAccounts[] =
    "CREATE TABLE account(number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
    " full_name TEXT NOT NULL, role TEXT NOT NULL, unit INTEGER REFERENCES unit(number),"
    " password_hash TEXT NOT NULL, totp_secret BLOB NOT NULL, totp_step INTEGER NOT NULL,"
    " disabled INTEGER NOT NULL, made_ms INTEGER NOT NULL, seen_ms INTEGER);"
    "CREATE TABLE account_province(account INTEGER NOT NULL REFERENCES account(number),"
    " province TEXT NOT NULL, PRIMARY KEY(account, province)) WITHOUT ROWID;"
    "CREATE TABLE account_link(hash BLOB PRIMARY KEY,"
    " account INTEGER NOT NULL REFERENCES account(number), expires_ms INTEGER NOT NULL)"
    " WITHOUT ROWID;";

/// Since format 2.
constexpr char kCreateQuestions[] =
    "CREATE TABLE question(unit INTEGER NOT NULL, record BLOB NOT NULL, standing INTEGER NOT NULL,"
    " PRIMARY KEY(unit, record)) WITHOUT ROWID;";

/// Since format 3.
constexpr char kCreateTokens[] =
    "CREATE TABLE api_token(number INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE,"
    " account INTEGER NOT NULL REFERENCES account(number), label TEXT NOT NULL,"
    " scopes TEXT NOT NULL, made_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL,"
    " seen_ms INTEGER, revoked_ms INTEGER);"
    "CREATE INDEX api_token_account ON api_token(account);";

Status SetFormat(SqlDatabase& database) {
  return SetSetting(database, kFormatSetting, AsBytes(std::to_string(kServerStoreFormat)));
}

Status Fill(SqlDatabase& database, const Programme& programme, Clock& clock, Random& random) {
  TRAM_ASSIGN(std::unique_ptr<SqliteLogStore> logs, SqliteLogStore::Open(database));
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(database));
  TRAM_TRY(database.Execute(kCreateTables));
  TRAM_TRY(database.Execute(kCreateAccounts));
  TRAM_TRY(database.Execute(kCreateQuestions));
  TRAM_TRY(database.Execute(kCreateTokens));
  TRAM_TRY(SetFormat(database));
  TRAM_TRY(AddProvinces(database));
  TRAM_ASSIGN(ServerKeys keys, MakeKeys(database, random));
  const std::int64_t now = clock.WallMs();
  TRAM_TRY(ProgrammeTable(database).Use(programme, keys.programme, now));
  TRAM_TRY(SetSetting(database, kFirstMonthSetting, AsBytes(MonthText(LocalDate(now)))));
  TRAM_TRY(AuditTrail(database).Append(now, "console", "init"));
  return transaction.Commit();
}

/// Brings a store of an earlier format to today's, whole or not at all.
Status Upgrade(SqlDatabase& database, const std::string& format) {
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(database));
  if (format == "1") {
    TRAM_TRY(database.Execute(kCreateAccounts));
    TRAM_TRY(database.Execute(kCreateQuestions));
  }
  TRAM_TRY(database.Execute(kCreateTokens));
  TRAM_TRY(SetFormat(database));
  return transaction.Commit();
}

Status CheckFormat(SqlDatabase& database, SqlDatabase::Mode mode) {
  Result<std::string> format = TextSetting(database, kFormatSetting);
  if (!format && format.error().code == ErrorCode::kInvalid) {
    return MakeError(ErrorCode::kCorrupt, "this is the database of another program");
  }
  if (!format) return format.error();
  if (*format == std::to_string(kServerStoreFormat)) return {};
  // Who only reads (a backup that is verified) reads no accounts and no tokens.
  if (*format == "1" || *format == "2") {
    return mode == SqlDatabase::Mode::kReadOnly ? Status() : Upgrade(database, *format);
  }
  if (format->empty() || format->find_first_not_of("0123456789") != std::string::npos) {
    return DamagedTable("server_setting");
  }
  return MakeError(ErrorCode::kTooNew, "this server's data are of format " + *format +
                                           ", and this program knows formats up to " +
                                           std::to_string(kServerStoreFormat) +
                                           ": update the program");
}

}  // namespace

Status ServerStore::Create(const fs::path& path, const Programme& programme, Clock& clock,
                           Random& random) {
  std::error_code code;
  if (fs::exists(path, code)) {
    return MakeError(ErrorCode::kExists, "there is a server in " + path.parent_path().string() +
                                             " already: choose an empty folder");
  }
  TRAM_TRY(SqlDatabase::CheckNoLeftovers(path));
  // Made under another name and renamed: an init that was cut short leaves no half of a server.
  fs::path making = path;
  making += ".new";
  for (const char* end : {"", "-wal", "-shm", "-journal"}) {
    fs::remove(making.string() + end, code);
  }
  {
    TRAM_ASSIGN(std::unique_ptr<SqlDatabase> database,
                SqlDatabase::Open(making, SqlDatabase::Mode::kCreate));
    TRAM_TRY(Fill(*database, programme, clock, random));
    // Closing it would do the same, and say nothing where it fails: the file alone gets its name.
    TRAM_TRY(database->Execute("PRAGMA wal_checkpoint(TRUNCATE)"));
  }
  return PutInPlace(making, path, false);
}

ServerStore::ServerStore(std::unique_ptr<SqlDatabase> database, Clock& clock)
    : database_(std::move(database)), clock_(clock) {}

Result<std::unique_ptr<ServerStore>> ServerStore::Open(const fs::path& path, Clock& clock,
                                                       SqlDatabase::Mode mode) {
  TRAM_ASSIGN(std::unique_ptr<SqlDatabase> database, SqlDatabase::Open(path, mode));
  TRAM_TRY(CheckFormat(*database, mode));
  std::unique_ptr<ServerStore> store(new ServerStore(std::move(database), clock));
  TRAM_ASSIGN(Places places, LoadPlaces(*store->database_));
  store->places_ = std::make_unique<Places>(std::move(places));
  ServerStore* self = store.get();
  TRAM_ASSIGN(
      store->logs_,
      SqliteLogStore::Open(*store->database_, [self](const UnitId& unit, const LogChange& change) {
        return self->OnCommit(unit, change);
      }));
  return store;
}

Status ServerStore::OnCommit(const UnitId& id, const LogChange& change) {
  TRAM_ASSIGN(Unit unit, units_.ById(id));
  const std::int64_t now = clock_.WallMs();
  if (!change.entries.empty()) {
    TRAM_TRY(units_.AddEntries(unit.number, static_cast<std::int64_t>(change.entries.size())));
    TRAM_TRY(rollups_.Mark(unit.number, now));
  }
  for (const KeyEntry& entry : change.keys) {
    if (entry.kind != KeyEntry::Kind::kMember || entry.key.size() != DeviceId::kSize) continue;
    // Only checked certificates enter a log. A device of another unit stays where it is.
    Status added = devices_.Add(DeviceId::From(entry.key), unit.number, now);
    if (!added && added.error().code != ErrorCode::kExists) return added;
  }
  return {};
}

}  // namespace tram::server
