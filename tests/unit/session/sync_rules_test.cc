// Directed tests for rules that random worlds meet rarely.
#include "tests/unit/session/sync_fixture.h"

namespace tram {
namespace {

class SyncRulesTest : public SyncTest {};

TEST_F(SyncRulesTest, ADayIsOneRoundTripAndNothingIsLeft) {
  auto device = NewMachine(1);
  for (int i = 0; i < 12; ++i) device->Write(i);
  SyncReport report = Sync(*device);
  EXPECT_EQ(report.requests, 1u);
  EXPECT_EQ(report.sent_ops, 12u);
  EXPECT_EQ(report.left_ops, 0u);
  EXPECT_TRUE(report.complete);
}

TEST_F(SyncRulesTest, AnIdleSyncIsShort) {
  auto device = NewMachine(1);
  device->Write(1);
  Sync(*device);
  SyncClient client(*device->replica, *device->own, device->time, device->clock, device->random);
  Bytes request = *client.NextRequest(kTarget);
  Bytes reply = Serve(*device, request);
  EXPECT_LT(request.size() + reply.size(), 260u);
}

// Seeds open what is sealed, and nothing but the whole message's signature covers them.
TEST_F(SyncRulesTest, NoFlippedBitOfAReplyBringsAnotherSeed) {
  auto device = NewMachine(1);
  auto other = NewMachine(2);
  const OpId person = device->Write(1);
  const Seed seed = random_.NewId<Seed>();
  const KeyEntry entry{KeyEntry::Kind::kSeed, ToBytes(person.view()), ToBytes(seed.view())};
  device->log->AddKey(entry);
  Sync(*device);
  const test::MemoryLogStore before = other->store.Copy();
  const Bytes request = [&] {
    SyncClient client(*other->replica, *other->own, other->time, other->clock, other->random);
    return *client.NextRequest(kTarget);
  }();
  const std::size_t size = Serve(*other, request).size();
  for (std::size_t at = 0; at < size; ++at) {
    Machine reader(unit_, server_key_.id(), 2, before.Copy());
    SyncClient client(*reader.replica, *reader.own, reader.time, reader.clock, reader.random);
    Bytes reply = Serve(reader, *client.NextRequest(kTarget));
    if (at >= reply.size()) break;
    reply[at] ^= 1;
    auto taken = client.TakeReply(reply);
    const KeyEntry* kept = reader.log->FindKey(KeyEntry::Kind::kSeed, person.view());
    EXPECT_TRUE(kept == nullptr || *kept == entry) << "byte " << at;
    EXPECT_EQ(reader.log->FindOp(person).has_value(), kept != nullptr) << "byte " << at;
    EXPECT_FALSE(taken) << "byte " << at;
  }
}

// What a bad link did to a reply is no device's fault, and nobody is to look for one.
TEST_F(SyncRulesTest, NoFlippedBitOfAReplyIsKeptAsRejected) {
  auto device = NewMachine(1);
  auto other = NewMachine(2);
  const OpId person = device->Write(1);
  Sync(*device);
  Sync(*other);
  const OpId edit = device->Write(2, RecordOf(person), {person});
  Sync(*device);
  const test::MemoryLogStore before = other->store.Copy();
  std::size_t damaged = 0;
  for (std::size_t at = 0;; ++at) {
    Machine reader(unit_, server_key_.id(), 2, before.Copy());
    SyncClient client(*reader.replica, *reader.own, reader.time, reader.clock, reader.random);
    Bytes reply = Serve(reader, *client.NextRequest(kTarget));
    if (at >= reply.size()) break;
    reply[at] ^= 1;
    EXPECT_FALSE(client.TakeReply(reply)) << "byte " << at;
    EXPECT_TRUE(reader.log->rejected().empty()) << "byte " << at;
    damaged += !reader.log->FindOp(edit).has_value();
  }
  EXPECT_GT(damaged, 100u);
}

TEST_F(SyncRulesTest, ARefusedBundleChangesNothing) {
  auto device = NewMachine(1);
  auto reader = NewMachine(2);
  const OpId person = device->Write(1);
  device->log->AddKey({KeyEntry::Kind::kSeed, ToBytes(person.view()), Bytes(Seed::kSize, 7)});
  auto bundle = WriteBundle(*device->replica, Known(*device->log), device->key, device->own->id(),
                            device->time.Estimate(), device->random);
  ASSERT_TRUE(bundle);
  const KeysDigest keys = reader->log->DigestOfKeys();
  for (std::size_t at = 0; at < bundle->file.size(); ++at) {
    Bytes changed = bundle->file;
    changed[at] ^= 1;
    EXPECT_FALSE(ReadBundle(*reader->replica, reader->own.get(), changed)) << "byte " << at;
    EXPECT_EQ(reader->log->DigestOfKeys(), keys) << "byte " << at;
    EXPECT_EQ(reader->log->size(), 0u) << "byte " << at;
  }
  EXPECT_TRUE(ReadBundle(*reader->replica, reader->own.get(), bundle->file));
  EXPECT_EQ(reader->log->size(), 1u);
}

// Rule 1: two copies with reset clocks register two persons with the same words.
TEST_F(SyncRulesTest, TwoPersonsFromTwoCopiesStayTwo) {
  auto device = NewMachine(1);
  device->Write(1);
  Sync(*device);
  Machine copy(unit_, server_key_.id(), 1, device->store.Copy());
  ASSERT_EQ(copy.key.id(), device->key.id());
  copy.random = StuckRandom(77);  // the copy's own entropy
  copy.clock.wall = device->clock.wall;
  OpId first = device->Write(42), second = copy.Write(42);
  EXPECT_NE(first, second);
}

// Rule 8: one op at several positions: a copy wrote it again after a restore.
TEST_F(SyncRulesTest, AnOpMayStandAtTwoPositions) {
  auto device = NewMachine(1);
  device->Write(1);
  Sync(*device);
  Machine copy(unit_, server_key_.id(), 1, device->store.Copy(), Bytes(16, 9));
  ASSERT_NE(copy.own->id(), device->own->id());
  Op op;
  op.device = device->key.id();
  OpBody body;
  body.type = 16;
  body.nonce = 5;
  op.body = EncodeBody(body);
  op.time = {clock_.wall};
  device->own->Append(op);
  copy.own->Append(op);
  ASSERT_TRUE(device->log->Commit());
  ASSERT_TRUE(copy.log->Commit());
  EXPECT_TRUE(Sync(*device).complete);
  EXPECT_TRUE(Sync(copy).complete);
  EXPECT_TRUE(Sync(*device).complete);
  std::size_t positions = 0;
  OpId id = OpIdOf(unit_, EncodeOp(op));
  for (EntryNumber n = 1; n <= server_log_->size(); ++n)
    positions += server_log_->entry(n).op == id;
  EXPECT_EQ(positions, 2u);
  EXPECT_EQ(device->log->size(), server_log_->size());
}

// Rule 10 and 7: a copy with the same token goes on writing the same feed until they meet.
TEST_F(SyncRulesTest, BothBranchesOfACopyAreKeptAndTheCopyIsNoticed) {
  auto device = NewMachine(1);
  device->Write(1);
  Sync(*device);
  Machine copy(unit_, server_key_.id(), 1, device->store.Copy());
  OpId of_device = device->Write(2), of_copy = copy.Write(3);
  const FeedId shared = device->own->id();
  ASSERT_EQ(copy.own->id(), shared);
  Sync(*device);
  SyncReport report = Sync(copy);
  EXPECT_TRUE(report.new_feed);
  EXPECT_TRUE(report.complete);
  EXPECT_TRUE(Sync(*device).new_feed);
  EXPECT_NE(copy.own->id(), shared);
  EXPECT_NE(device->own->id(), shared);
  EXPECT_NE(copy.own->id(), device->own->id());
  for (OpLog* log : {device->log.get(), copy.log.get(), server_log_.get()}) {
    EXPECT_TRUE(log->FindOp(of_device));
    EXPECT_TRUE(log->FindOp(of_copy));
    EXPECT_EQ(CopiedFeeds(*log).size(), 1u);
  }
}

// Rule 20: the server is put back to an older copy.
TEST_F(SyncRulesTest, WhatTheServerLostIsNoticedAndSentAgain) {
  auto device = NewMachine(1);
  device->Write(1);
  Sync(*device);
  test::MemoryLogStore old = server_store_.Copy();
  device->Write(2);
  device->Write(3);
  Sync(*device);
  server_store_ = old.Copy();
  OpenServer();
  SyncReport report = Sync(*device);
  ASSERT_EQ(report.gone.size(), 1u);
  EXPECT_EQ(report.gone[0].from_seq, 2u);
  EXPECT_EQ(report.gone[0].to_seq, 3u);
  EXPECT_TRUE(report.complete);
  EXPECT_EQ(server_log_->size(), 3u);
}

// The device that wrote an op is dead, and the server lost it: another device of the unit has it.
TEST_F(SyncRulesTest, OthersBringBackWhatADeadDeviceWrote) {
  auto writer = NewMachine(1), reader = NewMachine(2);
  test::MemoryLogStore old = server_store_.Copy();
  OpId op = writer->Write(7);
  Sync(*writer);
  Sync(*reader);
  ASSERT_TRUE(reader->log->FindOp(op));
  server_store_ = old.Copy();
  OpenServer();
  writer.reset();
  EXPECT_TRUE(Sync(*reader).complete);
  EXPECT_TRUE(server_log_->FindOp(op));
}

// Rule 17: a reply to an earlier request brings its ops and decides nothing else.
TEST_F(SyncRulesTest, ALateReplyDecidesNothing) {
  auto device = NewMachine(1);
  device->Write(1);
  SyncClient client(*device->replica, *device->own, device->time, device->clock, device->random);
  Bytes early = Serve(*device, *client.NextRequest(kTarget));
  device->Write(2);
  Bytes latest = Serve(*device, *client.NextRequest(kTarget));
  auto late = client.TakeReply(early);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kDenied);
  EXPECT_EQ(UnconfirmedOps(*device->log), 2u);
  ASSERT_TRUE(client.TakeReply(latest));
  EXPECT_EQ(UnconfirmedOps(*device->log), 0u);
}

TEST_F(SyncRulesTest, AReplyOfAnotherServerIsRefused) {
  auto device = NewMachine(1);
  device->Write(1);
  SyncClient client(*device->replica, *device->own, device->time, device->clock, device->random);
  Bytes request = *client.NextRequest(kTarget);
  SigningKey impostor = SigningKey::Generate(random_);
  auto answer = AnswerRequest(*server_, impostor, request, kTarget, device->key.id(), clock_);
  ASSERT_TRUE(answer);
  EXPECT_EQ(client.TakeReply(answer->reply).error().code, ErrorCode::kDenied);
  EXPECT_EQ(UnconfirmedOps(*device->log), 1u);
}

TEST_F(SyncRulesTest, AStrangerIsRefusedAndNothingIsTaken) {
  Machine stranger(unit_, server_key_.id(), 5);
  stranger.Write(1);
  SyncClient client(*stranger.replica, *stranger.own, stranger.time, stranger.clock,
                    stranger.random);
  auto answer = AnswerRequest(*server_, server_key_, *client.NextRequest(kTarget), kTarget,
                              stranger.key.id(), clock_);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kDenied);
  EXPECT_EQ(server_log_->size(), 0u);
}

TEST_F(SyncRulesTest, EveryByteOfARequestCounts) {
  auto device = NewMachine(1);
  device->Write(1);
  SyncClient client(*device->replica, *device->own, device->time, device->clock, device->random);
  const Bytes request = *client.NextRequest(kTarget);
  for (std::size_t i = 0; i < request.size(); ++i) {
    Bytes changed = request;
    changed[i] ^= 0x01;
    EXPECT_FALSE(AnswerRequest(*server_, server_key_, changed, kTarget, device->key.id(), clock_))
        << "byte " << i;
    EXPECT_EQ(server_log_->size(), 0u) << "byte " << i;
  }
  for (const MessageTarget& other : {MessageTarget{"POST", "/t"}, MessageTarget{"BOST", "/s"}}) {
    EXPECT_FALSE(AnswerRequest(*server_, server_key_, request, other, device->key.id(), clock_));
  }
}

TEST_F(SyncRulesTest, AReplayedRequestChangesNothing) {
  auto device = NewMachine(1);
  device->Write(1);
  SyncClient client(*device->replica, *device->own, device->time, device->clock, device->random);
  Bytes request = *client.NextRequest(kTarget);
  Serve(*device, request);
  const std::size_t size = server_log_->size();
  Serve(*device, request);
  EXPECT_EQ(server_log_->size(), size);
}

// Rule 14: a bundle that comes before the one it follows is kept and tried again.
TEST_F(SyncRulesTest, BundlesMayComeInAnyOrder) {
  auto writer = NewMachine(1), reader = NewMachine(2);
  Sync(*writer);
  Sync(*reader);
  writer->Write(1);
  auto first = WriteBundle(*writer->replica, Known(*writer->log), writer->key, writer->own->id(),
                           writer->time.Estimate(), writer->random);
  Known after_first(*writer->log);
  after_first.Add(writer->own->leaf().chain);
  OpId second_op = writer->Write(2);
  Known known(*writer->log);
  known.Add(writer->log->entry(1).chain);
  auto second = WriteBundle(*writer->replica, known, writer->key, writer->own->id(),
                            writer->time.Estimate(), writer->random);
  ASSERT_TRUE(first && second);
  ASSERT_TRUE(ReadBundle(*reader->replica, reader->own.get(), second->file));
  EXPECT_EQ(reader->log->size(), 0u);
  EXPECT_EQ(reader->log->staged().size(), 1u);
  ASSERT_TRUE(ReadBundle(*reader->replica, reader->own.get(), first->file));
  EXPECT_TRUE(reader->log->FindOp(second_op));
  EXPECT_TRUE(reader->log->staged().empty());
}

TEST_F(SyncRulesTest, ABundleAnsweredByTheServerIsAReceipt) {
  auto device = NewMachine(1);
  device->Write(1);
  auto bundle = WriteBundle(*device->replica, Known(*device->log), device->key, device->own->id(),
                            device->time.Estimate(), device->random);
  ASSERT_TRUE(bundle);
  ASSERT_TRUE(ReadBundle(*server_, nullptr, bundle->file));
  auto answer = AnswerBundle(*server_, server_key_, bundle->file, clock_);
  ASSERT_TRUE(answer);
  SyncClient client(*device->replica, *device->own, device->time, device->clock, device->random);
  ASSERT_TRUE(ReadAnswer(client, bundle->nonce, *answer));
  EXPECT_EQ(UnconfirmedOps(*device->log), 0u);
}

TEST_F(SyncRulesTest, ABundleOfAnotherUnitIsRefused) {
  auto device = NewMachine(1);
  device->Write(1);
  auto bundle = WriteBundle(*device->replica, Known(*device->log), device->key, device->own->id(),
                            device->time.Estimate(), device->random);
  Machine other(UnitId::From(Bytes(16, 5)), server_key_.id(), 3);
  EXPECT_EQ(ReadBundle(*other.replica, nullptr, bundle->file).error().code, ErrorCode::kDenied);
}

// Rules 14 and 19: a damaged piece is refused and kept as rejected; the others go on.
TEST_F(SyncRulesTest, OneBadPieceDoesNotStopTheOthers) {
  auto bad = NewMachine(1), good = NewMachine(2);
  auto pieces_of = [&](Machine& machine) {
    return machine.replica
        ->Choose(Known(*machine.log), 1 << 16, {}, &machine.key, {clock_.wall}, std::nullopt,
                 std::nullopt)
        .pieces;
  };
  bad->Write(1);
  good->replica->TakeKeys(server_log_->keys());
  ASSERT_TRUE(
      good->replica->TakePieces(pieces_of(*bad), {}, nullptr, Digest{}, false).refusals.empty());
  OpId op = good->Write(2);
  std::vector<PackedPiece> pieces = pieces_of(*good);
  ASSERT_EQ(pieces.size(), 2u);
  pieces[0].checkpoint->time.ms += 1;  // the signature is of another time
  Taken taken = server_->TakePieces(pieces, {}, nullptr, Digest{}, false);
  EXPECT_EQ(taken.refusals.size(), 1u);
  EXPECT_TRUE(server_log_->FindOp(op));
  EXPECT_EQ(server_log_->rejected().size(), 1u);
}

// What cannot even be read is rejected; the columns of what stands behind it cannot be followed, so
// that is refused, and kept free of blame, until it comes again.
TEST_F(SyncRulesTest, BehindAnUnreadablePieceNothingIsTakenOrRejected) {
  auto machine = NewMachine(1);
  for (int i = 0; i < 200; ++i) machine->Write(i);
  Outgoing outgoing = machine->replica->Choose(Known(*machine->log), 1 << 16, {}, &machine->key,
                                               {clock_.wall}, std::nullopt, std::nullopt);
  std::vector<PackedPiece> pieces = outgoing.pieces;
  ASSERT_GE(pieces.size(), 3u);
  EXPECT_TRUE(pieces[1].follows && pieces[2].follows);
  pieces[1].ops = Bytes(pieces[1].ops.size(), 0xff);
  Taken taken = server_->TakePieces(pieces, {}, nullptr, Digest{}, false);
  EXPECT_EQ(taken.pieces, 1u);
  ASSERT_EQ(taken.refusals.size(), 1u);
  EXPECT_EQ(taken.refusals[0].previous, outgoing.ends[0].chain);
  EXPECT_EQ(server_log_->rejected().size(), 1u);
}

// Rule 13: after a fork of a device that remembers no hint, what both sides share is found from
// samples: the server does not serve it again.
TEST_F(SyncRulesTest, AForkIsNotServedFromItsBeginning) {
  auto device = NewMachine(1);
  for (int i = 0; i < 3000; ++i) device->Write(i);
  test::MemoryLogStore backup = device->store.Copy();
  for (int i = 0; i < 600; ++i) device->Write(1000 + i);
  Sync(*device);
  Machine restored(unit_, server_key_.id(), 1, backup.Copy());
  for (int i = 0; i < 100; ++i) restored.Write(2000 + i);
  served_ops_ = 0;
  SyncReport report = Sync(restored);
  EXPECT_TRUE(report.complete);
  EXPECT_EQ(report.received_ops, 600u);
  EXPECT_LT(served_ops_, 700u);
}

// Rules 13 and 18 for replies: another device's feed has grown at the server; its old part is not
// sent back.
TEST_F(SyncRulesTest, NewsOnAnotherFeedDoesNotSendItsOldPartBack) {
  auto writer = NewMachine(1), reader = NewMachine(2);
  for (int i = 0; i < 300; ++i) writer->Write(i);
  Sync(*writer);
  Sync(*reader);
  reader->clock.wall += 30LL * 24 * 3600 * 1000;  // so long that the writer's feed is not listed
  clock_.wall = reader->clock.wall;
  writer->Write(1000);
  Sync(*writer);
  reader->Write(2000);
  served_ops_ = 0;
  SyncReport report = Sync(*reader);
  EXPECT_TRUE(report.complete);
  EXPECT_EQ(report.sent_ops, 1u);
  EXPECT_EQ(report.received_ops, 1u);
  EXPECT_EQ(served_ops_, 1u) << "until all is listed, nothing of unlisted feeds is served";
  EXPECT_TRUE(report.gone.empty()) << "a leaf that is not here yet may hold what was confirmed";
}

// A ticket serves one device: the first.
TEST_F(SyncRulesTest, AnInvitationServesOneDevice) {
  auto device = NewMachine(1);
  Ticket ticket = IssueTicket(unit_, {clock_.wall + 1'000'000}, device->key, random_);
  Machine second(unit_, server_key_.id(), 2), third(unit_, server_key_.id(), 3);
  EXPECT_EQ(server_->TakeKeys({RedeemTicket(unit_, second.key.id(), ticket)}), 1u);
  EXPECT_EQ(server_->TakeKeys({RedeemTicket(unit_, third.key.id(), ticket)}), 0u);
  EXPECT_TRUE(server_->IsMember(second.key.id()));
  EXPECT_FALSE(server_->IsMember(third.key.id()));
}

// A year's backlog goes in batches; a link that is cut costs one of them.
TEST_F(SyncRulesTest, ACutSyncGoesOnWhereItWas) {
  auto device = NewMachine(1);
  for (int i = 0; i < 3000; ++i) device->Write(i);
  std::size_t held = 0, requests = 0;
  for (; UnconfirmedOps(*device->log) > 0 && requests < 200; ++requests) {
    SyncClient client(*device->replica, *device->own, device->time, device->clock, device->random);
    Bytes reply = Serve(*device, *client.NextRequest(kTarget));
    EXPECT_GT(server_log_->size(), held);  // every request brings something new
    held = server_log_->size();
    ASSERT_TRUE(client.TakeReply(reply));
  }
  EXPECT_EQ(held, 3000u);
}

}  // namespace
}  // namespace tram
