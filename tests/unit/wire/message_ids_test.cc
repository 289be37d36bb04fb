#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/wire/message_samples.h"
#include "tram/base/limits.h"

namespace tram {
namespace {

using testing::HasSubstr;

/// What both sides hold: ids 0..99 behind one leaf, id n being n entries back.
const Chain kLeaf = NumberedId<Chain>(1000);
OpId HeldId(std::uint64_t back) { return NumberedId<OpId>(5000 + back); }

MessageIds Sender() {
  return MessageIds(
      {NumberedId<Chain>(999), kLeaf},
      [](const OpId& id) -> std::optional<MessageIds::Position> {
        for (std::uint64_t back = 0; back < 100; ++back) {
          if (HeldId(back) == id) return MessageIds::Position{kLeaf, back};
        }
        return std::nullopt;
      },
      nullptr);
}
MessageIds Receiver(bool holds = true) {
  return MessageIds({NumberedId<Chain>(999), kLeaf}, nullptr,
                    [holds](const MessageIds::Position& position) -> std::optional<OpId> {
                      if (!holds || position.leaf != kLeaf || position.back >= 100) {
                        return std::nullopt;
                      }
                      return HeldId(position.back);
                    });
}

/// `first` creates a record, the others change it one after the other; all by a held author.
std::vector<Op> OpsSample(std::size_t count) {
  std::vector<Op> ops;
  for (std::size_t i = 0; i < count; ++i) {
    Op op;
    op.device = DeviceSample();
    op.time.ms = 1795305600000 + static_cast<std::int64_t>(i) * 60'000;
    OpBody body;
    body.author = RecordOf(HeldId(7));
    body.type = 20;
    body.edits = {{1, RecordOf(HeldId(3))}, {16, Code{static_cast<std::uint32_t>(i)}}};
    if (i == 0) {
      body.nonce = 42;
    } else {
      OpId first = OpIdOf(UnitSample(), EncodeOp(ops[0]));
      OpId last = OpIdOf(UnitSample(), EncodeOp(ops[i - 1]));
      op.record = RecordOf(first);
      op.parents = {HeldId(50), last};
      std::sort(op.parents.begin(), op.parents.end());
    }
    op.body = EncodeBody(body);
    ops.push_back(op);
  }
  return ops;
}

PackedPiece PieceOf(Bytes ops, std::size_t count) {
  PackedPiece piece;
  piece.feed = OwnFeedSample();
  piece.op_count = static_cast<std::uint32_t>(count);
  piece.ops = std::move(ops);
  return piece;
}

TEST(MessageIds, NameBasesAndEarlierOps) {
  MessageIds ids = Sender();
  auto held = ids.Refer(HeldId(12));
  ASSERT_TRUE(held);
  EXPECT_EQ(held->base, 3u);  // the second base
  EXPECT_EQ(held->distance, 12u);
  EXPECT_TRUE(ids.HasDistance(held->base));
  EXPECT_FALSE(ids.Refer(NumberedId<OpId>(1)));
  ids.Add(NumberedId<OpId>(1));
  ids.Add(NumberedId<OpId>(2));
  auto earlier = ids.Refer(NumberedId<OpId>(1));
  ASSERT_TRUE(earlier);
  EXPECT_EQ(earlier->base, 4u);  // two ops back
  EXPECT_FALSE(ids.HasDistance(earlier->base));
  EXPECT_EQ(ids.Resolve(*earlier), NumberedId<OpId>(1));
  EXPECT_FALSE(ids.Resolve({6, 0}));
  EXPECT_FALSE(ids.Resolve({0, 0}));
  MessageIds receiver = Receiver();
  EXPECT_EQ(receiver.Resolve(*held), HeldId(12));
  EXPECT_FALSE(receiver.Resolve({3, 100}));
  EXPECT_FALSE(receiver.Resolve({1, 12}));
  EXPECT_FALSE(receiver.Resolve({5, 0}));
}

TEST(MessageIds, OpsUnpackToTheSameOps) {
  const std::vector<Op> ops = OpsSample(10);
  MessageIds sender = Sender();
  const Bytes packed = PackOps(UnitSample(), ops, sender);
  EXPECT_LT(packed.size(), 22u * ops.size());
  MessageIds receiver = Receiver();
  auto unpacked = UnpackOps(UnitSample(), PieceOf(packed, ops.size()), receiver);
  ASSERT_TRUE(unpacked) << unpacked.error().message;
  EXPECT_EQ(*unpacked, ops);
}

TEST(MessageIds, PiecesReferToOpsOfEarlierPieces) {
  const std::vector<Op> ops = OpsSample(4);
  MessageIds sender = Sender();
  const PackedPiece first = PieceOf(PackOps(UnitSample(), {ops[0], ops[1]}, sender), 2);
  const PackedPiece second = PieceOf(PackOps(UnitSample(), {ops[2], ops[3]}, sender), 2);
  MessageIds receiver = Receiver();
  ASSERT_TRUE(UnpackOps(UnitSample(), first, receiver));
  auto unpacked = UnpackOps(UnitSample(), second, receiver);
  ASSERT_TRUE(unpacked);
  EXPECT_EQ((*unpacked)[1], ops[3]);

  MessageIds without = Receiver();
  without.Skip(first.op_count);
  auto unresolved = UnpackOps(UnitSample(), second, without);
  ASSERT_FALSE(unresolved);
  EXPECT_EQ(unresolved.error().code, ErrorCode::kNotFound);
}

// A refused piece in the middle must not shift what later pieces refer to: another op under the
// same position would look like damage, and be rejected for ever.
TEST(MessageIds, ARefusedPieceDoesNotShiftPositions) {
  const std::vector<Op> ops = OpsSample(3);
  MessageIds sender = Sender();
  const PackedPiece first = PieceOf(PackOps(UnitSample(), {ops[0], ops[1]}, sender), 2);
  PackedPiece foreign =
      PieceOf(PackOps(UnitSample(), {CreatingOpSample(), ChangingOpSample()}, sender), 2);
  const PackedPiece last = PieceOf(PackOps(UnitSample(), {ops[2]}, sender), 1);
  foreign.ops.pop_back();
  MessageIds receiver = Receiver();
  ASSERT_TRUE(UnpackOps(UnitSample(), first, receiver));
  ASSERT_FALSE(UnpackOps(UnitSample(), foreign, receiver));
  auto unpacked = UnpackOps(UnitSample(), last, receiver);
  ASSERT_TRUE(unpacked) << unpacked.error().message;
  EXPECT_EQ((*unpacked)[0], ops[2]);
}

TEST(MessageIds, AMissingBaseIsNotFound) {
  MessageIds sender = Sender();
  const std::vector<Op> ops = OpsSample(2);
  const PackedPiece piece = PieceOf(PackOps(UnitSample(), ops, sender), 2);
  MessageIds receiver = Receiver(false);
  auto unpacked = UnpackOps(UnitSample(), piece, receiver);
  ASSERT_FALSE(unpacked);
  EXPECT_EQ(unpacked.error().code, ErrorCode::kNotFound);
}

TEST(MessageIds, CountsAndLayoutsThatDoNotFitAreRefused) {
  MessageIds sender = Sender();
  const Bytes packed = PackOps(UnitSample(), OpsSample(3), sender);
  auto unpack = [](Bytes ops, std::size_t count) {
    MessageIds receiver = Receiver();
    return UnpackOps(UnitSample(), PieceOf(std::move(ops), count), receiver);
  };
  EXPECT_TRUE(unpack(packed, 3));
  EXPECT_THAT(unpack(packed, 2).error().message, HasSubstr("follow after"));
  EXPECT_FALSE(unpack(packed, 4));
  EXPECT_THAT(unpack(packed, kOpsPerBatchMax).error().message, HasSubstr("fewer ops"));
  EXPECT_FALSE(unpack({}, 1));
  Bytes columns = packed;
  columns[0] = 2;
  EXPECT_EQ(unpack(columns, 3).error().code, ErrorCode::kTooNew);
  for (std::size_t size = 0; size < packed.size(); ++size) {
    EXPECT_FALSE(unpack(ToBytes(ByteView(packed).first(size)), 3)) << size;
  }
}

TEST(MessageIds, DamagedPiecesAreRefusedOrOtherOps) {
  const std::vector<Op> ops = OpsSample(5);
  MessageIds sender = Sender();
  const Bytes packed = PackOps(UnitSample(), ops, sender);
  ForEachDamage(packed, [&](const Bytes& damaged) {
    MessageIds receiver = Receiver();
    auto unpacked = UnpackOps(UnitSample(), PieceOf(damaged, ops.size()), receiver);
    if (!unpacked) return;
    for (const Op& op : *unpacked) {
      auto again = DecodeOp(EncodeOp(op));
      ASSERT_TRUE(again);
      EXPECT_EQ(*again, op);
    }
  });
}

}  // namespace
}  // namespace tram
