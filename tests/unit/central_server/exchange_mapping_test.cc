// The mapping for DHIS2: each line that is wrong is said, nothing is left out silently.
#include <gmock/gmock.h>

#include "app/default_programme.h"
#include "tests/unit/central_server/exchange_fixture.h"

namespace tram::server {
namespace {

using testing::HasSubstr;

class ExchangeMappingTest : public PagesTest {
 protected:
  void SetUp() override {
    PagesTest::SetUp();
    auto loaded = Programme::Load(DefaultProgramme(), "treatment.toml");
    ASSERT_OK(loaded);
    ASSERT_OK(state().UseProgramme(**loaded, "test"));
    AddTestUnit("BG01", "24");
    AddTestUnit("KH01", "56");
    AddTestUnit("KH02", "56");
  }
  Dhis2Mapping Read(const std::string& csv, Language in = Language::kEnglish) {
    auto mapping = ReadMapping(state(), csv, in);
    EXPECT_TRUE(mapping) << (mapping ? "" : mapping.error().message);
    return mapping.value_or(Dhis2Mapping());
  }
};

TEST_F(ExchangeMappingTest, EveryWrongLineIsSaidWithItsReason) {
  const std::string csv =
      "what,code,from,item,stratum,uid,category_option_combo,name\n"
      "unit,KH01,,,,DiszpKrYNg8,,\n"                     // 2
      "unit,KH99,,,,DiszpKrYNg9,,\n"                     // 3
      "unit,KH02,,,,1iszpKrYNg8,,\n"                     // 4
      "unit,KH01,,,,DiszpKrYNa8,,\n"                     // 5
      "unit,KH02,,,,DiszpKrYNg8,,\n"                     // 6
      "province,99,,,,Paaaaaaaaa1,,\n"                   // 7
      "province,56,yesterday,,,Paaaaaaaaa1,,\n"          // 8
      "province,56,,,,DiszpKrYNg8,,\n"                   // 9
      "village,1,,,,Paaaaaaaaa1,,\n"                     // 10
      "value,newest,,count,,Vaaaaaaaaa1,,\n"             // 11
      "value,new,,numerator,,Vaaaaaaaaa1,,\n"            // 12
      "value,new,,count,sex=male,Vaaaaaaaaa1,,\n"        // 13
      "value,new,,count,,Vaaaaaaaaa1,short,\n"           // 14
      "value,new,,count,,,Caaaaaaaaa1,\n"                // 15
      "unit,KH02,,,,Daaaaaaaaa1,Caaaaaaaaa1,\n"          // 16
      "value,new,,count,,Vaaaaaaaaa1,,\n"                // 17
      "value,served,,count,,Vaaaaaaaaa1,,\n"             // 18
      "value,served,,count,,Vaaaaaaaaa1,Caaaaaaaaa1,\n"  // 19: another combo
      "country,,,,,DiszpKrYNg8,,\n"                      // 20
      "unit,\"KH02\"x,,,,Daaaaaaaaa1,,\n"                // 21
      "unit,BG01,,,,,,\n"                                // 22: not mapped yet
      ",,,,,,,\n";                                       // 23
  const std::vector<std::pair<std::size_t, const char*>> wanted{
      {3, "the server has no unit “KH99”"},
      {4, "“1iszpKrYNg8” is no UID of DHIS2"},
      {5, "line 2 is about the same"},
      {6, "line 2 has the organisation unit DiszpKrYNg8 already"},
      {7, "no province has the code “99”"},
      {8, "“yesterday” is no date"},
      {9, "line 2 has the organisation unit DiszpKrYNg8 already"},
      {10, "the column what has “village”"},
      {11, "there is no indicator “newest”"},
      {12, "new has no number “numerator”; it has: count"},
      {13, "has no group “sex=male”"},
      {14, "“short” is no UID of DHIS2"},
      {15, "the column uid is empty"},
      {16, "only a line value has a category_option_combo"},
      {18, "line 17 has this data element"},
      {20, "line 2 has the organisation unit DiszpKrYNg8 already"},
      {21, "look at its quotation marks"}};
  const Dhis2Mapping mapping = Read(csv);
  std::string said;
  for (const MappingFault& fault : mapping.faults) {
    said += std::to_string(fault.line) + ": " + fault.reason + "\n";
  }
  ASSERT_EQ(mapping.faults.size(), wanted.size()) << said;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_EQ(mapping.faults[i].line, wanted[i].first);
    EXPECT_THAT(mapping.faults[i].reason, HasSubstr(wanted[i].second)) << wanted[i].first;
  }
  EXPECT_EQ(mapping.units.size(), 1u);
  EXPECT_EQ(mapping.values.size(), 2u);
  const Dhis2Mapping vietnamese = Read(csv, Language::kVietnamese);
  ASSERT_EQ(vietnamese.faults.size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_EQ(vietnamese.faults[i].line, wanted[i].first);
    EXPECT_NE(vietnamese.faults[i].reason, mapping.faults[i].reason);
  }
}

TEST_F(ExchangeMappingTest, AFileWithoutItsColumnsIsNotRead) {
  for (const char* csv : {"", "a,b,c\n", "what,code\nunit,KH01\n"}) {
    const auto mapping = ReadMapping(state(), csv, Language::kEnglish);
    ASSERT_FALSE(mapping) << csv;
    EXPECT_EQ(mapping.error().code, ErrorCode::kInvalid);
  }
}

TEST_F(ExchangeMappingTest, TheTableToFillInHoldsEverythingAndIsReadBackAsItIs) {
  const std::string csv = FilledMapping(state());
  const Dhis2Mapping mapping = Read(csv);
  EXPECT_TRUE(mapping.faults.empty())
      << mapping.faults.at(0).line << ": " << mapping.faults.at(0).reason;
  EXPECT_EQ(mapping.units.size(), 3u);
  // 24 as it was, as it is; 56 as it was, as it is.
  EXPECT_EQ(mapping.provinces.size(), 4u);
  EXPECT_EQ(mapping.values.size(), ExchangeItems(*state().programme().programme).size());
  EXPECT_EQ(*MappingTable(state(), mapping, Language::kEnglish), csv);
  const auto gaps = GapsOf(state(), mapping);
  ASSERT_TRUE(gaps);
  EXPECT_TRUE(gaps->units.empty() && gaps->provinces.empty() && gaps->values.empty());
  const auto none = GapsOf(state(), {});
  ASSERT_TRUE(none);
  EXPECT_THAT(none->units,
              testing::ElementsAre("BG01 Đơn vị BG01", "KH01 Đơn vị KH01", "KH02 Đơn vị KH02"));
  EXPECT_EQ(none->provinces.size(), 2u);
  EXPECT_EQ(none->values.size(), mapping.values.size());
  EXPECT_THAT(none->values, testing::Contains("new_profile, persons, sex=male"));
}

TEST_F(ExchangeMappingTest, ANameIsNoFormula) {
  const auto unit = AddUnit(state(), "KH03", "=2+3", "", {"56", DateOf(2020, 1, 1), std::nullopt});
  ASSERT_TRUE(unit);
  AddTestUnit("-4", "56");
  EXPECT_THAT(*MappingTable(state(), {}, Language::kEnglish),
              testing::AllOf(HasSubstr(",'=2+3\r\n"), HasSubstr("unit,'-4,")));
  EXPECT_TRUE(Read(FilledMapping(state())).units.contains("-4")) << "it is read as it was";
}

TEST_F(ExchangeMappingTest, WhatIsWrongIsNotTakenAndWhatFitsNoMoreIsSaid) {
  const std::string good = "what,code,item,uid\nvalue,new,count,Vaaaaaaaaa1\n";
  EXPECT_FALSE(*UsedMapping(state(), Language::kEnglish));
  ASSERT_OK(UseMapping(state(), good, "test"));
  const Status refused = UseMapping(state(), good + "unit,KH99,,\n", "test");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("line 3: the server has no unit"));
  auto used = UsedMapping(state(), Language::kEnglish);
  ASSERT_TRUE(used && *used);
  EXPECT_EQ((*used)->values.size(), 1u);
  EXPECT_THAT(Trail(), HasSubstr("test: DHIS2 mapping: 0 places and 1 numbers"));
  // Another programme knows no such indicator.
  auto other = Programme::Load(kTestProgramme, "test.toml");
  ASSERT_OK(other);
  ASSERT_OK(state().UseProgramme(**other, "test"));
  used = UsedMapping(state(), Language::kEnglish);
  ASSERT_TRUE(used && *used);
  EXPECT_TRUE((*used)->values.empty());
  ASSERT_EQ((*used)->faults.size(), 1u);
  EXPECT_THAT((*used)->faults[0].reason, HasSubstr("no indicator “new”"));
}

}  // namespace
}  // namespace tram::server
