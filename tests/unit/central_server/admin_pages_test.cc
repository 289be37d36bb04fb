// The pages of devices, programmes and the audit trail.
#include <gmock/gmock.h>

#include <regex>

#include "tests/unit/central_server/pages_fixture.h"

namespace tram::server {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kDayMs = 24 * 3'600'000LL;

std::string LocationOf(const HttpResponse& response) {
  for (const auto& [name, value] : response.headers) {
    if (name == "Location") return value;
  }
  return "";
}

class AdminPagesTest : public PagesTest {
 protected:
  /// Serves, with an administrator signed in.
  void Begin() {
    Serve();
    Become(AddAccount("quan.tri", Role::kAdministrator));
  }
  void Sql(const std::string& sql) {
    OnOwner([&](ServerState& server, RollupWorker&) -> Status {
      return server.store().database().Execute(sql);
    });
  }
  std::vector<AuditRow> Trail() {
    std::vector<AuditRow> rows;
    OnOwner([&](ServerState& server, RollupWorker&) -> Status {
      TRAM_ASSIGN(rows, server.store().audit().All());
      return {};
    });
    return rows;
  }
  std::string Version() {
    std::string name;
    OnOwner([&](ServerState& server, RollupWorker&) -> Status {
      const Programme& programme = *server.programme().programme;
      name = programme.name + " " + std::to_string(programme.version);
      return {};
    });
    return name;
  }
  /// The first `<tr>` of the page's table on.
  static std::vector<std::string> Rows(const std::string& page) {
    std::vector<std::string> rows;
    const std::regex row("<tr>(<t[hd][\\s\\S]*?)</tr>");
    const std::size_t body = page.find("<tbody>");
    for (std::sregex_iterator it(page.begin() + static_cast<std::ptrdiff_t>(body), page.end(), row),
         end;
         it != end; ++it) {
      rows.push_back((*it)[1]);
    }
    return rows;
  }
};

TEST_F(AdminPagesTest, ProgrammesAndTheTrailAreForAdministratorsAlone) {
  Serve();
  Become(AddAccount("quan.ly", Role::kManager));
  int routes = 0;
  for (const Route& route : Front::Routes()) {
    const bool ours =
        route.pattern.starts_with("/admin/programmes") || route.pattern.starts_with("/admin/audit");
    if (!ours) continue;
    std::string path(route.pattern);
    if (const auto at = path.find("{}"); at != path.npos) path.replace(at, 2, "x");
    EXPECT_EQ((route.method == "GET" ? Get(path) : Follow(Post(path, {}))).status, 403) << path;
    ++routes;
  }
  EXPECT_EQ(routes, 6);
}

TEST_F(AdminPagesTest, DevicesThatAreSilentForLongestComeFirst) {
  const auto fresh = Enrolled(AddTestUnit("BG01", "24"));
  const auto silent = Enrolled(AddTestUnit("KH01", "56"));
  const auto never = Enrolled(AddTestUnit("KH02", "56"));
  Begin();
  const std::int64_t now = clock_.ms;
  OnOwner([&](ServerState& server, RollupWorker&) -> Status {
    TRAM_TRY(server.store().devices().Seen(fresh->id(), now - kDayMs, 20 * 60'000));
    return server.store().devices().Seen(silent->id(), now - 40 * kDayMs, -60'000);
  });
  const std::string page = Get("/admin/devices").body;
  const std::vector<std::string> rows = Rows(page);
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_THAT(rows[0], AllOf(HasSubstr("KH02"), HasSubstr("never"), HasSubstr("not known")));
  EXPECT_THAT(rows[1], AllOf(HasSubstr("KH01"), HasSubstr("pill bad"),
                             HasSubstr("silent for 40 days"), HasSubstr("<td>right</td>")));
  EXPECT_THAT(rows[2], AllOf(HasSubstr("BG01"), HasSubstr("pill good"),
                             HasSubstr("20 minutes fast"), HasSubstr("visits 1")));
  EXPECT_THAT(page, HasSubstr("What the server does not know"));
  EXPECT_EQ(Rows(Get("/admin/devices?unit=KH01").body).size(), 1u);
  EXPECT_THAT(Get("/admin/devices?unit=XX").body, HasSubstr("No unit has this code"));
}

/// The test's programme under another version, with something replaced.
std::string Changed(int version, const std::string& what = "", const std::string& by = "") {
  std::string text = kTestProgramme;
  text.replace(text.find("version = 1"), 11, "version = " + std::to_string(version));
  if (!what.empty()) text.replace(text.find(what), what.size(), by);
  return text;
}

std::string Seen(const std::string& page) {
  std::smatch found;
  std::regex_search(page, found, std::regex("name=\"seen\" value=\"([^\"]*)\""));
  return found.empty() ? "" : found[1].str();
}

TEST_F(AdminPagesTest, AProgrammeIsComparedFirstAndUsedByASecondStep) {
  Begin();
  const std::string text =
      Changed(2, "[[indicator]]",
              "[[record]]\nnumber = 17\nname = \"stock\"\nvi = \"Kho\"\nen = \"Stock\"\n"
              "many = { vi = \"Kho\", en = \"Stock\" }\nfields = [ { number = 16, name = \"date\","
              " type = \"date\", clear = true, vi = \"Ngày\", en = \"Date\" } ]\n\n[[indicator]]");
  const std::string at = LocationOf(PostFile("/admin/programmes", "v2.toml", text));
  ASSERT_THAT(at, testing::StartsWith("/admin/programmes/new/"));
  const std::string page = Get(at).body;
  EXPECT_THAT(page, AllOf(HasSubstr("new record stock"), HasSubstr("visits 2")));
  EXPECT_EQ(Version(), "visits 1");
  EXPECT_EQ(LocationOf(Post(at, {{"seen", Seen(page)}})), "/admin/programmes?done=1");
  EXPECT_EQ(Version(), "visits 2");
  EXPECT_EQ(Trail().back().what, "programme add visits version 2");
  EXPECT_EQ(Trail().back().who, "account:quan.tri");
  const std::vector<std::string> rows = Rows(Get("/admin/programmes").body);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_THAT(Get(at).body, HasSubstr("This is the current programme"));
}

TEST_F(AdminPagesTest, ARefusedProgrammeSaysWhyAndIsNeverUsed) {
  Begin();
  const std::string at = LocationOf(
      PostFile("/admin/programmes", "v2.toml", Changed(2, "name = \"note\"", "name = \"remark\"")));
  const std::string page = Get(at).body;
  EXPECT_THAT(page, AllOf(HasSubstr("is used again for remark"), Not(HasSubstr("<button class="
                                                                               "\"primary\">"))));
  std::string current;
  OnOwner([&](ServerState& server, RollupWorker&) -> Status {
    current = server.programme().programme->digest.Hex();
    return {};
  });
  Post(at, {{"seen", current}});
  EXPECT_EQ(Version(), "visits 1");
  EXPECT_THAT(Follow(PostFile("/admin/programmes", "v3.toml", "name = 3")).body,
              HasSubstr("no programme that can be used"));
}

TEST_F(AdminPagesTest, AComparisonThatIsOldIsShownAgain) {
  Begin();
  const std::string second = LocationOf(PostFile("/admin/programmes", "2.toml", Changed(2)));
  const std::string third = LocationOf(PostFile("/admin/programmes", "3.toml", Changed(3)));
  const std::string seen = Seen(Get(second).body);
  Post(third, {{"seen", seen}});
  EXPECT_EQ(Version(), "visits 3");
  const HttpResponse again = Follow(Post(second, {{"seen", seen}}));
  EXPECT_EQ(again.status, 409);
  EXPECT_THAT(again.body, HasSubstr("older: version 2"));
  EXPECT_EQ(Version(), "visits 3");
}

TEST_F(AdminPagesTest, TheSignedFileIsTakenAwayAndItIsAudited) {
  Begin();
  std::string path, text;
  OnOwner([&](ServerState& server, RollupWorker&) -> Status {
    path = "/admin/programmes/" + server.programme().programme->digest.Hex() + "/file";
    text = server.programme().signed_text;
    return {};
  });
  EXPECT_THAT(Get("/admin/programmes").body, HasSubstr(path));
  EXPECT_EQ(Get(path).body, text);
  EXPECT_EQ(Trail().back().what, "export of programme visits version 1");
  EXPECT_EQ(Get("/admin/programmes/00/file").status, 404);
}

TEST_F(AdminPagesTest, TheTrailIsShownNewestFirstInPagesOfAHundred) {
  Begin();
  OnOwner([&](ServerState& server, RollupWorker&) -> Status {
    for (int i = 0; i < 120; ++i) {
      TRAM_TRY(server.store().audit().Append(server.NowMs(), i % 2 == 0 ? "console:lan" : "test",
                                             "thing " + std::to_string(i)));
    }
    return {};
  });
  const std::string first = Get("/admin/audit").body;
  std::vector<std::string> rows = Rows(first);
  ASSERT_EQ(rows.size(), 100u);
  EXPECT_THAT(rows.front(), HasSubstr("<td>thing 119</td>"));
  std::smatch older;
  ASSERT_TRUE(std::regex_search(first, older, std::regex("before=([0-9]+)")));
  rows = Rows(Get("/admin/audit?before=" + older[1].str()).body);
  ASSERT_EQ(rows.size(), Trail().size() - 100);
  EXPECT_THAT(rows.front(), HasSubstr("<td>thing 19</td>"));
  rows = Rows(Get("/admin/audit?who=CONSOLE%3Alan&text=thing%2011").body);
  EXPECT_EQ(rows.size(), 5u) << "the even ones of 110 to 119";
}

TEST_F(AdminPagesTest, TheTrailSaysWhetherItIsWhole) {
  Begin();
  for (const char* what : {"one", "two"}) {
    OnOwner([&](ServerState& server, RollupWorker&) -> Status {
      return server.store().audit().Append(server.NowMs(), "test", what);
    });
  }
  EXPECT_THAT(Get("/admin/audit").body, HasSubstr("The trail is whole"));
  Sql("DROP TRIGGER audit_never_changes");
  Sql("UPDATE audit SET who = 'me' WHERE number = 2");
  EXPECT_THAT(Get("/admin/audit").body,
              AllOf(HasSubstr("row 2 was changed"), Not(HasSubstr("The trail is whole"))));
  Post("/language", {{"to", "vi"}});
  EXPECT_THAT(Get("/admin/audit").body, HasSubstr("dòng 2 đã bị sửa"));
}

TEST_F(AdminPagesTest, TheTrailIsTakenAwayAsItWasLookedFor) {
  Begin();
  const std::string page = Get("/admin/audit?text=init").body;
  EXPECT_THAT(page, HasSubstr("href=\"/export/audit.csv?who=&amp;text=init\""));
  const HttpResponse file = Get("/export/audit.csv?who=&text=init");
  EXPECT_THAT(file.body, AllOf(HasSubstr("number,time,at_ms,who,what,hash"),
                               HasSubstr(",console,init,"), Not(HasSubstr("account"))));
  EXPECT_EQ(Trail().back().what, "export of audit.csv, 1 rows: text=init");
  EXPECT_EQ(Trail().back().who, "account:quan.tri");
}

}  // namespace
}  // namespace tram::server
