// Registering in the browser: who seems to be registered already is shown while his name is typed,
// and again before he is stored; what is half typed is offered on the first page.
#include <gmock/gmock.h>

#include "tests/e2e/browser/pages_fixture.h"

namespace tram::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class SamePersonPagesTest : public PagesTest {
 protected:
  void SetUp() override {
    PagesTest::SetUp();
    if (IsSkipped()) return;
    SetUpUnit();
    TypePerson("Đỗ Minh Hà", "1990");
    browser_->Follow("button[name=go][value=save]");
  }
  void TypePerson(const std::string& name, const std::string& year) {
    browser_->Go(At("/new/client"));
    browser_->Type("[name='f.full_name']", name);
    browser_->Click("#f-sex");
    browser_->Type("[name='f.birth_year']", year);
  }
  std::size_t People() {
    browser_->Go(At("/list/client"));
    return browser_->Run("return document.querySelectorAll('#results li').length");
  }
};

TEST_F(SamePersonPagesTest, AsTheNameIsTypedAndBeforeItIsStored) {
  TypePerson("do minh ha", "1991");
  browser_->Wait("!document.getElementById('same-live').hidden");
  EXPECT_THAT(browser_->Text("#same-live"), HasSubstr("Đỗ Minh Hà"));
  Shoot("same-typed");
  browser_->Type("[name='f.birth_year']", "1960");
  browser_->Wait("document.getElementById('same-live').hidden");
  browser_->Type("[name='f.birth_year']", "1991");
  browser_->Keys(kEnter);
  browser_->Wait("document.getElementById('same') !== null");
  Shoot("same-asked");
  EXPECT_THAT(browser_->Url(), HasSubstr("/new/client?check=1"));
  EXPECT_EQ(browser_->Value("[name='f.full_name']"), "do minh ha");
  browser_->Run("window.tramOld = true");
  browser_->Type("[name='f.birth_year']", "1990");
  browser_->Keys(kEnter);
  browser_->Wait("!window.tramOld && document.readyState === 'complete'");
  EXPECT_TRUE(browser_->Has("#same")) << "the Enter key is no answer";
  browser_->Follow("#same .what");
  EXPECT_THAT(browser_->Text("h1"), HasSubstr("Đỗ Minh Hà"));

  browser_->Go(At("/"));
  EXPECT_THAT(browser_->Text("#unfinished"), HasSubstr("do minh ha")) << "it was kept";
  Shoot("today-unfinished");
  browser_->Follow("#unfinished .button");
  browser_->Follow("#same button[name=not_same]");
  EXPECT_THAT(browser_->Text(), HasSubstr("Đã lưu trên máy này"));
  EXPECT_EQ(People(), 2u);
  browser_->Go(At("/"));
  EXPECT_FALSE(browser_->Has("#unfinished"));
  EXPECT_THAT(browser_->Text("#checks"), HasSubstr("So sánh hai hồ sơ"));
  Shoot("today-checks");
  browser_->Follow("#checks .button");
  EXPECT_TRUE(browser_->Has("#stays")) << "both stand side by side";
}

TEST_F(SamePersonPagesTest, WithoutScriptsSavingAsksAndNothingIsLost) {
  browser_->BlockScripts();
  TypePerson("DO MINH HA", "1990");
  EXPECT_TRUE(browser_->Run("return document.getElementById('same-live').hidden"));
  browser_->Follow("button[name=go][value=save]");
  EXPECT_THAT(browser_->Text("#same"), HasSubstr("Đỗ Minh Hà"));
  EXPECT_EQ(browser_->Value("[name='f.full_name']"), "DO MINH HA");
  browser_->Follow("button[name=go][value=save]");
  EXPECT_TRUE(browser_->Has("#same")) << "saving once more is no answer";
  browser_->Follow("#same button[name=back]");
  EXPECT_THAT(browser_->Text("h1"), HasSubstr("Đỗ Minh Hà"));
  EXPECT_EQ(People(), 1u);
  browser_->Go(At("/"));
  EXPECT_FALSE(browser_->Has("#unfinished"));

  browser_->Go(At("/new/client"));
  browser_->Type("[name='f.birth_year']", "sai");
  browser_->Follow("button[name=go][value=save]");
  browser_->Go(At("/"));
  browser_->Click("#unfinished summary");
  Shoot("today-throw-away");
  browser_->Follow("#unfinished .danger");
  EXPECT_FALSE(browser_->Has("#unfinished"));
  EXPECT_THAT(browser_->Text(), HasSubstr("Hiện không có việc nào cần làm"));
}

}  // namespace
}  // namespace tram::test
