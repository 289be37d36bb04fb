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
  const Bytes packed = PackOps(UnitSample(), ops, sender, nullptr);
  EXPECT_LT(packed.size(), 8u * ops.size());
  MessageIds receiver = Receiver();
  auto unpacked = UnpackOps(UnitSample(), PieceOf(packed, ops.size()), receiver);
  ASSERT_TRUE(unpacked) << unpacked.error().message;
  EXPECT_EQ(unpacked->ops, ops);
  EXPECT_TRUE(unpacked->seeds.empty());
}

TEST(MessageIds, PiecesReferToOpsOfEarlierPieces) {
  const std::vector<Op> ops = OpsSample(4);
  MessageIds sender = Sender();
  const PackedPiece first = PieceOf(PackOps(UnitSample(), {ops[0], ops[1]}, sender, nullptr), 2);
  const PackedPiece second = PieceOf(PackOps(UnitSample(), {ops[2], ops[3]}, sender, nullptr), 2);
  MessageIds receiver = Receiver();
  ASSERT_TRUE(UnpackOps(UnitSample(), first, receiver));
  auto unpacked = UnpackOps(UnitSample(), second, receiver);
  ASSERT_TRUE(unpacked);
  EXPECT_EQ(unpacked->ops[1], ops[3]);
}

// A refused piece in the middle must neither shift what later pieces refer to (another op under the
// same position would look like damage, and be rejected for ever) nor lose the columns' statistics.
TEST(MessageIds, APieceThatDoesNotResolveLeavesLaterOnesReadable) {
  const std::vector<Op> ops = OpsSample(3);
  const OpId missing = NumberedId<OpId>(7000);
  Op lost = ops[1];
  lost.parents = {missing};
  Op on_lost = ops[1];
  on_lost.parents = {OpIdOf(UnitSample(), EncodeOp(lost))};
  auto holding = [&](bool holds_missing) {
    return MessageIds(
        {kLeaf},
        [&, holds_missing](const OpId& id) -> std::optional<MessageIds::Position> {
          for (std::uint64_t back = 0; back < 100; ++back) {
            if (HeldId(back) == id) return MessageIds::Position{kLeaf, back};
          }
          if (id == missing) return MessageIds::Position{kLeaf, 500};
          return std::nullopt;
        },
        [&, holds_missing](const MessageIds::Position& position) -> std::optional<OpId> {
          if (position.back == 500 && holds_missing) return missing;
          if (position.back < 100) return HeldId(position.back);
          return std::nullopt;
        });
  };
  MessageIds sender = holding(true);
  const PackedPiece first = PieceOf(PackOps(UnitSample(), {ops[0]}, sender, nullptr), 1);
  const PackedPiece foreign =
      PieceOf(PackOps(UnitSample(), {lost, CreatingOpSample()}, sender, nullptr), 2);
  const PackedPiece behind = PieceOf(PackOps(UnitSample(), {on_lost}, sender, nullptr), 1);
  const PackedPiece last = PieceOf(PackOps(UnitSample(), {ops[1], ops[2]}, sender, nullptr), 2);
  for (bool holds : {true, false}) {
    MessageIds receiver = holding(holds);
    ASSERT_TRUE(UnpackOps(UnitSample(), first, receiver));
    for (const PackedPiece* piece : {&foreign, &behind}) {
      auto unpacked = UnpackOps(UnitSample(), *piece, receiver);
      ASSERT_EQ(unpacked.has_value(), holds);
      if (holds) continue;
      EXPECT_EQ(unpacked.error().code, ErrorCode::kNotFound);
    }
    auto unpacked = UnpackOps(UnitSample(), last, receiver);
    ASSERT_TRUE(unpacked) << unpacked.error().message;
    EXPECT_EQ(unpacked->ops[1], ops[2]);
  }
}

TEST(MessageIds, NothingIsReadBehindAPieceThatCannotBeRead) {
  const std::vector<Op> ops = OpsSample(3);
  MessageIds sender = Sender();
  PackedPiece first = PieceOf(PackOps(UnitSample(), {ops[0], ops[1]}, sender, nullptr), 2);
  const PackedPiece last = PieceOf(PackOps(UnitSample(), {ops[2]}, sender, nullptr), 1);
  first.ops.pop_back();
  MessageIds receiver = Receiver();
  auto damaged = UnpackOps(UnitSample(), first, receiver);
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, ErrorCode::kInvalid);
  auto behind = UnpackOps(UnitSample(), last, receiver);
  ASSERT_FALSE(behind);
  EXPECT_EQ(behind.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(behind.error().message, HasSubstr("a piece before it"));
}

TEST(MessageIds, SeedsTravelWithTheOpsThatCreateTheirPersons) {
  const std::vector<Op> ops = OpsSample(3);
  const OpId first = OpIdOf(UnitSample(), EncodeOp(ops[0]));
  MessageIds sender = Sender();
  const Bytes packed =
      PackOps(UnitSample(), ops, sender, [&](const RecordId& record) -> std::optional<Seed> {
        EXPECT_EQ(record, RecordOf(first)) << "the others create nobody";
        return NumberedId<Seed>(40);
      });
  MessageIds receiver = Receiver();
  auto unpacked = UnpackOps(UnitSample(), PieceOf(packed, ops.size()), receiver);
  ASSERT_TRUE(unpacked);
  EXPECT_EQ(unpacked->ops, ops);
  ASSERT_EQ(unpacked->seeds.size(), 1u);
  EXPECT_EQ(unpacked->seeds[0], (KeyEntry{KeyEntry::Kind::kSeed, ToBytes(first.view()),
                                          ToBytes(NumberedId<Seed>(40).view())}));
}

// What another version wrote: opaque bodies, and envelopes that are known all the same.
TEST(MessageIds, OpsThatAreNotUnderstoodTravelBetweenOthers) {
  std::vector<Op> ops = OpsSample(6);
  ops[1].format = 300;
  ops[1].body = Hex("ffee");
  ops[2].body = Hex("00");  // format 1, and no body
  ops[3].format = 2;
  ops[3].record.reset();
  ops[3].body.clear();
  MessageIds sender = Sender();
  const Bytes packed = PackOps(UnitSample(), ops, sender, [](const RecordId&) {
    return std::optional<Seed>(NumberedId<Seed>(1));
  });
  MessageIds receiver = Receiver();
  auto unpacked = UnpackOps(UnitSample(), PieceOf(packed, ops.size()), receiver);
  ASSERT_TRUE(unpacked) << unpacked.error().message;
  EXPECT_EQ(unpacked->ops, ops);
  EXPECT_EQ(unpacked->seeds.size(), 2u) << "an op of a later format may create a person";
}

TEST(MessageIds, ABombIsRefused) {
  Op op = OpsSample(1)[0];
  OpBody body = *DecodeBody(op.format, op.body);
  body.edits = {{1, std::string(kTextBytesMax, 'a')},
                {2, std::string(kTextBytesMax, 'a')},
                {3, std::string(kTextBytesMax, 'a')}};
  op.body = EncodeBody(body);
  const std::vector<Op> ops(90, op);
  MessageIds sender = Sender();
  const Bytes packed = PackOps(UnitSample(), ops, sender, nullptr);
  EXPECT_LT(packed.size(), 64u * 1024);
  MessageIds receiver = Receiver();
  auto refused = UnpackOps(UnitSample(), PieceOf(packed, ops.size()), receiver);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("unpacks to more"));
  // References make an op small; what it unpacks to has the same limit.
  body.edits.clear();
  body.sealed = Bytes(kOpBytesMax - 1000);
  op.body = EncodeBody(body);
  for (std::uint64_t back = 0; back < 100; ++back) op.parents.push_back(HeldId(back));
  MessageIds again = Sender();
  const Bytes one = PackOps(UnitSample(), {op}, again, nullptr);
  MessageIds other = Receiver();
  auto large = UnpackOps(UnitSample(), PieceOf(one, 1), other);
  ASSERT_FALSE(large);
  EXPECT_THAT(large.error().message, HasSubstr("larger than an op"));
}

TEST(MessageIds, AMissingBaseIsNotFound) {
  MessageIds sender = Sender();
  const std::vector<Op> ops = OpsSample(2);
  const PackedPiece piece = PieceOf(PackOps(UnitSample(), ops, sender, nullptr), 2);
  MessageIds receiver = Receiver(false);
  auto unpacked = UnpackOps(UnitSample(), piece, receiver);
  ASSERT_FALSE(unpacked);
  EXPECT_EQ(unpacked.error().code, ErrorCode::kNotFound);
}

TEST(MessageIds, CountsThatDoNotFitAreRefusedOrOtherOps) {
  MessageIds sender = Sender();
  const Bytes packed = PackOps(UnitSample(), OpsSample(30), sender, nullptr);
  auto unpack = [](Bytes ops, std::size_t count) {
    MessageIds receiver = Receiver();
    return UnpackOps(UnitSample(), PieceOf(std::move(ops), count), receiver);
  };
  EXPECT_TRUE(unpack(packed, 30));
  EXPECT_THAT(unpack(packed, 2).error().message, HasSubstr("follow after"));
  EXPECT_FALSE(unpack(packed, kOpsPerBatchMax));
  EXPECT_FALSE(unpack({}, 1));
  EXPECT_FALSE(unpack(packed + ByteView(Hex("00")), 30));
  EXPECT_FALSE(unpack(Hex("ff01"), 1));
}

TEST(MessageIds, CutPiecesAreRefusedOrOtherOps) {
  std::vector<Op> ops = OpsSample(5);
  ops.push_back(CreatingOpSample());
  MessageIds sender = Sender();
  const Bytes packed = PackOps(UnitSample(), ops, sender, nullptr);
  for (std::size_t size = 0; size < packed.size(); ++size) {
    MessageIds receiver = Receiver();
    auto unpacked = UnpackOps(UnitSample(),
                              PieceOf(ToBytes(ByteView(packed).first(size)), ops.size()), receiver);
    EXPECT_FALSE(unpacked && unpacked->ops == ops) << size;
  }
}

TEST(MessageIds, DamagedPiecesAreRefusedOrOtherOps) {
  std::vector<Op> ops = OpsSample(5);
  ops.push_back(CreatingOpSample());
  ops.push_back(ops[1]);
  ops.back().format = 9;
  MessageIds sender = Sender();
  const Bytes packed = PackOps(UnitSample(), ops, sender, nullptr);
  std::size_t taken = 0, same = 0;
  for (std::size_t bit = 0; bit < packed.size() * 8; ++bit) {
    Bytes damaged = packed;
    damaged[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    MessageIds receiver = Receiver();
    auto unpacked = UnpackOps(UnitSample(), PieceOf(damaged, ops.size()), receiver);
    if (!unpacked) continue;
    ++taken;
    same += unpacked->ops == ops ? 1 : 0;
    for (const Op& op : unpacked->ops) {
      auto again = DecodeOp(EncodeOp(op));
      ASSERT_TRUE(again);
      EXPECT_EQ(*again, op);
    }
  }
  EXPECT_GT(taken, 0u);  // sealed bytes, for one, may be any
  EXPECT_LE(same, 16u);  // bits behind the last decision
}

}  // namespace
}  // namespace tram
