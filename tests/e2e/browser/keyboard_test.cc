// A day's three commonest tasks by keyboard alone, with the keys and pages that each needs:
// printed, and held below a bound a few above what it is today.
#include <gmock/gmock.h>

#include <algorithm>

#include "tests/e2e/browser/filled_unit.h"

namespace tram::test {
namespace {

using testing::HasSubstr;

struct Effort {
  int keys = 0, typed = 0, pages = 0;  // `typed`: characters of names and words, beside the keys
};

class KeyboardTest : public FilledUnitTest {
 protected:
  void Write(const std::string& text) {
    effort_.typed += static_cast<int>(
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
    browser_->Keys(text);
  }
  void Press(const std::vector<std::string>& keys) {
    effort_.keys += static_cast<int>(keys.size());
    browser_->Press(keys);
  }
  /// Keys that lead to another page.
  void Turn(const std::vector<std::string>& keys) {
    browser_->Run("window.tramOld = true");
    Press(keys);
    browser_->Wait("!window.tramOld && document.readyState === 'complete'");
    ++effort_.pages;
  }
  void TabTo(const std::string& css) {
    for (int i = 0; i < 60; ++i) {
      if (browser_->Run("return document.activeElement.matches(arguments[0])", {css}) == true) {
        return;
      }
      Press({kTab});
    }
    ADD_FAILURE() << "not within 60 keys: " << css;
  }
  void Begin() {
    browser_->Go(At("/"));
    effort_ = {};
  }
  void ExpectAtMost(const char* task, const Effort& most) const {
    std::printf("%s: %d keys, %d characters, %d pages\n", task, effort_.keys, effort_.typed,
                effort_.pages);
    EXPECT_LE(effort_.keys, most.keys) << task;
    EXPECT_LE(effort_.typed, most.typed) << task;
    EXPECT_LE(effort_.pages, most.pages) << task;
  }
  Effort effort_;
};

TEST_F(KeyboardTest, SomebodyNewWithAFirstSession) {
  Begin();
  Turn({kAltKey, "n"});
  Write("Mùa Thị Dở");
  TabTo("[name='f.sex']");
  Press({kDown});  // the first choice
  Turn({kAltKey, "n"});
  EXPECT_THAT(browser_->Text(), HasSubstr("Mùa Thị Dở"));
  Turn({kAltKey, "n"});  // taken in today: the form says so already
  TabTo("[name='f.kind']");
  Press({kDown});
  TabTo("[name='f.note']");
  Write("gặp lần đầu");
  Turn({kAltKey, "s"});
  EXPECT_THAT(browser_->Text(), HasSubstr("Đã lưu trên máy này"));
  EXPECT_THAT(browser_->Text(), HasSubstr("Buổi tư vấn"));
  ExpectAtMost("somebody new with a first session", {20, 21, 4});
}

TEST_F(KeyboardTest, ASessionForSomebodyWhoIsKnown) {
  Begin();
  Write("lo van pao");
  Turn({kEnter});
  EXPECT_THAT(browser_->Text("h1"), HasSubstr("Lò Văn Páo"));
  Turn({kAltKey, "n"});
  TabTo("[name='f.kind']");
  Press({kDown});
  TabTo("[name='f.note']");
  Write("đỡ nhiều");
  Turn({kAltKey, "s"});
  EXPECT_THAT(browser_->Text(), HasSubstr("Đã lưu trên máy này"));
  ExpectAtMost("a session for somebody who is known", {13, 18, 3});
}

TEST_F(KeyboardTest, WhoIsOverdue) {
  browser_->Go(At("/reports/outcomes"));
  effort_ = {};
  Turn({kAltKey, "t"});
  EXPECT_THAT(browser_->Text("#followups_overdue"), HasSubstr("quá"));
  ExpectAtMost("who is overdue", {2, 0, 1});
}

}  // namespace
}  // namespace tram::test
