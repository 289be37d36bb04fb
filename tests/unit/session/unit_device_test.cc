// UnitDevice's contract: what founding, opening, unlocking and saving refuse, and that nothing is
// written then.
#include "tram/session/unit_device.h"

#include <gmock/gmock.h>

#include <fstream>

#include "tests/unit/session/new_unit.h"
#include "tram/log/sqlite_log_store.h"

namespace tram {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr std::uint32_t kName = 16, kSex = 17, kPhone = 18;               // of a client
constexpr std::uint32_t kIntake = 16, kDrugs = 17;                        // of an episode
constexpr std::uint32_t kDay = 16, kUse = 17, kUseDate = 18, kNote = 19;  // of a session
constexpr std::uint32_t kNoSuchField = 999;

class UnitDeviceTest : public NewUnitTest {
 protected:
  RecordForm Form(UnitDevice& device, const char* type,
                  const std::optional<RecordId>& parent = std::nullopt) const {
    RecordForm form;
    form.type = device.programme().ByName(type);
    form.parent = parent;
    return form;
  }
  RecordId Client(UnitDevice& device, const std::string& name = "Người Bịa") const {
    RecordForm form = Form(device, "client");
    form.values = {{kName, name}, {kSex, Code{1}}};
    return device.Save(form)->record;
  }
  RecordId Session(UnitDevice& device) const {
    RecordForm episode = Form(device, "episode", Client(device));
    episode.values = {{kIntake, DateOf(2026, 1, 2)}};
    RecordForm session = Form(device, "session", device.Save(episode)->record);
    session.values = {{kDay, DateOf(2026, 1, 3)}, {kUse, Code{2}}, {kUseDate, DateOf(2026, 1, 1)}};
    return device.Save(session)->record;
  }
  RecordForm EditOf(UnitDevice& device, const RecordId& record) const {
    RecordForm form;
    form.type = device.view().Find(record)->type;
    form.record = record;
    return form;
  }
  const FieldView& FieldOf(const RecordView& record, std::uint32_t number) const {
    for (const FieldView& field : record.fields) {
      if (field.field->number == number) return field;
    }
    throw std::out_of_range("no such field");
  }
  void ChangeSetting(const std::string& name, const Bytes& value) {
    auto device = Open();
    ASSERT_TRUE(device);
    (*device)->log().SetSetting(name, value);
    ASSERT_TRUE((*device)->log().Commit());
  }
};

TEST_F(UnitDeviceTest, FoundingRefusesAndLeavesNothing) {
  Founding founding = NewFounding();
  founding.passphrase = "short";
  EXPECT_EQ(Found(founding).error().code, ErrorCode::kInvalid);
  founding = NewFounding();
  founding.programme = SignedBy(SigningKey::Generate(SystemRandom()), Toml());
  EXPECT_EQ(Found(founding).error().code, ErrorCode::kDenied);
  founding = NewFounding("name = 1");
  EXPECT_EQ(Found(founding).error().code, ErrorCode::kInvalid);
  EXPECT_FALSE(fs::exists(folder_ / "unit.db"));
  ASSERT_TRUE(Found(NewFounding()));
  EXPECT_EQ(Found(NewFounding()).error().code, ErrorCode::kExists);
}

TEST_F(UnitDeviceTest, FoundingAgainAfterOneThatWasCutShort) {
  fs::create_directories(folder_);
  std::ofstream(folder_ / "unit.db.new") << "half of a file";
  EXPECT_TRUE(Found(NewFounding()));
  EXPECT_FALSE(fs::exists(folder_ / "unit.db.new"));
}

TEST_F(UnitDeviceTest, FoundingSaysWhereItCannotWrite) {
  fs::create_directories(folder_ / "unit.db.new");  // a folder where the file is made
  std::ofstream(folder_ / "unit.db.new/something") << "in the way";
  EXPECT_FALSE(Found(NewFounding()));
  EXPECT_FALSE(fs::exists(folder_ / "unit.db"));
}

TEST_F(UnitDeviceTest, OpeningSaysWhatIsWrong) {
  EXPECT_EQ(Open().error().code, ErrorCode::kNotFound);
  auto device = NewDevice();
  EXPECT_EQ(Open().error().code, ErrorCode::kExists) << "another program holds it";
}

TEST_F(UnitDeviceTest, OpeningWithoutItsSettingsIsDamage) {
  ASSERT_TRUE(Found(NewFounding()));
  ChangeSetting("programme.file", Bytes{1, 2, 3});
  EXPECT_EQ(Open().error().code, ErrorCode::kCorrupt);
}

TEST_F(UnitDeviceTest, OpeningWithoutItsKeyIsDamage) {
  ASSERT_TRUE(Found(NewFounding()));
  ChangeSetting("device.seed", Bytes(7, 1));
  auto opened = Open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(opened.error().message, HasSubstr("lacks settings; restore a backup"));
}

TEST_F(UnitDeviceTest, AFileOfSeveralUnitsIsNoDevices) {
  ASSERT_TRUE(Found(NewFounding()));
  {
    auto database = *SqlDatabase::Open(folder_ / "unit.db", SqlDatabase::Mode::kExisting);
    auto store = *SqliteLogStore::Open(*database);
    auto log = *OpLog::Open(*store, SystemRandom().NewId<UnitId>(), SystemClock());
    log->SetSetting("author", Bytes{1});
    ASSERT_TRUE(log->Commit());
  }
  auto opened = Open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(opened.error().message, HasSubstr("holds 2 units"));
}

// The token is not in backups: where it is lost, the device cannot know whether it is a copy.
TEST_F(UnitDeviceTest, WithoutItsTokenADeviceTakesANewFeed) {
  auto device = NewDevice();
  Client(*device);
  const FeedId feed = device->own().id();
  device.reset();
  device = std::move(*Open());
  EXPECT_EQ(device->own().id(), feed);
  device.reset();
  fs::remove(folder_ / "incarnation");
  device = std::move(*Open());
  EXPECT_EQ(device->own().id().device, feed.device);
  EXPECT_NE(device->own().id().number, feed.number);
}

TEST_F(UnitDeviceTest, ALockedDeviceReadsNoSealedFieldAndSavesNothing) {
  auto device = NewDevice();
  const RecordId client = Client(*device);
  const std::size_t ops = device->log().size();
  device->Lock();
  EXPECT_FALSE(device->unlocked());
  EXPECT_EQ(device->Unlock("another passphrase").error().code, ErrorCode::kDenied);
  EXPECT_TRUE(IsNull(FieldOf(*device->view().Find(client), kName).value));
  RecordForm form = EditOf(*device, client);
  form.values = {{kSex, Code{2}}};
  EXPECT_EQ(CodeOf(device->Save(form)), ErrorCode::kDenied);
  EXPECT_EQ(CodeOf(device->Delete(client, "", std::nullopt)), ErrorCode::kDenied);
  EXPECT_EQ(device->Invite(1000).error().code, ErrorCode::kDenied);
  EXPECT_EQ(device->log().size(), ops);
  ASSERT_TRUE(device->Unlock(kUnitPassphrase));
  EXPECT_EQ(FieldOf(*device->view().Find(client), kName).value, Value(std::string("Người Bịa")));
}

TEST_F(UnitDeviceTest, TheUnitKeyIsGivenToWhoKnowsThePassphraseAndUnlocksOnlyWhereItIsUsed) {
  auto device = NewDevice();
  const RecordId client = Client(*device);
  device->Lock();
  EXPECT_EQ(device->UnitKey("another passphrase").error().code, ErrorCode::kDenied);
  auto key = device->UnitKey(kUnitPassphrase);
  ASSERT_TRUE(key);
  EXPECT_FALSE(device->unlocked());
  ASSERT_TRUE(device->Unlock(*key));
  EXPECT_EQ(FieldOf(*device->view().Find(client), kName).value, Value(std::string("Người Bịa")));
}

TEST_F(UnitDeviceTest, ADamagedKeyIsSaid) {
  auto device = NewDevice();
  device->Lock();
  device->log().SetSetting("unit.key", {});
  EXPECT_EQ(device->Unlock(kUnitPassphrase).error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(device->ChangePassphrase(kUnitPassphrase, "một câu rất dài").error().code,
            ErrorCode::kCorrupt);
}

TEST_F(UnitDeviceTest, APassphraseChangesOnlyForWhoKnowsTheOldOne) {
  auto device = NewDevice();
  constexpr char kNext[] = "một câu khác rất dài";
  EXPECT_EQ(device->ChangePassphrase("not this one at all", kNext).error().code,
            ErrorCode::kDenied);
  EXPECT_EQ(device->ChangePassphrase(kUnitPassphrase, "short").error().code, ErrorCode::kInvalid);
  ASSERT_TRUE(device->ChangePassphrase(kUnitPassphrase, kNext));
  EXPECT_EQ(device->Unlock(kUnitPassphrase).error().code, ErrorCode::kDenied);
  EXPECT_TRUE(device->Unlock(kNext));
}

TEST_F(UnitDeviceTest, OnlyAWorkerIsAnAuthor) {
  auto device = NewDevice();
  RecordForm form = Form(*device, "worker");
  form.values = {{16, std::string("Y sĩ Mai")}};
  const RecordId worker = device->Save(form)->record;
  EXPECT_EQ(device->SetAuthor(Client(*device)).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(device->SetAuthor(RecordId::From(Bytes(20, 3))).error().code, ErrorCode::kInvalid);
  EXPECT_FALSE(device->author());
  ASSERT_TRUE(device->SetAuthor(worker));
  EXPECT_EQ(device->author(), worker);
  const RecordId client = Client(*device);
  EXPECT_EQ(device->view().Find(client)->created.author, worker);
  ASSERT_TRUE(device->SetAuthor(std::nullopt));
  EXPECT_FALSE(device->author());
}

TEST_F(UnitDeviceTest, ARecordStandsBelowTheRightOneOrIsRefused) {
  auto device = NewDevice();
  const RecordId client = Client(*device);
  RecordForm form = Form(*device, "client", client);
  EXPECT_EQ(CodeOf(device->Save(form)), ErrorCode::kInvalid);
  form = Form(*device, "episode");
  form.values = {{kIntake, DateOf(2026, 1, 2)}};
  EXPECT_EQ(CodeOf(device->Save(form)), ErrorCode::kInvalid);
  form.parent = RecordId::From(Bytes(20, 3));
  EXPECT_EQ(CodeOf(device->Save(form)), ErrorCode::kNotFound);
  form = Form(*device, "session", client);
  form.values = {{kDay, DateOf(2026, 1, 3)}};
  EXPECT_EQ(CodeOf(device->Save(form)), ErrorCode::kInvalid);
}

TEST_F(UnitDeviceTest, AFormThatDoesNotFitIsRefusedWithEveryProblem) {
  auto device = NewDevice();
  RecordForm form = Form(*device, "episode", Client(*device));
  form.values = {{kIntake, std::string("no date")}};
  form.sets = {{kDrugs, {77}}};
  const Result<Saved> refused = device->Save(form);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("intake_date: "));
  EXPECT_THAT(refused.error().message, HasSubstr("\ndrugs: "));
  form.values = {{kIntake, DateOf(2026, 1, 2)}};
  form.sets.clear();
  form.record = device->Save(form)->record;
  form.parent.reset();
  form.values = {{kNoSuchField, Code{1}}};
  EXPECT_EQ(CodeOf(device->Save(form)), ErrorCode::kInvalid);
  form.values = {{kDrugs, Code{1}}};
  EXPECT_EQ(CodeOf(device->Save(form)), ErrorCode::kInvalid) << "a value for a set";
  form.values.clear();
  form.sets = {{kIntake, {1}}};
  EXPECT_EQ(CodeOf(device->Save(form)), ErrorCode::kInvalid) << "a set for a value";
  form.sets = {{kNoSuchField, {1}}};
  EXPECT_EQ(CodeOf(device->Save(form)), ErrorCode::kInvalid);
  form.record = RecordId::From(Bytes(20, 3));
  EXPECT_EQ(CodeOf(device->Save(form)), ErrorCode::kNotFound);
}

TEST_F(UnitDeviceTest, AnEditThatChangesNothingWritesNothing) {
  auto device = NewDevice();
  RecordForm form = EditOf(*device, Client(*device));
  const std::size_t ops = device->log().size();
  form.values = {{kSex, Code{1}}};
  const Result<Saved> saved = device->Save(form);
  ASSERT_TRUE(saved);
  EXPECT_FALSE(saved->changed);
  EXPECT_EQ(device->log().size(), ops);
}

TEST_F(UnitDeviceTest, OneTextHasOneFormWhateverKeyboardItCameFrom) {
  auto device = NewDevice();
  const RecordId client = Client(*device, "Bie\u0302\u0300n");  // letters and marks apart
  EXPECT_EQ(FieldOf(*device->view().Find(client), kName).value, Value(std::string("Biền")));
  RecordForm form = EditOf(*device, client);
  form.values = {{kName, std::string("Biền")}};
  EXPECT_FALSE(device->Save(form)->changed);
}

// Rule 2: what a form was drawn from is fixed when it is opened.
TEST_F(UnitDeviceTest, AFormThatWasOpenWhileAGroupChangedGivesAllOfIt) {
  auto device = NewDevice();
  const RecordId session = Session(*device);
  const RecordView opened = *device->view().Find(session);
  RecordForm meanwhile = EditOf(*device, session);
  meanwhile.values = {{kUse, Code{3}}};
  ASSERT_TRUE(device->Save(meanwhile));
  RecordForm form = EditOf(*device, session);
  form.parents = FieldOf(opened, kUse).parents;
  form.values = {{kUse, Code{1}}};
  const Result<Saved> half = device->Save(form);
  ASSERT_FALSE(half);
  EXPECT_THAT(half.error().message, HasSubstr("give all fields of the group use"));
  form.values[kUseDate] = Value();
  ASSERT_TRUE(device->Save(form));
  const RecordView after = *device->view().Find(session);
  EXPECT_TRUE(FieldOf(after, kUse).conflict);
  EXPECT_EQ(FieldOf(after, kUse).candidates.size(), 2u);
}

TEST_F(UnitDeviceTest, AFormDrawnFromWhatIsNotHereIsRefused) {
  auto device = NewDevice();
  RecordForm form = EditOf(*device, Client(*device));
  form.values = {{kPhone, std::string("0901")}};
  form.parents = {OpId::From(Bytes(20, 9))};
  EXPECT_EQ(CodeOf(device->Save(form)), ErrorCode::kInvalid);
  std::vector<OpId> many;
  for (std::size_t i = 0; i <= kParentsMax; ++i) many.push_back(SystemRandom().NewId<OpId>());
  form.parents = many;
  EXPECT_EQ(CodeOf(device->Save(form)), ErrorCode::kInvalid);
}

TEST_F(UnitDeviceTest, TextsTooLongForAnOpAreRefusedBeforeAnythingIsWritten) {
  auto device = NewDevice();
  const RecordId session = Session(*device);
  const std::size_t ops = device->log().size();
  EXPECT_EQ(CodeOf(device->Delete(session, std::string(kTextBytesMax + 1, 'a'), std::nullopt)),
            ErrorCode::kInvalid);
  EXPECT_EQ(CodeOf(device->Delete(session, "\xff\xfe", std::nullopt)), ErrorCode::kInvalid);
  RecordForm form = EditOf(*device, session);
  form.values = {{kNote, std::string(kTextBytesMax + 1, 'a')}};
  EXPECT_EQ(CodeOf(device->Save(form)), ErrorCode::kInvalid);
  EXPECT_EQ(device->log().size(), ops);
}

TEST_F(UnitDeviceTest, DeletingTwiceAndUndeleting) {
  auto device = NewDevice();
  const RecordId client = Client(*device);
  EXPECT_FALSE(device->Undelete(client)->changed);
  EXPECT_TRUE(device->Delete(client, "ghi hai lần", std::nullopt)->changed);
  EXPECT_FALSE(device->Delete(client, "", std::nullopt)->changed);
  EXPECT_TRUE(device->view().Find(client)->deleted);
  EXPECT_TRUE(device->Undelete(client)->changed);
  EXPECT_FALSE(device->view().Find(client)->deleted);
  const RecordId unknown = RecordId::From(Bytes(20, 3));
  EXPECT_EQ(CodeOf(device->Delete(unknown, "", std::nullopt)), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(device->Undelete(unknown)), ErrorCode::kNotFound);
}

TEST_F(UnitDeviceTest, OnlyWhatIsThereIsResolvedOrMerged) {
  auto device = NewDevice();
  const RecordId one = Client(*device), two = Client(*device), session = Session(*device);
  EXPECT_EQ(CodeOf(device->Resolve(one, kPhone, {{kPhone, std::string("1")}})),
            ErrorCode::kNotFound);
  const RecordId unknown = RecordId::From(Bytes(20, 3));
  EXPECT_EQ(CodeOf(device->Resolve(unknown, kPhone, {})), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(device->MergeInto(one, one)), ErrorCode::kInvalid);
  EXPECT_EQ(CodeOf(device->MergeInto(one, session)), ErrorCode::kInvalid);
  EXPECT_EQ(CodeOf(device->MergeInto(one, unknown)), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(device->MergeInto(unknown, one)), ErrorCode::kNotFound);
  ASSERT_TRUE(device->MergeInto(one, two));
  EXPECT_EQ(device->view().Find(one)->merged_into, two);
  ASSERT_TRUE(device->MergeInto(one, std::nullopt));
  EXPECT_FALSE(device->view().Find(one)->merged_into);
}

TEST_F(UnitDeviceTest, AConflictIsSettledByWhoChooses) {
  auto device = NewDevice();
  const RecordId client = Client(*device);
  RecordForm form = EditOf(*device, client);
  form.parents = std::vector<OpId>{CreatingOp(client)};
  form.values = {{kPhone, std::string("0901")}};
  ASSERT_TRUE(device->Save(form));
  form.values = {{kPhone, std::string("0902")}};
  ASSERT_TRUE(device->Save(form));
  ASSERT_TRUE(FieldOf(*device->view().Find(client), kPhone).conflict);
  ASSERT_TRUE(device->Resolve(client, kPhone, {{kPhone, std::string("0901")}}));
  EXPECT_FALSE(FieldOf(*device->view().Find(client), kPhone).conflict);
}

TEST_F(UnitDeviceTest, AnImportIsDurableAtItsEnd) {
  auto device = NewDevice();
  const EntryNumber before = device->log().committed();
  device->BeginBulk();
  Client(*device);
  Client(*device);
  EXPECT_EQ(device->log().committed(), before);
  ASSERT_TRUE(device->EndBulk());
  EXPECT_EQ(device->log().committed(), before + 2);
}

TEST_F(UnitDeviceTest, AProgrammeIsTakenFromItsAuthorityOnly) {
  auto device = NewDevice();
  std::string next = Toml();
  next.replace(next.find("version = 1"), 11, "version = 2");
  const SigningKey stranger = SigningKey::Generate(SystemRandom());
  EXPECT_EQ(device->UseProgramme(SignedBy(stranger, next)).error().code, ErrorCode::kDenied);
  EXPECT_EQ(device->UseProgramme("nothing").error().code, ErrorCode::kDenied);
  std::string unsealed = next;
  unsealed.replace(unsealed.find("max = 20,"), 9, "max = 20, clear = true,");
  const Status refused = device->UseProgramme(SignedBy(authority_, unsealed));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("client.phone: was sealed and would be clear"));
  EXPECT_EQ(device->programme().version, 1u);
  ASSERT_TRUE(device->UseProgramme(SignedBy(authority_, next)));
  device.reset();
  EXPECT_EQ((*Open())->programme().version, 2u);
}

// Two people correct different fields of what both saw, and each says why.
TEST_F(UnitDeviceTest, DifferentReasonsAreNoConflict) {
  auto device = NewDevice();
  const RecordId client = Client(*device);
  const std::vector<OpId> seen = {CreatingOp(client)};
  const std::pair<std::uint32_t, const char*> corrections[] = {{kName, "gõ nhầm"},
                                                               {kPhone, "đổi số"}};
  for (const auto& [field, reason] : corrections) {
    RecordForm form = EditOf(*device, client);
    form.values = {{field, std::string("0901")}};
    form.parents = seen;
    form.reason = reason;
    ASSERT_TRUE(device->Save(form));
  }
  const RecordView record = *device->view().Find(client);
  EXPECT_EQ(record.reserved.at(kFieldReason).candidates.size(), 2u) << "both are kept";
  EXPECT_TRUE(device->view().Conflicts().empty());
  EXPECT_FALSE(FieldOf(record, kName).conflict);
  EXPECT_FALSE(FieldOf(record, kPhone).conflict);
}

TEST_F(UnitDeviceTest, AReasonAloneWritesNothing) {
  auto device = NewDevice();
  const RecordId client = Client(*device);
  RecordForm form = EditOf(*device, client);
  form.values = {{kName, std::string("Người Bịa")}};
  form.reason = "gõ nhầm";
  const EntryNumber before = device->log().size();
  const auto saved = device->Save(form);
  ASSERT_TRUE(saved) << saved.error().message;
  EXPECT_FALSE(saved->changed);
  EXPECT_EQ(device->log().size(), before);
}

// The form was drawn before the other correction came, whose op has a reason too: only its reason
// could lead there.
TEST_F(UnitDeviceTest, AReasonCoversNoChangeThatTheFormDidNotSee) {
  auto device = NewDevice();
  const RecordId client = Client(*device);
  const std::vector<OpId> seen = {CreatingOp(client)};
  for (const char* name : {"Người Một", "Người Hai"}) {
    RecordForm form = EditOf(*device, client);
    form.values = {{kName, std::string(name)}};
    form.parents = seen;
    form.reason = name;
    const auto saved = device->Save(form);
    ASSERT_TRUE(saved) << saved.error().message;
    const Op op = device->log().ReadOp(*device->log().FindOp(saved->op));
    EXPECT_EQ(op.parents, seen);
  }
  EXPECT_TRUE(FieldOf(*device->view().Find(client), kName).conflict) << "both names are there";
  EXPECT_EQ(FieldOf(*device->view().Find(client), kName).candidates.size(), 2u);
}

TEST_F(UnitDeviceTest, AReasonThatIsNoTextIsRefused) {
  auto device = NewDevice();
  const RecordId client = Client(*device);
  const EntryNumber before = device->log().size();
  for (const std::string& reason : {std::string("\xff"), std::string("a\0b", 3)}) {
    RecordForm form = EditOf(*device, client);
    form.values = {{kName, std::string("Người Khác")}};
    form.reason = reason;
    EXPECT_EQ(CodeOf(device->Save(form)), ErrorCode::kInvalid);
    EXPECT_EQ(CodeOf(device->Delete(client, reason, std::nullopt)), ErrorCode::kInvalid);
  }
  RecordForm imported = Form(*device, "client");
  imported.values = {{kName, std::string("Người Khác")}, {kSex, Code{1}}};
  imported.import_key = "\xff";
  EXPECT_EQ(CodeOf(device->Save(imported)), ErrorCode::kInvalid) << "a key too";
  EXPECT_EQ(device->log().size(), before);
}

// A person's seed is destroyed while the device is open: what was read is forgotten.
TEST_F(UnitDeviceTest, ATombstoneClosesAFileThatWasOpen) {
  auto device = NewDevice();
  const RecordId erased = Client(*device), kept = Client(*device, "Người Ở Lại");
  device->log().AddKey({KeyEntry::Kind::kTombstone, ToBytes(erased.view()), {}});
  ASSERT_TRUE(device->log().Commit());
  ASSERT_TRUE(device->RefreshView());
  EXPECT_TRUE(IsNull(FieldOf(*device->view().Find(erased), kName).value));
  EXPECT_TRUE(device->view().Find(erased)->sealed_unread);
  EXPECT_EQ(FieldOf(*device->view().Find(kept), kName).value, Value(std::string("Người Ở Lại")));
  RecordForm form = EditOf(*device, erased);
  form.values = {{kPhone, std::string("0901")}};
  EXPECT_EQ(CodeOf(device->Save(form)), ErrorCode::kDenied) << "nothing can be sealed for him";
}

}  // namespace
}  // namespace tram
