#include "tram/log/sqlite_log_store.h"

#include <gmock/gmock.h>

#include "tests/unit/log/log_samples.h"
#include "tram/base/os_file.h"

namespace tram::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class SqliteLogStoreTest : public ::testing::Test {
 protected:
  SqliteLogStoreTest()
      : database_(Must(SqlDatabase::OpenMemory())),
        store_(Must(SqliteLogStore::Open(*database_))) {}

  std::unique_ptr<OpLog> Open(const UnitId& unit) {
    return Must(OpLog::Open(*store_, unit, clock_));
  }
  std::int64_t Number(const std::string& sql) {
    SqlStatement statement = Must(database_->Prepare(sql));
    EXPECT_TRUE(Must(statement.Step()));
    return statement.Int(0);
  }
  static void Fill(OpLog& log, const FeedId& feed, std::uint64_t count) {
    EntryNumber last = log.size() == 0 ? 0 : log.size();
    for (std::uint64_t i = 0; i < count; ++i) {
      last = log.Append(feed, last, CreatingOp(feed, last + 1));
    }
  }

  StillClock clock_;
  std::unique_ptr<SqlDatabase> database_;
  std::unique_ptr<SqliteLogStore> store_;
};

TEST_F(SqliteLogStoreTest, UnitsAreSeparate) {
  const FeedId feed = FeedOf(1);
  auto one = Open(UnitOf(1));
  auto two = Open(UnitOf(2));
  Fill(*one, feed, 3);
  Must(one->Commit());
  Fill(*two, feed, 2);  // the same feed and the same ops in another unit
  two->SetSetting("hint", {2});
  two->AddKey({KeyEntry::Kind::kSeed, Bytes(20, 1), Bytes(16, 1)});
  two->AddRejected({feed, {}, RefusalReason::kLimit, 0, ""});
  Must(two->AddStaged({1}));
  two->AddCheckpoint(1, {}, {}, {});
  Must(two->Commit());
  Fill(*one, feed, 1);
  one->AddKey({KeyEntry::Kind::kTombstone, Bytes(20, 1), {}});
  Must(one->Commit());

  one = Open(UnitOf(1));
  two = Open(UnitOf(2));
  EXPECT_EQ(one->size(), 4u);
  EXPECT_EQ(two->size(), 2u);
  EXPECT_NE(one->entry(1).op, two->entry(1).op) << "ids are keyed with the unit";
  EXPECT_FALSE(one->Setting("hint"));
  EXPECT_THAT(one->rejected(), IsEmpty());
  EXPECT_THAT(one->staged(), IsEmpty());
  EXPECT_EQ(one->CheckpointAt(1), nullptr);
  EXPECT_NE(two->FindKey(KeyEntry::Kind::kSeed, Bytes(20, 1)), nullptr);
  EXPECT_THAT(Must(store_->Units()), UnorderedElementsAre(UnitOf(1), UnitOf(2)));
}

TEST_F(SqliteLogStoreTest, OuterTransactionRolledBackLeavesNothing) {
  auto log = Open(UnitOf(1));
  Fill(*log, FeedOf(1), 2);
  {
    SqlTransaction outer = Must(SqlTransaction::Begin(*database_));
    Must(log->Commit());
  }
  EXPECT_EQ(Open(UnitOf(1))->size(), 0u);
  EXPECT_THAT(Must(store_->Units()), IsEmpty());

  auto again = Open(UnitOf(2));
  Fill(*again, FeedOf(1), 2);
  {
    SqlTransaction outer = Must(SqlTransaction::Begin(*database_));
    Must(again->Commit());
    Must(outer.Commit());
  }
  EXPECT_EQ(Open(UnitOf(2))->size(), 2u);
}

TEST_F(SqliteLogStoreTest, OneFailingUnitDoesNotSpoilTheOuterTransaction) {
  store_ = Must(SqliteLogStore::Open(*database_, [](const UnitId& unit, const LogChange&) {
    return unit == UnitOf(2) ? Status(MakeError(ErrorCode::kIo, "told to fail")) : Status();
  }));
  auto one = Open(UnitOf(1));
  auto two = Open(UnitOf(2));
  Fill(*one, FeedOf(1), 2);
  Fill(*two, FeedOf(1), 2);
  {
    SqlTransaction outer = Must(SqlTransaction::Begin(*database_));
    Must(one->Commit());
    EXPECT_FALSE(two->Commit());
    Must(outer.Commit());
  }
  EXPECT_EQ(Open(UnitOf(1))->size(), 2u);
  EXPECT_EQ(Open(UnitOf(2))->size(), 0u);
}

TEST_F(SqliteLogStoreTest, TheHookRunsInTheSameTransaction) {
  Must(database_->Execute("CREATE TABLE dirty(unit BLOB, entries INTEGER)"));
  store_ = Must(
      SqliteLogStore::Open(*database_, [&](const UnitId& unit, const LogChange& change) -> Status {
        EXPECT_TRUE(database_->InTransaction());
        TRAM_ASSIGN(SqlStatement add, database_->Prepare("INSERT INTO dirty VALUES(?1, ?2)"));
        add.BindBlob(1, unit.view()).Bind(2, static_cast<std::int64_t>(change.entries.size()));
        return add.Run();
      }));
  auto log = Open(UnitOf(1));
  Fill(*log, FeedOf(1), 3);
  Must(log->Commit());
  Must(log->Commit());
  EXPECT_EQ(Number("SELECT count(*) FROM dirty"), 1) << "an empty commit is none";
  EXPECT_EQ(Number("SELECT entries FROM dirty"), 3);
}

TEST_F(SqliteLogStoreTest, ASecondWriterIsTold) {
  auto one = Open(UnitOf(1));
  auto other = Open(UnitOf(1));
  Fill(*one, FeedOf(1), 1);
  Must(one->Commit());
  Fill(*other, FeedOf(2), 1);
  Status late = other->Commit();
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kIo);
  EXPECT_THAT(late.error().message, HasSubstr("open it again"));
  EXPECT_EQ(Open(UnitOf(1))->LeavesOf(FeedOf(1)).size(), 1u);
}

TEST_F(SqliteLogStoreTest, ANewerFormatIsRefusedAndNotTouched) {
  Must(database_->Execute("PRAGMA user_version=2"));
  auto opened = SqliteLogStore::Open(*database_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kTooNew);
  EXPECT_THAT(opened.error().message, HasSubstr("update the program"));
  EXPECT_EQ(Number("PRAGMA user_version"), 2);
}

TEST_F(SqliteLogStoreTest, MissingTablesAreDamageAndNotMadeAnew) {
  Must(database_->Execute("DROP TABLE log_leaf"));
  auto opened = SqliteLogStore::Open(*database_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(opened.error().message, HasSubstr("8 tables of a log where 9 belong"));
  Must(database_->Execute("PRAGMA user_version=0"));
  EXPECT_FALSE(SqliteLogStore::Open(*database_));
  EXPECT_EQ(Number("SELECT count(*) FROM sqlite_schema WHERE name = 'log_leaf'"), 0);
}

TEST_F(SqliteLogStoreTest, OpeningAgainKeepsEverything) {
  auto log = Open(UnitOf(1));
  Fill(*log, FeedOf(1), 2);
  Must(log->Commit());
  store_ = Must(SqliteLogStore::Open(*database_));
  EXPECT_EQ(Open(UnitOf(1))->size(), 2u);
}

TEST_F(SqliteLogStoreTest, TheCommonRowIsShort) {
  auto log = Open(UnitOf(1));
  Fill(*log, FeedOf(1), 20);
  Must(log->Commit());
  // Keys of the first unit are the entry numbers; what can be left out is NULL.
  EXPECT_EQ(Number("SELECT max(key) FROM log_entry"), 20);
  EXPECT_EQ(Number("SELECT count(previous) FROM log_entry"), 0);
  EXPECT_EQ(Number("SELECT max(abs(late)) FROM log_entry"), 0) << "0 takes no byte";
  EXPECT_EQ(Number("SELECT count(*) FROM log_leaf"), 1);
}

TEST_F(SqliteLogStoreTest, ErasedSeedsLeaveNoTraceInTheFile) {
  DatabaseFile file("erased");
  const std::string seed = "sixteen-secrets!";
  // Longer than a seed, so that the tombstone's row cannot happen to lie over all of it.
  Bytes value = ToBytes(AsBytes(seed));
  value.resize(200);
  {
    auto database = Must(SqlDatabase::Open(file.path(), SqlDatabase::Mode::kCreate));
    auto store = Must(SqliteLogStore::Open(*database));
    auto log = Must(OpLog::Open(*store, UnitOf(1), clock_));
    log->AddKey({KeyEntry::Kind::kSeed, Bytes(20, 1), value});
    Must(log->Commit());
    Must(database->Execute("PRAGMA wal_checkpoint(TRUNCATE)"));
    log->AddKey({KeyEntry::Kind::kTombstone, Bytes(20, 1), {}});
    Must(log->Commit());
  }
  std::string content = Must(ReadFile(file.path(), 1 << 20));
  EXPECT_THAT(content, HasSubstr("log_key"));
  EXPECT_EQ(content.find(seed), std::string::npos);
}

}  // namespace
}  // namespace tram::test
