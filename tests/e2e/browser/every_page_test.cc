// Every page of the program, in both languages, narrow and wide: what holds for every page
// (tests/support/page_checks.h). The pages are those of the front's table of routes, so that none
// is forgotten.
#include <algorithm>
#include <regex>
#include <set>

#include "tests/e2e/browser/filled_unit.h"
#include "tests/support/page_checks.h"
#include "web/front.h"

namespace tram::test {
namespace {

/// A type of the province's: nobody adds one here.
constexpr char kQuestion[] = "question";

/// What stands there for programs, or is given as a file: no page.
const std::set<std::string> kNoPages{"/sync/state", "/reports/month.csv", "/reports/month.xlsx",
                                     "/reports/outcomes.csv", "/reports/outcomes.xlsx"};

class EveryPageTest : public FilledUnitTest, public testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    if (const std::string missing = PageChecks::Missing(); !missing.empty()) {
      GTEST_SKIP() << missing;
    }
    checks_ = std::make_unique<PageChecks>();
    FilledUnitTest::SetUp();
  }

  void AtFirstStart() override {
    InLanguage();
    Check("setup");
    browser_->Type("#name", "Lan");
    browser_->Type("#passphrase", "12345678");
    browser_->Type("#again", "12345678");
    browser_->Follow("main button.primary");
    Check("setup-weak");
  }
  void InLanguage() {
    const std::string other = std::string(GetParam()) == "vi" ? "en" : "vi";
    if (browser_->Has("form[action='/language'] button[value='" + std::string(GetParam()) + "']")) {
      browser_->Follow("form[action='/language'] button");
    }
    EXPECT_TRUE(browser_->Has("form[action='/language'] button[value='" + other + "']"));
  }
  void Visit(const std::string& path) {
    visited_.push_back(path.substr(0, path.find('?')));
    browser_->Go(At(path));
    std::string name = visited_.back() == "/" ? "/today" : path;
    for (const auto& [type, id] : record_of_) {
      name = std::regex_replace(name, std::regex("/record/" + id), "/record-" + type);
    }
    name = std::regex_replace(name, std::regex("[0-9a-f]{20,}"), "id");
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c != '-' && !std::isalnum(c); }, '-');
    Check(name.substr(1));
  }
  /// Of the page that the browser shows.
  void Check(const std::string& name) {
    Keep(name);
    checks_->Check(*browser_, name + ", " + GetParam());
  }
  /// Where screenshots are wanted: in one language, with closed details, as people see it.
  void Keep(const std::string& name) {
    if (std::string(GetParam()) == "vi") Shoot(name);
  }
  bool Visited(std::string_view pattern) const {
    const std::regex wanted(
        std::regex_replace(std::string(pattern), std::regex("\\{\\}"), "[^/?]+"));
    return std::any_of(visited_.begin(), visited_.end(),
                       [&](const std::string& path) { return std::regex_match(path, wanted); });
  }
  std::string ConflictOf(const std::string& record) {
    browser_->Go(At("/conflicts"));
    return browser_->Run("return document.querySelector(\"a[href*='" + record +
                         "/conflict/']\").getAttribute('href')");
  }

  void VisitRecords() {
    for (const std::string& type : RecordTypes()) {
      ASSERT_NE(record_of_[type], "") << "a record of each type: " << type;
      const std::string record = "/record/" + record_of_[type];
      const auto parent = own_->Json({"show", record_of_[type]}).at("parent");
      if (type != kQuestion) {
        Visit("/new/" + type + (parent.is_string() ? "?parent=" + parent.get<std::string>() : ""));
      }
      Visit(record);
    }
    Visit("/record/" + in_treatment_);
    Visit("/record/" + settled_);
    Visit("/record/" + record_of_[kQuestion] + "/edit");
    browser_->Go(At("/new/" + std::string(kQuestion)));
    Check("new-of-the-province");
    for (const std::string type : {"client", "episode", "session", "funding"}) {
      const std::string record = "/record/" + record_of_[type];
      Visit("/list/" + type);
      Visit(record + "/edit");
      Visit(record + "/history");
      Visit(record + "/delete");
    }
    Visit("/record/" + waiting_);
    EXPECT_TRUE(browser_->Has("main p.note")) << "it says that it waits";
    for (const char* rest : {"/history", "/edit", "/delete"}) Visit("/record/" + waiting_ + rest);
    Visit("/record/" + deleted_);
    Visit("/record/" + deleted_ + "/history");
  }
  void VisitDecisions() {
    Visit("/conflicts");
    const std::string fields = ConflictOf(in_conflict_),
                      deletion = ConflictOf(deleted_and_changed_);
    Visit(fields);
    Visit(ConflictOf(waiting_));
    EXPECT_TRUE(browser_->Has("main .note.warn")) << "it says that it waits";
    Visit(deletion);
    browser_->Follow("main button.primary");  // nothing is chosen
    Check("conflict-without-a-choice");
    Visit("/record/" + twin_ + "/merge");
    Visit("/record/" + twin_ + "/merge?with=" + other_twin_);
    browser_->Follow("main button.primary");
    Check("merge-without-a-choice");
    browser_->Go(At("/record/" + twin_ + "/merge?with=" + other_twin_));
    browser_->Click("input[name=stays][value='" + other_twin_ + "']");
    browser_->Follow("main button.primary");
    Check("merged");
    Visit("/record/" + twin_);
    Visit("/record/" + twin_ + "/merge");
  }
  void VisitForms() {
    browser_->Go(At("/new/session?parent=" + record_of_["episode"]));
    browser_->Run("for (const d of document.querySelectorAll('details')) d.open = true");
    browser_->Type("[name='f.date']", "hôm kia");
    browser_->Type("[name='f.minutes']", "một tiếng");
    browser_->Follow("button[name=go][value=save]");
    EXPECT_TRUE(browser_->Has("#problems"));
    Check("form-with-errors");
    browser_->Go(At("/new/session?parent=" + record_of_["episode"]));
    EXPECT_TRUE(browser_->Has("#draft"));
    Check("form-with-a-draft");
    browser_->Follow("#draft form button");
    browser_->Type("[name='f.note']", "đỡ nhiều");
    browser_->Follow("button[name=go][value=save]");
    EXPECT_TRUE(browser_->Has("button[form=undo]"));
    Check("saved");
    browser_->Go(At("/record/" + in_treatment_ + "/edit"));
    browser_->Type("[name=reason]", std::string(2100, 'x'));
    browser_->Follow("button[name=go][value=save]");
    EXPECT_TRUE(browser_->Has("#correction-error"));
    Check("correction-with-an-error");
    browser_->Go(At("/record/" + in_treatment_ + "/edit"));
    browser_->Run("for (const d of document.querySelectorAll('details')) d.open = true");
    browser_->Type("[name='f.phone']", "0912000111");
    browser_->Run("document.getElementById('correction-reason').value = 'Gõ nhầm'");
    browser_->Follow("button[name=go][value=save]");
    Check("corrected");
    browser_->Go(At("/record/" + record_of_["funding"] + "/delete"));
    browser_->Follow("main button.danger");
    Check("delete-without-a-reason");
    browser_->Go(At("/list/client"));
    browser_->Type("input[type=search]", "van");
    browser_->Follow("form[role=search] button");
    Check("list-found");
    browser_->Type("input[type=search]", "khong co ai");
    browser_->Follow("form[role=search] button");
    Check("list-nobody");
  }
  void VisitDoors() {
    Visit("/nowhere");
    Visit("/reports/month?month=never");
    browser_->Go(At("/people"));
    browser_->Type("#old", "sai mật khẩu");
    browser_->Type("#next", kTestPassphrase);
    browser_->Type("#next2", kTestPassphrase);
    browser_->Follow("form[action='/people/passphrase'] button");
    Check("people-wrong-passphrase");
    browser_->Go(At("/"));
    browser_->Follow("header form[action='/lock'] button");
    Check("lock");
    browser_->Type("#passphrase", "sai mật khẩu");
    browser_->Follow("main button.primary");
    Check("lock-wrong");
    browser_->Follow("form[action='/sign-out'] button");
    Check("sign-in");
    browser_->Click("input[name=name]");
    browser_->Type("#passphrase", "sai mật khẩu");
    browser_->Follow("main button.primary");
    Check("sign-in-wrong");
  }

  std::unique_ptr<PageChecks> checks_;
  std::vector<std::string> visited_;
};

TEST_P(EveryPageTest, IsAccessibleNarrowAndWide) {
  for (const char* path :
       {"/", "/due/followups_overdue", "/unfinished", "/checks/same_person_twice",
        "/checks/registered_late", "/reviews", "/registers", "/people", "/me", "/sync", "/help",
        "/reports", "/reports/month", "/reports/month?stratum=sex", "/reports/outcomes"}) {
    Visit(path);
  }
  VisitRecords();
  VisitDecisions();
  VisitForms();
  VisitDoors();
  for (const client::Route& route : client::Front::Routes()) {
    if (route.method != "GET" || kNoPages.contains(std::string(route.pattern))) continue;
    EXPECT_TRUE(Visited(route.pattern)) << route.pattern << " is not among the pages";
  }
  std::printf("%d pages, at two widths, in %s\n", checks_->checked(), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Languages, EveryPageTest, testing::Values("vi", "en"),
                         [](const auto& language) { return std::string(language.param); });

}  // namespace
}  // namespace tram::test
