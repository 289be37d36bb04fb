// What opening refuses and what verifying finds, after a log was damaged by SQL.
#include <gmock/gmock.h>

#include <fstream>

#include "tests/unit/log/log_samples.h"
#include "tram/log/op_log.h"

namespace tram::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// Two feeds of ten entries each, the first with a branch (entry 21 after entry 5); checkpoints at
/// entries 8 (of feed 1) and 20 (of feed 2).
class LogDamageTest : public ::testing::Test {
 protected:
  LogDamageTest()
      : database_(Must(SqlDatabase::OpenMemory())), store_(Must(SqliteLogStore::Open(*database_))) {
    log_ = Must(OpLog::Open(*store_, unit_, clock_));
    for (std::uint8_t device : {1, 2}) {
      EntryNumber last = 0;
      for (std::uint64_t i = 1; i <= 10; ++i) {
        last = log_->Append(FeedOf(device), last, CreatingOp(FeedOf(device), i));
      }
    }
    log_->Append(FeedOf(1), 5, CreatingOp(FeedOf(1), 100));
    log_->AddCheckpoint(8, HybridTime{kStartMs}, {}, SignEntry(*log_, 8, 1, {kStartMs}));
    log_->AddCheckpoint(20, HybridTime{kStartMs}, IdOf<Digest>(1),
                        SignEntry(*log_, 20, 2, {kStartMs}, IdOf<Digest>(1)));
    Must(log_->Commit());
  }

  void Damage(const std::string& sql) {
    Must(database_->Execute(sql));
    ASSERT_GT(database_->Changes(), 0) << "a statement that changes nothing tests nothing";
  }
  /// What opening says; empty where it opens.
  std::string OpenError() {
    auto opened = OpLog::Open(*store_, unit_, clock_);
    if (opened) return "";
    EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
    return opened.error().message;
  }
  std::vector<std::string> Problems() { return Must(OpLog::VerifyStore(*store_, unit_)).problems; }

  const UnitId unit_ = UnitOf(1);
  StillClock clock_;
  std::unique_ptr<SqlDatabase> database_;
  std::unique_ptr<SqliteLogStore> store_;
  std::unique_ptr<OpLog> log_;
};

TEST_F(LogDamageTest, NoDamageNoProblem) {
  EXPECT_EQ(OpenError(), "");
  VerifyReport report = Must(log_->Verify());
  EXPECT_EQ(report.entries, 21u);
  EXPECT_EQ(report.checkpoints, 2u);
  EXPECT_THAT(report.problems, IsEmpty());
}

TEST_F(LogDamageTest, AMissingEntry) {
  Damage("DELETE FROM log_entry WHERE key = 7");
  EXPECT_THAT(OpenError(), HasSubstr("entry 8 follows entry 6"));
  EXPECT_THAT(OpenError(), HasSubstr("backup"));
  EXPECT_THAT(Problems(), Contains(HasSubstr("entry 8 follows entry 6")));
}

TEST_F(LogDamageTest, ALogCutShort) {
  Damage("DELETE FROM log_entry WHERE key > 19");
  EXPECT_THAT(OpenError(), HasSubstr("ends at entry 19, and a leaf row names entry 20"));
}

TEST_F(LogDamageTest, AMissingLeafRow) {
  Damage("DELETE FROM log_leaf WHERE key = 20");
  EXPECT_THAT(OpenError(), HasSubstr("the leaf row of entry 20 (sequence 10 of feed 2"));
}

TEST_F(LogDamageTest, ALeafRowOfAnEarlierEntry) {
  Damage("UPDATE log_leaf SET key = 9, seq = 9 WHERE key = 10");
  EXPECT_THAT(Problems(),
              ElementsAre(HasSubstr("names entry 9"), HasSubstr("the leaf row of entry 10")));
}

TEST_F(LogDamageTest, AnotherChainInTheLeafRow) {
  Damage("UPDATE log_leaf SET chain = zeroblob(20) WHERE key = 21");
  EXPECT_THAT(OpenError(), HasSubstr("the entries up to entry 21"));
}

TEST_F(LogDamageTest, AnotherPositionInTheLeafRow) {
  Damage("UPDATE log_leaf SET seq = 7 WHERE key = 21");
  EXPECT_THAT(OpenError(), HasSubstr("the entries up to entry 21"));
  Damage("UPDATE log_leaf SET seq = 6, feed = 2 WHERE key = 21");
  EXPECT_THAT(OpenError(), HasSubstr("the entries up to entry 21"));
}

TEST_F(LogDamageTest, AShortChainInTheLeafRow) {
  Damage("UPDATE log_leaf SET chain = x'0102' WHERE key = 21");
  EXPECT_THAT(OpenError(), HasSubstr("row 21 of log_leaf has a value of 2 bytes where 20 belong"));
}

TEST_F(LogDamageTest, EveryFlippedBitOfAnOp) {
  SqlStatement read = Must(database_->Prepare("SELECT op FROM log_entry WHERE key = 3"));
  ASSERT_TRUE(Must(read.Step()));
  const Bytes op = read.Blob(0);
  read.Reset();
  SqlStatement write = Must(database_->Prepare("UPDATE log_entry SET op = ?1 WHERE key = 3"));
  for (std::size_t bit = 0; bit < op.size() * 8; ++bit) {
    Bytes flipped = op;
    flipped[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    write.BindBlob(1, flipped);
    Must(write.Run());
    ASSERT_NE(OpenError(), "") << "bit " << bit;
    ASSERT_THAT(Must(log_->Verify()).problems, Contains(HasSubstr("entry 3 "))) << "bit " << bit;
  }
  write.BindBlob(1, op);
  Must(write.Run());
  EXPECT_EQ(OpenError(), "");
}

TEST_F(LogDamageTest, BytesBehindAnOp) {
  Damage("UPDATE log_entry SET op = CAST(op || x'00' AS BLOB) WHERE key = 3");
  EXPECT_THAT(OpenError(), HasSubstr("entry 3 (sequence 3 of feed 1"));
}

TEST_F(LogDamageTest, VerifyingNamesAllOfSeveralDamages) {
  Damage("UPDATE log_entry SET op = x'ffff' WHERE key IN (3, 14)");
  std::vector<std::string> problems = Problems();
  EXPECT_THAT(problems, Contains(HasSubstr("entry 3 (sequence 3 of feed 1, device")));
  EXPECT_THAT(problems, Contains(HasSubstr("entry 14 (sequence 4 of feed 2, device")));
  EXPECT_THAT(problems, Contains(HasSubstr("the checkpoint at entry 8")));
  EXPECT_THAT(OpenError(), HasSubstr("more, which verify lists"));
}

TEST_F(LogDamageTest, AnEntryMovedToAnotherBranch) {
  Damage("UPDATE log_entry SET previous = 6 WHERE key = 21");
  EXPECT_THAT(OpenError(), HasSubstr("the entries up to entry 21"));
}

TEST_F(LogDamageTest, ImpossibleNumbersInAnEntry) {
  Damage("UPDATE log_entry SET previous = 21 WHERE key = 21");
  EXPECT_THAT(OpenError(), HasSubstr("names an entry before it that is not of its feed"));
  Damage("UPDATE log_entry SET previous = 15 WHERE key = 21");
  EXPECT_THAT(OpenError(), HasSubstr("names an entry before it that is not of its feed"));
  Damage("UPDATE log_entry SET previous = -1 WHERE key = 21");
  EXPECT_THAT(OpenError(), HasSubstr("out of its range"));
  Damage("UPDATE log_entry SET previous = 5, feed = 3 WHERE key = 21");
  EXPECT_THAT(OpenError(), HasSubstr("feed without a row"));
}

TEST_F(LogDamageTest, FeedRows) {
  Damage("UPDATE log_feed SET number = 77 WHERE key = 2");
  EXPECT_THAT(OpenError(), HasSubstr("the entries up to entry 20"));
  Damage("DELETE FROM log_feed WHERE key = 1");
  EXPECT_THAT(OpenError(), HasSubstr("the feed rows have a gap"));
}

TEST_F(LogDamageTest, ACopyOfAnotherFeedsRow) {
  Damage(
      "UPDATE log_feed SET (device, number) = (SELECT device, number FROM log_feed WHERE key = 1)"
      " WHERE key = 2");
  EXPECT_THAT(OpenError(), HasSubstr("the feed rows have a gap or a double at feed 2"));
}

TEST_F(LogDamageTest, AFeedWithAllItsEntriesGone) {
  Damage(
      "DELETE FROM log_leaf WHERE key > 10; DELETE FROM log_checkpoint WHERE key > 10;"
      "DELETE FROM log_entry WHERE key > 10");
  EXPECT_THAT(OpenError(), HasSubstr("feed 2 has lost its entries"));
}

TEST_F(LogDamageTest, AWrongSignatureIsFoundByVerifying) {
  Damage("UPDATE log_checkpoint SET time = time + 1 WHERE key = 8");
  EXPECT_EQ(OpenError(), "") << "opening checks no signatures: they cost 50 us each";
  EXPECT_THAT(Problems(),
              ElementsAre(HasSubstr("the checkpoint at entry 8 (sequence 8 of feed 1")));
  Damage("UPDATE log_checkpoint SET context = NULL WHERE key = 20");
  EXPECT_EQ(Problems().size(), 2u);
}

TEST_F(LogDamageTest, ACheckpointOfNoEntry) {
  Damage("UPDATE log_checkpoint SET key = 22 WHERE key = 20");
  EXPECT_THAT(OpenError(), HasSubstr("a checkpoint names entry 22"));
}

TEST_F(LogDamageTest, VerifyingNamesTheEntryThatDiffersFromWhatIsInMemory) {
  Damage("UPDATE log_entry SET op = (SELECT op FROM log_entry WHERE key = 1) WHERE key = 4");
  EXPECT_THAT(Must(log_->Verify()).problems, Contains(HasSubstr("entry 4 (sequence 4 of feed 1")));
}

TEST_F(LogDamageTest, VerifyingNoticesALogPutBackToAnOlderState) {
  Damage("DELETE FROM log_entry WHERE key = 21; DELETE FROM log_leaf WHERE key = 21");
  EXPECT_EQ(OpenError(), "") << "an older state of the log is a log";
  EXPECT_THAT(Must(log_->Verify()).problems,
              ElementsAre(HasSubstr("the store holds 20 entries, and 21 were made durable")));
}

/// Overwrites the start of a database's page (from 1) in its file.
void DamagePage(const DatabaseFile& file, std::int64_t page) {
  constexpr std::int64_t kPageBytes = 4096;
  std::fstream content(file.path(), std::ios::in | std::ios::out | std::ios::binary);
  content.seekp((page - 1) * kPageBytes);
  content << std::string(64, '\xee');
  ASSERT_TRUE(content.flush());
}

class DamagedFileTest : public ::testing::Test {
 protected:
  DamagedFileTest() {
    Reopen();
    auto log = Must(OpLog::Open(*store_, UnitOf(1), clock_));
    log->Append(FeedOf(1), 0, CreatingOp(FeedOf(1), 1));
    Must(log->Commit());
    Must(database_->Execute("CREATE TABLE other(a); INSERT INTO other VALUES(zeroblob(99))"));
  }
  void Reopen() {
    store_.reset();
    database_.reset();
    database_ = Must(SqlDatabase::Open(file_.path(), SqlDatabase::Mode::kCreate));
    store_ = Must(SqliteLogStore::Open(*database_));
  }
  std::int64_t RootPage(const std::string& table) {
    SqlStatement find =
        Must(database_->Prepare("SELECT rootpage FROM sqlite_schema WHERE name = '" + table + "'"));
    EXPECT_TRUE(Must(find.Step()));
    return find.Int(0);
  }
  void DamageTable(const std::string& table) {
    const std::int64_t page = RootPage(table);
    store_.reset();
    database_.reset();  // the last connection moves the WAL into the file
    DamagePage(file_, page);
    Reopen();
  }

  StillClock clock_;
  DatabaseFile file_{"damage"};
  std::unique_ptr<SqlDatabase> database_;
  std::unique_ptr<SqliteLogStore> store_;
};

TEST_F(DamagedFileTest, APageOfTheLogIsReportedAndNothingIsRecreated) {
  DamageTable("log_entry");
  auto opened = OpLog::Open(*store_, UnitOf(1), clock_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(Must(OpLog::VerifyStore(*store_, UnitOf(1))).problems, Not(IsEmpty()));
}

TEST_F(DamagedFileTest, APageOfTheSmallTables) {
  DamageTable("log_leaf");
  auto opened = OpLog::Open(*store_, UnitOf(1), clock_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(Must(OpLog::VerifyStore(*store_, UnitOf(1))).problems,
              Contains(HasSubstr("damaged")));
}

TEST_F(DamagedFileTest, VerifyingAsksSqliteAboutAllOfTheFile) {
  DamageTable("other");
  auto log = Must(OpLog::Open(*store_, UnitOf(1), clock_));
  EXPECT_THAT(Must(log->Verify()).problems, Contains(HasSubstr("is damaged")));
}

}  // namespace
}  // namespace tram::test
