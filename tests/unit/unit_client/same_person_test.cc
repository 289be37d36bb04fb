// Who seems to be the same person, as the checks of the programme that units use say it, of records
// and of what is typed.
#include "app/same_person.h"

#include <gmock/gmock.h>

#include "tests/unit/unit_client/page_fixture.h"

namespace tram::client {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SamePersonTest : public PageTest {
 protected:
  const Date kToday = DateOf(2026, 11, 22);

  RecordId Client(const std::string& name, const std::string& year = "1990",
                  const std::string& sex = "female") {
    return Add("client", {{"full_name", name}, {"birth_year", year}, {"sex", sex}});
  }
  /// Who would be found beside a row of these texts, typed over `record` where there is one.
  std::vector<RecordId> SameAs(const std::map<std::string, std::string>& typed,
                               std::optional<RecordId> record = std::nullopt) {
    const RecordForm form = FormOf("client", typed);
    auto same = SamePersons(device_->view(), {*form.type, form.values, form.sets, record}, kToday);
    EXPECT_TRUE(same) << same.error().message;
    return same.value_or({});
  }
  const Check& CheckNamed(const std::string& name) {
    for (const Check& check : device_->programme().checks) {
      if (check.name == name) return check;
    }
    throw std::out_of_range(name);
  }
};

TEST_F(SamePersonTest, AccentsCaseAndOneYearDoNotTellApart) {
  const RecordId known = Client("Đỗ Minh Hà");
  for (const char* name : {"Đỗ Minh Hà", "do minh ha", "ĐỖ  MINH HÀ ", "Đỗ Minh Hạ"}) {
    EXPECT_THAT(SameAs({{"full_name", name}, {"birth_year", "1991"}, {"sex", "female"}}),
                ElementsAre(known))
        << name;
  }
  EXPECT_THAT(SameAs({{"full_name", "do minh"}, {"birth_year", "1990"}, {"sex", "female"}}),
              IsEmpty());
  EXPECT_THAT(SameAs({{"full_name", "do minh ha"}, {"birth_year", "1992"}, {"sex", "female"}}),
              IsEmpty());
  EXPECT_THAT(SameAs({{"full_name", "do minh ha"}, {"birth_year", "1990"}, {"sex", "male"}}),
              IsEmpty());
}

TEST_F(SamePersonTest, WhatTheCheckDoesNotReadMakesNobodyTheSame) {
  Add("client", {{"full_name", "Lò Văn Páo"}, {"phone", "0912"}, {"code", "KH-1"}});
  EXPECT_THAT(SameAs({{"full_name", "Vàng A Sử"}, {"phone", "0912"}, {"code", "KH-1"}}), IsEmpty());
  EXPECT_THAT(SameAs({}), IsEmpty());
}

TEST_F(SamePersonTest, OnlyThosePairsAreNamedThatTheCheckFindsTogether) {
  const RecordId first = Client("An"), second = Client("an", "1991");
  const RecordId other = Client("Bình"), another = Client("binh");
  EXPECT_THAT(*SamePersons(device_->view(), first, kToday), ElementsAre(second));
  EXPECT_THAT(*SamePersons(device_->view(), another, kToday), ElementsAre(other));
  EXPECT_THAT(SameAs({{"full_name", "AN"}, {"birth_year", "1990"}, {"sex", "female"}}),
              ElementsAre(first, second));
  EXPECT_THAT(SameAs({{"full_name", "AN"}, {"birth_year", "1992"}, {"sex", "female"}}),
              ElementsAre(second));
}

TEST_F(SamePersonTest, WhatIsWrongWithARecordByItselfIsNothingToCompare) {
  const RecordId young = Add(
      "client", {{"full_name", "Bé Na"}, {"birth_year", "2015"}, {"consent_date", "2020-01-01"}});
  const RecordId one = Client("An"), two = Client("an");
  const Check &twice = CheckNamed("same_person_twice"),
              &implausible = CheckNamed("birth_year_implausible");
  EXPECT_EQ(Compares(device_->view(), implausible, young, kToday).value(), false);
  EXPECT_EQ(Compares(device_->view(), twice, one, kToday).value(), true);
  EXPECT_THAT(SameAs({{"full_name", "Bà Hai"}, {"birth_year", "1901"}}), IsEmpty())
      << "two implausible years are not one person";
  EXPECT_THAT(*SamePersons(device_->view(), two, kToday), ElementsAre(one));
}

/// The same programme, whose check finds nobody where only two are alike.
class GroupOfThreeTest : public SamePersonTest {
 protected:
  void SetUp() override {
    std::string toml = TreatmentToml();
    const std::string pair =
        "SELECT DISTINCT a.id FROM named AS a\nJOIN named AS b ON b.name = "
        "a.name AND b.id <> a.id\n";
    const std::size_t at = toml.find(pair);
    ASSERT_NE(at, std::string::npos);
    const std::size_t end = toml.find("\"\"\"", at);
    toml.replace(at, end - at,
                 "SELECT id FROM named WHERE name IN "
                 "(SELECT name FROM named GROUP BY name HAVING count(*) >= 3)");
    Founding founding = NewFounding(toml);
    ASSERT_TRUE(Found(founding));
    device_ = *Open();
    ASSERT_TRUE(device_->Unlock(kUnitPassphrase));
  }
};

TEST_F(GroupOfThreeTest, AllOfTheGroupAreNamedAndNobodyElse) {
  const RecordId first = Client("An"), second = Client("an");
  for (const char* name : {"Bình", "binh", "Binh"}) Client(name);
  const std::map<std::string, std::string> typed = {{"full_name", "AN"}};
  EXPECT_THAT(SameAs(typed), ElementsAre(first, second)) << "two pairs would find nobody";
  EXPECT_THAT(SameAs({{"full_name", "Chi"}}), IsEmpty());
  const RecordId third = Client("Ân");
  EXPECT_THAT(SameAs(typed), ElementsAre(first, second, third)) << "with one more than needed";
  EXPECT_THAT(*SamePersons(device_->view(), second, kToday), ElementsAre(first, third));
}

TEST_F(SamePersonTest, WhoIsDeletedOrMergedAwayIsNobody) {
  const std::map<std::string, std::string> typed = {
      {"full_name", "Do Minh Ha"}, {"birth_year", "1990"}, {"sex", "female"}};
  const RecordId deleted = Client("Đỗ Minh Hà"), merged = Client("Đỗ Minh Hà"),
                 stays = Client("Đỗ Minh Hà");
  EXPECT_THAT(SameAs(typed), ElementsAre(deleted, merged, stays));
  ASSERT_TRUE(device_->Delete(deleted, "ghi nhầm", std::nullopt));
  EXPECT_THAT(SameAs(typed), ElementsAre(merged, stays));
  ASSERT_TRUE(device_->MergeInto(merged, stays));
  EXPECT_THAT(SameAs(typed), ElementsAre(stays));
  ASSERT_TRUE(device_->Undelete(deleted));
  EXPECT_THAT(SameAs(typed), ElementsAre(deleted, stays));
}

TEST_F(SamePersonTest, ARecordThatIsCorrectedIsNotComparedWithItself) {
  const RecordId known = Client("Đỗ Minh Hà"), other = Client("Lê Hoa");
  EXPECT_THAT(
      SameAs({{"full_name", "do minh ha"}, {"birth_year", "1990"}, {"sex", "female"}}, known),
      IsEmpty());
  EXPECT_THAT(SameAs({{"full_name", "le hoa"}, {"birth_year", "1990"}, {"sex", "female"}}, known),
              ElementsAre(other));
  EXPECT_THAT(*SamePersons(device_->view(), known, kToday), IsEmpty())
      << "asking changes no record";
}

TEST_F(SamePersonTest, WhatIsTypedIsAValueAndNeverAStatement) {
  const std::string name = "O'Neil'); DELETE FROM client; -- \" x' :as_of ?1";
  const RecordId known = Client(name);
  EXPECT_THAT(SameAs({{"full_name", name}, {"birth_year", "1990"}, {"sex", "female"}}),
              ElementsAre(known));
  EXPECT_THAT(SameAs({{"full_name", "x"}, {"note", std::string(60'000, '\'')}}), IsEmpty())
      << "a long text is left out";
  EXPECT_EQ(device_->view().Records(Type("client")).size(), 1u);
}

}  // namespace
}  // namespace tram::client
