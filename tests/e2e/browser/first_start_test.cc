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

TEST_F(PagesTest, AnEasyPassphraseIsWarnedOfAndNothingElseIsTypedAgain) {
  browser_->Go(At("/"));
  browser_->Type("#server", server_->url());
  browser_->Type("#code", "ABCD-EFGH-JKLM-NPQR");
  browser_->Type("#name", "Chị Lan");
  browser_->Type("#passphrase", "12345678");
  browser_->Type("#again", "12345678");
  browser_->Follow("main button.primary");
  EXPECT_TRUE(browser_->Has("[name=weak_accepted]")) << browser_->Text();
  EXPECT_EQ(browser_->Value("#server"), server_->url());
  EXPECT_EQ(browser_->Value("#code"), "ABCD-EFGH-JKLM-NPQR");
  EXPECT_EQ(browser_->Value("#name"), "Chị Lan");
  EXPECT_EQ(browser_->Value("#passphrase"), "") << "a secret is not drawn";
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
