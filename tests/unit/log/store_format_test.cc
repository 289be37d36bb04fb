// The rows of store format 1, as they are on disks already: store_format_1.sql holds a small log,
// and docs/store.md explains it. What is written today must be these rows, and these rows must be
// read for ever. Where the wire's compact form changes, this test says so: then the store's format
// number must change too.
#include <gmock/gmock.h>

#include "tests/support/paths.h"
#include "tests/unit/log/log_samples.h"
#include "tram/base/os_file.h"

namespace tram::test {
namespace {

using ::testing::IsEmpty;

constexpr std::size_t kDumpBytesMax = 1 << 20;

/// A worker, a client, a change to the client on a second device, and a branch after the first
/// entry; one row in every other table.
void WriteSample(OpLog& log) {
  const FeedId own = FeedOf(1, 0x0102030405060708);
  const FeedId other = FeedOf(2);
  const EntryNumber worker = log.Append(own, 0, CreatingOp(own, 1));
  const EntryNumber client = log.Append(own, worker, CreatingOp(own, 2));
  Op change = ChangingOp(other, log.entry(client).op, 7);
  change.time.ms = kStartMs - 3'600'000;  // written an hour before it came
  log.Append(other, 0, change);
  log.Append(own, worker, CreatingOp(own, 4));
  const HybridTime time{kStartMs + 2};
  log.AddCheckpoint(client, time, {}, SignEntry(log, client, 1, time));
  log.AddKey({KeyEntry::Kind::kSeed, ToBytes(log.entry(client).op.view()), Bytes(16, 0x11)});
  log.AddRejected({other, IdOf<Chain>(3), RefusalReason::kBadHash, kStartMs, "the third op"});
  Must(log.AddStaged({0xaa, 0xbb}));
  log.SetSetting("own", {0x01});
  Must(log.Commit());
}

std::vector<std::string> Column(SqlDatabase& database, const std::string& sql) {
  SqlStatement rows = Must(database.Prepare(sql));
  std::vector<std::string> values;
  while (Must(rows.Step())) values.push_back(rows.Text(0));
  return values;
}

/// SQL that makes the same tables with the same rows.
std::string Dump(SqlDatabase& database) {
  std::string dump = "PRAGMA application_id=" + Column(database, "PRAGMA application_id")[0] +
                     ";\nPRAGMA user_version=" + Column(database, "PRAGMA user_version")[0] + ";\n";
  for (const std::string& name :
       Column(database, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid")) {
    dump +=
        Column(database, "SELECT sql FROM sqlite_schema WHERE name = '" + name + "'")[0] + ";\n";
    std::string values;
    for (const std::string& column :
         Column(database, "SELECT name FROM pragma_table_info('" + name + "')")) {
      values += (values.empty() ? "" : "||','||") + ("quote(" + column + ")");
    }
    for (const std::string& row : Column(database, "SELECT " + values + " FROM " + name)) {
      dump += "INSERT INTO " + name + " VALUES(" + row + ");\n";
    }
  }
  return dump;
}

std::string Format1() {
  return Must(ReadFile(test::InSource("tests/unit/log/store_format_1.sql"), kDumpBytesMax));
}

TEST(StoreFormatTest, WhatIsWrittenIsFormat1) {
  StillClock clock;
  auto database = Must(SqlDatabase::OpenMemory());
  auto store = Must(SqliteLogStore::Open(*database));
  WriteSample(*Must(OpLog::Open(*store, UnitOf(1), clock)));
  EXPECT_EQ(Dump(*database), Format1());
}

TEST(StoreFormatTest, Format1IsRead) {
  StillClock clock;
  auto database = Must(SqlDatabase::OpenMemory());
  Must(database->Execute(Format1()));
  auto store = Must(SqliteLogStore::Open(*database));
  auto log = Must(OpLog::Open(*store, UnitOf(1), clock));
  EXPECT_THAT(Must(log->Verify()).problems, IsEmpty());
  ASSERT_EQ(log->size(), 4u);
  EXPECT_EQ(log->entry(1).op, IdOfOp(UnitOf(1), CreatingOp(FeedOf(1), 1)));
  EXPECT_EQ(log->entry(3).arrived_ms, kStartMs);
  EXPECT_EQ(log->entry(4).previous, 1u);
  EXPECT_EQ(log->keys().size(), 1u);
  EXPECT_EQ(log->rejected().size(), 1u);
  EXPECT_EQ(log->staged().size(), 1u);
  EXPECT_EQ(log->Setting("own"), Bytes{0x01});
}

}  // namespace
}  // namespace tram::test
