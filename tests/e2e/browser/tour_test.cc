// Practising in the browser: a tour on made-up data, the keys that the help page lists, and what is
// said to who cannot get in.
#include <gmock/gmock.h>

#include "tests/e2e/browser/pages_fixture.h"

namespace tram::test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr char kAlt[] = "\ue00a", kRelease[] = "\ue000";

class TourTest : public PagesTest {
 protected:
  void BeginPractice() {
    browser_->Go(At("/practice"));
    browser_->Follow("form[action='/practice/begin'] button");
    AwaitPractice();
  }
  /// It is made beside what else the program does, and the page opens by itself.
  void AwaitPractice() { browser_->Wait("document.querySelector('.practice')"); }
  /// Typed to the page itself, not into a field.
  void Press(const std::string& keys) {
    browser_->Run("if (document.activeElement) document.activeElement.blur()");
    browser_->Keys(keys);
  }
  void AwaitPath(const std::string& path) {
    browser_->Wait("location.pathname + location.hash === '" + path + "'");
  }
};

TEST_F(TourTest, StepsMarkThemselvesAndNothingIsLeftAtTheEnd) {
  browser_->Go(At("/"));
  EXPECT_THAT(browser_->Url(), EndsWith("/setup")) << "there is no unit yet";
  browser_->Follow("a[href='/practice']");
  Shoot("practice");
  browser_->Follow("form[action='/practice/begin'] button");
  if (browser_->Has("a[href='/practice'].primary")) Shoot("practice-making");
  AwaitPractice();
  EXPECT_THAT(browser_->Text(".practice"), HasSubstr("Dữ liệu giả – không gửi đi"));
  EXPECT_THAT(browser_->Text(), HasSubstr("Đã xong: 0 / 6"));
  Shoot("tour");
  browser_->Go(At("/"));
  Shoot("practice-today");
  browser_->Go(At("/new/client"));
  browser_->Type("[name='f.full_name']", "Bịa Ra");
  browser_->Follow("button[name=go][value=next]");
  browser_->Follow("button[name=go][value=next]");
  browser_->Follow("button[name=go][value=save]");
  browser_->Go(At("/sync"));
  browser_->Follow("form[action='/sync'] button");
  Shoot("practice-sync");
  browser_->Go(At("/practice"));
  EXPECT_THAT(browser_->Text(), HasSubstr("Đã xong: 2 / 6"));
  Shoot("tour-two-done");
  browser_->Go(At("/people"));  // what asks for a passphrase has it already
  browser_->Type("#name", "Cô Mai");
  browser_->Type("#new", kTestPassphrase);
  browser_->Type("#new2", kTestPassphrase);
  browser_->Follow("#add button.primary");
  EXPECT_THAT(browser_->Text(), HasSubstr("Cô Mai"));
  browser_->Run("document.querySelectorAll('details').forEach((d) => { d.open = true; })");
  Shoot("people-forms");
  browser_->Follow(".practice a[href='/practice/end']");
  Shoot("practice-end");
  browser_->Follow("main button.danger");
  EXPECT_THAT(browser_->Url(), EndsWith("/setup"));
  EXPECT_FALSE(browser_->Has(".practice"));
  EXPECT_FALSE(std::filesystem::exists(unit_->folder() / "practice"));
}

TEST_F(TourTest, KilledWhileSomebodyPractisesTheNextStartErasesIt) {
  BeginPractice();
  ASSERT_TRUE(std::filesystem::exists(unit_->folder() / "practice" / "unit.db"));
  unit_->Kill();
  ASSERT_TRUE(std::filesystem::exists(unit_->folder() / "practice" / "unit.db"));
  unit_->Start();
  EXPECT_FALSE(std::filesystem::exists(unit_->folder() / "practice"));
  browser_->Go(At("/"));
  EXPECT_FALSE(browser_->Has(".practice"));
}

TEST_F(TourTest, TheKeysThatHelpListsWork) {
  BeginPractice();
  Press(std::string(kAlt) + "k" + kRelease);
  AwaitPath("/list/client");
  Press("/");
  browser_->Wait("document.activeElement.type === 'search'");
  Press("?");
  AwaitPath("/help#find");
  Shoot("help");
  Press(std::string(kAlt) + "t" + kRelease);
  AwaitPath("/");
  browser_->Run("document.activeElement.blur()");
  browser_->Keys(std::string(kAlt) + "s" + kRelease);
  browser_->Wait("document.activeElement.type === 'search'");
  Press(std::string(kAlt) + "n" + kRelease);
  AwaitPath("/new/client");
  browser_->Go(At("/list/client"));
  browser_->Follow("#results a.what");
  Press(std::string(kAlt) + "e" + kRelease);
  browser_->Wait("location.pathname.endsWith('/edit')");
  browser_->Type("[name='f.full_name']", "?/");  // in a field they are letters
  EXPECT_THAT(browser_->Url(), EndsWith("/edit"));
  Press(std::string(kAlt) + "l" + kRelease);
  browser_->Wait("location.pathname === '/lock'");
}

TEST_F(TourTest, WhoCannotGetInFindsWhatThereIs) {
  SetUpUnit();
  browser_->Follow("header form[action='/lock'] button");
  browser_->Follow("a[href='/cannot-get-in']");
  EXPECT_THAT(browser_->Text(), HasSubstr(unit_->folder().string()));
  EXPECT_THAT(browser_->Text(), Not(HasSubstr("{{")));
  Shoot("cannot-get-in");
}

}  // namespace
}  // namespace tram::test
