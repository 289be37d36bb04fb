// Syncs and bundles that cannot be taken: files of another kind or unit, damaged ones, replies that
// nobody asked for, stores that fail at any step. What was recorded stays, and says that it was not
// sent.
#include <algorithm>

#include "tests/support/memory_log_store.h"
#include "tests/unit/session/new_unit.h"
#include "tram/base/hash.h"
#include "tram/crypto/membership.h"
#include "tram/session/bundle.h"
#include "tram/session/sync_server.h"
#include "tram/wire/op_codec.h"

namespace tram {
namespace {

const MessageTarget kTarget{"POST", "/s"};

class ExchangeErrorsTest : public NewUnitTest {
 protected:
  void SetUp() override {
    device_ = NewDevice();
    log_ = std::move(*OpLog::Open(store_, device_->unit(), SystemClock()));
    server_ = std::make_unique<Replica>(*log_, authority_.id(), SystemClock());
    const KeyEntry entry =
        EnrolDevice(device_->unit(), device_->device(), {SystemClock().WallMs()}, authority_);
    server_->TakeKeys({entry});
    device_->replica().TakeKeys({entry});
    ASSERT_TRUE(log_->Commit());
    ASSERT_TRUE(device_->log().Commit());
    Client();
  }

  void Client() {
    RecordForm form;
    form.type = device_->programme().ByName("client");
    form.values = {{16, std::string("Người Bịa")}};
    Result<Saved> saved = device_->Save(form);
    ASSERT_TRUE(saved);
    client_ = saved->record;
  }
  void SyncAll() {
    SyncClient client = device_->NewSync();
    for (bool more = true; more;) more = *client.TakeReply(*Answer(*client.NextRequest(kTarget)));
    EXPECT_TRUE(client.report().complete);
  }
  /// One op that begins a branch of a feed, signed by its device.
  Piece RootOf(const FeedId& feed, const SigningKey& key, std::uint64_t nonce) const {
    OpBody body;
    body.type = 17;
    body.nonce = nonce;
    Op op;
    op.device = key.id();
    op.time = {1};
    op.body = EncodeBody(body);
    Piece piece{feed, FirstChain(device_->unit(), feed), 1, {op}, {}};
    const Chain chain =
        NextChain(device_->unit(), piece.previous, OpIdOf(device_->unit(), EncodeOp(op)));
    const Leaf leaf{feed, 1, chain};
    piece.checkpoint = {
        leaf, {1}, Digest{}, key.Sign(CheckpointStatement(device_->unit(), leaf, {1}, Digest{}))};
    return piece;
  }
  Taken TakeAtServer(const Piece& piece) {
    EXPECT_TRUE(log_->AddStaged(EncodePiece(piece)));
    return server_->RetryStaged();
  }
  Result<Bytes> Answer(ByteView request) {
    TRAM_ASSIGN(tram::Answer answer, AnswerRequest(*server_, authority_, request, kTarget,
                                                   device_->device(), SystemClock()));
    TRAM_TRY(log_->Commit());
    return answer.reply;
  }
  WrittenBundle Bundle() {
    return *WriteBundle(device_->replica(), Known(device_->log()), device_->signing_key(),
                        device_->own().id(), device_->time().Estimate(), SystemRandom());
  }
  ErrorCode ReadAtServer(ByteView file) {
    auto taken = ReadBundle(*server_, nullptr, file);
    EXPECT_FALSE(taken);
    return taken ? ErrorCode::kIo : taken.error().code;
  }
  /// Every later write to the device's store fails, as on a disk that was set read-only.
  void StopWriting(bool stop = true) {
    ASSERT_TRUE(
        device_->database().Execute(stop ? "PRAGMA query_only=ON" : "PRAGMA query_only=OFF"));
  }

  std::unique_ptr<UnitDevice> device_;
  test::MemoryLogStore store_;
  std::unique_ptr<OpLog> log_;
  std::unique_ptr<Replica> server_;
  RecordId client_;
};

TEST_F(ExchangeErrorsTest, AReplyThatNobodyAskedForIsRefused) {
  SyncClient client = device_->NewSync();
  EXPECT_EQ(client.TakeReply(Bytes{0x11}).error().code, ErrorCode::kInvalid);
  const Bytes reply = *Answer(*client.NextRequest(kTarget));
  ASSERT_TRUE(client.TakeReply(reply));
  EXPECT_EQ(client.TakeReply(reply).error().code, ErrorCode::kInvalid) << "a second time";
}

TEST_F(ExchangeErrorsTest, ADamagedReplyCountsForNothing) {
  SyncClient client = device_->NewSync();
  const Bytes reply = *Answer(*client.NextRequest(kTarget));
  for (std::size_t size = 0; size < reply.size(); ++size) {
    EXPECT_FALSE(client.TakeReply(ByteView(reply).first(size))) << size;
    EXPECT_EQ(UnconfirmedOps(device_->log()), 1u);
  }
  EXPECT_TRUE(client.TakeReply(reply));
  EXPECT_EQ(UnconfirmedOps(device_->log()), 0u);
}

// Rule 5: an op is durable before a byte of it leaves, and a receipt before it counts.
TEST_F(ExchangeErrorsTest, WhatIsNotDurableDoesNotLeave) {
  device_->BeginBulk();
  Client();
  StopWriting();
  SyncClient client = device_->NewSync();
  EXPECT_FALSE(client.NextRequest(kTarget));
  EXPECT_FALSE(WriteBundle(device_->replica(), Known(device_->log()), device_->signing_key(),
                           device_->own().id(), {1}, SystemRandom()));
}

TEST_F(ExchangeErrorsTest, AReceiptThatCannotBeKeptIsAnError) {
  SyncClient client = device_->NewSync();
  const Bytes reply = *Answer(*client.NextRequest(kTarget));
  StopWriting();
  EXPECT_FALSE(client.TakeReply(reply));
  device_.reset();
  device_ = std::move(*Open());
  EXPECT_EQ(UnconfirmedOps(device_->log()), 1u);
}

TEST_F(ExchangeErrorsTest, ABundleThatCannotBeKeptIsAnError) {
  const WrittenBundle bundle = Bundle();
  store_.FailCommit(1);
  EXPECT_EQ(ReadAtServer(bundle.file), ErrorCode::kIo);
  EXPECT_EQ(store_.entries(device_->unit()).size(), 0u);
}

TEST_F(ExchangeErrorsTest, FilesOfAnotherKindAreRefused) {
  const WrittenBundle bundle = Bundle();
  ASSERT_TRUE(ReadBundle(*server_, nullptr, bundle.file));
  const Bytes answer = *AnswerBundle(*server_, authority_, bundle.file, SystemClock());
  EXPECT_EQ(ReadBundleHead(bundle.file)->kind, BundleHead::Kind::kOps);
  EXPECT_EQ(ReadBundleHead(bundle.file)->sender, device_->device());
  EXPECT_EQ(ReadBundleHead(answer)->kind, BundleHead::Kind::kReply);
  EXPECT_EQ(ReadBundleHead(Bytes(40, 1)).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(ReadAtServer(answer), ErrorCode::kInvalid);
  SyncClient client = device_->NewSync();
  EXPECT_EQ(ReadAnswer(client, bundle.nonce, bundle.file).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(AnswerBundle(*server_, authority_, answer, SystemClock()).error().code,
            ErrorCode::kInvalid);
  // The head alone, and a head of a kind that does not exist.
  std::vector<Bytes> messages = *DecodeBundle(bundle.file);
  EXPECT_EQ(
      AnswerBundle(*server_, authority_, EncodeBundle({messages[0]}), SystemClock()).error().code,
      ErrorCode::kInvalid);
  messages[0][0] = 9;
  EXPECT_EQ(ReadBundleHead(EncodeBundle(messages)).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(ReadBundleHead(EncodeBundle({Bytes(3, 1)})).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(ReadBundleHead(EncodeBundle({})).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(ReadAnswer(client, bundle.nonce, Bytes(40, 1)).error().code, ErrorCode::kInvalid);
}

TEST_F(ExchangeErrorsTest, AnAnswerToAnotherBundleIsNoReceipt) {
  const WrittenBundle bundle = Bundle();
  ASSERT_TRUE(ReadBundle(*server_, nullptr, bundle.file));
  const Bytes answer = *AnswerBundle(*server_, authority_, bundle.file, SystemClock());
  SyncClient client = device_->NewSync();
  EXPECT_EQ(ReadAnswer(client, SystemRandom().NewId<Nonce>(), answer).error().code,
            ErrorCode::kDenied);
  EXPECT_EQ(UnconfirmedOps(device_->log()), 1u);
  EXPECT_TRUE(ReadAnswer(client, bundle.nonce, answer));
  EXPECT_EQ(UnconfirmedOps(device_->log()), 0u);
}

TEST_F(ExchangeErrorsTest, ABundleOfAStrangerOrOfAnotherSignatureIsRefused) {
  const WrittenBundle bundle = Bundle();
  std::vector<Bytes> messages = *DecodeBundle(bundle.file);
  ASSERT_EQ(messages.size(), 2u);
  std::vector<Bytes> strange = messages;
  strange[0].back() ^= 1;  // the sender
  EXPECT_NE(ReadAtServer(EncodeBundle(strange)), ErrorCode::kIo);
  for (std::size_t byte = 0; byte < messages[1].size(); ++byte) {
    std::vector<Bytes> changed = messages;
    changed[1][byte] ^= 1;
    EXPECT_FALSE(ReadBundle(*server_, nullptr, EncodeBundle(changed))) << byte;
    EXPECT_EQ(log_->size(), 0u) << byte;
  }
}

// A device that the unit does not know: nobody signed its certificate.
TEST_F(ExchangeErrorsTest, AWriterThatIsNoMemberIsRefused) {
  const SigningKey stranger = SigningKey::Generate(SystemRandom());
  auto bundle = WriteBundle(device_->replica(), Known(device_->log()), stranger, std::nullopt,
                            {SystemClock().WallMs()}, SystemRandom());
  // Entries of the device have no checkpoint of their own yet, and a stranger cannot sign them.
  ASSERT_TRUE(bundle);
  EXPECT_EQ(bundle->ops, 0u);
  EXPECT_EQ(ReadAtServer(bundle->file), ErrorCode::kDenied);
}

// What a member brings is checked entry by entry: bad ones are listed, good ones are taken.
TEST_F(ExchangeErrorsTest, KeyEntriesThatDoNotFitAreNotTaken) {
  const KeyEntry short_seed{KeyEntry::Kind::kSeed, Bytes(20, 1), Bytes(3, 1)};
  const KeyEntry short_name{KeyEntry::Kind::kSeed, Bytes(3, 1), Bytes(16, 1)};
  const KeyEntry full_tombstone{KeyEntry::Kind::kTombstone, Bytes(20, 1), Bytes(1, 1)};
  const KeyEntry wrap{KeyEntry::Kind::kWrap, Bytes(4, 'w'), Bytes(9, 1)};
  const KeyEntry no_device{KeyEntry::Kind::kMember, Bytes(3, 1), Bytes(105, 1)};
  const KeyEntry forged = EnrolDevice(device_->unit(), DeviceId::From(Bytes(32, 7)), {1},
                                      SigningKey::Generate(SystemRandom()));
  EXPECT_EQ(server_->TakeKeys({short_seed, short_name, full_tombstone, no_device, forged, wrap}),
            1u);
  EXPECT_NE(log_->FindKey(KeyEntry::Kind::kWrap, Bytes(4, 'w')), nullptr);
  EXPECT_EQ(log_->rejected().size(), 2u);
  EXPECT_FALSE(server_->IsMember(DeviceId::From(Bytes(32, 7))));
  EXPECT_EQ(server_->Members().size(), 1u);
}

// What lies in the settings may be of a broken program: it is then as if it were not there.
TEST_F(ExchangeErrorsTest, AHintOrAReceiptThatCannotBeReadIsNone) {
  ASSERT_TRUE(device_->NewSync().NextRequest(kTarget));
  device_->log().SetSetting(kHintSetting, Bytes{0xff, 0xff});
  device_->log().SetSetting(kReceiptSetting, Bytes{0xff});
  EXPECT_FALSE(LastReceipt(device_->log()));
  EXPECT_EQ(UnconfirmedOps(device_->log()), 1u);
  SyncClient client = device_->NewSync();
  for (bool more = true; more;) more = *client.TakeReply(*Answer(*client.NextRequest(kTarget)));
  EXPECT_TRUE(client.report().complete);
}

// Ids of ops that the other side holds are distances from a leaf of its own, not 20 bytes.
TEST_F(ExchangeErrorsTest, AnEditNamesItsRecordByWhatTheServerHolds) {
  SyncAll();
  RecordForm form;
  form.type = device_->programme().ByName("client");
  form.record = client_;
  form.values = {{18, std::string("0901")}};
  ASSERT_TRUE(device_->Save(form));
  SyncClient client = device_->NewSync();
  const Bytes request = *client.NextRequest(kTarget);
  const ByteView id = client_.view();
  EXPECT_EQ(std::search(request.begin(), request.end(), id.begin(), id.end()), request.end());
  ASSERT_TRUE(client.TakeReply(*Answer(request)));
  EXPECT_EQ(UnconfirmedOps(device_->log()), 0u);
  EXPECT_EQ(log_->ReadOp(2).record, client_);
}

// The server forgot: the base of the ids is not there. It says so, and gets everything in full.
TEST_F(ExchangeErrorsTest, AReferenceToWhatIsNotThereIsRefusedAndSentAgain) {
  SyncAll();
  store_ = {};
  log_ = std::move(*OpLog::Open(store_, device_->unit(), SystemClock()));
  server_ = std::make_unique<Replica>(*log_, authority_.id(), SystemClock());
  server_->TakeKeys(device_->log().keys());
  RecordForm form;
  form.type = device_->programme().ByName("client");
  form.record = client_;
  form.values = {{18, std::string("0901")}};
  ASSERT_TRUE(device_->Save(form));
  SyncClient client = device_->NewSync();
  ASSERT_TRUE(client.TakeReply(*Answer(*client.NextRequest(kTarget))));
  ASSERT_EQ(client.report().refusals.size(), 1u);
  EXPECT_EQ(client.report().refusals[0].reason, RefusalReason::kUnresolved);
  EXPECT_EQ(client.report().sent_ops, 0u);
  EXPECT_TRUE(log_->rejected().empty()) << "nobody is to blame";
  SyncAll();
  EXPECT_EQ(log_->size(), 2u);
}

// An erased person goes with the op that made him, also to who never knew his seed.
TEST_F(ExchangeErrorsTest, AnErasureGoesWithItsRecord) {
  const KeyEntry erased{KeyEntry::Kind::kTombstone, ToBytes(client_.view()), {}};
  device_->log().AddKey(erased);
  ASSERT_TRUE(device_->log().Commit());
  SyncAll();
  EXPECT_NE(log_->FindKey(KeyEntry::Kind::kTombstone, client_.view()), nullptr);
  EXPECT_EQ(log_->FindKey(KeyEntry::Kind::kSeed, client_.view()), nullptr);
}

// Staged pieces were checked when they came, and are again: a file may have been edited since.
TEST_F(ExchangeErrorsTest, StagedPiecesThatDoNotFitAreDroppedAndListed) {
  const SigningKey& key = device_->signing_key();
  Piece unsigned_one = RootOf({key.id(), 1}, key, 2);
  unsigned_one.checkpoint.time.ms += 1;
  EXPECT_EQ(TakeAtServer(unsigned_one).refusals.at(0).reason, RefusalReason::kBadSignature);
  const SigningKey stranger = SigningKey::Generate(SystemRandom());
  EXPECT_EQ(TakeAtServer(RootOf({stranger.id(), 1}, stranger, 3)).refusals.at(0).reason,
            RefusalReason::kUnknownDevice);
  EXPECT_TRUE(log_->AddStaged(Bytes{1, 2, 3}));
  EXPECT_EQ(server_->RetryStaged().pieces, 0u);
  EXPECT_TRUE(log_->staged().empty());
  EXPECT_EQ(log_->rejected().size(), 2u);
  EXPECT_EQ(log_->size(), 0u);
  EXPECT_EQ(TakeAtServer(RootOf({key.id(), 1}, key, 4)).new_ops, 1u);
}

// A member that has gone mad begins branch after branch: its unit stays one that can be synced.
TEST_F(ExchangeErrorsTest, BranchesHaveALimitThatLeavesRoomForGrowth) {
  const SigningKey& key = device_->signing_key();
  for (std::uint64_t nonce = 1; nonce <= kLeavesMax / 2; ++nonce) {
    ASSERT_EQ(TakeAtServer(RootOf({key.id(), 1}, key, nonce)).new_ops, 1u) << nonce;
  }
  const Taken refused = TakeAtServer(RootOf({key.id(), 1}, key, kLeavesMax));
  ASSERT_EQ(refused.refusals.size(), 1u);
  EXPECT_EQ(refused.refusals[0].reason, RefusalReason::kLimit);
  EXPECT_EQ(TakeAtServer(RootOf({key.id(), 1}, key, 7)).pieces, 1u) << "held already";
  EXPECT_EQ(log_->Leaves().size(), kLeavesMax / 2);
}

}  // namespace
}  // namespace tram
