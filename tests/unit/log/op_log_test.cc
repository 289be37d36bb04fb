#include "tram/log/op_log.h"

#include <gmock/gmock.h>

#include <limits>
#include <random>

#include "tests/unit/log/log_samples.h"
#include "tram/base/limits.h"

namespace tram::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class OpLogTest : public ::testing::Test {
 protected:
  OpLogTest()
      : database_(Must(SqlDatabase::OpenMemory())), store_(Must(SqliteLogStore::Open(*database_))) {
    Reopen();
  }

  void Reopen() { log_ = Must(OpLog::Open(*store_, unit_, clock_)); }

  EntryNumber Append(EntryNumber previous, std::uint64_t nonce) {
    return log_->Append(feed_, previous, CreatingOp(feed_, nonce));
  }

  /// Every fact about every entry: equal before and after a reopening.
  std::vector<std::string> Facts() const {
    std::vector<std::string> facts;
    for (EntryNumber n = 1; n <= log_->size(); ++n) {
      const Entry& e = log_->entry(n);
      facts.push_back(std::to_string(e.previous) + " " + std::to_string(e.feed) + " " +
                      std::to_string(e.seq) + " " + e.op.Hex() + " " + e.chain.Hex() + " " +
                      std::to_string(e.time.ms) + " " + std::to_string(e.arrived_ms) + " " +
                      ToHex(EncodeOp(log_->ReadOp(n))));
    }
    return facts;
  }

  const UnitId unit_ = UnitOf(1);
  const FeedId feed_ = FeedOf(1);
  StillClock clock_;
  std::unique_ptr<SqlDatabase> database_;
  std::unique_ptr<SqliteLogStore> store_;
  std::unique_ptr<OpLog> log_;
};

TEST_F(OpLogTest, EmptyLogHasNothing) {
  EXPECT_EQ(log_->size(), 0u);
  EXPECT_THAT(log_->Leaves(), IsEmpty());
  EXPECT_FALSE(log_->FeedIndex(feed_));
  EXPECT_FALSE(log_->FindChain(FirstChain(unit_, feed_)));
  Must(log_->Commit());
  Reopen();
  EXPECT_EQ(log_->size(), 0u);
}

TEST_F(OpLogTest, AppendComputesIdsAndChains) {
  Op op = CreatingOp(feed_, 1);
  clock_.wall_ms = kStartMs + 1234;
  EXPECT_EQ(log_->Append(feed_, 0, op), 1u);
  const Entry& entry = log_->entry(1);
  EXPECT_EQ(entry.op, OpIdOf(unit_, EncodeOp(op)));
  EXPECT_EQ(entry.chain, NextChain(unit_, FirstChain(unit_, feed_), entry.op));
  EXPECT_EQ(entry.seq, 1u);
  EXPECT_EQ(entry.time, op.time);
  EXPECT_EQ(entry.arrived_ms, kStartMs + 1000) << "whole seconds, as after a reopening";
  EXPECT_EQ(log_->FindChain(entry.chain), 1u);
  EXPECT_EQ(log_->FindOp(entry.op), 1u);
  EXPECT_EQ(log_->ReadOp(1), op);
  EXPECT_EQ(log_->committed(), 0u);
}

TEST_F(OpLogTest, ReopenGivesTheSame) {
  const FeedId other = FeedOf(2);
  EntryNumber last = 0;
  for (std::uint64_t i = 1; i <= 20; ++i) {
    last = Append(last, i);
    if (i % 3 == 0) last = log_->Append(feed_, last, ChangingOp(feed_, log_->entry(last).op, 7));
    if (i == 5) log_->Append(other, 0, ChangingOp(other, log_->entry(2).op, 8));
    if (i % 4 == 0) Must(log_->Commit());
    clock_.wall_ms += 700;
  }
  Must(log_->Commit());
  EXPECT_EQ(log_->committed(), log_->size());
  std::vector<std::string> facts = Facts();
  std::vector<Leaf> leaves = log_->Leaves();
  Reopen();
  EXPECT_EQ(Facts(), facts);
  EXPECT_EQ(log_->Leaves(), leaves);
  EXPECT_EQ(log_->committed(), 27u);
  EXPECT_THAT(Must(log_->Verify()).problems, IsEmpty());
}

TEST_F(OpLogTest, NothingUncommittedIsThereAfterReopening) {
  EntryNumber first = Append(0, 1);
  Must(log_->Commit());
  Append(first, 2);
  log_->SetSetting("name", {1});
  Reopen();
  EXPECT_EQ(log_->size(), 1u);
  EXPECT_FALSE(log_->Setting("name"));
}

TEST_F(OpLogTest, AbsurdTimesAreKept) {
  std::vector<std::int64_t> times = {std::numeric_limits<std::int64_t>::min(), -1, 0, 999,
                                     std::numeric_limits<std::int64_t>::max()};
  EntryNumber last = 0;
  for (std::int64_t time : times) {
    Op op = CreatingOp(feed_, 1);
    op.time.ms = time;
    last = log_->Append(feed_, last, op);
  }
  Must(log_->Commit());
  Reopen();
  for (EntryNumber n = 1; n <= times.size(); ++n) {
    EXPECT_EQ(log_->entry(n).time.ms, times[n - 1]);
    EXPECT_EQ(log_->entry(n).arrived_ms, kStartMs);
  }
}

TEST_F(OpLogTest, IdsOfEarlierOpsAreStoredShort) {
  EntryNumber first = Append(0, 1);
  EntryNumber change = log_->Append(feed_, first, ChangingOp(feed_, log_->entry(first).op, 1));
  change = log_->Append(feed_, change, ChangingOp(feed_, log_->entry(first).op, 1));
  EntryNumber unknown = log_->Append(feed_, change, ChangingOp(feed_, IdOf<OpId>(9), 1));
  // The record and its one parent, twenty bytes each in full.
  EXPECT_EQ(log_->OpBytes(unknown) - log_->OpBytes(change), 2 * (OpId::kSize));
}

TEST_F(OpLogTest, BranchesOfACopiedDevice) {
  // 1 - 2 - 3 - 5
  //      \- 4 - 6      7: a second root, 8: a third child of 2
  Append(0, 1);
  Append(1, 2);
  Append(2, 3);
  Append(2, 4);
  Append(3, 5);
  Append(4, 6);
  Append(0, 7);
  Append(2, 8);
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(log_->Children(2), ElementsAre(3, 4, 8));
    EXPECT_THAT(log_->Children(5), IsEmpty());
    EXPECT_THAT(log_->Roots(1), ElementsAre(1, 7));
    EXPECT_THAT(log_->Leaves(), UnorderedElementsAre(log_->LeafAt(5), log_->LeafAt(6),
                                                     log_->LeafAt(7), log_->LeafAt(8)));
    EXPECT_EQ(log_->LeavesOf(feed_), log_->Leaves());
    EXPECT_THAT(log_->LeavesOf(FeedOf(3)), IsEmpty());
    EXPECT_EQ(log_->Ancestor(6, 0), 6u);
    EXPECT_EQ(log_->Ancestor(6, 2), 2u);
    EXPECT_EQ(log_->Ancestor(6, 3), 1u);
    EXPECT_EQ(log_->Ancestor(6, 4), 0u);
    EXPECT_TRUE(log_->IsAncestor(2, 6));
    EXPECT_TRUE(log_->IsAncestor(6, 6));
    EXPECT_FALSE(log_->IsAncestor(3, 6));
    EXPECT_FALSE(log_->IsAncestor(6, 2));
    EXPECT_FALSE(log_->IsAncestor(7, 6));
    Must(log_->Commit());
    Reopen();
  }
}

TEST_F(OpLogTest, LeafRowsFollowABranchThatGrowsLater) {
  Append(0, 1);
  Append(1, 2);
  Must(log_->Commit());
  Append(1, 3);
  Must(log_->Commit());
  Reopen();
  Append(3, 4);
  Append(2, 5);
  Must(log_->Commit());
  Reopen();
  EXPECT_THAT(log_->Leaves(), UnorderedElementsAre(log_->LeafAt(4), log_->LeafAt(5)));
}

TEST_F(OpLogTest, RandomTreesAgreeWithAWalk) {
  const unsigned seed = 7;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const FeedId feeds[] = {FeedOf(1), FeedOf(2)};
  std::vector<EntryNumber> previous_of = {0};
  std::vector<int> feed_of = {0};
  for (EntryNumber n = 1; n <= 300; ++n) {
    const int feed = static_cast<int>(random() % 2);
    EntryNumber previous = 0;  // mostly the newest entry of the feed, else any
    for (EntryNumber m = 1; m < n; ++m) {
      if (feed_of[m] == feed && (random() % 10 != 0 || previous == 0)) previous = m;
    }
    ASSERT_EQ(log_->Append(feeds[feed], previous, CreatingOp(feeds[feed], n)), n);
    previous_of.push_back(previous);
    feed_of.push_back(feed);
    if (random() % 20 == 0) Must(log_->Commit());
  }
  Must(log_->Commit());
  Reopen();
  for (EntryNumber n = 1; n <= 300; ++n) {
    ASSERT_EQ(log_->entry(n).previous, previous_of[n]);
    EntryNumber at = n;
    for (std::uint64_t back = 0; at != 0; ++back, at = previous_of[at]) {
      ASSERT_EQ(log_->Ancestor(n, back), at);
      ASSERT_TRUE(log_->IsAncestor(at, n));
    }
    ASSERT_EQ(log_->Ancestor(n, log_->entry(n).seq), 0u);
    std::vector<EntryNumber> children;
    for (EntryNumber m = n + 1; m <= 300; ++m) {
      if (previous_of[m] == n) children.push_back(m);
    }
    ASSERT_EQ(log_->Children(n), children);
  }
}

TEST_F(OpLogTest, AnOpMayStandAtSeveralPositions) {
  Op twice = CreatingOp(feed_, 1);
  EntryNumber first = log_->Append(feed_, 0, twice);
  EntryNumber between = Append(first, 2);
  EntryNumber second = log_->Append(feed_, between, twice);
  EXPECT_EQ(second, 3u);
  Must(log_->Commit());
  Reopen();
  EXPECT_EQ(log_->size(), 3u);
  EXPECT_EQ(log_->entry(first).op, log_->entry(second).op);
  EXPECT_NE(log_->entry(first).chain, log_->entry(second).chain);
  EXPECT_EQ(log_->FindOp(log_->entry(second).op), first);
  EXPECT_EQ(log_->FindChain(log_->entry(second).chain), second);
}

TEST_F(OpLogTest, TheSameOpAfterTheSameEntryIsOneEntry) {
  Append(0, 1);
  Append(1, 2);
  EXPECT_EQ(Append(1, 2), 2u);
  EXPECT_EQ(log_->size(), 2u);
  Must(log_->Commit());
  Reopen();
  EXPECT_EQ(log_->size(), 2u);
}

TEST_F(OpLogTest, OpsOfALaterFormatAreKeptAsTheyAre) {
  Op op = CreatingOp(feed_, 1);
  op.format = kOpFormat + 6;
  op.body = {0xff, 0x00, 0xfe};
  log_->Append(feed_, 0, op);
  Must(log_->Commit());
  Reopen();
  EXPECT_EQ(log_->ReadOp(1), op);
}

class PieceTest : public OpLogTest {
 protected:
  PieceTest() : other_database_(Must(SqlDatabase::OpenMemory())) {
    other_store_ = Must(SqliteLogStore::Open(*other_database_));
    other_ = Must(OpLog::Open(*other_store_, unit_, clock_));
    EntryNumber last = 0;
    for (std::uint64_t i = 1; i <= 10; ++i) {
      last = other_->Append(far_, last, CreatingOp(far_, i));
    }
  }

  const FeedId far_ = FeedOf(2);
  std::unique_ptr<SqlDatabase> other_database_;
  std::unique_ptr<SqliteLogStore> other_store_;
  std::unique_ptr<OpLog> other_;
};

TEST_F(PieceTest, IsTakenWithItsCheckpoint) {
  Append(0, 99);
  EXPECT_EQ(log_->AppendPiece(PieceOf(*other_, 1, 6, 2)), 6u);
  EXPECT_EQ(log_->AppendPiece(PieceOf(*other_, 7, 10, 2)), 4u);
  Must(log_->Commit());
  Reopen();
  EXPECT_EQ(log_->size(), 11u);
  EXPECT_EQ(log_->LeavesOf(far_), other_->Leaves());
  ASSERT_NE(log_->CheckpointAt(7), nullptr);
  EXPECT_EQ(*log_->CheckpointAt(7), PieceOf(*other_, 1, 6, 2).checkpoint);
  EXPECT_EQ(log_->CheckpointAt(6), nullptr);
  EXPECT_THAT(Must(log_->Verify()).problems, IsEmpty());
  EXPECT_EQ(Must(log_->Verify()).checkpoints, 2u);
}

TEST_F(PieceTest, EntriesHeldAlreadyAreSkipped) {
  log_->AppendPiece(PieceOf(*other_, 1, 6, 2));
  EXPECT_EQ(log_->AppendPiece(PieceOf(*other_, 1, 6, 2)), 0u);
  EXPECT_EQ(log_->AppendPiece(PieceOf(*other_, 4, 10, 2)), 4u);
  EXPECT_EQ(log_->size(), 10u);
}

TEST_F(PieceTest, WhatDoesNotFitIsNotTaken) {
  Piece gap = PieceOf(*other_, 4, 6, 2);
  EXPECT_EQ(log_->AppendPiece(gap), 0u) << "what is before it is not held";
  Piece foreign = PieceOf(*other_, 1, 3, 2);
  foreign.ops[1].device = feed_.device;
  EXPECT_EQ(log_->AppendPiece(foreign), 0u) << "an op of another device";
  Piece shifted = PieceOf(*other_, 1, 3, 2);
  shifted.first_seq = 2;
  EXPECT_EQ(log_->AppendPiece(shifted), 0u);
  Piece empty = PieceOf(*other_, 1, 3, 2);
  empty.ops.clear();
  EXPECT_EQ(log_->AppendPiece(empty), 0u);
  Append(0, 1);
  Piece crossed = PieceOf(*other_, 1, 3, 2);
  crossed.previous = log_->entry(1).chain;  // held, but of our feed
  crossed.first_seq = 2;
  EXPECT_EQ(log_->AppendPiece(crossed), 0u);
  EXPECT_EQ(log_->size(), 1u);
  EXPECT_FALSE(log_->FeedIndex(far_));
}

TEST_F(OpLogTest, CheckpointsAreKeptAndTheFirstStays) {
  Append(0, 1);
  Append(1, 2);
  const Digest context = IdOf<Digest>(4);
  const HybridTime time{kStartMs + 5};
  const Signature signature = SignEntry(*log_, 1, 1, time, context);
  log_->AddCheckpoint(1, time, context, signature);
  log_->AddCheckpoint(1, HybridTime{1}, {}, {});
  Must(log_->Commit());
  Reopen();
  ASSERT_NE(log_->CheckpointAt(1), nullptr);
  EXPECT_EQ(*log_->CheckpointAt(1), (Checkpoint{log_->LeafAt(1), time, context, signature}));
  EXPECT_EQ(log_->CheckpointAt(2), nullptr);
}

// ---- the key table ----

KeyEntry SeedEntry(std::uint8_t record, std::uint8_t seed) {
  return {KeyEntry::Kind::kSeed, Bytes(20, record), Bytes(16, seed)};
}
KeyEntry Tombstone(std::uint8_t record) {
  return {KeyEntry::Kind::kTombstone, Bytes(20, record), {}};
}

TEST_F(OpLogTest, SeedsNeverChange) {
  EXPECT_TRUE(log_->AddKey(SeedEntry(1, 5)));
  EXPECT_FALSE(log_->AddKey(SeedEntry(1, 5)));
  EXPECT_FALSE(log_->AddKey(SeedEntry(1, 6)));
  Must(log_->Commit());
  Reopen();
  EXPECT_THAT(log_->keys(), ElementsAre(SeedEntry(1, 5)));
  EXPECT_EQ(log_->FindKey(KeyEntry::Kind::kSeed, Bytes(20, 1))->value, Bytes(16, 5));
  EXPECT_EQ(log_->FindKey(KeyEntry::Kind::kSeed, Bytes(20, 2)), nullptr);
  EXPECT_EQ(log_->FindKey(KeyEntry::Kind::kMember, Bytes(20, 1)), nullptr);
}

TEST_F(OpLogTest, ATombstoneWinsOverItsSeed) {
  log_->AddKey(SeedEntry(1, 5));
  log_->AddKey(SeedEntry(2, 6));
  Must(log_->Commit());
  EXPECT_TRUE(log_->AddKey(Tombstone(1)));
  EXPECT_FALSE(log_->AddKey(SeedEntry(1, 5)));
  EXPECT_FALSE(log_->AddKey(Tombstone(1)));
  EXPECT_TRUE(log_->AddKey(Tombstone(3)));
  EXPECT_FALSE(log_->AddKey(SeedEntry(3, 5)));
  Must(log_->Commit());
  Reopen();
  EXPECT_THAT(log_->keys(), ElementsAre(SeedEntry(2, 6), Tombstone(1), Tombstone(3)));
}

TEST_F(OpLogTest, DigestOfKeysDoesNotDependOnTheOrder) {
  const KeysDigest empty = log_->DigestOfKeys();
  log_->AddKey(SeedEntry(1, 5));
  log_->AddKey(SeedEntry(2, 6));
  log_->AddKey(Tombstone(3));
  const KeysDigest forward = log_->DigestOfKeys();
  Reopen();
  EXPECT_EQ(log_->DigestOfKeys(), empty);
  log_->AddKey(Tombstone(3));
  log_->AddKey(SeedEntry(2, 6));
  EXPECT_NE(log_->DigestOfKeys(), forward);
  log_->AddKey(SeedEntry(1, 5));
  EXPECT_EQ(log_->DigestOfKeys(), forward);
  Must(log_->Commit());
  Reopen();
  EXPECT_EQ(log_->DigestOfKeys(), forward);
}

// ---- beside the log ----

TEST_F(OpLogTest, RejectedIsBounded) {
  for (std::size_t i = 0; i < kRejectedRowsMax + 5; ++i) {
    log_->AddRejected(
        {feed_, IdOf<Chain>(3), RefusalReason::kBadHash, kStartMs, "piece " + std::to_string(i)});
    if (i % 300 == 0) Must(log_->Commit());
  }
  Must(log_->Commit());
  for (int round = 0; round < 2; ++round) {
    ASSERT_EQ(log_->rejected().size(), kRejectedRowsMax);
    EXPECT_EQ(log_->rejected().front().detail, "piece 5");
    EXPECT_EQ(log_->rejected().back().detail, "piece 1004");
    Reopen();
  }
  EXPECT_EQ(log_->rejected().back().feed, feed_);
  EXPECT_EQ(log_->rejected().back().reason, RefusalReason::kBadHash);
  EXPECT_EQ(log_->rejected().back().previous, IdOf<Chain>(3));
  EXPECT_EQ(log_->rejected().back().at_ms, kStartMs);
}

TEST_F(OpLogTest, StagedPiecesStayUntilTheyAreDropped) {
  Must(log_->AddStaged({1, 2, 3}));
  Must(log_->AddStaged({1, 2, 3}));
  Must(log_->AddStaged({4}));
  Must(log_->Commit());
  Reopen();
  ASSERT_EQ(log_->staged().size(), 2u);
  EXPECT_EQ(log_->staged()[0].piece, Bytes({1, 2, 3}));
  log_->DropStaged(log_->staged()[1].number);
  Must(log_->AddStaged({5}));
  log_->DropStaged(log_->staged()[1].number);
  Must(log_->AddStaged({6}));
  log_->DropStaged(12345);
  Must(log_->Commit());
  Reopen();
  ASSERT_EQ(log_->staged().size(), 2u);
  EXPECT_EQ(log_->staged()[1].piece, Bytes({6}));
}

TEST_F(OpLogTest, StagedIsBounded) {
  const Bytes half(kStagedBytesMax / 2, 1);
  Must(log_->AddStaged(half));
  Bytes other_half = half;
  other_half[0] = 2;
  Must(log_->AddStaged(other_half));
  Status refused = log_->AddStaged({1});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kOverloaded);
  log_->DropStaged(log_->staged()[0].number);
  Must(log_->AddStaged({1}));
}

TEST_F(OpLogTest, SettingsAreReplacedAndRemoved) {
  log_->SetSetting("hint", {1});
  log_->SetSetting("token", {2, 2});
  Must(log_->Commit());
  Reopen();
  EXPECT_EQ(log_->Setting("hint"), Bytes{1});
  log_->SetSetting("hint", {3});
  log_->SetSetting("token", {});
  EXPECT_FALSE(log_->Setting("token"));
  Must(log_->Commit());
  Reopen();
  EXPECT_EQ(log_->Setting("hint"), Bytes{3});
  EXPECT_FALSE(log_->Setting("token"));
}

TEST_F(OpLogTest, AFailedCommitEndsTheObject) {
  bool fail = false;
  auto store = Must(SqliteLogStore::Open(*database_, [&](const UnitId&, const LogChange&) {
    return fail ? Status(MakeError(ErrorCode::kIo, "told to fail")) : Status();
  }));
  auto log = Must(OpLog::Open(*store, unit_, clock_));
  log->Append(feed_, 0, CreatingOp(feed_, 1));
  Must(log->Commit());
  log->Append(feed_, 1, CreatingOp(feed_, 2));
  fail = true;
  EXPECT_FALSE(log->Commit());
  fail = false;
  Status again = log->Commit();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kIo);
  EXPECT_THAT(again.error().message, HasSubstr("open it again"));
  EXPECT_EQ(log->committed(), 1u);
  Reopen();
  EXPECT_EQ(log_->size(), 1u);
}

}  // namespace
}  // namespace tram::test
