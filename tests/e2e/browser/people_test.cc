// Several people at one computer: who sees what, what locks, what opens again.
#include <gmock/gmock.h>

#include "tests/e2e/browser/pages_fixture.h"

namespace tram::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kCommitteePassphrase[] = "giấy trắng mực đen 37";

TEST_F(PagesTest, TheCommitteeSeesReportsOnly) {
  SetUpUnit();
  browser_->Go(At("/new/client"));
  browser_->Type("[name='f.full_name']", "Đỗ Minh Hà");
  browser_->Follow("button[name=go][value=next]");
  browser_->Follow("button[name=go][value=save]");  // a stay in treatment, for the report
  browser_->Go(At("/people"));
  browser_->Type("#name", "Ông Bình");
  browser_->Click("#add input[name=role][value=committee]");
  browser_->Type("#new", kCommitteePassphrase);
  browser_->Type("#new2", kCommitteePassphrase);
  browser_->Type("#mine", kTestPassphrase);
  browser_->Follow("#add button.primary");
  EXPECT_THAT(browser_->Text(), HasSubstr("Ông Bình"));
  browser_->Follow("#passphrase form[action='/sign-out'] button");

  browser_->Go(At("/sign-in"));
  browser_->Click("input[name=name][value='Ông Bình']");
  browser_->Type("form.card #passphrase", kCommitteePassphrase);
  browser_->Follow("main button.primary");
  EXPECT_THAT(browser_->Text("nav"), Not(HasSubstr("Khách hàng")));
  for (const char* path : {"/", "/list/client", "/new/client", "/conflicts"}) {
    browser_->Go(At(path));
    EXPECT_THAT(browser_->Text("body"), Not(HasSubstr("Đỗ Minh Hà"))) << path;
    EXPECT_THAT(browser_->Text("body"), Not(HasSubstr("Họ và tên"))) << path;
  }
  browser_->Go(At("/list/client"));
  EXPECT_THAT(browser_->Text(), HasSubstr("vai trò của bạn chỉ xem báo cáo"));
  browser_->Go(At("/reports/month"));
  EXPECT_TRUE(browser_->Has("table")) << browser_->Text();
}

TEST_F(PagesTest, ALockedPageOpensWithThePinAndWithNoOther) {
  SetUpUnit();
  browser_->Go(At("/people"));
  browser_->Follow("#passphrase form[action='/sign-out'] button");
  SignIn("270945");
  browser_->Go(At("/list/client"));
  browser_->Follow("header form[action='/lock'] button");
  EXPECT_TRUE(browser_->Has("#pin"));
  browser_->Type("#pin", "270946");
  browser_->Follow("main button.primary");
  EXPECT_TRUE(browser_->Has("#pin")) << "still locked";
  EXPECT_TRUE(browser_->Has("[role=alert]")) << "and says why";
  browser_->Go(At("/list/client"));
  EXPECT_THAT(browser_->Text("body"), Not(HasSubstr("Tìm theo"))) << "no way around";
  browser_->Type("#pin", "270945");
  browser_->Follow("main button.primary");
  EXPECT_TRUE(browser_->Has("input[type=search]")) << browser_->Text();
}

}  // namespace
}  // namespace tram::test
