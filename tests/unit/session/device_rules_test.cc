// Directed tests of what a whole device promises: rules 1 and 2, what is sealed, what is erased.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/process.h"
#include "tram/programme/signing.h"
#include "tram/session/unit_device.h"
#include "tram/wire/op_codec.h"

namespace tram {
namespace {

namespace fs = std::filesystem;

constexpr char kProgramme[] = R"(
name = "persons"
version = 1
title = { vi = "Người", en = "Persons" }

[[record]]
number = 16
name = "client"
person = true
vi = "Khách hàng"
en = "Client"
many = { vi = "Khách hàng", en = "Clients" }
fields = [
  { number = 16, name = "code", type = "text", clear = true, vi = "Mã số", en = "Code" },
  { number = 17, name = "ward", type = "text", clear = true, vi = "Phường", en = "Ward" },
  { number = 18, name = "full_name", type = "text", vi = "Họ tên", en = "Name" },
]
)";
constexpr std::uint32_t kCode = 16, kWard = 17, kFullName = 18;
constexpr char kPassphrase[] = "bốn từ rất dài";

class StandingClock : public Clock {
 public:
  std::int64_t WallMs() override { return 1'750'000'000'000; }
  std::int64_t SteadyMs() override { return 1'000; }
};

class DeviceRulesTest : public testing::Test {
 protected:
  void SetUp() override {
    SigningKey authority = SigningKey::Generate(SystemRandom());
    Founding founding;
    founding.unit = SystemRandom().NewId<UnitId>();
    founding.unit_name = "Unit";
    founding.server = founding.programme_key = authority.id();
    founding.programme =
        WriteSignedProgramme({authority.Sign(ProgrammeStatement(kProgramme)), kProgramme});
    founding.device_seed = SecretKey::Generate(SystemRandom());
    founding.unit_key = SecretKey::Generate(SystemRandom());
    founding.passphrase = kPassphrase;
    Status founded = UnitDevice::Found(folder_ / "one", founding, clock_, SystemRandom());
    ASSERT_TRUE(founded) << founded.error().message;
  }

  std::unique_ptr<UnitDevice> Open(const std::string& name) {
    auto device = UnitDevice::Open(folder_ / name, clock_, SystemRandom());
    EXPECT_TRUE(device) << device.error().message;
    Status unlocked = (*device)->Unlock(kPassphrase);
    EXPECT_TRUE(unlocked) << unlocked.error().message;
    return std::move(*device);
  }

  static Saved Save(UnitDevice& device, const std::map<std::uint32_t, Value>& values,
                    const std::optional<RecordId>& record = std::nullopt,
                    const std::optional<std::vector<OpId>>& parents = std::nullopt) {
    RecordForm form;
    form.type = device.programme().ByName("client");
    form.record = record;
    form.values = values;
    form.parents = parents;
    auto saved = device.Save(form);
    EXPECT_TRUE(saved) << saved.error().message;
    return saved ? *saved : Saved{};
  }

  static FieldView FieldOf(UnitDevice& device, const RecordId& record, std::uint32_t number) {
    auto view = device.view().Find(record);
    EXPECT_TRUE(view) << view.error().message;
    for (FieldView& field : view->fields) {
      if (field.field->number == number) return field;
    }
    return {};
  }

  static OpBody BodyOf(UnitDevice& device, const OpId& op) {
    const Op read = device.log().ReadOp(*device.log().FindOp(op));
    return *DecodeBody(read.format, read.body);
  }

  test::ScratchFolder folder_;
  StandingClock clock_;
};

// Rule 1: whoever copies an installation and sets the clocks alike still registers two persons.
TEST_F(DeviceRulesTest, TwoCopiesAtOneTimeMakeTwoPersonsOfTheSameWords) {
  fs::copy(folder_ / "one", folder_ / "two", fs::copy_options::recursive);
  auto one = Open("one"), two = Open("two");
  ASSERT_EQ(one->device(), two->device());
  const Saved first = Save(*one, {{kCode, std::string("K1")}});
  const Saved second = Save(*two, {{kCode, std::string("K1")}});
  EXPECT_EQ(one->view().TimeOf(first.op), two->view().TimeOf(second.op));
  EXPECT_NE(first.record, second.record);
}

// Rule 2: what arrived while a form stood open was not on it, and saving it does not answer for
// that.
TEST_F(DeviceRulesTest, AFormAnswersForWhatStoodInItOnly) {
  auto device = Open("one");
  const RecordId record =
      Save(*device, {{kCode, std::string("K1")}, {kWard, std::string("one")}}).record;
  const std::vector<OpId> form = FieldOf(*device, record, kWard).parents;
  Save(*device, {{kWard, std::string("two")}}, record);
  Save(*device, {{kWard, std::string("three")}}, record, form);
  const FieldView ward = FieldOf(*device, record, kWard);
  EXPECT_TRUE(ward.conflict);
  EXPECT_EQ(ward.candidates.size(), 2u);
}

TEST_F(DeviceRulesTest, AFormWritesWhatWasChangedOnly) {
  auto device = Open("one");
  const RecordId record =
      Save(*device, {{kCode, std::string("K1")}, {kWard, std::string("one")}}).record;
  const Saved saved =
      Save(*device, {{kCode, std::string("K1")}, {kWard, std::string("two")}}, record);
  EXPECT_EQ(BodyOf(*device, saved.op).edits, (std::vector<Edit>{{kWard, std::string("two")}}));
  EXPECT_FALSE(Save(*device, {{kWard, std::string("two")}}, record).changed);
}

TEST_F(DeviceRulesTest, SealedFieldsAreNeverWrittenInTheClear) {
  auto device = Open("one");
  const Saved created =
      Save(*device, {{kCode, std::string("K1")}, {kFullName, std::string("Nguyễn Văn A")}});
  const Saved changed = Save(*device, {{kFullName, std::string("Nguyễn Văn B")}}, created.record);
  for (const OpId& op : {created.op, changed.op}) {
    const OpBody body = BodyOf(*device, op);
    EXPECT_TRUE(body.sealed);
    for (const Edit& edit : body.edits) EXPECT_EQ(edit.field, kCode);
  }
  device->Lock();
  EXPECT_EQ(FieldOf(*device, created.record, kFullName).value, Value());
  EXPECT_EQ(FieldOf(*device, created.record, kCode).value, Value(std::string("K1")));
}

// A key that was derived before the erasure must not outlive it.
TEST_F(DeviceRulesTest, AnErasedPersonIsNotReadableAnyMore) {
  auto device = Open("one");
  const RecordId person = Save(*device, {{kFullName, std::string("Nguyễn Văn A")}}).record;
  const RecordId other = Save(*device, {{kFullName, std::string("Trần Thị B")}}).record;
  ASSERT_EQ(FieldOf(*device, person, kFullName).value, Value(std::string("Nguyễn Văn A")));
  device->replica().TakeKeys({{KeyEntry::Kind::kTombstone, ToBytes(person.view()), {}}});
  ASSERT_TRUE(device->log().Commit());
  ASSERT_TRUE(device->RefreshView());
  EXPECT_EQ(FieldOf(*device, person, kFullName).value, Value());
  EXPECT_TRUE(device->view().Find(person)->sealed_unread);
  EXPECT_EQ(FieldOf(*device, other, kFullName).value, Value(std::string("Trần Thị B")));
}

}  // namespace
}  // namespace tram
