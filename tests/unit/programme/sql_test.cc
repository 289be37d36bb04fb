#include "tram/programme/sql.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/support/paths.h"

namespace tram {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class SqlTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(test::kBinaryDir) / "sql_test" /
              ::testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path File(const std::string& name) const { return folder_ / name; }
  std::unique_ptr<SqlDatabase> MustOpen(const fs::path& path,
                                        SqlDatabase::Mode mode = SqlDatabase::Mode::kCreate) {
    auto opened = SqlDatabase::Open(path, mode);
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().message);
    return opened ? std::move(*opened) : nullptr;
  }

  fs::path folder_;
};

std::int64_t Number(SqlDatabase& database, const std::string& sql) {
  auto statement = database.Prepare(sql);
  EXPECT_TRUE(statement) << statement.error().message;
  auto row = statement->Step();
  EXPECT_TRUE(row && *row);
  return statement->Int(0);
}

TEST_F(SqlTest, NewFileIsPrivateAndDurableByDefault) {
  auto database = MustOpen(File("a b?#%.db"));
  ASSERT_TRUE(database);
  ASSERT_TRUE(database->Execute("CREATE TABLE t(x)"));
  struct stat status;
  ASSERT_EQ(::stat(File("a b?#%.db").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(Number(*database, "PRAGMA synchronous"), 2);
  auto mode = database->Prepare("PRAGMA journal_mode");
  ASSERT_TRUE(mode && *mode->Step());
  EXPECT_EQ(mode->Text(0), "wal");
  EXPECT_FALSE(fs::exists(File("a b?#%.db-shm"))) << "exclusive locking needs no shared memory";
}

TEST_F(SqlTest, ValuesComeBackAsTheyWere) {
  auto database = MustOpen(File("v.db"));
  ASSERT_TRUE(database->Execute("CREATE TABLE t(a, b, c, d, e)"));
  Bytes blob = {0, 1, 255};
  auto insert = database->Prepare("INSERT INTO t VALUES(?, ?, ?, ?, ?)");
  ASSERT_TRUE(insert);
  insert->Bind(1, std::int64_t{-5}).Bind(2, 2.5).Bind(3, std::string_view("Hà\0x", 6));
  insert->BindBlob(4, blob).BindNull(5);
  ASSERT_TRUE(insert->Run());
  insert->Bind(1, std::int64_t{6}).Bind(2, 0.0).Bind(3, std::string_view());
  insert->BindBlob(4, {}).BindNull(5);
  ASSERT_TRUE(insert->Run());
  auto select = database->Prepare("SELECT * FROM t ORDER BY a");
  ASSERT_TRUE(select && *select->Step());
  EXPECT_EQ(select->Int(0), -5);
  EXPECT_EQ(select->Double(1), 2.5);
  EXPECT_EQ(select->Text(2), std::string("Hà\0x", 6));
  EXPECT_EQ(select->Blob(3), blob);
  EXPECT_TRUE(select->IsNull(4));
  ASSERT_TRUE(*select->Step());
  EXPECT_FALSE(select->IsNull(2)) << "the empty text is not NULL";
  EXPECT_FALSE(select->IsNull(3)) << "the empty blob is not NULL";
  EXPECT_FALSE(*select->Step());
}

TEST_F(SqlTest, TransactionsNestAndRollBack) {
  auto database = MustOpen(File("t.db"));
  ASSERT_TRUE(database->Execute("CREATE TABLE t(x UNIQUE)"));
  {
    auto outer = SqlTransaction::Begin(*database);
    ASSERT_TRUE(outer);
    ASSERT_TRUE(database->Execute("INSERT INTO t VALUES(1)"));
    {
      auto inner = SqlTransaction::Begin(*database);
      ASSERT_TRUE(inner);
      ASSERT_TRUE(database->Execute("INSERT INTO t VALUES(2)"));
    }
    {
      auto inner = SqlTransaction::Begin(*database);
      ASSERT_TRUE(inner);
      ASSERT_TRUE(database->Execute("INSERT INTO t VALUES(3)"));
      ASSERT_TRUE(inner->Commit());
    }
    ASSERT_TRUE(outer->Commit());
  }
  EXPECT_EQ(Number(*database, "SELECT sum(x) FROM t"), 4);
  {
    auto undone = SqlTransaction::Begin(*database);
    ASSERT_TRUE(undone && database->Execute("INSERT INTO t VALUES(5)"));
  }
  EXPECT_FALSE(database->InTransaction());
  EXPECT_EQ(Number(*database, "SELECT count(*) FROM t"), 2);
  Status twice = database->Execute("INSERT INTO t VALUES(1)");
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, ErrorCode::kExists);
}

TEST_F(SqlTest, CachedStatementsAreResetAndUnbound) {
  auto database = MustOpen(File("c.db"));
  auto first = database->Cached("SELECT ?1");
  ASSERT_TRUE(first);
  (*first)->Bind(1, std::int64_t{7});
  ASSERT_TRUE(*(*first)->Step());
  auto again = database->Cached("SELECT ?1");
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, *first);
  ASSERT_TRUE(*(*again)->Step());
  EXPECT_TRUE((*again)->IsNull(0));
}

TEST_F(SqlTest, LimitsStopAStatementAndNothingElse) {
  auto database = MustOpen(File("l.db"));
  const char* endless =
      "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n";
  auto counting = database->Prepare(endless);
  ASSERT_TRUE(counting);
  counting->Limit(1'000'000, 10);
  auto stopped = counting->Step();
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(stopped.error().message, HasSubstr("too many steps"));
  auto rows = database->Prepare("VALUES (1), (2), (3)");
  ASSERT_TRUE(rows);
  rows->Limit(1'000'000, 2);
  EXPECT_TRUE(*rows->Step());
  EXPECT_TRUE(*rows->Step());
  auto third = rows->Step();
  ASSERT_FALSE(third);
  EXPECT_THAT(third.error().message, HasSubstr("too many rows"));
  EXPECT_FALSE(database->failed());
  EXPECT_EQ(Number(*database,
                   "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n "
                   "WHERE x < 2000000) SELECT count(*) FROM n"),
            2000000)
      << "a statement without limits runs to its end";
}

TEST_F(SqlTest, LimitsStopAStatementThatEatsMemory) {
  auto database = MustOpen(File("m.db"));
  auto hungry = database->Prepare(
      "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 100000) "
      "SELECT x, randomblob(100000) AS b FROM n ORDER BY b");
  ASSERT_TRUE(hungry);
  hungry->Limit(1'000'000'000, 10);
  auto stopped = hungry->Step();
  ASSERT_FALSE(stopped);
  EXPECT_THAT(stopped.error().message, HasSubstr("too much memory"));
}

TEST_F(SqlTest, WhatTheProcessMayHoldIsLimited) {
  auto database = MustOpen(File("limited.db"));
  SqlDatabase::LimitMemory(8 << 20);
  auto large = database->Prepare("SELECT length(randomblob(16 << 20))");
  ASSERT_TRUE(large);
  bool refused = false;
  try {
    refused = !large->Step().has_value();
  } catch (const std::bad_alloc&) {
    refused = true;
  }
  SqlDatabase::LimitMemory(kSqlMemoryBytesMax);
  EXPECT_TRUE(refused);
  EXPECT_EQ(Number(*database, "SELECT length(randomblob(16 << 20))"), 16 << 20);
}

TEST_F(SqlTest, OnlyOneStatementIsPrepared) {
  auto database = MustOpen(File("o.db"));
  EXPECT_TRUE(database->Prepare("SELECT 1 ;  -- and a comment\n ; "));
  EXPECT_FALSE(database->Prepare("SELECT 1; SELECT 2"));
  EXPECT_FALSE(database->Prepare("SELECT 1; nonsense"));
  EXPECT_FALSE(database->Prepare("  "));
}

TEST_F(SqlTest, NothingIsCreatedWhereAFileIsMissing) {
  for (auto mode : {SqlDatabase::Mode::kExisting, SqlDatabase::Mode::kReadOnly}) {
    auto opened = SqlDatabase::Open(File("none.db"), mode);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::kNotFound);
    EXPECT_FALSE(fs::exists(File("none.db")));
  }
}

TEST_F(SqlTest, AnEmptiedFileIsNotTakenForANewOne) {
  std::ofstream(File("empty.db")).close();
  auto opened = SqlDatabase::Open(File("empty.db"), SqlDatabase::Mode::kExisting);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
}

TEST_F(SqlTest, AFileThatIsNoDatabaseStaysAsItWas) {
  std::string text(5000, 'x');
  std::ofstream(File("x.db")) << text;
  for (auto mode :
       {SqlDatabase::Mode::kCreate, SqlDatabase::Mode::kExisting, SqlDatabase::Mode::kReadOnly}) {
    auto opened = SqlDatabase::Open(File("x.db"), mode);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
    EXPECT_THAT(opened.error().message, HasSubstr("x.db is not a database"));
  }
  std::ifstream in(File("x.db"));
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), text);
}

TEST_F(SqlTest, ASecondProcessIsRefused) {
  // The holder is a process of its own that opened the file itself: locks are the system's.
  int ready[2], done[2];
  ASSERT_EQ(::pipe(ready), 0);
  ASSERT_EQ(::pipe(done), 0);
  pid_t holder = ::fork();
  ASSERT_GE(holder, 0);
  char byte = 'x';
  if (holder == 0) {
    ::close(done[1]);  // the parent's end, so that its death is seen
    auto held = SqlDatabase::Open(File("h.db"), SqlDatabase::Mode::kCreate);
    bool good = held && (*held)->Execute("CREATE TABLE t(x)") && ::write(ready[1], &byte, 1) == 1;
    [[maybe_unused]] ssize_t end = ::read(done[0], &byte, 1);
    ::_exit(good ? 0 : 1);
  }
  ::close(ready[1]);
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  for (auto mode :
       {SqlDatabase::Mode::kCreate, SqlDatabase::Mode::kExisting, SqlDatabase::Mode::kReadOnly}) {
    auto second = SqlDatabase::Open(File("h.db"), mode);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::kExists);
    EXPECT_THAT(second.error().message, HasSubstr("another process holds it"));
  }
  for (int descriptor : {ready[0], done[0], done[1]}) ::close(descriptor);
  int status = 0;
  ASSERT_EQ(::waitpid(holder, &status, 0), holder);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(SqlDatabase::Open(File("h.db"), SqlDatabase::Mode::kExisting));
}

TEST_F(SqlTest, ReadOnlyReadsAndDoesNotWrite) {
  ASSERT_TRUE(MustOpen(File("r.db"))->Execute("CREATE TABLE t(x); INSERT INTO t VALUES(9)"));
  auto database = MustOpen(File("r.db"), SqlDatabase::Mode::kReadOnly);
  ASSERT_TRUE(database);
  EXPECT_EQ(Number(*database, "SELECT x FROM t"), 9);
  Status written = database->Execute("INSERT INTO t VALUES(1)");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kDenied);
}

TEST_F(SqlTest, AFullDiskSaysSoAndLosesNothing) {
  auto database = MustOpen(File("f.db"));
  ASSERT_TRUE(database->Execute("CREATE TABLE t(x); PRAGMA max_page_count=20"));
  {
    auto change = SqlTransaction::Begin(*database);
    ASSERT_TRUE(change);
    Status status = database->Execute("INSERT INTO t VALUES(randomblob(1000000))");
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::kIo);
    EXPECT_THAT(status.error().message, HasSubstr("the disk is full: free some space"));
    EXPECT_FALSE(change->Commit()) << "SQLite has rolled it back";
  }
  EXPECT_FALSE(database->failed());
  EXPECT_TRUE(database->Execute("INSERT INTO t VALUES(1)"));
}

TEST_F(SqlTest, AnInputOutputErrorEndsTheConnection) {
  auto database = MustOpen(File("e.db"));
  ASSERT_TRUE(database->Execute("CREATE TABLE t(x); INSERT INTO t VALUES(1)"));
  // A limit on file sizes makes write() fail with EFBIG.
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  {
    auto change = SqlTransaction::Begin(*database);
    ASSERT_TRUE(change);
    ASSERT_TRUE(database->Execute("INSERT INTO t VALUES(randomblob(100000))"));
    rlimit low = before;
    low.rlim_cur = 20000;
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &low), 0);
    Status committed = change->Commit();
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    ASSERT_FALSE(committed);
    EXPECT_EQ(committed.error().code, ErrorCode::kIo);
  }
  std::signal(SIGXFSZ, old_handler);
  EXPECT_TRUE(database->failed());
  EXPECT_FALSE(database->InTransaction());
  Status later = database->Execute("INSERT INTO t VALUES(2)");
  ASSERT_FALSE(later);
  EXPECT_THAT(later.error().message, HasSubstr("open it again and verify it"));
  EXPECT_FALSE(database->Cached("SELECT 1"));
  database.reset();
  auto again = MustOpen(File("e.db"), SqlDatabase::Mode::kExisting);
  ASSERT_TRUE(again);
  EXPECT_EQ(Number(*again, "SELECT count(*) FROM t"), 1);
}

TEST_F(SqlTest, ABackupInStepsFollowsWhatIsWrittenBetweenThem) {
  auto database = MustOpen(File("b.db"));
  ASSERT_TRUE(database->Execute("CREATE TABLE t(x); CREATE TABLE big(x)"));
  ASSERT_TRUE(database->Execute(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)"
      " INSERT INTO big SELECT zeroblob(8192) FROM n"));
  auto backup = SqlBackup::Begin(*database, File("copy.db"));
  ASSERT_TRUE(backup) << backup.error().message;
  EXPECT_EQ(SqlBackup::Begin(*database, File("second.db")).error().code, ErrorCode::kExists);
  int steps = 0;
  for (bool more = true; more; ++steps) {
    // A page that was copied already, and pages that were not there when the copy began.
    ASSERT_TRUE(database->Execute("INSERT INTO t VALUES(" + std::to_string(steps) +
                                  "); INSERT INTO big VALUES(zeroblob(4096))"));
    // A rollback lets the copy begin anew.
    if (steps == 3) {
      ASSERT_TRUE(database->Execute("BEGIN; INSERT INTO t VALUES(-1); ROLLBACK"));
    }
    ASSERT_LT(steps, 1000);
    auto step = (*backup)->Step(20);
    ASSERT_TRUE(step) << step.error().message;
    more = *step;
    EXPECT_EQ((*backup)->pages_left() == 0, !more);
  }
  EXPECT_GT(steps, 10);
  EXPECT_FALSE((*backup)->Step(20)) << "it has ended";
  auto copy = MustOpen(File("copy.db"), SqlDatabase::Mode::kReadOnly);
  ASSERT_TRUE(copy);
  EXPECT_EQ(Number(*copy, "SELECT count(*) FROM t"), steps);
  EXPECT_EQ(Number(*copy, "SELECT min(x) FROM t"), 0);
  EXPECT_EQ(Number(*copy, "SELECT count(*) FROM big"), 200 + steps);
  EXPECT_EQ(
      Number(*copy, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
}

TEST_F(SqlTest, ABackupThatIsNotFinishedLeavesNothing) {
  auto database = MustOpen(File("b.db"));
  ASSERT_TRUE(database->Execute("CREATE TABLE t(x); INSERT INTO t VALUES(zeroblob(100000))"));
  auto backup = SqlBackup::Begin(*database, File("copy.db"));
  ASSERT_TRUE(backup);
  ASSERT_TRUE((*backup)->Step(2));
  (*backup).reset();
  EXPECT_FALSE(std::filesystem::exists(File("copy.db")));

  backup = SqlBackup::Begin(*database, File("copy.db"));
  ASSERT_TRUE(backup);
  ASSERT_TRUE((*backup)->Step(2));
  database.reset();
  ASSERT_TRUE(MustOpen(File("b.db"), SqlDatabase::Mode::kExisting)) << "the copy kept its lock";
  auto step = (*backup)->Step(2);
  ASSERT_FALSE(step);
  EXPECT_EQ(step.error().code, ErrorCode::kIo);
  (*backup).reset();
  EXPECT_FALSE(std::filesystem::exists(File("copy.db")));
}

TEST_F(SqlTest, BackupCopiesWhileInUse) {
  auto database = MustOpen(File("b.db"));
  ASSERT_TRUE(database->Execute("CREATE TABLE t(x); INSERT INTO t VALUES(42)"));
  ASSERT_TRUE(database->BackupTo(File("copy.db")));
  Status again = database->BackupTo(File("copy.db"));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kExists);
  EXPECT_FALSE(database->BackupTo(File("no/such/folder/copy.db")));
  auto copy = MustOpen(File("copy.db"), SqlDatabase::Mode::kExisting);
  ASSERT_TRUE(copy);
  EXPECT_EQ(Number(*copy, "SELECT x FROM t"), 42);
  struct stat status;
  ASSERT_EQ(::stat(File("copy.db").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

}  // namespace
}  // namespace tram
