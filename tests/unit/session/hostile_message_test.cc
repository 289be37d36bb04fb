// Messages that nobody signed, and members who have gone mad: nothing is lost, and the others go
// on.
#include <limits>

#include "tests/unit/session/sync_fixture.h"
#include "tram/base/limits.h"

namespace tram {
namespace {

class HostileMessageTest : public SyncTest {};

/// A request with this body, signed by the machine.
Bytes Signed(Machine& machine, const UnitId& unit, const RequestBody& body,
             const MessageTarget& target = kTarget) {
  RequestHeader header{machine.key.id(), {machine.clock.wall}, machine.own->leaf(), {}};
  return EncodeRequest(body, target, machine.own->id(), [&](const Digest& context) {
    header.signature =
        machine.key.Sign(CheckpointStatement(unit, header.leaf, header.time, context));
    return header;
  });
}

KeyEntry TombstoneOf(const OpId& person) {
  return {KeyEntry::Kind::kTombstone, ToBytes(person.view()), {}};
}

// Nobody who has no key can erase a person, by a file that is then refused.
TEST_F(HostileMessageTest, ABundleThatIsRefusedChangesNothing) {
  auto device = NewMachine(1);
  const OpId person = device->Write(1);
  auto bundle = WriteBundle(*device->replica, Known(*device->log), device->key, device->own->id(),
                            device->time.Estimate(), device->random);
  ASSERT_TRUE(bundle);
  const MessageTarget target{kFileMethod, "bundle"};
  std::vector<Bytes> messages = *DecodeBundle(bundle->file);
  Request forged = *DecodeRequest(messages[1], target, device->key.id());
  forged.body.keys = {TombstoneOf(person)};
  messages.push_back(EncodeRequest(forged.body, target, device->own->id(),
                                   [&](const Digest&) { return forged.header; }));
  const KeysDigest keys = server_log_->DigestOfKeys();
  for (bool alone : {false, true}) {  // behind a good message, and first
    if (alone) messages.erase(messages.begin() + 1);
    auto read = ReadBundle(*server_, nullptr, EncodeBundle(messages));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::kDenied);
    EXPECT_EQ(server_log_->size(), 0u);
    EXPECT_EQ(server_log_->DigestOfKeys(), keys);
  }
}

TEST_F(HostileMessageTest, AReplyThatNobodySignedErasesNobody) {
  auto device = NewMachine(1);
  const OpId person = device->Write(1);
  SyncClient client(*device->replica, *device->own, device->time, device->clock, device->random);
  ASSERT_TRUE(client.NextRequest(kTarget));
  Reply reply;
  reply.want_full = true;
  reply.keys = {TombstoneOf(person)};
  EXPECT_EQ(client.TakeReply(EncodeReply(reply, {})).error().code, ErrorCode::kDenied);
  EXPECT_EQ(device->log->FindKey(KeyEntry::Kind::kTombstone, person.view()), nullptr);
}

// What a server says that has gone mad must not drag the unit's clock to where it overflows.
TEST_F(HostileMessageTest, AReplyFromATimeThatNoCalendarHasIsRefused) {
  auto device = NewMachine(1);
  device->Write(1);
  SyncClient client(*device->replica, *device->own, device->time, device->clock, device->random);
  ASSERT_TRUE(client.NextRequest(kTarget));
  Reply reply;
  reply.time.ms = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(client.TakeReply(EncodeReply(reply, {})).error().code, ErrorCode::kInvalid);
  EXPECT_LT(device->time.Next({}).ms, device->clock.wall + 1000);
}

// The first seed of a person stays: a piece with a wrong signature must not bring it.
TEST_F(HostileMessageTest, APieceThatIsRefusedBringsNoSeed) {
  auto device = NewMachine(1);
  const OpId person = device->Write(1);
  device->replica->TakeKeys(
      {{KeyEntry::Kind::kSeed, ToBytes(person.view()), Bytes(Seed::kSize, 6)}});
  std::vector<PackedPiece> pieces =
      device->replica
          ->Choose(Known(*device->log), 1 << 16, {}, &device->key, {1}, std::nullopt, std::nullopt)
          .pieces;
  const Signature good = pieces[0].checkpoint->signature;
  pieces[0].checkpoint->signature = {};
  EXPECT_EQ(server_->TakePieces(pieces, {}, nullptr, {}, true).refusals.size(), 1u);
  EXPECT_EQ(server_log_->FindKey(KeyEntry::Kind::kSeed, person.view()), nullptr);
  pieces[0].checkpoint->signature = good;
  EXPECT_TRUE(server_->TakePieces(pieces, {}, nullptr, {}, true).refusals.empty());
  EXPECT_NE(server_log_->FindKey(KeyEntry::Kind::kSeed, person.view()), nullptr);
}

// A member that has gone mad must not stop the server for the others: whatever it brings, the
// replies still fit a message.
TEST_F(HostileMessageTest, MoreKeysThanAMessageHoldsAreNotTaken) {
  auto mad = NewMachine(1), other = NewMachine(2);
  for (std::uint8_t message = 0; message < 3; ++message) {
    RequestBody body;
    for (std::uint8_t i = 0; i < 200; ++i) {
      body.keys.push_back({KeyEntry::Kind::kWrap, {message, i}, Bytes(4096, i)});
    }
    Serve(*mad, Signed(*mad, unit_, body));
  }
  EXPECT_EQ(server_log_->rejected().back().reason, RefusalReason::kLimit);
  EXPECT_TRUE(Sync(*other).complete);
}

TEST_F(HostileMessageTest, MoreBranchesThanAMessageListsAreServed) {
  auto mad = NewMachine(1), other = NewMachine(2);
  Op op;
  op.device = mad->key.id();
  for (std::uint64_t feed = 1; feed <= 2000; ++feed) {
    EntryNumber last = 0;
    for (int i = 0; i < 5; ++i) {
      ++op.time.ms;
      last = mad->log->Append({op.device, feed}, last, op);
    }
  }
  Known known(*mad->log);
  for (bool more = true; more;) {
    Outgoing outgoing = mad->replica->Choose(known, 1 << 20, {}, &mad->key, {clock_.wall},
                                             std::nullopt, std::nullopt);
    server_->TakePieces(outgoing.pieces, outgoing.bases, nullptr, {}, false);
    for (const Leaf& end : outgoing.ends) known.Add(end.chain);
    more = outgoing.more;
  }
  ASSERT_EQ(server_log_->Leaves().size(), 2000u);
  SyncClient client(*other->replica, *other->own, other->time, other->clock, other->random);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(client.TakeReply(Serve(*other, *client.NextRequest(kTarget))));
  }
}

TEST_F(HostileMessageTest, APieceThatNobodyCouldRelayIsRefused) {
  auto mad = NewMachine(1);
  Op op;
  op.device = mad->key.id();
  for (std::uint64_t i = 0; i < kParentsMax; ++i) {
    op.parents.push_back(OpId::From(Blake2b160({}, {AsBytes(std::to_string(i))}).view()));
  }
  std::sort(op.parents.begin(), op.parents.end());
  std::vector<Op> ops(30, op);
  for (std::size_t i = 0; i < ops.size(); ++i) ops[i].time.ms = static_cast<std::int64_t>(i);
  MessageIds ids({}, nullptr, nullptr);
  PackedPiece piece;
  piece.feed = mad->own->id();
  piece.previous = FirstChain(unit_, piece.feed);
  piece.op_count = 30;
  piece.ops = PackOps(unit_, ops, ids, nullptr);
  Leaf end{piece.feed, 30, piece.previous};
  for (const Op& each : ops) {
    end.chain = NextChain(unit_, end.chain, OpIdOf(unit_, EncodeOp(each)));
  }
  piece.checkpoint =
      Checkpoint{end, {1}, {}, mad->key.Sign(CheckpointStatement(unit_, end, {1}, {}))};
  Taken taken = server_->TakePieces({piece}, {}, nullptr, {}, false);
  ASSERT_EQ(taken.refusals.size(), 1u);
  EXPECT_EQ(taken.refusals[0].reason, RefusalReason::kLimit);
}

// An op that does not resolve has no place among the ids of its message, also when it is dropped.
TEST_F(HostileMessageTest, APieceThatBreaksOffBehindAnUnresolvedOpIsSkipped) {
  auto writer = NewMachine(1), reader = NewMachine(2);
  const OpId first = writer->Write(1);
  Sync(*writer);
  writer->Write(2, RecordOf(first), {first});
  SyncClient client(*writer->replica, *writer->own, writer->time, writer->clock, writer->random);
  Request request = *DecodeRequest(*client.NextRequest(kTarget), kTarget, writer->key.id());
  ASSERT_FALSE(request.body.bases.empty());  // the first op is named by its place, unknown here
  Taken taken =
      reader->replica->TakePieces(request.body.pieces, request.body.bases, nullptr, {}, false);
  ASSERT_EQ(taken.refusals.size(), 1u);
  EXPECT_EQ(taken.refusals[0].reason, RefusalReason::kUnresolved);
}

}  // namespace
}  // namespace tram
