// Ops from later: formats, record types, fields, codes and codecs that the programs of today do not
// know. They are held, hashed, given a position and passed on, through an old server and an old
// device, and are shown where a programme knows them. The device that writes them here is today's
// program made to write what it could not.
#include <gmock/gmock.h>

#include "tests/versions/golden_world.h"
#include "tests/versions/programme_versions.h"
#include "tests/versions/store_facts.h"
#include "tram/session/bundle.h"
#include "tram/wire/op_codec.h"

namespace tram::versions {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;

constexpr std::uint32_t kLaterFormat = kOpFormat + 1;
constexpr std::uint32_t kReservedLater = 9;  // below kFieldFirstOwn, and means nothing yet
constexpr std::uint8_t kCodecLater = 5;

class LaterOpsTest : public testing::Test {
 protected:
  void SetUp() override {
    clock_.Set(DateOf(2026, 1, 15));
    TestServer::Create(scratch_ / "server", *LoadProgramme(ProgrammeOne()), clock_, random_);
    StartServer("server");
    const server::Unit unit = server_->AddUnit("GS-09", "24");
    Founding founding = server_->Enrol(unit, random_);
    unit_key_ = founding.unit_key.Copy();
    a_ = FoundDevice(scratch_ / "a", std::move(founding), clock_, random_);
    b_ = JoinDevice(scratch_ / "b", *a_, clock_, random_);
    server_->Welcome(*b_);
    client_ = Save(*a_, {"client", {}, {}, {{"full_name", "Người Cũ"}, {"sex", "male"}}});
    episode_ = Save(*a_, {"episode", {}, client_, {{"intake_date", "2026-01-02"}}});
    Sync(*a_, *server_);
    Sync(*b_, *server_);
    before_ = Figures();
    server_.reset();
    fs::copy(scratch_ / "server", scratch_ / "older", fs::copy_options::recursive);
    StartServer("server");
  }

  void StartServer(const std::string& folder) {
    server_ = std::make_unique<TestServer>(scratch_ / folder, clock_, random_);
  }
  std::string Figures() {
    server_->Work();
    return ServerFacts(*server_, DateOf(2026, 1, 1), DateOf(2026, 1, 1));
  }

  /// Appends an op as a later program would; with the seed of the person that it creates.
  OpId Append(const Op& op, const std::optional<Seed>& seed = std::nullopt) {
    const EntryNumber number = a_->own().Append(op);
    const OpId id = a_->log().entry(number).op;
    if (seed) {
      a_->log().AddKey({KeyEntry::Kind::kSeed, ToBytes(id.view()), ToBytes(seed->view())});
    }
    Must(a_->log().Commit());
    written_[id] = EncodeOp(op);
    return id;
  }
  Op Envelope(const std::optional<RecordId>& record) {
    clock_.ms += 1000;
    Op op;
    op.device = a_->device();
    op.record = record;
    if (record) op.parents = {CreatingOp(*record)};
    op.time = a_->time().Next({});
    return op;
  }
  OpId AppendFormat(const std::optional<RecordId>& record, const std::optional<Seed>& seed) {
    Op op = Envelope(record);
    op.format = kLaterFormat;
    op.body = ToBytes(AsBytes("a body that nobody here can read"));
    return Append(op, seed);
  }
  /// An op whose sealed part holds `plain`, under the seed of a client or of a new person.
  OpId AppendSealed(const std::optional<RecordId>& record, std::uint32_t type, const Seed& seed,
                    ByteView plain) {
    Op op = Envelope(record);
    OpBody body;
    body.type = type;
    if (!record) body.nonce = random_.Uint64();
    const SecretKey key = DeriveClientKey(unit_key_, seed);
    body.sealed = Seal(key, a_->unit(), ClearPart(op, body), plain);
    op.body = EncodeBody(body);
    return Append(op, record ? std::nullopt : std::optional<Seed>(seed));
  }
  Seed SeedOfClient() const {
    return Seed::From(a_->log().FindKey(KeyEntry::Kind::kSeed, client_.view())->value);
  }

  void WriteEverySort() {
    format_creates_ = AppendFormat(std::nullopt, Seed::From(Bytes(Seed::kSize, 0x5e)));
    AppendFormat(client_, std::nullopt);
    relative_ =
        RecordOf(AppendSealed(std::nullopt, kRelativeType, random_.NewId<Seed>(),
                              EncodeSealedEdits({{kFullName, std::string("Người Nhà Mới")}})));
    AppendSealed(client_, kClientType, SeedOfClient(),
                 EncodeSealedEdits({{kDistrict, std::string("Xã Bình Hưng")}}));
    Op op = Envelope(client_);
    OpBody body;
    body.type = kClientType;
    body.edits = {{kReservedLater, std::int64_t{5}}, {kNeeds, AddCode{2}}, {kNeeds, AddCode{4}}};
    op.body = EncodeBody(body);
    Append(op);
    Bytes later_codec = EncodeSealedEdits({{kPhone, std::string("0912")}});
    later_codec[0] = kCodecLater;
    AppendSealed(client_, kClientType, SeedOfClient(), later_codec);
  }

  void ExpectWhole(OpLog& log) {
    EXPECT_TRUE(Must(log.Verify()).problems.empty());
    for (const auto& [id, bytes] : written_) {
      const auto number = log.FindOp(id);
      ASSERT_TRUE(number) << id.Hex();
      EXPECT_EQ(EncodeOp(log.ReadOp(*number)), bytes) << id.Hex();
    }
  }
  static std::vector<std::string> Reasons(UnitDevice& device) {
    std::vector<std::string> reasons;
    for (const HeldOp& held : device.view().Held()) reasons.push_back(held.reason);
    return reasons;
  }
  const FieldView& FieldOf(const RecordView& record, std::uint32_t number) {
    for (const FieldView& view : record.fields) {
      if (view.field->number == number) return view;
    }
    throw std::runtime_error("no field " + std::to_string(number));
  }

  test::ScratchFolder scratch_;
  SetClock clock_;
  SeededRandom random_{404};
  std::unique_ptr<TestServer> server_;
  std::unique_ptr<UnitDevice> a_, b_;
  SecretKey unit_key_;
  RecordId client_, episode_, relative_;
  OpId format_creates_;
  std::map<OpId, Bytes> written_;
  std::string before_;
};

TEST_F(LaterOpsTest, AnOldServerAndAnOldDeviceHoldThemAndSaySo) {
  WriteEverySort();
  ASSERT_TRUE(Sync(*a_, *server_).complete);
  ASSERT_TRUE(Sync(*b_, *server_).complete);
  ExpectWhole(server_->LogOf(a_->unit()));
  ExpectWhole(b_->log());

  const std::vector<std::string> reasons = Reasons(*b_);
  EXPECT_EQ(reasons.size(), 3u);
  EXPECT_THAT(reasons, Contains(HasSubstr("format 2")).Times(2));
  EXPECT_THAT(reasons,
              Contains(HasSubstr("record type 21 is not in the programme: take the newer")));
  const RecordView record = Must(b_->view().Find(client_));
  EXPECT_EQ(FieldOf(record, kFullName).value, Value(std::string("Người Cũ")));
  EXPECT_TRUE(IsNull(FieldOf(record, kPhone).value));
  EXPECT_TRUE(record.sealed_unread) << "a text codec from later cannot be opened";
  EXPECT_EQ(record.waits_for, 0u);
  EXPECT_FALSE(b_->view().Find(relative_));
  EXPECT_TRUE(b_->log().rejected().empty());
  EXPECT_TRUE(server_->LogOf(a_->unit()).rejected().empty());
  server_->Work();
  EXPECT_EQ(server_->worker().held_ops(), 3u);
}

TEST_F(LaterOpsTest, FiguresOfAnOldServerAreThoseOfWhatItKnows) {
  WriteEverySort();
  Sync(*a_, *server_);
  const std::string after = Figures();
  EXPECT_EQ(after.substr(after.find("figures of")), before_.substr(before_.find("figures of")));
}

TEST_F(LaterOpsTest, WhatIsHeldHereDoesNotStopRecordsFromBeingEditedAndDeleted) {
  WriteEverySort();
  Sync(*a_, *server_);
  Sync(*b_, *server_);
  Save(*b_, {"client", client_, {}, {{"full_name", "Người Cũ Đổi Tên"}, {"sex", "female"}}});
  EXPECT_EQ(FieldOf(Must(b_->view().Find(client_)), kFullName).value,
            Value(std::string("Người Cũ Đổi Tên")));
  Must(b_->Delete(episode_, "", std::nullopt));
  EXPECT_TRUE(Must(b_->view().Find(episode_)).deleted);
  EXPECT_TRUE(Sync(*b_, *server_).complete);
}

// The writer is gone and the server lost all of it: the old device alone brings everything to a
// device that knows the newer programme.
TEST_F(LaterOpsTest, AnOldDeviceBringsThemThroughAnOldServerToANewDevice) {
  WriteEverySort();
  Sync(*a_, *server_);
  Sync(*b_, *server_);
  a_.reset();
  StartServer("older");
  ASSERT_FALSE(Sync(*b_, *server_).gone.empty());
  auto c = JoinDevice(scratch_ / "c", *b_, clock_, random_);
  server_->Welcome(*c);
  ASSERT_TRUE(Sync(*c, *server_).complete);
  ExpectWhole(server_->LogOf(c->unit()));
  ExpectWhole(c->log());
  Sync(*b_, *server_);  // learns of the new member
  EXPECT_EQ(c->log().DigestOfKeys(), b_->log().DigestOfKeys());
  EXPECT_NE(c->log().FindKey(KeyEntry::Kind::kSeed, format_creates_.view()), nullptr);

  Must(c->UseProgramme(Signed(*LoadProgramme(ProgrammeTwo()), server_->state())));
  const RecordView relative = Must(c->view().Find(relative_));
  EXPECT_EQ(FieldOf(relative, kFullName).value, Value(std::string("Người Nhà Mới")));
  const RecordView client = Must(c->view().Find(client_));
  EXPECT_EQ(FieldOf(client, kDistrict).value, Value(std::string("Xã Bình Hưng")));
  EXPECT_EQ(FieldOf(client, kNeeds).elements, (std::vector<std::uint32_t>{2, 4}));
  EXPECT_EQ(Reasons(*c).size(), 2u) << "a later op format waits for a later program";
}

TEST_F(LaterOpsTest, ABundleCarriesThem) {
  WriteEverySort();
  const WrittenBundle bundle = Must(WriteBundle(a_->replica(), Known(a_->log()), a_->signing_key(),
                                                a_->own().id(), a_->time().Estimate(), random_));
  Must(ReadBundle(b_->replica(), &b_->own(), bundle.file));
  Must(b_->RefreshView());
  ExpectWhole(b_->log());
  EXPECT_EQ(b_->log().DigestOfKeys(), a_->log().DigestOfKeys());
  EXPECT_EQ(Reasons(*b_).size(), 3u);
}

TEST_F(LaterOpsTest, TheyOutliveARestartOfTheOldDevice) {
  WriteEverySort();
  Sync(*a_, *server_);
  Sync(*b_, *server_);
  const std::string before = DeviceFacts(*b_, DateOf(2026, 1, 15));
  b_.reset();
  b_ = OpenDevice(scratch_ / "b", clock_, random_);
  ExpectWhole(b_->log());
  EXPECT_EQ(DeviceFacts(*b_, DateOf(2026, 1, 15)), before);
}

// What an old device changes beside what it cannot see does not undo it.
TEST_F(LaterOpsTest, AnEditBesideAnUnknownFieldLeavesItAsItWas) {
  WriteEverySort();
  Sync(*a_, *server_);
  Sync(*b_, *server_);
  Save(*b_, {"client", client_, {}, {{"full_name", "Tên Mới"}, {"phone", "0988"}}});
  Sync(*b_, *server_);
  Must(b_->UseProgramme(Signed(*LoadProgramme(ProgrammeTwo()), server_->state())));
  const RecordView client = Must(b_->view().Find(client_));
  EXPECT_EQ(FieldOf(client, kFullName).value, Value(std::string("Tên Mới")));
  EXPECT_EQ(FieldOf(client, kDistrict).value, Value(std::string("Xã Bình Hưng")));
  EXPECT_EQ(FieldOf(client, kNeeds).elements, (std::vector<std::uint32_t>{2, 4}));
}

}  // namespace
}  // namespace tram::versions
