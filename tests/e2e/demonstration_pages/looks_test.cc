// The server's pages with a country's data in them: what holds for every page holds for the full
// ones too (tests/support/page_checks.h), in both languages; and what is printed of them.
#include <algorithm>

#include "tests/e2e/demonstration_pages/kept_pages.h"
#include "tests/support/page_checks.h"

namespace tram::test {
namespace {

struct FullPage {
  const char* name;
  const char* path;
};
constexpr FullPage kPages[] = {
    {"overview-then", "/?month=2020-12&places=then"},
    {"overview-now", "/?month=2020-12&places=now&show=new"},
    {"overview-province", "/?month=2020-12&place=56"},
    {"overview-open", "/"},
    {"units", "/units?month=2020-12"},
    {"units-sorted", "/units?month=2020-12&sort=f1&desc=1&page=2"},
    {"units-none", "/units?q=khong-co"},
    {"unit", "/unit/KH-PS?month=2020-12"},
    {"unit-silent", "/unit/SG-05"},
    {"success", "/units/success?year=2018"},
    {"outcomes-then", "/outcomes?year=2018&by=then"},
    {"outcomes-now", "/outcomes?year=2018&by=now"},
    {"outcomes-units", "/outcomes?year=2018&by=units-then&province=56"},
    {"outcomes-groups", "/outcomes?year=2019&by=country&stratum=referral"},
    {"outcomes-years", "/outcomes?year=all&by=country"},
    {"outcomes-wrong", "/outcomes?year=1999"},
    {"curves", "/outcomes/curves?year=2017&year=2018&year=2019"},
    {"curves-provinces", "/outcomes/curves?year=2018&place=country&place=24&place=56&place=79"},
    {"me", "/me"}};

class LooksTest : public KeptPages {
 protected:
  void SetUp() override {
    if (const std::string missing = PageChecks::Missing(); !missing.empty()) {
      GTEST_SKIP() << missing;
    }
    KeptPages::SetUp();
  }
};

TEST_F(LooksTest, EveryFullPageIsAccessibleNarrowAndWide) {
  ServeAfterTheMerger();
  PageChecks checks;
  for (const char* language : {"vi", "en"}) {
    const std::string other = "form[action='/language'] button[value='" + std::string(language);
    if (browser_->Has(other + "']")) browser_->Follow("form[action='/language'] button");
    for (const FullPage& page : kPages) {
      Go(page.path);
      if (std::string(language) == "vi") KeepScreenshots(*browser_, page.name);
      checks.Check(*browser_, std::string(page.name) + ", " + language);
    }
  }
  std::printf("%d pages, at two widths\n", checks.checked());
}

}  // namespace
}  // namespace tram::test
