// Two devices of a unit, one of them in the browser: a conflict is seen and settled; a sync that
// lands while a form is open takes nothing away; the report that is printed.
#include <gmock/gmock.h>

#include "tests/e2e/browser/pages_fixture.h"

namespace tram::test {
namespace {

using testing::HasSubstr;

class TwoDevicesTest : public PagesTest {
 protected:
  void SetUp() override {
    PagesTest::SetUp();
    if (IsSkipped()) return;
    SetUpUnit();
    RealDevice first(unit_->folder());
    second_ = std::make_unique<RealDevice>(scratch_ / "second");
    second_->Join(first, server_->url());
    browser_->Go(At("/new/client"));
    OpenDetails();
    browser_->Type("[name='f.full_name']", "Trần Văn An");
    browser_->Type("[name='f.phone']", "0901111111");
    browser_->Follow("button[name=go][value=save]");
    first.Sync();
    second_->Sync();
    client_ = second_->Json({"list", "client"})["rows"][0]["id"];
  }
  void OpenDetails() {
    browser_->Run("document.querySelectorAll('details').forEach((d) => { d.open = true; })");
  }
  void SyncBoth() {
    second_->Sync();
    RealDevice(unit_->folder()).Sync();
    second_->Sync();
  }
  std::unique_ptr<RealDevice> second_;
  std::string client_;
};

TEST_F(TwoDevicesTest, AConflictShowsBothSidesAndAPersonChooses) {
  second_->Json({"set", client_, "phone=0902222222"});
  browser_->Go(At("/record/" + client_ + "/edit"));
  OpenDetails();
  browser_->Type("[name='f.phone']", "0903333333");
  browser_->Follow("button[name=go][value=save]");
  SyncBoth();
  browser_->Go(At("/conflicts"));
  EXPECT_THAT(browser_->Text(), HasSubstr("Trần Văn An"));
  Shoot("conflicts");
  browser_->Follow(".lines .what a");
  const std::string both = browser_->Text();
  EXPECT_THAT(both, HasSubstr("0902222222"));
  EXPECT_THAT(both, HasSubstr("0903333333"));
  EXPECT_THAT(both, HasSubstr("máy này")) << "on which device";
  Shoot("conflict");
  browser_->Click("input[name=choice]");
  browser_->Follow("main button.primary");
  browser_->Go(At("/conflicts"));
  EXPECT_FALSE(browser_->Has(".lines .what a[href*='/conflict/']")) << browser_->Text();
  SyncBoth();
  EXPECT_EQ(second_->Json({"conflicts"})["conflicts"].size(), 0u);
}

TEST_F(TwoDevicesTest, ASyncThatLandsUnderAnOpenFormOverwritesNothing) {
  browser_->Go(At("/record/" + client_ + "/edit"));
  OpenDetails();
  second_->Json({"set", client_, "phone=0904444444"});
  SyncBoth();
  browser_->Type("[name='f.phone']", "0905555555");
  browser_->Follow("button[name=go][value=save]");
  const std::string page = browser_->Text();
  EXPECT_TRUE(browser_->Has("a[href*='/conflict/']")) << page;
  browser_->Go(At("/record/" + client_ + "/history"));
  const std::string history = browser_->Text();
  for (const char* phone : {"0901111111", "0904444444", "0905555555"}) {
    EXPECT_THAT(history, HasSubstr(phone));
  }
  Shoot("history");
}

TEST_F(TwoDevicesTest, AMistakeIsUndoneAtOnceOrDeletedLater) {
  browser_->Go(At("/record/" + client_ + "/edit"));
  OpenDetails();
  browser_->Type("[name='f.phone']", "0906666666");
  browser_->Follow("button[name=go][value=save]");
  EXPECT_THAT(browser_->Text(), HasSubstr("0906666666"));
  browser_->Follow("button[form=undo]");
  EXPECT_THAT(browser_->Text(), HasSubstr("0901111111"));
  browser_->Go(At("/record/" + client_ + "/delete"));
  Shoot("delete");
  browser_->Type("[name=reason]", "ghi nhầm người");
  browser_->Follow("main button.danger, main button.primary");
  browser_->Go(At("/list/client"));
  EXPECT_THAT(browser_->Text(), testing::Not(HasSubstr("Trần Văn An")));
  browser_->Go(At("/record/" + client_));
  browser_->Follow("form[action$='/undelete'] button");
  browser_->Go(At("/list/client"));
  EXPECT_THAT(browser_->Text(), HasSubstr("Trần Văn An"));
}

TEST_F(TwoDevicesTest, ReportsStandAsTablesAndHaveNothingOfAPerson) {
  second_->Json({"add", "episode", "parent=" + client_, "intake_date=01/11/2026", "referral=self"});
  SyncBoth();
  for (const char* path : {"/reports", "/reports/month", "/reports/outcomes"}) {
    browser_->Go(At(path));
    EXPECT_THAT(browser_->Text(), testing::Not(HasSubstr("Trần Văn An"))) << path;
    EXPECT_FALSE(browser_->Has(".note.bad")) << path << browser_->Text();
  }
  Shoot("report-outcomes");
  browser_->Go(At("/reports/month"));
  EXPECT_TRUE(browser_->Has("table"));
  Shoot("report-month");
  browser_->Go(At("/help"));
  Shoot("help");
}

}  // namespace
}  // namespace tram::test
