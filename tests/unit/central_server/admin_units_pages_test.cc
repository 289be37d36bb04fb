// The pages of units, their import and their codes: what they write, and what they refuse to.
#include <gmock/gmock.h>

#include "tests/unit/central_server/pages_fixture.h"
#include "web/qr.h"

namespace tram::server {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string LocationOf(const HttpResponse& response) {
  for (const auto& [name, value] : response.headers) {
    if (name == "Location") return value;
  }
  return "";
}

class AdminUnitsPagesTest : public PagesTest {
 protected:
  void SetUp() override {
    PagesTest::SetUp();
    AddTestUnit("BG01", "24");
    AddTestUnit("KH01", "56");
    Serve();
    administrator_ = AddAccount("quan.tri", Role::kAdministrator);
    Become(administrator_);
  }
  std::optional<Unit> UnitNow(const std::string& code) {
    std::optional<Unit> found;
    OnOwner([&](ServerState& server, RollupWorker&) -> Status {
      if (Result<Unit> unit = server.store().units().ByCode(code)) found = std::move(*unit);
      return {};
    });
    return found;
  }
  /// The trail's rows, oldest first, as "who: what".
  std::vector<std::string> Trail() {
    std::vector<std::string> lines;
    OnOwner([&](ServerState& server, RollupWorker&) -> Status {
      TRAM_ASSIGN(const auto rows, server.store().audit().All());
      for (const AuditRow& row : rows) lines.push_back(row.who + ": " + row.what);
      return {};
    });
    return lines;
  }
  /// Sends a file and gives the address of its preview.
  std::string SendUnits(const std::string& csv) {
    const HttpResponse answer = PostFile("/admin/units/import", "units.csv", csv);
    EXPECT_EQ(answer.status, 303);
    EXPECT_THAT(LocationOf(answer), testing::StartsWith("/admin/units/import/"));
    return LocationOf(answer);
  }
  /// The value of the page's hidden field.
  static std::string Seen(const std::string& page) {
    const std::string mark = "name=\"seen\" value=\"";
    const std::size_t at = page.find(mark);
    if (at == page.npos) return "";
    return page.substr(at + mark.size(), page.find('"', at + mark.size()) - at - mark.size());
  }
  Account administrator_;
};

TEST_F(AdminUnitsPagesTest, OnlyAnAdministratorComesIn) {
  for (const Role role : {Role::kManager, Role::kProvince, Role::kCommittee}) {
    Become(AddAccount(
        std::string(RoleName(role)), role,
        role == Role::kCommittee ? std::vector<std::string>{} : std::vector<std::string>{"56"},
        role == Role::kCommittee ? std::optional<UnitNumber>(UnitNow("KH01")->number)
                                 : std::nullopt));
    int routes = 0;
    for (const Route& route : Front::Routes()) {
      if (!route.pattern.starts_with("/admin/unit") && route.pattern != "/admin/devices") continue;
      std::string path(route.pattern);
      if (const auto at = path.find("{}"); at != path.npos) path.replace(at, 2, "KH01");
      const HttpResponse answer = route.method == "GET" ? Get(path) : Follow(Post(path, {}));
      EXPECT_EQ(answer.status, 403) << route.method << " " << path << " as " << RoleName(role);
      ++routes;
    }
    EXPECT_GE(routes, 16);
  }
}

TEST_F(AdminUnitsPagesTest, AUnitIsAddedNamedMovedMergedAndOpenedAgain) {
  EXPECT_EQ(LocationOf(Post("/admin/units/new", {{"code", "BN-02"},
                                                 {"name", "Trạm mới"},
                                                 {"province", "24@2025-07-01"},
                                                 {"commune", "07450"},
                                                 {"from", "1/8/2025"}})),
            "/admin/unit/BN-02?done=add");
  EXPECT_EQ(UnitNow("BN-02")->name, "Trạm mới");
  Post("/admin/unit/BN-02/rename", {{"name", "Trạm Bắc"}, {"commune", ""}});
  EXPECT_EQ(UnitNow("BN-02")->name, "Trạm Bắc");
  EXPECT_EQ(UnitNow("BN-02")->commune, "");
  Post("/admin/unit/BN-02/move", {{"province", "56@2025-07-01"}, {"from", "01/01/2026"}});
  EXPECT_THAT(Get("/admin/unit/BN-02").body,
              AllOf(HasSubstr("01/01/2026"), HasSubstr("31/12/2025"), HasSubstr("56 Khánh Hòa")));
  Post("/admin/unit/BN-02/close", {{"on", "01/10/2026"}, {"into", "KH01"}});
  EXPECT_EQ(UnitNow("BN-02")->merged_into, UnitNow("KH01")->number);
  EXPECT_THAT(Get("/admin/unit/BN-02").body, HasSubstr("/admin/unit/KH01"));
  Post("/admin/unit/BN-02/reopen", {});
  EXPECT_FALSE(UnitNow("BN-02")->closed_on);
  const std::vector<std::string> trail = Trail();
  ASSERT_GE(trail.size(), 5u);
  EXPECT_EQ(std::vector<std::string>(trail.end() - 5, trail.end()),
            (std::vector<std::string>{
                "account:quan.tri: unit add BN-02",
                "account:quan.tri: unit rename BN-02: Trạm mới (07450) to Trạm Bắc ()",
                "account:quan.tri: unit move BN-02 to 56 from 2026-01-01",
                "account:quan.tri: unit BN-02 goes on as KH01 from 2026-10-01",
                "account:quan.tri: unit reopen BN-02"}));
}

TEST_F(AdminUnitsPagesTest, WhatIsWrongIsSaidBesideItsFieldAndNothingIsWritten) {
  const std::size_t before = Trail().size();
  const HttpResponse page = Follow(Post("/admin/units/new", {{"code", "mã xấu"},
                                                             {"name", ""},
                                                             {"province", "24@2025-07-01"},
                                                             {"commune", "12"},
                                                             {"from", "hôm qua"}}));
  EXPECT_EQ(page.status, 400);
  for (const char* field : {"code", "name", "commune", "from"}) {
    EXPECT_THAT(page.body, HasSubstr("id=\"new-" + std::string(field) + "-error\"")) << field;
    EXPECT_THAT(page.body, HasSubstr("href=\"#new-" + std::string(field) + "\"")) << field;
  }
  EXPECT_THAT(page.body, Not(HasSubstr("new-province-error")));
  EXPECT_THAT(page.body, HasSubstr("value=\"mã xấu\"")) << "what was typed stays";
  EXPECT_THAT(Follow(Post("/admin/units/new",
                          {{"code", "BG01"}, {"name", "x"}, {"province", "24@2025-07-01"}}))
                  .body,
              HasSubstr("there is a unit BG01 already"));
  Post("/language", {{"to", "vi"}});
  EXPECT_THAT(Follow(Post("/admin/units/new", {{"code", ""}, {"province", "24@2025-07-01"}})).body,
              AllOf(HasSubstr("mã đơn vị có từ 1 đến 32"), HasSubstr("tên đơn vị viết trên")));
  EXPECT_THAT(Follow(Post("/admin/units/new", {{"code", ""}})).body,
              AllOf(HasSubstr("new-province-error"), HasSubstr("new-code-error")));
  EXPECT_EQ(Trail().size(), before);
}

TEST_F(AdminUnitsPagesTest, AProvinceIsChosenAsItWasOnThatDay) {
  // 24 was Bắc Giang, and is Bắc Ninh since 01/07/2025.
  EXPECT_EQ(
      Follow(Post("/admin/unit/KH01/move", {{"province", "24@2025-07-01"}, {"from", "01/06/2025"}}))
          .status,
      400);
  EXPECT_THAT(Follow(Post("/admin/unit/KH01/move", {{"from", "01/06/2026"}})).body,
              HasSubstr("id=\"move-province-error\""));
}

TEST_F(AdminUnitsPagesTest, MergesDoNotLeadBack) {
  Post("/admin/unit/BG01/close", {{"on", "01/10/2026"}, {"into", "KH01"}});
  // Before that day BG01 is open: only the way back refuses it.
  for (const char* into : {"BG01", "KH01"}) {
    const HttpResponse page =
        Follow(Post("/admin/unit/KH01/close", {{"on", "01/09/2026"}, {"into", into}}));
    EXPECT_EQ(page.status, 400) << into;
    EXPECT_THAT(page.body, HasSubstr("id=\"close-into-error\"")) << into;
  }
  EXPECT_FALSE(UnitNow("KH01")->closed_on);
}

TEST_F(AdminUnitsPagesTest, TheListHasPagesAndFindsWithoutAccents) {
  OnOwner([](ServerState& server, RollupWorker&) -> Status {
    for (int i = 0; i < 60; ++i) {
      TRAM_TRY(AddUnit(server, "T" + std::to_string(100 + i), "Trạm số " + std::to_string(i), "",
                       {"56", DateOf(2025, 7, 1), std::nullopt}));
    }
    return {};
  });
  const std::string first = Get("/admin/units").body;
  EXPECT_THAT(first, AllOf(HasSubstr("1 to 50 of 62"), HasSubstr("page=2"),
                           Not(HasSubstr("/admin/unit/T159"))));
  EXPECT_THAT(Get("/admin/units?page=2").body,
              AllOf(HasSubstr("51 to 62 of 62"), HasSubstr("/admin/unit/T159")));
  EXPECT_THAT(Get("/admin/units?q=tram%20so%207").body,
              AllOf(HasSubstr("/admin/unit/T107"), Not(HasSubstr("/admin/unit/T108"))));
  Post("/admin/unit/T107/close", {{"on", "01/10/2026"}});
  EXPECT_THAT(Get("/admin/units?q=T107").body, Not(HasSubstr("/admin/unit/T107")));
  EXPECT_THAT(Get("/admin/units?q=T107&show=closed").body, HasSubstr("/admin/unit/T107"));
}

constexpr char kFile[] =
    "code,name,province_code,commune_code,from\n"
    "N1,Một,56,,2026-01-01\n"
    "KH01,Tên khác,56,,2020-01-01\n"
    "N2,\"Hai\",99,,2026-01-01\n"
    "N3,Ba,24,,ngày nào\n";

TEST_F(AdminUnitsPagesTest, AFileIsShownFirstAndWrittenOnlyByASecondStep) {
  const std::vector<std::string> before = Trail();
  const std::string at = SendUnits(kFile);
  const std::string page = Get(at).body;
  EXPECT_THAT(page,
              AllOf(HasSubstr("N1"), HasSubstr("name: Đơn vị KH01 → Tên khác"),
                    HasSubstr("<th scope=\"row\">4</th>"), HasSubstr("no province has the code")));
  EXPECT_FALSE(UnitNow("N1"));
  EXPECT_EQ(UnitNow("KH01")->name, "Đơn vị KH01");
  EXPECT_EQ(Trail(), before) << "nothing is written before";
  EXPECT_EQ(LocationOf(Post(at, {{"seen", Seen(page)}})), "/admin/units?done=import");
  EXPECT_TRUE(UnitNow("N1"));
  EXPECT_EQ(UnitNow("KH01")->name, "Tên khác");
  EXPECT_FALSE(UnitNow("N2"));
  EXPECT_EQ(Trail().back(), "account:quan.tri: unit import: 1 added, 1 changed");
}

TEST_F(AdminUnitsPagesTest, WhatChangedMeanwhileIsShownAgainBeforeItIsWritten) {
  const std::string at = SendUnits(kFile);
  const std::string page = Get(at).body;
  Post("/admin/unit/KH01/rename", {{"name", "Của người khác"}, {"commune", ""}});
  const HttpResponse again = Follow(Post(at, {{"seen", Seen(page)}}));
  EXPECT_EQ(again.status, 409);
  EXPECT_THAT(again.body, HasSubstr("name: Của người khác → Tên khác"));
  EXPECT_FALSE(UnitNow("N1"));
  EXPECT_EQ(LocationOf(Post(at, {{"seen", Seen(again.body)}})), "/admin/units?done=import");
}

TEST_F(AdminUnitsPagesTest, AFileIsOnlyForTheSessionThatSentIt) {
  const std::string at = SendUnits(kFile);
  const std::string page = Get(at).body;
  Become(AddAccount("nguoi.khac", Role::kAdministrator));
  EXPECT_EQ(Get(at).status, 404);
  EXPECT_EQ(Follow(Post(at, {{"seen", Seen(page)}})).status, 404);
  EXPECT_FALSE(UnitNow("N1"));
}

TEST_F(AdminUnitsPagesTest, RejectedLinesAreTakenAwayWithTheirReasonsAndItIsAudited) {
  const HttpResponse file = Get(SendUnits(kFile) + "/rejected.csv");
  EXPECT_EQ(file.content_type, "text/csv; charset=utf-8");
  EXPECT_THAT(file.body, AllOf(HasSubstr("line,reason,code,name,province_code"),
                               HasSubstr("N2,Hai,99"), HasSubstr("5,"), Not(HasSubstr("N1,"))));
  EXPECT_THAT(Trail().back(), HasSubstr("export of 2 lines"));
}

TEST_F(AdminUnitsPagesTest, WhatIsNoFileOfUnitsIsRefusedInTheLanguageOfThePage) {
  EXPECT_EQ(Follow(PostFile("/admin/units/import", "x.csv", "a,b\n1,2\n")).status, 400);
  EXPECT_EQ(Follow(PostFile("/admin/units/import", "", "")).status, 400);
  Post("/language", {{"to", "vi"}});
  EXPECT_THAT(Follow(PostFile("/admin/units/import", "x.csv", "code,name\n1,2\n")).body,
              HasSubstr("không thấy cột province_code"));
}

TEST_F(AdminUnitsPagesTest, ACodeIsShownOnceAndEnrolsTheFirstDevice) {
  const HttpResponse page = Follow(Post("/admin/unit/KH01/code", {{"hours", "24"}}));
  EXPECT_EQ(page.status, 200);
  const std::string mark = "id=\"code\">";
  const std::size_t at = page.body.find(mark) + mark.size();
  const std::string code = page.body.substr(at, page.body.find('<', at) - at);
  EXPECT_EQ(code.size(), 19u) << code;
  EXPECT_THAT(page.body, HasSubstr(DrawQr("http://127.0.0.1:8080\n" + code)->path));
  EXPECT_THAT(page.body, HasSubstr("22/11/2026 12:00")) << "valid for a day";
  EXPECT_THAT(Get("/admin/unit/KH01/code").body, Not(HasSubstr(code)));
  for (const std::string& line : Trail()) EXPECT_THAT(line, Not(HasSubstr(code)));
  EXPECT_EQ(Trail().back(), "account:quan.tri: device code for unit KH01");
  TestDevice device(clock_);
  OnOwner([&](ServerState& server, RollupWorker&) -> Status {
    TRAM_TRY(EnrolmentDesk(server).Enrol({device.id(), code, {}, {}}, "127.0.0.1"));
    return {};
  });
  const HttpResponse second = Follow(Post("/admin/unit/KH01/code", {{"hours", "24"}}));
  EXPECT_EQ(second.status, 400) << "it has a device that can invite others";
  EXPECT_THAT(second.body, HasSubstr("has devices already"));
}

TEST_F(AdminUnitsPagesTest, AClosedUnitGetsNoCode) {
  Post("/admin/unit/KH01/close", {{"on", "01/10/2026"}});
  EXPECT_THAT(Follow(Post("/admin/unit/KH01/code", {{"hours", "24"}})).body,
              HasSubstr("is closed since"));
  EXPECT_EQ(Follow(Post("/admin/unit/BG01/code", {{"hours", "0"}})).status, 400);
}

}  // namespace
}  // namespace tram::server
