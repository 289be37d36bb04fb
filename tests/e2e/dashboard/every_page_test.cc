// Every page of the server, in both languages, narrow and wide: what holds for every page
// (tests/support/page_checks.h). The pages are those of the front's table of routes, so that none
// is forgotten.
#include <algorithm>
#include <regex>
#include <set>

#include "tests/e2e/dashboard/dashboard_fixture.h"
#include "tests/support/page_checks.h"
#include "tests/support/paths.h"
#include "tram/base/os_file.h"
#include "web/front.h"

namespace tram::test {
namespace {

/// What is given as a file: no page.
const std::set<std::string> kNoPages{"/admin/units/import/{}/rejected.csv",
                                     "/admin/programmes/{}/file",
                                     "/export/{}",
                                     "/exchange/dhis2.json",
                                     "/exchange/fhir.json",
                                     "/admin/exchange/mapping.csv"};

constexpr char kProgramme[] = "/libsync/programmes/treatment.toml";

class EveryPageTest : public DashboardTest, public testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    if (const std::string missing = PageChecks::Missing(); !missing.empty()) {
      GTEST_SKIP() << missing;
    }
    checks_ = std::make_unique<PageChecks>();
    DashboardTest::SetUp();
  }
  void InLanguage() {
    const std::string mine = "form[action='/language'] button[value='" + std::string(GetParam());
    if (browser_->Has(mine + "']")) browser_->Follow("form[action='/language'] button");
    EXPECT_FALSE(browser_->Has(mine + "']"));
  }
  void Visit(const std::string& path) {
    browser_->Go(At(path));
    Check(path == "/" ? "first" : path.substr(1));
  }
  /// Of the page that the browser shows; its address counts as visited.
  void Check(std::string name) {
    std::string path = browser_->Url().substr(server_->url().size());
    visited_.push_back(path.substr(0, path.find('?')));
    name = std::regex_replace(name, std::regex("[0-9a-f]{20,}"), "id");
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c != '-' && !std::isalnum(c); }, '-');
    if (std::string(GetParam()) == "vi") KeepScreenshots(*browser_, name);
    checks_->Check(*browser_, name + ", " + GetParam());
  }
  bool Visited(std::string_view pattern) const {
    const std::regex wanted(
        std::regex_replace(std::string(pattern), std::regex("\\{\\}"), "[^/?]+"));
    return std::any_of(visited_.begin(), visited_.end(),
                       [&](const std::string& path) { return std::regex_match(path, wanted); });
  }
  void SendFile(const std::string& name, const std::string& content) {
    const auto file = scratch_ / name;
    ASSERT_TRUE(WriteFileAtomically(file, AsBytes(content)));
    browser_->Type("#file", file.string());
    browser_->Follow("form[enctype] button");
  }

  void VisitUnits() {
    Visit("/admin/units");
    Visit("/admin/units?q=khong-co");
    Visit("/admin/units/new");
    browser_->Run("for (const i of document.querySelectorAll('main input')) i.required = false");
    browser_->Type("#new-code", "mã xấu");
    browser_->Follow("main form.card button");
    EXPECT_TRUE(browser_->Has("#problems"));
    Check("unit-new-wrong");
    Visit("/admin/units/import");
    SendFile("units.csv",
             "code,name,province_code,commune_code,from\nN1,Trạm mới,56,,2026-01-01\n"
             "KH-002,Trạm Vĩnh Hải 2,56,,2025-07-01\nN2,Hai,99,,2026-01-01\n");
    Check("units-import-preview");
    browser_->Follow("main button.primary");
    Check("units-imported");
    Visit("/admin/unit/KH-001");
    Visit("/admin/unit/KH-001/code");
    browser_->Follow("main button.primary");
    EXPECT_TRUE(browser_->Has("#code"));
    Check("unit-code-made");
    server_->Json({"unit", "merge", "BN-001", "KH-001", "--on", "2026-01-01"});
    Visit("/admin/unit/BN-001");
    Visit("/admin/units?show=all");
  }
  void VisitTheRestOfAdministration() {
    Visit("/admin/devices");
    Visit("/admin/devices?unit=KH-009");
    Visit("/admin/programmes");
    SendFile("bad.toml", "name = 3");
    Check("programme-unusable");
    browser_->Go(At("/admin/programmes"));
    SendFile("current.toml", *ReadFile(kSourceDir + std::string(kProgramme), 1 << 20));
    Check("programme-compared");
    Visit("/admin/audit");
    Visit("/admin/audit?text=khong-co");
    Visit("/admin/exchange");
    SendFile("bad.csv", "what,code,uid\nunit,KH-999,\n");
    EXPECT_TRUE(browser_->Has("#problems"));
    Check("exchange-mapping-wrong");
    browser_->Go(At("/admin/exchange"));
    SendFile("mapping.csv",
             "what,code,item,uid\nunit,KH-001,,DiszpKrYNg8\n"
             "value,new,count,f7n9E0hX8qk\n");
    Check("exchange-mapping-used");
  }

  /// The page between password and code, as it is asked for and with a wrong code.
  void VisitSecondFactor() {
    browser_->Go(At("/sign-in"));
    browser_->Type("#name", kWithFactor);
    browser_->Type("#password", kTestPassword);
    browser_->Follow("main button.primary");
    ASSERT_TRUE(browser_->Has("#code")) << browser_->Text("body");
    Check("sign-in-code");
    browser_->Type("#code", "000000");
    browser_->Follow("main button.primary");
    EXPECT_TRUE(browser_->Has("#code[aria-invalid]")) << browser_->Text("body");
    Check("sign-in-code-wrong");
  }

  void VisitTokens() {
    browser_->Go(At("/me/tokens"));
    browser_->Run("for (const i of document.querySelectorAll('main input')) i.required = false");
    browser_->Follow("main form button.primary");
    EXPECT_TRUE(browser_->Has("a[href='#label']"));
    Check("tokens-wrong");
    browser_->Type("#label", "Kho dữ liệu của Sở Y tế");
    browser_->Click("#scopes input[value='activity']");
    browser_->Type("#current", kTestPassword);
    browser_->Follow("main form button.primary");
    EXPECT_TRUE(browser_->Has("#secret"));
    Check("token-made");
    Visit("/me/tokens");
    Visit("/accounts/1");
    Visit("/me");
  }

  std::unique_ptr<PageChecks> checks_;
  std::vector<std::string> visited_;
};

TEST_P(EveryPageTest, IsAccessibleNarrowAndWide) {
  browser_->Go(At("/sign-in"));
  InLanguage();
  Check("sign-in");
  SignIn(kAdministrator);
  InLanguage();
  VisitUnits();
  VisitTheRestOfAdministration();
  for (const char* path : {"/", "/units", "/unit/KH-001", "/accounts", "/accounts/new",
                           "/accounts/2", "/me", "/me/factor", "/me/tokens", "/api"}) {
    Visit(path);
  }
  VisitTokens();
  Visit("/nowhere");
  SignOut();
  Visit("/welcome/0123");
  VisitSecondFactor();
  SignIn(kManager);
  InLanguage();
  Visit("/units/success");
  Visit("/outcomes");
  Visit("/outcomes/curves");
  Visit("/exchange");
  Visit("/exchange?part=released&by=province");
  SignOut();
  SignIn(kProvince);
  InLanguage();
  Visit("/questions");
  Visit("/questions/KH-001");
  // Nothing is recorded here: what it says of a record that no check has found.
  Visit("/questions/KH-001/end_before_intake/" + std::string(40, '0'));
  for (const server::Route& route : server::Front::Routes()) {
    const bool for_programs =
        route.access == server::Access::kToken || route.access == server::Access::kTokenRight;
    if (route.method != "GET" || for_programs || kNoPages.contains(std::string(route.pattern))) {
      continue;
    }
    EXPECT_TRUE(Visited(route.pattern)) << route.pattern << " is not among the pages";
  }
  std::printf("%d pages, at two widths, in %s\n", checks_->checked(), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Languages, EveryPageTest, testing::Values("vi", "en"),
                         [](const auto& language) { return std::string(language.param); });

}  // namespace
}  // namespace tram::test
