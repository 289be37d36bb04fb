// The pages about data exchange: what is shown before it is taken, whose it is, the mapping, the
// audit trail.
#include <gmock/gmock.h>

#include "tests/unit/central_server/exchange_fixture.h"
#include "tests/unit/central_server/visitor.h"

namespace tram::server {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const Date kOctober = DateOf(2026, 10, 31);

class ExchangePagesTest : public PagesTest {
 protected:
  void SetUp() override {
    PagesTest::SetUp();
    MadeUpFigures figures(state());
    for (const auto& [code, province] : std::vector<std::pair<const char*, const char*>>{
             {"BG01", "24"}, {"KH01", "56"}, {"KH02", "56"}}) {
      const Unit unit = AddTestUnit(code, province);
      ASSERT_OK(store().units().AddEntries(unit.number, 5));
      ASSERT_OK(store().units().Synced(unit.number, clock_.ms));
      figures.FillWith(*store().units().ByCode(code), kOctober, 7);
    }
    figures.Publish(kOctober);
    csv_ = FilledMapping(state());
    administrator_ = AddAccount("quan.tri", Role::kAdministrator);
    manager_ = AddAccount("ca.nuoc", Role::kManager);
    province_ = AddAccount("can.bo", Role::kProvince, {"56"});
    committee_ = AddAccount("ban", Role::kCommittee, {}, store().units().ByCode("KH02")->number);
  }
  void UseMappingNow() {
    OnOwner([&](ServerState& server, RollupWorker&) { return UseMapping(server, csv_, "test"); });
  }
  std::set<std::string> OrgUnitsIn(const std::string& target) {
    const HttpResponse response = Get(target);
    EXPECT_EQ(response.status, 200) << response.body.substr(0, 2000);
    std::set<std::string> found;
    if (response.status != 200) return found;
    const auto document = FhirJson::parse(response.body);
    for (const auto& value : document.at("dataValues")) {
      found.insert(value.at("orgUnit"));
    }
    return found;
  }
  std::string OrgUnit(const std::string& unit) {
    std::string uid;
    OnOwner([&](ServerState& server, RollupWorker&) -> Status {
      TRAM_ASSIGN(const Dhis2Mapping mapping, ReadMapping(server, csv_, Language::kEnglish));
      uid = mapping.units.at(unit);
      return {};
    });
    return uid;
  }

  std::string csv_;
  Account administrator_, manager_, province_, committee_;
};

TEST_F(ExchangePagesTest, ThePageSaysWhatIsThereAndTheFilesHoldIt) {
  Serve();
  Become(manager_);
  std::string page = Get("/exchange?month=2026-10").body;
  EXPECT_THAT(page, AllOf(HasSubstr("no mapping for DHIS2 yet"), Not(HasSubstr("dhis2.json")),
                          HasSubstr("<dd>3</dd>"), HasSubstr("/exchange/fhir.json?month=2026-10")));
  const HttpResponse none = Get("/exchange/dhis2.json?month=2026-10");
  EXPECT_EQ(none.status, 404);
  EXPECT_THAT(none.body, HasSubstr("an administrator sends one"));
  UseMappingNow();
  page = Get("/exchange?month=2026-10").body;
  EXPECT_THAT(page, AllOf(HasSubstr("<dd>54</dd>"), HasSubstr("/exchange/dhis2.json?month=2026-10"),
                          Not(HasSubstr("Not in the DHIS2 file"))));
  const HttpResponse set =
      Get("/exchange/dhis2.json?month=2026-10&places=then&part=activity&by=unit");
  EXPECT_EQ(set.status, 200);
  EXPECT_EQ(set.content_type, "application/json");
  EXPECT_EQ(HeaderOf(set, "Content-Disposition"),
            "attachment; filename=\"tram-dhis2-2026-10-activity-unit.json\"");
  EXPECT_EQ(FhirJson::parse(set.body).at("dataValues").size(), 54u);
  const HttpResponse bundle = Get("/exchange/fhir.json?month=2026-10&by=province&province=56");
  EXPECT_EQ(bundle.content_type, "application/fhir+json");
  EXPECT_EQ(ReportsOf(FhirJson::parse(bundle.body)).size(), 12u);
  EXPECT_THAT(
      Trail(),
      AllOf(HasSubstr("account:ca.nuoc: export of DHIS2 data values, activity of 2026-10 by "
                      "unit, places then: 54 values"),
            HasSubstr("account:ca.nuoc: export of FHIR measure reports, activity of 2026-10 "
                      "by province, places then, province 56: 12 reports")));
}

TEST_F(ExchangePagesTest, WhatEveryUnitOfACountryReleasedIsNotCountedForAPage) {
  for (int i = 0; i < 400; ++i) AddTestUnit("X" + std::to_string(1000 + i), "24");
  Serve();
  Become(manager_);
  const std::string asked = "/exchange?month=2026-10&part=released";
  EXPECT_THAT(Get(asked + "&by=unit").body, HasSubstr("choose a province above"));
  for (const char* other : {"", "&by=province", "&by=unit&province=56"}) {
    EXPECT_THAT(Get(asked + other).body, Not(HasSubstr("choose a province above"))) << other;
  }
}

TEST_F(ExchangePagesTest, EverybodyTakesWhatHeMaySee) {
  UseMappingNow();
  Serve();
  const std::string kh01 = OrgUnit("KH01"), kh02 = OrgUnit("KH02"), bg01 = OrgUnit("BG01");
  Become(manager_);
  EXPECT_EQ(OrgUnitsIn("/exchange/dhis2.json?month=2026-10"),
            (std::set<std::string>{bg01, kh01, kh02}));
  EXPECT_EQ(OrgUnitsIn("/exchange/dhis2.json?month=2026-10&province=24"),
            (std::set<std::string>{bg01}));
  Become(province_);
  EXPECT_EQ(OrgUnitsIn("/exchange/dhis2.json?month=2026-10"), (std::set<std::string>{kh01, kh02}));
  EXPECT_EQ(Get("/exchange/dhis2.json?month=2026-10&province=24").status, 403);
  EXPECT_EQ(Get("/exchange/fhir.json?month=2026-10&by=country").status, 403);
  EXPECT_EQ(Get("/exchange/fhir.json?month=2026-10&by=country&part=released").status, 200);
  Become(committee_);
  EXPECT_EQ(OrgUnitsIn("/exchange/dhis2.json?month=2026-10"), (std::set<std::string>{kh02}));
  EXPECT_EQ(Get("/exchange?by=province").status, 403);
  EXPECT_THAT(Get("/exchange").body, Not(HasSubstr("Each province")));
  Become(administrator_);
  EXPECT_EQ(Get("/exchange/fhir.json?month=2026-10&part=released").status, 403);
  EXPECT_THAT(Get("/exchange").body, AllOf(Not(HasSubstr("Outcomes released with")),
                                           HasSubstr("href=\"/admin/exchange\"")));
}

TEST_F(ExchangePagesTest, AWrongChoiceIsSaid) {
  Serve();
  Become(manager_);
  for (const char* target : {"/exchange?part=names", "/exchange?by=village",
                             "/exchange/fhir.json?month=1999-01", "/exchange?province=99"}) {
    const int status = Get(target).status;
    EXPECT_TRUE(status == 400 || status == 404) << target << " " << status;
  }
}

TEST_F(ExchangePagesTest, AMappingIsTakenWholeOrNotAtAll) {
  Serve();
  Become(administrator_);
  const HttpResponse table = Get("/admin/exchange/mapping.csv");
  EXPECT_THAT(table.body, AllOf(testing::StartsWith("\xef\xbb\xbfwhat,code,"),
                                HasSubstr("unit,KH01,,,,,,Đơn vị KH01\r\n"),
                                HasSubstr("value,new,,count,all,,,New clients\r\n")));
  const HttpResponse wrong =
      Follow(PostFile("/admin/exchange", "bảng.csv", "what,code,uid\nunit,KH99,DiszpKrYNg8\n"));
  EXPECT_EQ(wrong.status, 400);
  EXPECT_THAT(wrong.body, AllOf(HasSubstr("Nothing was changed. Wrong lines in bảng.csv: 1."),
                                HasSubstr("Line 2: the server has no unit “KH99”"),
                                HasSubstr("There is no mapping yet.")));
  EXPECT_EQ(Follow(PostFile("/admin/exchange", "x.csv", "a,b\n")).status, 400);
  EXPECT_EQ(Follow(Post("/admin/exchange", {})).status, 400);
  const HttpResponse some =
      Follow(PostFile("/admin/exchange", "some.csv",
                      "what,code,item,uid\nunit,KH01,,DiszpKrYNg8\nvalue,new,count,f7n9E0hX8qk\n"));
  EXPECT_EQ(some.status, 200);
  EXPECT_THAT(some.body,
              AllOf(HasSubstr("The new mapping is in use."), HasSubstr("Units without a UID (2)"),
                    HasSubstr("<li>KH02 Đơn vị KH02</li>")));
  EXPECT_THAT(Get("/admin/exchange/mapping.csv").body,
              HasSubstr("unit,KH01,,,,DiszpKrYNg8,,Đơn vị KH01\r\n"));
  Become(manager_);
  EXPECT_THAT(
      Get("/exchange?month=2026-10").body,
      AllOf(HasSubstr("places that are not mapped (2)"), HasSubstr("<li>BG01 Đơn vị BG01"),
            HasSubstr("numbers that are not mapped (17)"), HasSubstr("<code>served, count")));
  EXPECT_EQ(Get("/admin/exchange").status, 403);
  EXPECT_THAT(Trail(), AllOf(HasSubstr("account:quan.tri: export of the DHIS2 mapping"),
                             HasSubstr("account:quan.tri: DHIS2 mapping: 1 places and 1 numbers")));
}

TEST_F(ExchangePagesTest, AnOpenMonthIsMarked) {
  OnOwner([&](ServerState& server, RollupWorker&) -> Status {
    return server.store().database().Execute("DELETE FROM published");
  });
  Serve();
  Become(manager_);
  EXPECT_THAT(Get("/exchange").body, HasSubstr("This month is still open"));
}

}  // namespace
}  // namespace tram::server
