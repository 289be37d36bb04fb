// The first start in a browser, the lock, and coming up again.
#include "tests/e2e/browser/pages_fixture.h"

namespace tram::test {
namespace {

TEST_F(PagesTest, FirstStartEnrolsAndShowsToday) {
  browser_->Go(At("/"));
  EXPECT_TRUE(browser_->Url().ends_with("/setup"));
  Shoot("setup");
  SetUpUnit();
  EXPECT_TRUE(browser_->Has("form[role=search]")) << browser_->Text();
  EXPECT_NE(browser_->Text(".top").find("Trạm Phương Sơn"), std::string::npos);
  Shoot("today-empty");
  browser_->Go(At("/list/client"));
  Shoot("list-empty");
  browser_->Go(At("/people"));
  Shoot("people");
  browser_->Go(At("/registers"));
  Shoot("registers");
  browser_->Follow("header form[action='/lock'] button");
  EXPECT_TRUE(browser_->Url().find("/lock") != std::string::npos);
  Shoot("lock");
}

TEST_F(PagesTest, AfterAPowerCutThePassphraseOpensItAgain) {
  SetUpUnit();
  unit_->Kill();
  unit_->Start();
  browser_->Go(At("/"));
  EXPECT_NE(browser_->Url().find("/sign-in"), std::string::npos);
  Shoot("sign-in");
  SignIn();
  EXPECT_TRUE(browser_->Has("form[role=search]")) << browser_->Text();
}

}  // namespace
}  // namespace tram::test
