// Directed tests of what a sync promises about what is late, refused, unknown, forged or not yet
// durable.
#include "tests/unit/session/sync_fixture.h"

namespace tram {
namespace {

class SyncPromisesTest : public SyncTest {};

/// An op of this machine that is not committed.
Op OpOf(Machine& machine) {
  Op op;
  op.device = machine.key.id();
  OpBody body;
  body.type = 16;
  body.nonce = machine.random.Uint64();
  body.edits = {{16, std::int64_t{1}}};
  op.body = EncodeBody(body);
  op.time = machine.time.Next({});
  return op;
}

OpId WriteOp(Machine& machine, const Op& op) {
  const EntryNumber number = machine.own->Append(op);
  EXPECT_TRUE(machine.log->Commit());
  return machine.log->entry(number).op;
}

SyncClient NewClient(Machine& machine) {
  return SyncClient(*machine.replica, *machine.own, machine.time, machine.clock, machine.random);
}

// Rule 5.
TEST_F(SyncPromisesTest, WhatLeavesIsDurable) {
  auto device = NewMachine(1);
  device->own->Append(OpOf(*device));
  SyncClient client = NewClient(*device);
  ASSERT_TRUE(client.NextRequest(kTarget));
  test::MemoryLogStore disk = device->store.Copy();
  EXPECT_EQ((*OpLog::Open(disk, unit_, clock_))->size(), 1u);
}

TEST_F(SyncPromisesTest, NothingLeavesWhereTheDiskFails) {
  auto device = NewMachine(1);
  device->own->Append(OpOf(*device));
  device->store.FailCommit(1);
  SyncClient client = NewClient(*device);
  EXPECT_EQ(client.NextRequest(kTarget).error().code, ErrorCode::kIo);
}

// Rule 6: both were put back to one backup, and both see by their tokens that they are copies.
TEST_F(SyncPromisesTest, TwoCopiesTakeFeedsOfTheirOwn) {
  auto device = NewMachine(1);
  device->Write(1);
  Machine first(unit_, server_key_.id(), 1, device->store.Copy(), Bytes(16, 5));
  Machine second(unit_, server_key_.id(), 1, device->store.Copy(), Bytes(16, 6));
  EXPECT_NE(first.own->id(), device->own->id());
  EXPECT_NE(second.own->id(), device->own->id());
  EXPECT_NE(first.own->id(), second.own->id());
}

// Rules 4 and 19: what this version does not understand keeps its place and travels on.
TEST_F(SyncPromisesTest, ANewerOpIsRelayedByOlderDevices) {
  auto writer = NewMachine(1), reader = NewMachine(2);
  Op op = OpOf(*writer);
  op.format = kOpFormat + 1;
  op.body = Bytes(40, 0xee);
  const OpId newer = WriteOp(*writer, op);
  const OpId after = writer->Write(2);
  EXPECT_TRUE(Sync(*writer).complete);
  EXPECT_TRUE(Sync(*reader).complete);
  EXPECT_TRUE(server_log_->FindOp(newer));
  ASSERT_TRUE(reader->log->FindOp(newer));
  EXPECT_EQ(reader->log->ReadOp(*reader->log->FindOp(newer)), op);
  EXPECT_TRUE(reader->log->FindOp(after));
}

// Rule 21.
TEST_F(SyncPromisesTest, AnOpWhoseParentsAreMissingIsTaken) {
  auto writer = NewMachine(1), reader = NewMachine(2);
  Op op = OpOf(*writer);
  op.record = RecordId::From(Bytes(RecordId::kSize, 3));
  op.parents = {OpId::From(Bytes(OpId::kSize, 4))};
  const OpId waiting = WriteOp(*writer, op);
  EXPECT_TRUE(Sync(*writer).complete);
  EXPECT_TRUE(Sync(*reader).complete);
  EXPECT_TRUE(server_log_->FindOp(waiting));
  EXPECT_TRUE(reader->log->FindOp(waiting));
}

// Rule 12: the server lost the shorter branch of a copied feed and has the longer one. A higher
// sequence on another branch says nothing about this one.
TEST_F(SyncPromisesTest, AShorterBranchIsSentAgainThoughAnotherReachesHigher) {
  auto device = NewMachine(1);
  device->Write(1);
  Sync(*device);
  Machine copy(unit_, server_key_.id(), 1, device->store.Copy());
  copy.random = StuckRandom(77);  // the copy's own entropy
  const OpId of_device = device->Write(2);
  for (int i = 3; i < 6; ++i) copy.Write(i);
  Sync(copy);
  test::MemoryLogStore without = server_store_.Copy();
  Sync(*device);
  ASSERT_TRUE(server_log_->FindOp(of_device));
  server_store_ = without.Copy();
  OpenServer();
  ASSERT_FALSE(server_log_->FindOp(of_device));
  EXPECT_TRUE(Sync(*device).complete);
  EXPECT_TRUE(server_log_->FindOp(of_device));
}

// Rule 14: the server was put back, and what follows on a lost op is refused as a gap. It counts as
// sent when the server has it.
TEST_F(SyncPromisesTest, ARefusedPieceDoesNotCountAsSent) {
  auto device = NewMachine(1);
  test::MemoryLogStore old = server_store_.Copy();
  device->Write(1);
  Sync(*device);
  server_store_ = old.Copy();
  OpenServer();
  device->Write(2);
  SyncClient client = NewClient(*device);
  auto more = client.TakeReply(Serve(*device, *client.NextRequest(kTarget)));
  ASSERT_TRUE(more);
  EXPECT_TRUE(*more);
  EXPECT_EQ(client.report().refusals.size(), 1u);
  EXPECT_EQ(client.report().sent_ops, 0u);
  EXPECT_FALSE(client.report().complete);
  EXPECT_EQ(client.report().left_ops, 2u);
  ASSERT_TRUE(client.TakeReply(Serve(*device, *client.NextRequest(kTarget))));
  EXPECT_EQ(client.report().sent_ops, 2u);
  EXPECT_TRUE(client.report().complete);
  EXPECT_EQ(server_log_->size(), 2u);
}

// Rule 16: what is named by a leaf that the receiver does not hold waits without blame.
TEST_F(SyncPromisesTest, AnUnresolvedNameIsRefusedAndNotRejected) {
  auto device = NewMachine(1);
  const OpId first = device->Write(1);
  device->Write(2, RecordOf(first), {first});
  Known known(*device->log);
  known.Add(device->log->entry(1).chain);
  Outgoing outgoing =
      device->replica->Choose(known, 1 << 16, {device->log->LeafAt(1)}, &device->key, {clock_.wall},
                              std::nullopt, std::nullopt);
  ASSERT_EQ(outgoing.bases.size(), 1u);
  Taken taken = server_->TakePieces(outgoing.pieces, outgoing.bases, nullptr, Digest{}, false);
  ASSERT_EQ(taken.refusals.size(), 1u);
  EXPECT_EQ(taken.refusals[0].reason, RefusalReason::kUnresolved);
  EXPECT_TRUE(server_log_->rejected().empty());
}

// Rule 17: what counts as sent is decided by the reply to the latest request only. An earlier reply
// says "your leaves", and would be read as those of the latest.
TEST_F(SyncPromisesTest, ALateReplyLeavesTheHintAsItWas) {
  auto device = NewMachine(1);
  device->Write(1);
  SyncClient client = NewClient(*device);
  const Bytes early = Serve(*device, *client.NextRequest(kTarget));
  device->Write(2);
  ASSERT_TRUE(client.TakeReply(Serve(*device, *client.NextRequest(kTarget))));
  const auto hint = device->log->Setting(kHintSetting);
  device->Write(3);
  ASSERT_TRUE(client.NextRequest(kTarget));
  EXPECT_FALSE(client.TakeReply(early));
  EXPECT_EQ(device->log->Setting(kHintSetting), hint);
}

// Rule 26: half of a slow round trip is no measure of the other clock.
TEST_F(SyncPromisesTest, ASlowRoundTripSaysNothingAboutTheClock) {
  for (const std::int64_t round_trip_ms : {59'999, 60'000}) {
    auto device = NewMachine(1);
    device->clock.wall = clock_.wall - 3'600'000;
    SyncClient client = NewClient(*device);
    const Bytes request = *client.NextRequest(kTarget);
    device->clock.wall += round_trip_ms;
    device->clock.steady += round_trip_ms;
    ASSERT_TRUE(client.TakeReply(Serve(*device, request)));
    EXPECT_EQ(client.report().offset_ms.has_value(), round_trip_ms < 60'000);
    EXPECT_GE(device->time.Estimate().ms, clock_.wall) << "the receipt's time counts anyway";
  }
}

// Whoever gets the first entries of a feed gets with them who wrote it, and why he is believed.
TEST_F(SyncPromisesTest, ADeviceEnrolledLaterIsKnownByItsFirstOps) {
  auto reader = NewMachine(1);
  reader->Write(1);
  Sync(*reader);
  auto writer = NewMachine(2);
  const OpId op = writer->Write(2);
  Sync(*writer);
  ASSERT_FALSE(reader->replica->IsMember(writer->key.id()));
  Sync(*reader);
  EXPECT_TRUE(reader->log->FindOp(op));
  EXPECT_TRUE(reader->log->rejected().empty());
}

TEST_F(SyncPromisesTest, AMemberNeedsACertificateOfThisUnitsServer) {
  SigningKey impostor = SigningKey::Generate(random_), stranger = SigningKey::Generate(random_);
  const KeyEntry forged = EnrolDevice(unit_, stranger.id(), {clock_.wall}, impostor);
  EXPECT_EQ(server_->TakeKeys({forged}), 0u);
  EXPECT_FALSE(server_->IsMember(stranger.id()));
  EXPECT_EQ(server_log_->rejected().size(), 1u);
}

TEST_F(SyncPromisesTest, EveryByteOfABundleCounts) {
  auto device = NewMachine(1);
  device->Write(1);
  auto bundle = WriteBundle(*device->replica, Known(*device->log), device->key, device->own->id(),
                            device->time.Estimate(), device->random);
  ASSERT_TRUE(bundle);
  for (std::size_t i = 0; i < bundle->file.size(); ++i) {
    Bytes changed = bundle->file;
    changed[i] ^= 0x01;
    EXPECT_FALSE(ReadBundle(*server_, nullptr, changed)) << "byte " << i;
    EXPECT_EQ(server_log_->size(), 0u) << "byte " << i;
    EXPECT_TRUE(server_log_->staged().empty()) << "byte " << i;
  }
  EXPECT_TRUE(ReadBundle(*server_, nullptr, bundle->file));
}

}  // namespace
}  // namespace tram
