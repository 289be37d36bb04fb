// The log when its store fails: the i-th commit for every i, a full disk, and a process killed
// between any two instructions. What was acknowledged is there afterwards; nothing is half there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>

#include "tests/fault/fault_folder.h"
#include "tests/support/fault_disk.h"
#include "tests/support/memory_log_store.h"
#include "tests/unit/log/log_samples.h"

namespace tram::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::size_t kSteps = 12;

/// The n-th step of a unit's work; each commits once. A step that was undone may be done again.
Status DoStep(OpLog& log, std::size_t step) {
  const FeedId own = FeedOf(1);
  const FeedId copied = FeedOf(2);
  std::vector<Leaf> leaves = log.LeavesOf(own);
  EntryNumber last = leaves.empty() ? 0 : *log.FindChain(leaves[0].chain);
  last = log.Append(own, last, CreatingOp(own, step + 1));
  if (step % 3 == 1) log.Append(copied, 0, CreatingOp(copied, step));  // a root of its own each
  if (step % 4 == 2) {
    log.AddCheckpoint(last, HybridTime{kStartMs}, {}, SignEntry(log, last, 1, {kStartMs}));
  }
  const std::uint8_t number = static_cast<std::uint8_t>(step);
  log.AddKey({KeyEntry::Kind::kSeed, Bytes(20, number), Bytes(16, number)});
  if (step == 7) log.AddKey({KeyEntry::Kind::kTombstone, Bytes(20, 5), {}});
  log.SetSetting("steps", {number});
  TRAM_TRY(log.AddStaged({number}));
  if (step >= 2) log.DropStaged(log.staged().front().number);
  return log.Commit();
}

/// Everything that must survive, in words.
std::vector<std::string> Facts(const OpLog& log) {
  std::vector<std::string> facts;
  for (EntryNumber n = 1; n <= log.size(); ++n) {
    facts.push_back(log.entry(n).chain.Hex() + (log.CheckpointAt(n) ? " signed" : ""));
  }
  for (const KeyEntry& key : log.keys()) facts.push_back("key " + ToHex(key.key));
  for (const StoredStaged& staged : log.staged()) facts.push_back("piece " + ToHex(staged.piece));
  facts.push_back("steps " + ToHex(log.Setting("steps").value_or(Bytes())));
  return facts;
}

class FailingCommitTest : public ::testing::TestWithParam<MemoryLogStore::Failure> {};

TEST_P(FailingCommitTest, NothingAcknowledgedIsLostWhicheverCommitFails) {
  StillClock clock;
  for (std::size_t failing = 0; failing < kSteps; ++failing) {
    SCOPED_TRACE("step " + std::to_string(failing) + " fails");
    MemoryLogStore store;
    auto log = Must(OpLog::Open(store, UnitOf(1), clock));
    store.FailCommit(failing + 1, GetParam());
    for (std::size_t step = 0; step < failing; ++step) Must(DoStep(*log, step));
    const std::vector<std::string> acknowledged = Facts(*log);
    ASSERT_FALSE(DoStep(*log, failing));
    const std::vector<std::string> attempted = Facts(*log);
    EXPECT_FALSE(log->Commit()) << "an object that failed acknowledges nothing more";

    log = Must(OpLog::Open(store, UnitOf(1), clock));
    const bool written = GetParam() == MemoryLogStore::Failure::kWrittenUnsaid;
    EXPECT_EQ(Facts(*log), written ? attempted : acknowledged) << "all of a commit or nothing";
    for (std::size_t step = failing + written; step < kSteps; ++step) Must(DoStep(*log, step));
    EXPECT_THAT(Must(log->Verify()).problems, IsEmpty());
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, FailingCommitTest,
                         ::testing::Values(MemoryLogStore::Failure::kNothingWritten,
                                           MemoryLogStore::Failure::kWrittenUnsaid));

TEST(MemoryLogStoreTest, ACopyIsADiskImage) {
  StillClock clock;
  MemoryLogStore store;
  auto log = Must(OpLog::Open(store, UnitOf(1), clock));
  Must(DoStep(*log, 0));
  MemoryLogStore image = store.Copy();
  const std::vector<std::string> before = Facts(*log);
  Must(DoStep(*log, 1));
  EXPECT_EQ(Facts(*Must(OpLog::Open(image, UnitOf(1), clock))), before);
  EXPECT_NE(Facts(*Must(OpLog::Open(store, UnitOf(1), clock))), before);
}

TEST(LogFaultTest, BothStoresKeepTheSame) {
  StillClock clock;
  MemoryLogStore memory;
  auto database = Must(SqlDatabase::OpenMemory());
  auto sqlite = Must(SqliteLogStore::Open(*database));
  for (LogStore* store : {static_cast<LogStore*>(&memory), static_cast<LogStore*>(sqlite.get())}) {
    auto log = Must(OpLog::Open(*store, UnitOf(1), clock));
    for (std::size_t step = 0; step < kSteps; ++step) Must(DoStep(*log, step));
  }
  EXPECT_EQ(Facts(*Must(OpLog::Open(memory, UnitOf(1), clock))),
            Facts(*Must(OpLog::Open(*sqlite, UnitOf(1), clock))));
}

TEST(LogFaultTest, AFullDiskLosesNothingAndHealsWithRoom) {
  StillClock clock;
  DatabaseFile file("full");
  auto database = Must(SqlDatabase::Open(file.path(), SqlDatabase::Mode::kCreate));
  auto store = Must(SqliteLogStore::Open(*database));
  Must(database->Execute("PRAGMA max_page_count=20"));
  auto log = Must(OpLog::Open(*store, UnitOf(1), clock));
  std::size_t step = 0;
  std::vector<std::string> acknowledged = Facts(*log);
  Status status;
  for (; step < 10'000; ++step) {
    status = DoStep(*log, step % 200);
    if (!status) break;
    acknowledged = Facts(*log);
  }
  ASSERT_FALSE(status) << "the disk never became full";
  ASSERT_GT(step, kSteps);
  EXPECT_EQ(status.error().code, ErrorCode::kIo);
  EXPECT_THAT(status.error().message, HasSubstr("the disk is full"));

  log = Must(OpLog::Open(*store, UnitOf(1), clock));
  EXPECT_EQ(Facts(*log), acknowledged);
  Must(database->Execute("PRAGMA max_page_count=100000"));
  Must(DoStep(*log, 201));
  log = Must(OpLog::Open(*store, UnitOf(1), clock));
  EXPECT_GT(Facts(*log).size(), acknowledged.size());
  EXPECT_THAT(Must(log->Verify()).problems, IsEmpty());
}

// SQLite takes the frames of a commit whose sync failed out of its index, not out of the file, and
// removes the file at the end without syncing the folder.
TEST(LogFaultTest, WhatWasSaidToHaveFailedDoesNotComeBackWithThePower) {
  StillClock clock;
  std::size_t failures = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    FaultFolder folder("again");
    FaultDisk disk(folder.path(), seed);
    const std::filesystem::path path = folder.path() / "unit.db";
    auto opened = [&](SqlDatabase::Mode mode, auto use) {
      auto database = Must(SqlDatabase::Open(path, mode));
      auto store = Must(SqliteLogStore::Open(*database));
      auto log = Must(OpLog::Open(*store, UnitOf(1), clock));
      use(*log);
    };
    opened(SqlDatabase::Mode::kCreate, [&](OpLog& log) {
      for (std::size_t step = 0; step < 3; ++step) Must(DoStep(log, step));
      disk.FailAt(1, FaultDisk::Fault::kSyncFails);
      failures += !DoStep(log, 3);
    });
    disk.Mend();
    std::vector<std::string> seen;
    opened(SqlDatabase::Mode::kExisting, [&](OpLog& log) { seen = Facts(log); });
    disk.CutPower();
    disk.PowerOn();
    opened(SqlDatabase::Mode::kExisting, [&](OpLog& log) { EXPECT_EQ(Facts(log), seen); });
  }
  EXPECT_EQ(failures, 20u);
}

// ---- killed ----

/// Appends until it is killed; writes the number of each acknowledged entry to `pipe`.
[[noreturn]] void AppendForEver(const std::filesystem::path& path, int pipe) {
  StillClock clock;
  auto database = SqlDatabase::Open(path, SqlDatabase::Mode::kCreate);
  if (!database) ::_exit(1);
  auto store = SqliteLogStore::Open(**database);
  if (!store) ::_exit(2);
  auto log = OpLog::Open(**store, UnitOf(1), clock);
  if (!log) ::_exit(3);
  const FeedId feed = FeedOf(1);
  for (;;) {
    EntryNumber last = (*log)->size();
    last = (*log)->Append(feed, last, CreatingOp(feed, last + 1));
    if (!(*log)->Commit()) ::_exit(4);
    if (::write(pipe, &last, sizeof last) != static_cast<ssize_t>(sizeof last)) ::_exit(5);
  }
}

/// Starts a writer, kills it after `acknowledgements`, and returns the last one that it gave.
EntryNumber KillAfter(const std::filesystem::path& path, std::size_t acknowledgements) {
  int ends[2];
  if (::pipe(ends) != 0) return 0;
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    AppendForEver(path, ends[1]);
  }
  ::close(ends[1]);
  EntryNumber last = 0;
  EntryNumber said = 0;
  for (std::size_t i = 0; ::read(ends[0], &said, sizeof said) == sizeof said; ++i) {
    last = said;
    if (i == acknowledgements) ::kill(child, SIGKILL);
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself: " << WEXITSTATUS(status);
  return last;
}

TEST(LogFaultTest, AKilledProcessLosesNothingAcknowledged) {
  constexpr int kKills = 20;
  const unsigned seed = 11;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  DatabaseFile file("kill");
  StillClock clock;
  EntryNumber acknowledged = 0;
  for (int kill = 0; kill < kKills; ++kill) {
    const EntryNumber last = KillAfter(file.path(), random() % 40);
    ASSERT_GT(last, acknowledged);
    acknowledged = last;
    auto database = Must(SqlDatabase::Open(file.path(), SqlDatabase::Mode::kExisting));
    auto store = Must(SqliteLogStore::Open(*database));
    auto log = Must(OpLog::Open(*store, UnitOf(1), clock));
    ASSERT_GE(log->size(), acknowledged);
    ASSERT_LE(log->size(), acknowledged + 1) << "at most the one that was being written";
    for (EntryNumber n = 1; n <= log->size(); ++n) {
      ASSERT_EQ(log->ReadOp(n), CreatingOp(FeedOf(1), n));
    }
    EXPECT_THAT(Must(log->Verify()).problems, IsEmpty());
    acknowledged = log->size();
  }
}

}  // namespace
}  // namespace tram::test
