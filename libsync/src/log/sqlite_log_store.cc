#include "tram/log/sqlite_log_store.h"

#include <limits>
#include <unordered_map>

#include "log/sqlite_rows.h"
#include "tram/base/limits.h"

namespace tram {

const char kCreateTables[] =
    "CREATE TABLE log_unit(id BLOB PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE log_entry(key INTEGER PRIMARY KEY, feed INTEGER NOT NULL, previous INTEGER,"
    " late INTEGER NOT NULL, op BLOB NOT NULL);"
    "CREATE TABLE log_feed(key INTEGER PRIMARY KEY, device BLOB NOT NULL, number INTEGER NOT NULL);"
    "CREATE TABLE log_leaf(key INTEGER PRIMARY KEY, feed INTEGER NOT NULL, seq INTEGER NOT NULL,"
    " chain BLOB NOT NULL);"
    "CREATE TABLE log_checkpoint(key INTEGER PRIMARY KEY, time INTEGER NOT NULL, context BLOB,"
    " signature BLOB NOT NULL);"
    "CREATE TABLE log_key(key INTEGER PRIMARY KEY, kind INTEGER NOT NULL, name BLOB NOT NULL,"
    " value BLOB NOT NULL);"
    "CREATE TABLE log_rejected(key INTEGER PRIMARY KEY, device BLOB NOT NULL,"
    " number INTEGER NOT NULL, previous BLOB NOT NULL, reason INTEGER NOT NULL,"
    " at INTEGER NOT NULL, detail TEXT NOT NULL);"
    "CREATE TABLE log_staged(key INTEGER PRIMARY KEY, piece BLOB NOT NULL);"
    "CREATE TABLE log_setting(unit INTEGER, name TEXT, value BLOB NOT NULL,"
    " PRIMARY KEY(unit, name)) WITHOUT ROWID;";

Error DamagedRow(const std::string& table, std::int64_t key, const std::string& what) {
  return MakeError(ErrorCode::kCorrupt, "row " + std::to_string(key) + " of " + table + " has " +
                                            what + ": put the log back from a backup");
}

namespace {

constexpr std::int64_t kUint32Max = std::numeric_limits<std::uint32_t>::max();

Result<std::int64_t> OneNumber(SqlDatabase& database, const std::string& sql) {
  TRAM_ASSIGN(SqlStatement statement, database.Prepare(sql));
  TRAM_ASSIGN(bool row, statement.Step());
  return row ? statement.Int(0) : 0;
}

/// Runs `take` for each row of a unit.
template <class Take>
Status ForEachRow(SqlDatabase& database, const UnitKeys& keys, const std::string& columns,
                  const std::string& table, const Take& take) {
  TRAM_ASSIGN(SqlStatement rows, database.Prepare("SELECT " + columns + " FROM " + table +
                                                  " WHERE key BETWEEN ?1 AND ?2 ORDER BY key"));
  rows.Bind(1, keys.first).Bind(2, keys.last);
  for (;;) {
    TRAM_ASSIGN(bool row, rows.Step());
    if (!row) return {};
    TRAM_TRY(take(static_cast<const SqlStatement&>(rows)));
  }
}

UnitKeys KeysOfNumber(std::int64_t number) {
  const std::int64_t first = number << kRowBits;
  return {true, first, first + kRowMask};
}

Result<UnitKeys> FindUnit(SqlDatabase& database, const UnitId& unit) {
  TRAM_ASSIGN(SqlStatement * find, database.Cached("SELECT number FROM log_unit WHERE id = ?1"));
  find->BindBlob(1, unit.view());
  TRAM_ASSIGN(bool row, find->Step());
  UnitKeys keys = row ? KeysOfNumber(find->Int(0)) : UnitKeys();
  find->Reset();
  return keys;
}

Result<UnitKeys> FindOrAddUnit(SqlDatabase& database, const UnitId& unit) {
  TRAM_ASSIGN(UnitKeys keys, FindUnit(database, unit));
  if (keys.known) return keys;
  TRAM_ASSIGN(std::int64_t number,
              OneNumber(database, "SELECT coalesce(max(number) + 1, 0) FROM log_unit"));
  TRAM_ASSIGN(SqlStatement * add, database.Cached("INSERT INTO log_unit VALUES(?1, ?2)"));
  add->BindBlob(1, unit.view()).Bind(2, number);
  TRAM_TRY(add->Run());
  return KeysOfNumber(number);
}

// ---- reading ----

Result<StoredLeaf> ReadLeaf(const SqlStatement& row) {
  StoredLeaf leaf;
  leaf.number = static_cast<EntryNumber>(row.Int(0) & kRowMask);
  leaf.feed = static_cast<std::uint32_t>(row.Int(1));
  leaf.seq = static_cast<std::uint64_t>(row.Int(2));
  TRAM_ASSIGN(leaf.chain, ReadId<Chain>(row, 3, "log_leaf"));
  return leaf;
}

Result<StoredFeed> ReadFeed(const SqlStatement& row) {
  StoredFeed feed;
  feed.index = static_cast<std::uint32_t>(row.Int(0) & kRowMask);
  TRAM_ASSIGN(feed.id.device, ReadId<DeviceId>(row, 1, "log_feed"));
  feed.id.number = static_cast<std::uint64_t>(row.Int(2));
  return feed;
}

Result<StoredCheckpoint> ReadCheckpoint(const SqlStatement& row) {
  StoredCheckpoint checkpoint;
  checkpoint.number = static_cast<EntryNumber>(row.Int(0) & kRowMask);
  checkpoint.time.ms = row.Int(1);
  if (!row.IsNull(2)) {
    TRAM_ASSIGN(checkpoint.context, ReadId<Digest>(row, 2, "log_checkpoint"));
  }
  TRAM_ASSIGN(checkpoint.signature, ReadId<Signature>(row, 3, "log_checkpoint"));
  return checkpoint;
}

Result<Rejected> ReadRejected(const SqlStatement& row) {
  Rejected rejected;
  TRAM_ASSIGN(rejected.feed.device, ReadId<DeviceId>(row, 1, "log_rejected"));
  rejected.feed.number = static_cast<std::uint64_t>(row.Int(2));
  TRAM_ASSIGN(rejected.previous, ReadId<Chain>(row, 3, "log_rejected"));
  rejected.reason = static_cast<RefusalReason>(row.Int(4));
  rejected.at_ms = row.Int(5);
  rejected.detail = row.Text(6);
  return rejected;
}

Result<KeyEntry> ReadKeyEntry(const SqlStatement& row) {
  return KeyEntry{static_cast<KeyEntry::Kind>(row.Int(1)), row.Blob(2), row.Blob(3)};
}

Result<StoredStaged> ReadStaged(const SqlStatement& row) {
  return StoredStaged{static_cast<std::uint64_t>(row.Int(0) & kRowMask), row.Blob(1)};
}

/// Appends each row of a unit, read by `read`, to `to`.
template <class Row>
Status LoadRows(SqlDatabase& database, const UnitKeys& keys, const std::string& columns,
                const std::string& table, Result<Row> (*read)(const SqlStatement&),
                std::vector<Row>& to) {
  return ForEachRow(database, keys, columns, table, [&](const SqlStatement& row) -> Status {
    TRAM_ASSIGN(Row value, read(row));
    to.push_back(std::move(value));
    return {};
  });
}

Status LoadSettings(SqlDatabase& database, const UnitKeys& keys,
                    std::map<std::string, Bytes>& settings) {
  TRAM_ASSIGN(SqlStatement rows,
              database.Prepare("SELECT name, value FROM log_setting WHERE unit = ?1"));
  rows.Bind(1, keys.first >> kRowBits);
  for (;;) {
    TRAM_ASSIGN(bool row, rows.Step());
    if (!row) return {};
    settings[rows.Text(0)] = rows.Blob(1);
  }
}

// ---- writing ----

Status AddFeeds(SqlDatabase& database, const UnitKeys& keys, const LogChange& change) {
  for (const StoredFeed& feed : change.feeds) {
    TRAM_ASSIGN(SqlStatement * add, database.Cached("INSERT INTO log_feed VALUES(?1, ?2, ?3)"));
    add->Bind(1, keys.Of(feed.index))
        .BindBlob(2, feed.id.device.view())
        .Bind(3, static_cast<std::int64_t>(feed.id.number));
    TRAM_TRY(add->Run());
  }
  return {};
}

/// The last entry of a feed before this change: always a leaf, for nothing came after it.
Result<EntryNumber> LastOfFeed(SqlDatabase& database, const UnitKeys& keys, std::uint32_t feed) {
  TRAM_ASSIGN(SqlStatement * find,
              database.Cached("SELECT key FROM log_leaf WHERE key BETWEEN ?1 AND ?2 AND feed = ?3"
                              " ORDER BY key DESC LIMIT 1"));
  find->Bind(1, keys.first).Bind(2, keys.last).Bind(3, std::int64_t{feed});
  TRAM_ASSIGN(bool row, find->Step());
  EntryNumber last = row ? static_cast<EntryNumber>(find->Int(0) & kRowMask) : 0;
  find->Reset();
  return last;
}

/// Needs the leaves still to be those before the change.
Status AddEntries(SqlDatabase& database, const UnitKeys& keys, const LogChange& change) {
  std::unordered_map<std::uint32_t, EntryNumber> last_of_feed;
  for (const StoredEntry& entry : change.entries) {
    auto last = last_of_feed.find(entry.feed);
    if (last == last_of_feed.end()) {
      TRAM_ASSIGN(EntryNumber number, LastOfFeed(database, keys, entry.feed));
      last = last_of_feed.emplace(entry.feed, number).first;
    }
    TRAM_ASSIGN(SqlStatement * add,
                database.Cached("INSERT INTO log_entry VALUES(?1, ?2, ?3, ?4, ?5)"));
    add->Bind(1, keys.Of(entry.number)).Bind(2, std::int64_t{entry.feed});
    // NULL, which takes no byte, is the common case: the feed grows at its end.
    if (entry.previous != last->second) add->Bind(3, std::int64_t{entry.previous});
    add->Bind(4, entry.late_s).BindBlob(5, entry.op);
    TRAM_TRY(add->Run());
    last->second = entry.number;
  }
  return {};
}

Status ReplaceLeaves(SqlDatabase& database, const UnitKeys& keys, const LogChange& change) {
  for (EntryNumber number : change.leaves_gone) {
    TRAM_ASSIGN(SqlStatement * drop, database.Cached("DELETE FROM log_leaf WHERE key = ?1"));
    drop->Bind(1, keys.Of(number));
    TRAM_TRY(drop->Run());
  }
  for (const StoredLeaf& leaf : change.leaves) {
    TRAM_ASSIGN(SqlStatement * add, database.Cached("INSERT INTO log_leaf VALUES(?1, ?2, ?3, ?4)"));
    add->Bind(1, keys.Of(leaf.number))
        .Bind(2, std::int64_t{leaf.feed})
        .Bind(3, static_cast<std::int64_t>(leaf.seq))
        .BindBlob(4, leaf.chain.view());
    TRAM_TRY(add->Run());
  }
  return {};
}

Status AddCheckpoints(SqlDatabase& database, const UnitKeys& keys, const LogChange& change) {
  for (const StoredCheckpoint& checkpoint : change.checkpoints) {
    TRAM_ASSIGN(SqlStatement * add,
                database.Cached("INSERT INTO log_checkpoint VALUES(?1, ?2, ?3, ?4)"));
    add->Bind(1, keys.Of(checkpoint.number)).Bind(2, checkpoint.time.ms);
    if (!checkpoint.context.IsZero()) add->BindBlob(3, checkpoint.context.view());
    add->BindBlob(4, checkpoint.signature.view());
    TRAM_TRY(add->Run());
  }
  return {};
}

/// The key after the last one of a unit in a table; the unit's first row has number 1.
Result<std::int64_t> NextKey(SqlDatabase& database, const UnitKeys& keys,
                             const std::string& table) {
  TRAM_ASSIGN(SqlStatement * find,
              database.Cached("SELECT max(key) FROM " + table + " WHERE key BETWEEN ?1 AND ?2"));
  find->Bind(1, keys.first).Bind(2, keys.last);
  TRAM_ASSIGN(bool row, find->Step());
  std::int64_t next = row && !find->IsNull(0) ? find->Int(0) + 1 : keys.Of(1);
  find->Reset();
  return next;
}

Status AddKeys(SqlDatabase& database, const UnitKeys& keys, const LogChange& change) {
  for (const KeyEntry& entry : change.keys) {
    if (entry.kind == KeyEntry::Kind::kTombstone) {
      // No index serves this: erasing a person is rare, and an index would cost each client 25
      // bytes.
      TRAM_ASSIGN(SqlStatement * erase,
                  database.Cached("DELETE FROM log_key WHERE key BETWEEN ?1 AND ?2 AND kind = ?3"
                                  " AND name = ?4"));
      erase->Bind(1, keys.first)
          .Bind(2, keys.last)
          .Bind(3, static_cast<std::int64_t>(KeyEntry::Kind::kSeed))
          .BindBlob(4, entry.key);
      TRAM_TRY(erase->Run());
    }
    TRAM_ASSIGN(std::int64_t key, NextKey(database, keys, "log_key"));
    TRAM_ASSIGN(SqlStatement * add, database.Cached("INSERT INTO log_key VALUES(?1, ?2, ?3, ?4)"));
    add->Bind(1, key).Bind(2, static_cast<std::int64_t>(entry.kind));
    add->BindBlob(3, entry.key).BindBlob(4, entry.value);
    TRAM_TRY(add->Run());
  }
  return {};
}

Status AddRejectedRows(SqlDatabase& database, const UnitKeys& keys, const LogChange& change) {
  for (const Rejected& rejected : change.rejected) {
    TRAM_ASSIGN(std::int64_t key, NextKey(database, keys, "log_rejected"));
    TRAM_ASSIGN(SqlStatement * add,
                database.Cached("INSERT INTO log_rejected VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"));
    add->Bind(1, key)
        .BindBlob(2, rejected.feed.device.view())
        .Bind(3, static_cast<std::int64_t>(rejected.feed.number))
        .BindBlob(4, rejected.previous.view())
        .Bind(5, static_cast<std::int64_t>(rejected.reason))
        .Bind(6, rejected.at_ms)
        .Bind(7, std::string_view(rejected.detail));
    TRAM_TRY(add->Run());
    TRAM_ASSIGN(SqlStatement * drop,
                database.Cached("DELETE FROM log_rejected WHERE key BETWEEN ?1 AND ?2"));
    drop->Bind(1, keys.first).Bind(2, key - static_cast<std::int64_t>(kRejectedRowsMax));
    TRAM_TRY(drop->Run());
  }
  return {};
}

Status ReplaceStaged(SqlDatabase& database, const UnitKeys& keys, const LogChange& change) {
  for (const StoredStaged& staged : change.staged) {
    TRAM_ASSIGN(SqlStatement * add, database.Cached("INSERT INTO log_staged VALUES(?1, ?2)"));
    add->Bind(1, keys.Of(staged.number)).BindBlob(2, staged.piece);
    TRAM_TRY(add->Run());
  }
  for (std::uint64_t number : change.staged_gone) {
    TRAM_ASSIGN(SqlStatement * drop, database.Cached("DELETE FROM log_staged WHERE key = ?1"));
    drop->Bind(1, keys.Of(number));
    TRAM_TRY(drop->Run());
  }
  return {};
}

Status ReplaceSettings(SqlDatabase& database, const UnitKeys& keys, const LogChange& change) {
  for (const auto& [name, value] : change.settings) {
    TRAM_ASSIGN(
        SqlStatement * put,
        database.Cached(value.empty() ? "DELETE FROM log_setting WHERE unit = ?1 AND name = ?2"
                                      : "REPLACE INTO log_setting VALUES(?1, ?2, ?3)"));
    put->Bind(1, keys.first >> kRowBits).Bind(2, std::string_view(name));
    if (!value.empty()) put->BindBlob(3, value);
    TRAM_TRY(put->Run());
  }
  return {};
}

Status WriteChange(SqlDatabase& database, const UnitKeys& keys, const LogChange& change) {
  TRAM_TRY(AddFeeds(database, keys, change));
  TRAM_TRY(AddEntries(database, keys, change));
  TRAM_TRY(ReplaceLeaves(database, keys, change));
  TRAM_TRY(AddCheckpoints(database, keys, change));
  TRAM_TRY(AddKeys(database, keys, change));
  TRAM_TRY(AddRejectedRows(database, keys, change));
  TRAM_TRY(ReplaceStaged(database, keys, change));
  return ReplaceSettings(database, keys, change);
}

}  // namespace

Result<std::unique_ptr<SqliteLogStore>> SqliteLogStore::Open(SqlDatabase& database,
                                                             CommitHook on_commit) {
  TRAM_ASSIGN(std::int64_t format, OneNumber(database, "PRAGMA user_version"));
  if (format > kStoreFormat) {
    return MakeError(ErrorCode::kTooNew, "this log is of store format " + std::to_string(format) +
                                             ", and this program knows formats up to " +
                                             std::to_string(kStoreFormat) + ": update the program");
  }
  TRAM_ASSIGN(std::int64_t tables, OneNumber(database,
                                             "SELECT count(*) FROM sqlite_schema"
                                             " WHERE type = 'table' AND name GLOB 'log_*'"));
  if (tables != (format == 0 ? 0 : kTableCount)) {
    return MakeError(ErrorCode::kCorrupt, "the file has " + std::to_string(tables) +
                                              " tables of a log where " +
                                              std::to_string(format == 0 ? 0 : kTableCount) +
                                              " belong: put the log back from a backup");
  }
  // An erased seed must not stay readable in a free part of the file.
  TRAM_TRY(database.Execute("PRAGMA secure_delete=ON"));
  if (format == 0) {
    TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(database));
    TRAM_TRY(database.Execute(kCreateTables));
    TRAM_TRY(database.Execute("PRAGMA application_id=" + std::to_string(kStoreApplication) +
                              "; PRAGMA user_version=" + std::to_string(kStoreFormat)));
    TRAM_TRY(transaction.Commit());
  }
  return std::unique_ptr<SqliteLogStore>(new SqliteLogStore(database, std::move(on_commit)));
}

Result<StoredUnit> SqliteLogStore::Load(const UnitId& unit) {
  TRAM_ASSIGN(UnitKeys keys, FindUnit(database_, unit));
  StoredUnit stored;
  if (!keys.known) return stored;
  TRAM_TRY(LoadRows(database_, keys, "key, device, number", "log_feed", ReadFeed, stored.feeds));
  TRAM_TRY(LoadRows(database_, keys, "key, feed, seq, chain", "log_leaf", ReadLeaf, stored.leaves));
  TRAM_TRY(LoadRows(database_, keys, "key, time, context, signature", "log_checkpoint",
                    ReadCheckpoint, stored.checkpoints));
  TRAM_TRY(
      LoadRows(database_, keys, "key, kind, name, value", "log_key", ReadKeyEntry, stored.keys));
  TRAM_TRY(LoadRows(database_, keys, "key, device, number, previous, reason, at, detail",
                    "log_rejected", ReadRejected, stored.rejected));
  TRAM_TRY(LoadRows(database_, keys, "key, piece", "log_staged", ReadStaged, stored.staged));
  TRAM_TRY(LoadSettings(database_, keys, stored.settings));
  return stored;
}

Status SqliteLogStore::ForEachEntry(const UnitId& unit,
                                    const std::function<Status(const StoredEntry&)>& take) {
  TRAM_ASSIGN(UnitKeys keys, FindUnit(database_, unit));
  if (!keys.known) return {};
  std::unordered_map<std::uint32_t, EntryNumber> last_of_feed;
  StoredEntry entry;
  return ForEachRow(database_, keys, "key, feed, previous, late, op", "log_entry",
                    [&](const SqlStatement& row) -> Status {
                      const std::int64_t number = row.Int(0) & kRowMask;
                      const std::int64_t feed = row.Int(1);
                      const std::int64_t previous = row.Int(2);
                      if (number > kUint32Max || feed < 0 || feed > kUint32Max || previous < 0 ||
                          previous > kUint32Max) {
                        return DamagedRow("log_entry", number, "a number that is out of its range");
                      }
                      entry.number = static_cast<EntryNumber>(number);
                      entry.feed = static_cast<std::uint32_t>(feed);
                      EntryNumber& last = last_of_feed[entry.feed];
                      entry.previous = row.IsNull(2) ? last : static_cast<EntryNumber>(previous);
                      entry.late_s = row.Int(3);
                      entry.op = row.Blob(4);
                      last = entry.number;
                      return take(entry);
                    });
}

Status SqliteLogStore::Commit(const UnitId& unit, const LogChange& change) {
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(database_));
  TRAM_ASSIGN(UnitKeys keys, FindOrAddUnit(database_, unit));
  if (Status written = WriteChange(database_, keys, change); !written) {
    if (written.error().code != ErrorCode::kExists) return written;
    return MakeError(ErrorCode::kIo,
                     "another program has written to this log meanwhile: open it again");
  }
  if (on_commit_) TRAM_TRY(on_commit_(unit, change));
  return transaction.Commit();
}

Result<std::vector<std::string>> SqliteLogStore::CheckIntegrity() {
  std::vector<std::string> problems;
  TRAM_ASSIGN(SqlStatement rows, database_.Prepare("PRAGMA integrity_check"));
  for (;;) {
    TRAM_ASSIGN(bool row, rows.Step());
    if (!row) return problems;
    std::string text = rows.Text(0);
    if (text != "ok") problems.push_back("SQLite: " + text);
  }
}

Result<std::vector<UnitId>> SqliteLogStore::Units() {
  TRAM_ASSIGN(SqlStatement rows, database_.Prepare("SELECT number, id FROM log_unit"));
  std::vector<UnitId> units;
  for (;;) {
    TRAM_ASSIGN(bool row, rows.Step());
    if (!row) return units;
    TRAM_ASSIGN(UnitId unit, ReadId<UnitId>(rows, 1, "log_unit"));
    units.push_back(unit);
  }
}

}  // namespace tram
