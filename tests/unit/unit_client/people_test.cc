// Who works at an installation: who opens what, who decides, what is kept, what is refused.
#include "app/people.h"

#include <gmock/gmock.h>

#include <functional>

#include "app/output.h"
#include "tests/support/fault_disk.h"
#include "tests/unit/session/new_unit.h"
#include "tram/crypto/passphrase.h"

namespace tram::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr char kSetting[] = "client.people";
constexpr std::string_view kMai = "Mai", kLan = "Lan", kDung = "Dũng";
constexpr std::string_view kLanPassphrase = "bốn từ ngẫu nhiên",
                           kDungPassphrase = "một câu rất dài", kOther = "a third one entirely";
constexpr SignIn kKeeper{kMai, kUnitPassphrase};

template <class T>
ErrorCode ErrorOf(const Result<T>& result) {
  EXPECT_FALSE(result) << "it was done";
  return result ? ErrorCode::kIo : result.error().code;
}

class PeopleTest : public NewUnitTest {
 protected:
  void SetUp() override {
    device_ = NewDevice();
    ASSERT_TRUE(AddKeeper(*device_, kKeeper, std::nullopt));
  }
  Result<Person> Add(std::string_view name, std::string_view passphrase,
                     Role role = Role::kClinical) {
    return AddPerson(*device_, SystemRandom(), kKeeper, {name, passphrase}, role, std::nullopt);
  }
  /// Whether the passphrase gives this person the key that opens the unit.
  bool OpensTheUnit(std::string_view name, std::string_view passphrase) {
    auto admitted = Admit(*device_, {name, passphrase});
    if (!admitted || !admitted->unit_key) return false;
    const SecretKey key = *device_->UnitKey(keeper_passphrase_);
    return std::ranges::equal(admitted->unit_key->view(), key.view());
  }
  std::vector<std::string> Names() {
    const std::vector<Person> people = *AllPeople(device_->log());
    std::vector<std::string> names;
    for (const Person& person : people) names.push_back(person.name);
    return names;
  }
  std::string Kept() { return std::string(AsText(*device_->log().Setting(kSetting))); }
  void Reopen() {
    device_.reset();
    auto opened = Open();
    ASSERT_TRUE(opened) << opened.error().message;
    device_ = std::move(*opened);
  }
  RecordId Worker(const std::string& name) {
    RecordForm form;
    form.type = device_->programme().ByName("worker");
    form.values = {{16, name}};
    return device_->Save(form)->record;
  }

  std::unique_ptr<UnitDevice> device_;
  std::string_view keeper_passphrase_ = kUnitPassphrase;
};

TEST_F(PeopleTest, TheFirstPersonHasTheDevicesOwnPassphrase) {
  device_->log().SetSetting(kSetting, {});
  EXPECT_TRUE(AllPeople(device_->log())->empty());
  EXPECT_EQ(ErrorOf(AddKeeper(*device_, {kMai, kOther}, std::nullopt)), ErrorCode::kDenied);
  EXPECT_EQ(ErrorOf(Add(kLan, kLanPassphrase)), ErrorCode::kNotFound) << "nobody adds yet";
  EXPECT_TRUE(AllPeople(device_->log())->empty());
  auto keeper = AddKeeper(*device_, {"  Y sĩ Mai ", kUnitPassphrase}, std::nullopt);
  ASSERT_TRUE(keeper);
  EXPECT_EQ(*keeper, (Person{"Y sĩ Mai", Role::kClinical, true, std::nullopt}));
  EXPECT_EQ(ErrorOf(AddKeeper(*device_, {kLan, kUnitPassphrase}, std::nullopt)),
            ErrorCode::kExists);
  EXPECT_TRUE(OpensTheUnit("Y sĩ Mai", kUnitPassphrase));
}

TEST_F(PeopleTest, EachClinicalPersonOpensTheUnitWithHisOwnPassphrase) {
  ASSERT_TRUE(Add(kLan, kLanPassphrase));
  Reopen();
  EXPECT_THAT(Names(), ElementsAre(kMai, kLan));
  EXPECT_TRUE(OpensTheUnit(kMai, kUnitPassphrase));
  EXPECT_TRUE(OpensTheUnit(kLan, kLanPassphrase));
  EXPECT_FALSE(device_->unlocked()) << "to admit is not to unlock";
  EXPECT_EQ(ErrorOf(Admit(*device_, {kLan, kUnitPassphrase})), ErrorCode::kDenied);
  EXPECT_EQ(ErrorOf(Admit(*device_, {kMai, kLanPassphrase})), ErrorCode::kDenied);
  EXPECT_EQ(ErrorOf(Admit(*device_, {kDung, kLanPassphrase})), ErrorCode::kNotFound);
  EXPECT_EQ(device_->Unlock(kLanPassphrase).error().code, ErrorCode::kDenied)
      << "the command line asks for the keeper's";
  // A clinical person who is not the keeper decides too.
  EXPECT_TRUE(AddPerson(*device_, SystemRandom(), {kLan, kLanPassphrase}, {"Hoa", kOther},
                        Role::kClinical, std::nullopt));
  EXPECT_TRUE(OpensTheUnit("Hoa", kOther));
}

TEST_F(PeopleTest, ACommitteePersonsPassphraseOpensNothing) {
  ASSERT_TRUE(Add(kDung, kDungPassphrase, Role::kCommittee));
  auto admitted = Admit(*device_, {kDung, kDungPassphrase});
  ASSERT_TRUE(admitted);
  EXPECT_EQ(admitted->person.role, Role::kCommittee);
  EXPECT_FALSE(admitted->unit_key);
  EXPECT_EQ(ErrorOf(Admit(*device_, {kDung, kOther})), ErrorCode::kDenied);
  // Nor does what is kept for him, to one who takes it apart.
  const Json kept = Json::parse(Kept())["people"][1];
  auto secret = UnwrapKey(*FromBase64(kept["wrap"].get<std::string>()), kDungPassphrase);
  ASSERT_TRUE(secret);
  const SecretKey unit_key = *device_->UnitKey(kUnitPassphrase);
  EXPECT_FALSE(std::ranges::equal(secret->view(), unit_key.view()));
}

TEST_F(PeopleTest, ACommitteePersonDecidesNothing) {
  ASSERT_TRUE(Add(kDung, kDungPassphrase, Role::kCommittee));
  ASSERT_TRUE(Add(kLan, kLanPassphrase));
  const SignIn dung{kDung, kDungPassphrase};
  const std::string before = Kept();
  EXPECT_EQ(ErrorOf(AddPerson(*device_, SystemRandom(), dung, {"Hoa", kOther}, Role::kCommittee,
                              std::nullopt)),
            ErrorCode::kDenied);
  EXPECT_EQ(ErrorOf(SetRole(*device_, SystemRandom(), dung, kDung, Role::kClinical, kOther)),
            ErrorCode::kDenied);
  EXPECT_EQ(ErrorOf(RemovePerson(*device_, dung, kLan)), ErrorCode::kDenied);
  EXPECT_EQ(ErrorOf(HandOver(*device_, SystemRandom(), kKeeper, dung)), ErrorCode::kInvalid);
  EXPECT_EQ(ErrorOf(HandOver(*device_, SystemRandom(), dung, {kLan, kLanPassphrase})),
            ErrorCode::kInvalid);
  EXPECT_EQ(Kept(), before);
}

TEST_F(PeopleTest, WithoutTheDecidersPassphraseNothingChanges) {
  ASSERT_TRUE(Add(kLan, kLanPassphrase));
  const std::string before = Kept();
  const SignIn wrong{kMai, kOther};
  EXPECT_EQ(ErrorOf(AddPerson(*device_, SystemRandom(), wrong, {"Hoa", kOther}, Role::kCommittee,
                              std::nullopt)),
            ErrorCode::kDenied);
  EXPECT_EQ(ErrorOf(SetRole(*device_, SystemRandom(), wrong, kLan, Role::kCommittee, kOther)),
            ErrorCode::kDenied);
  EXPECT_EQ(ErrorOf(RemovePerson(*device_, wrong, kLan)), ErrorCode::kDenied);
  EXPECT_EQ(ErrorOf(ChangeOwnPassphrase(*device_, SystemRandom(), {kLan, kOther}, kOther)),
            ErrorCode::kDenied);
  EXPECT_EQ(ErrorOf(ChangeOwnPassphrase(*device_, SystemRandom(), wrong, kOther)),
            ErrorCode::kDenied);
  EXPECT_EQ(ErrorOf(HandOver(*device_, SystemRandom(), wrong, {kLan, kLanPassphrase})),
            ErrorCode::kDenied);
  EXPECT_EQ(ErrorOf(HandOver(*device_, SystemRandom(), kKeeper, {kLan, kOther})),
            ErrorCode::kDenied);
  Reopen();
  EXPECT_EQ(Kept(), before);
  EXPECT_TRUE(OpensTheUnit(kMai, kUnitPassphrase));
  EXPECT_TRUE(OpensTheUnit(kLan, kLanPassphrase));
}

TEST_F(PeopleTest, NamesAreToldApartWithoutAccentsAndCapitals) {
  ASSERT_TRUE(Add("Đỗ Hà", kLanPassphrase));
  for (const char* same : {"đỗ hà", "Do Ha", " ĐỖ   HÀ ", "Do\xCC\x82\xCC\x83 Ha"}) {
    EXPECT_EQ(ErrorOf(Add(same, kOther)), ErrorCode::kExists) << same;
    EXPECT_TRUE(OpensTheUnit(same, kLanPassphrase)) << same;
    EXPECT_EQ(SignInKey(same), SignInKey("Đỗ Hà"));
  }
  std::string forty;
  for (int i = 0; i < 40; ++i) forty += "ờ";
  for (const std::string& wrong :
       {std::string(), std::string("  "), forty + "m", std::string("a\nb"), std::string("\xff"),
        std::string("a\0b", 3)}) {
    EXPECT_EQ(ErrorOf(Add(wrong, kOther)), ErrorCode::kInvalid) << wrong;
  }
  ASSERT_TRUE(Add(forty, kOther));
  ASSERT_TRUE(
      Add("Ho\xCC\x80"
          "a",
          kOther))
      << "as a keyboard may compose it";
  EXPECT_THAT(Names(), ElementsAre(kMai, "Đỗ Hà", forty, "Hòa"));
}

TEST_F(PeopleTest, AtMostFiftyPeople) {
  Json json = Json::parse(Kept());
  for (std::size_t i = 1; i < kPeopleMax - 1; ++i) {
    json["people"].push_back(
        {{"name", "p" + std::to_string(i)}, {"role", "committee"}, {"wrap", "AAAA"}});
  }
  device_->log().SetSetting(kSetting, ToBytes(AsBytes(json.dump())));
  EXPECT_TRUE(Add(kLan, kLanPassphrase));
  EXPECT_EQ(ErrorOf(Add("Hoa", kOther)), ErrorCode::kInvalid);
  EXPECT_EQ(Names().size(), kPeopleMax);
  ASSERT_TRUE(RemovePerson(*device_, kKeeper, "p1"));
  EXPECT_TRUE(Add("Hoa", kOther));
}

TEST_F(PeopleTest, ShortPassphrasesAreRefused) {
  ASSERT_TRUE(Add(kLan, kLanPassphrase));
  EXPECT_EQ(ErrorOf(Add("Hoa", "short")), ErrorCode::kInvalid);
  EXPECT_EQ(ErrorOf(SetRole(*device_, SystemRandom(), kKeeper, kLan, Role::kClinical, "short")),
            ErrorCode::kInvalid);
  for (const SignIn& who : {kKeeper, SignIn{kLan, kLanPassphrase}}) {
    EXPECT_EQ(ErrorOf(ChangeOwnPassphrase(*device_, SystemRandom(), who, "short")),
              ErrorCode::kInvalid);
  }
  EXPECT_THAT(Names(), ElementsAre(kMai, kLan));
  EXPECT_TRUE(OpensTheUnit(kLan, kLanPassphrase));
}

TEST_F(PeopleTest, APassphraseIsChangedByItsOwner) {
  ASSERT_TRUE(Add(kLan, kLanPassphrase));
  ASSERT_TRUE(Add(kDung, kDungPassphrase, Role::kCommittee));
  ASSERT_TRUE(
      ChangeOwnPassphrase(*device_, SystemRandom(), {kLan, kLanPassphrase}, "Lan's next one"));
  ASSERT_TRUE(
      ChangeOwnPassphrase(*device_, SystemRandom(), {kDung, kDungPassphrase}, "Dung's next one"));
  Reopen();
  EXPECT_EQ(ErrorOf(Admit(*device_, {kLan, kLanPassphrase})), ErrorCode::kDenied);
  EXPECT_TRUE(OpensTheUnit(kLan, "Lan's next one"));
  EXPECT_EQ(ErrorOf(Admit(*device_, {kDung, kDungPassphrase})), ErrorCode::kDenied);
  EXPECT_FALSE(Admit(*device_, {kDung, "Dung's next one"})->unit_key);
  EXPECT_TRUE(OpensTheUnit(kMai, kUnitPassphrase));
}

TEST_F(PeopleTest, TheKeepersPassphraseIsTheDevices) {
  ASSERT_TRUE(Add(kLan, kLanPassphrase));
  ASSERT_TRUE(ChangeOwnPassphrase(*device_, SystemRandom(), kKeeper, kOther));
  keeper_passphrase_ = kOther;
  Reopen();
  EXPECT_EQ(device_->Unlock(kUnitPassphrase).error().code, ErrorCode::kDenied);
  EXPECT_TRUE(device_->Unlock(kOther));
  EXPECT_TRUE(OpensTheUnit(kMai, kOther));
  EXPECT_TRUE(OpensTheUnit(kLan, kLanPassphrase));
}

TEST_F(PeopleTest, ANewRoleIsANewPassphrase) {
  ASSERT_TRUE(Add(kLan, kLanPassphrase));
  ASSERT_TRUE(SetRole(*device_, SystemRandom(), kKeeper, kLan, Role::kCommittee, kOther));
  EXPECT_EQ(ErrorOf(Admit(*device_, {kLan, kLanPassphrase})), ErrorCode::kDenied);
  auto admitted = Admit(*device_, {kLan, kOther});
  ASSERT_TRUE(admitted);
  EXPECT_EQ(admitted->person.role, Role::kCommittee);
  EXPECT_FALSE(admitted->unit_key);
  ASSERT_TRUE(SetRole(*device_, SystemRandom(), kKeeper, kLan, Role::kClinical, kLanPassphrase));
  EXPECT_TRUE(OpensTheUnit(kLan, kLanPassphrase)) << "the unit key, not what the committee had";
  // The same role: he forgot it.
  ASSERT_TRUE(SetRole(*device_, SystemRandom(), kKeeper, kLan, Role::kClinical, kOther));
  EXPECT_TRUE(OpensTheUnit(kLan, kOther));
  EXPECT_EQ(ErrorOf(SetRole(*device_, SystemRandom(), {kLan, kOther}, kMai, Role::kCommittee,
                            kLanPassphrase)),
            ErrorCode::kInvalid);
  EXPECT_EQ(ErrorOf(SetRole(*device_, SystemRandom(), kKeeper, "Hoa", Role::kClinical, kOther)),
            ErrorCode::kNotFound);
  EXPECT_TRUE(OpensTheUnit(kMai, kUnitPassphrase));
}

TEST_F(PeopleTest, TheKeeperStaysUntilHeHandsOver) {
  ASSERT_TRUE(Add(kLan, kLanPassphrase));
  const SignIn lan{kLan, kLanPassphrase};
  EXPECT_EQ(ErrorOf(RemovePerson(*device_, lan, kMai)), ErrorCode::kInvalid);
  EXPECT_EQ(ErrorOf(RemovePerson(*device_, kKeeper, kMai)), ErrorCode::kInvalid);
  EXPECT_EQ(ErrorOf(HandOver(*device_, SystemRandom(), kKeeper, kKeeper)), ErrorCode::kInvalid);
  EXPECT_EQ(ErrorOf(HandOver(*device_, SystemRandom(), lan, kKeeper)), ErrorCode::kInvalid);
  ASSERT_TRUE(HandOver(*device_, SystemRandom(), kKeeper, lan));
  keeper_passphrase_ = kLanPassphrase;
  Reopen();
  EXPECT_TRUE(FindPerson(device_->log(), kLan)->keeper);
  EXPECT_FALSE(FindPerson(device_->log(), kMai)->keeper);
  EXPECT_TRUE(OpensTheUnit(kMai, kUnitPassphrase));
  EXPECT_TRUE(OpensTheUnit(kLan, kLanPassphrase));
  EXPECT_EQ(device_->Unlock(kUnitPassphrase).error().code, ErrorCode::kDenied);
  EXPECT_TRUE(device_->Unlock(kLanPassphrase));
  EXPECT_EQ(ErrorOf(RemovePerson(*device_, kKeeper, kLan)), ErrorCode::kInvalid);
  ASSERT_TRUE(RemovePerson(*device_, lan, kMai));
  EXPECT_EQ(ErrorOf(Admit(*device_, kKeeper)), ErrorCode::kNotFound);
  EXPECT_THAT(Names(), ElementsAre(kLan));
}

TEST_F(PeopleTest, NothingOfARemovedPersonIsKept) {
  ASSERT_TRUE(Add(kLan, kLanPassphrase));
  const std::string wrap = Json::parse(Kept())["people"][1]["wrap"];
  ASSERT_THAT(Kept(), HasSubstr(wrap));
  EXPECT_EQ(ErrorOf(RemovePerson(*device_, kKeeper, "Hoa")), ErrorCode::kNotFound);
  ASSERT_TRUE(RemovePerson(*device_, kKeeper, "LAN"));
  Reopen();
  EXPECT_THAT(Kept(), Not(HasSubstr(wrap)));
  EXPECT_THAT(Kept(), Not(HasSubstr(std::string(kLan))));
}

TEST_F(PeopleTest, APersonWritesAsARecordOfAWorker) {
  const RecordId worker = Worker("Y sĩ Lan");
  RecordForm form;
  form.type = device_->programme().ByName("client");
  form.values = {{16, std::string("Người Bịa")}, {17, Code{1}}};
  const RecordId client = device_->Save(form)->record;
  const RecordId nobody = RecordId::From(Bytes(RecordId::kSize, 3));
  for (const RecordId& wrong : {client, nobody}) {
    EXPECT_EQ(ErrorOf(AddPerson(*device_, SystemRandom(), kKeeper, {kLan, kLanPassphrase},
                                Role::kClinical, wrong)),
              ErrorCode::kInvalid);
    EXPECT_EQ(ErrorOf(SetWorker(*device_, kMai, wrong)), ErrorCode::kInvalid);
  }
  ASSERT_TRUE(AddPerson(*device_, SystemRandom(), kKeeper, {kLan, kLanPassphrase}, Role::kClinical,
                        worker));
  EXPECT_EQ(ErrorOf(SetWorker(*device_, "Hoa", worker)), ErrorCode::kNotFound);
  Reopen();  // and locked
  EXPECT_EQ(FindPerson(device_->log(), kLan)->worker, worker);
  EXPECT_FALSE(FindPerson(device_->log(), kMai)->worker);
  ASSERT_TRUE(SetWorker(*device_, kMai, worker));
  ASSERT_TRUE(SetWorker(*device_, kLan, std::nullopt));
  EXPECT_EQ(Admit(*device_, kKeeper)->person.worker, worker);
  EXPECT_FALSE(FindPerson(device_->log(), kLan)->worker);
}

TEST_F(PeopleTest, ADamagedListIsNeverTakenForAnEmptyOne) {
  ASSERT_TRUE(Add(kDung, kDungPassphrase, Role::kCommittee));
  const std::string good = Kept();
  std::vector<std::string> damaged;
  for (std::size_t cut = 1; cut < good.size(); cut += 7) damaged.push_back(good.substr(0, cut));
  const Json whole = Json::parse(good);
  for (
      const char* change :
      {R"([{"op":"remove","path":"/people"}])", R"([{"op":"replace","path":"/people","value":7}])",
       R"([{"op":"remove","path":"/format"}])", R"([{"op":"replace","path":"/people","value":[]}])",
       R"([{"op":"replace","path":"/people/0","value":"Mai"}])",
       R"([{"op":"remove","path":"/people/0/name"}])",
       R"([{"op":"replace","path":"/people/0/role","value":"committee"}])",
       R"([{"op":"replace","path":"/people/1/role","value":"minister"}])",
       R"([{"op":"replace","path":"/people/1/role","value":{}}])",
       R"([{"op":"add","path":"/people/1/worker","value":"12"}])",
       R"([{"op":"add","path":"/people/1/worker","value":null}])",
       R"([{"op":"remove","path":"/people/1/wrap"},{"op":"replace","path":"/people/1/role","value":"clinical"}])",
       R"([{"op":"remove","path":"/people/1/wrap"}])",
       R"([{"op":"replace","path":"/people/1/wrap","value":""}])",
       R"([{"op":"replace","path":"/people/1/wrap","value":"?"}])",
       R"([{"op":"add","path":"/people/0/wrap","value":"AAAA"}])"}) {
    damaged.push_back(whole.patch(Json::parse(change)).dump());
  }
  for (const std::string& text : damaged) {
    device_->log().SetSetting(kSetting, ToBytes(AsBytes(text)));
    EXPECT_EQ(ErrorOf(AllPeople(device_->log())), ErrorCode::kCorrupt) << text;
    EXPECT_EQ(ErrorOf(AddKeeper(*device_, kKeeper, std::nullopt)), ErrorCode::kCorrupt);
    EXPECT_EQ(ErrorOf(Admit(*device_, kKeeper)), ErrorCode::kCorrupt);
  }
  Json later = whole;
  later["format"] = 2;
  device_->log().SetSetting(kSetting, ToBytes(AsBytes(later.dump())));
  EXPECT_EQ(ErrorOf(AllPeople(device_->log())), ErrorCode::kTooNew);
}

// What is answered is on the disk; what could not be written is an error, and the list is what it
// was when the device is opened again.
TEST_F(PeopleTest, ACommitThatFailsIsSaidAndLeavesEverybodyAsHeWas) {
  ASSERT_TRUE(Add(kLan, kLanPassphrase));
  const std::string before = Kept();
  const SignIn lan{kLan, kLanPassphrase};
  device_.reset();
  test::FaultDisk disk(folder_, 1);
  const std::vector<std::function<Status()>> changes{
      [&]() -> Status {
        TRAM_TRY(Add("Hoa", kOther));
        return {};
      },
      [&] { return SetRole(*device_, SystemRandom(), kKeeper, kLan, Role::kCommittee, kOther); },
      [&] { return ChangeOwnPassphrase(*device_, SystemRandom(), lan, kOther); },
      [&] { return HandOver(*device_, SystemRandom(), kKeeper, lan); },
      [&] { return RemovePerson(*device_, kKeeper, kLan); }};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    SCOPED_TRACE(i);
    Reopen();
    disk.FailAt(1, test::FaultDisk::Fault::kError);
    EXPECT_EQ(ErrorOf(changes[i]()), ErrorCode::kIo);
    EXPECT_TRUE(disk.failed());
    disk.Mend();
    Reopen();
    EXPECT_EQ(Kept(), before);
    EXPECT_TRUE(OpensTheUnit(kMai, kUnitPassphrase));
    EXPECT_TRUE(OpensTheUnit(kLan, kLanPassphrase));
  }
  device_.reset();
}

TEST_F(PeopleTest, WhatWasAnsweredOutlivesAPowerCut) {
  device_.reset();
  test::FaultDisk disk(folder_, 2);
  Reopen();
  ASSERT_TRUE(Add(kLan, kLanPassphrase));
  ASSERT_TRUE(HandOver(*device_, SystemRandom(), kKeeper, {kLan, kLanPassphrase}));
  disk.CutPower();
  device_.reset();
  disk.PowerOn();
  keeper_passphrase_ = kLanPassphrase;
  Reopen();
  EXPECT_TRUE(OpensTheUnit(kMai, kUnitPassphrase));
  EXPECT_TRUE(OpensTheUnit(kLan, kLanPassphrase));
  EXPECT_TRUE(FindPerson(device_->log(), kLan)->keeper);
  device_.reset();
}

}  // namespace
}  // namespace tram::client
