// What an administrator does at the server's pages, as he does it: in a browser, without scripts.
#include "tests/e2e/dashboard/dashboard_fixture.h"
#include "tram/base/os_file.h"

namespace tram::test {
namespace {

using AdministrationTest = DashboardTest;

TEST_F(AdministrationTest, AUnitIsAddedGetsACodeAndItsFirstDeviceSyncs) {
  browser_->BlockScripts();
  SignIn(kAdministrator);
  browser_->Go(At("/admin/units/new"));
  browser_->Type("#new-code", "KH-003");
  browser_->Type("#new-name", "Trạm Ninh Hòa");
  browser_->Click("#new-province option[value='56@2025-07-01']");
  browser_->Follow("main form button.primary");
  EXPECT_EQ(browser_->Url(), At("/admin/unit/KH-003?done=add"));
  browser_->Follow("main a.primary");
  browser_->Follow("main button.primary");
  const std::string code = browser_->Text("#code");
  EXPECT_NE(browser_->Text().find(server_->url()), std::string::npos);
  const RealDevice device(scratch_ / "device");
  device.Enrol(server_->url(), code);
  device.Sync();
  browser_->Go(At("/admin/devices?unit=KH-003"));
  EXPECT_NE(browser_->Text("tbody").find("còn liên lạc"), std::string::npos);
  browser_->Go(At("/admin/audit?who=account:"));
  EXPECT_NE(browser_->Text("tbody").find("device code for unit KH-003"), std::string::npos);
  EXPECT_EQ(browser_->Text("tbody").find(code), std::string::npos);
}

TEST_F(AdministrationTest, TheSheetWithTheCodeIsOnePageOfPaper) {
  SignIn(kAdministrator);
  browser_->Go(At("/admin/unit/KH-001/code"));
  browser_->Follow("main button.primary");
  const std::string code = browser_->Text("#code");
  browser_->Print(scratch_ / "sheet.pdf");
  const RunResult pages = RunProgram({"/usr/bin/pdfinfo", (scratch_ / "sheet.pdf").string()});
  if (pages.exit != 0) GTEST_SKIP() << "needs poppler-utils";
  EXPECT_NE(pages.out.find("Pages:           1\n"), std::string::npos) << pages.out;
  const RunResult text = RunProgram({"/usr/bin/pdftotext", (scratch_ / "sheet.pdf").string(), "-"});
  EXPECT_NE(text.out.find(code), std::string::npos) << text.out;
}

TEST_F(AdministrationTest, OthersDoNotSeeThePagesOfAdministration) {
  for (const char* name : {kManager, kProvince, kCommittee}) {
    SignIn(name);
    EXPECT_FALSE(browser_->Has("nav a[href^='/admin/']")) << name;
    browser_->Go(At("/admin/units"));
    EXPECT_FALSE(browser_->Has("main table")) << name;
    SignOut();
  }
}

}  // namespace
}  // namespace tram::test
