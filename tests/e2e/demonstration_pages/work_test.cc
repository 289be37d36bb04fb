// What provincial staff does with a country's data on its screen: sorts and looks for units, asks
// who is silent, looks at months that are closed, changes the language, works by keyboard, prints.
#include <algorithm>
#include <filesystem>
#include <regex>

#include "tests/e2e/demonstration_pages/kept_pages.h"
#include "tests/e2e/demonstration_pages/shown_figures.h"

namespace tram::test {
namespace {

constexpr char kToText[] = "/usr/bin/pdftotext", kInfo[] = "/usr/bin/pdfinfo";
constexpr std::size_t kUnits = 58, kActiveColumn = 4;

std::string WithoutSpaces(const std::string& text) {
  return std::regex_replace(text, std::regex("[ \\t\\r\\n\\f]|\xC2\xA0"), "");
}

class WorkTest : public KeptPages {
 protected:
  void SetUp() override {
    KeptPages::SetUp();
    if (!IsSkipped()) Serve();
  }
  /// Of all pages of the list.
  std::vector<std::vector<std::string>> AllRows() {
    std::vector<std::vector<std::string>> rows;
    while (true) {
      const auto tables = Tables();
      rows.insert(rows.end(), tables.at(0).rows.begin(), tables.at(0).rows.end());
      const auto links = Texts("main p.actions a");
      if (links.empty() || links.back() != "Trang sau") return rows;
      browser_->Follow("main p.actions a:last-child");
    }
  }
  std::string Head(const std::string& label) {
    const auto names = Texts(".heads .name"), values = Texts(".heads .value");
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] == label) return values[i];
    }
    ADD_FAILURE() << label << " is not on " << browser_->Url();
    return "";
  }
  bool IsFocused(const std::string& css) {
    return browser_->Run("return document.activeElement.matches(arguments[0])", {css}) == true;
  }
};

TEST_F(WorkTest, UnitsAreSortedByAColumnAndTheOtherWayRound) {
  Go("/units?month=2020-12");
  browser_->Follow("th:nth-child(5) a");
  EXPECT_EQ(browser_->Run("return document.querySelector('th[aria-sort]').ariaSort"), "descending");
  auto rows = AllRows();
  ASSERT_EQ(rows.size(), kUnits);
  std::vector<std::int64_t> active;
  for (const auto& row : rows) active.push_back(ShownCount(row.at(kActiveColumn)).value_or(-1));
  EXPECT_TRUE(std::is_sorted(active.rbegin(), active.rend()));
  EXPECT_GT(active.front(), active.back());
  browser_->Follow("th[aria-sort] a");
  EXPECT_EQ(browser_->Run("return document.querySelector('th[aria-sort]').ariaSort"), "ascending");
  rows = AllRows();
  ASSERT_EQ(rows.size(), kUnits);
  EXPECT_EQ(ShownCount(rows.front().at(kActiveColumn)), active.back());
}

TEST_F(WorkTest, UnitsAreFoundByTheirNameWithoutItsMarksAndByProvince) {
  Go("/units?month=2020-12&sort=f1&desc=1");
  browser_->Type("#q", "phuong son");
  browser_->Follow("main form button.primary");
  auto rows = AllRows();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].at(0), "KH-PS");
  browser_->Type("#q", "");
  browser_->Click("#place option[value='48']");
  browser_->Follow("main form button.primary");
  rows = AllRows();
  EXPECT_EQ(rows.size(), 5u);
  for (const auto& row : rows) EXPECT_TRUE(row[0].starts_with("DN-")) << row[0];
  // What was sorted by stays.
  EXPECT_EQ(browser_->Run("return document.querySelector('th[aria-sort]').ariaSort"), "descending");
}

TEST_F(WorkTest, WhoIsSilentIsCountedAndNamedFirst) {
  Go("/?month=2020-12");
  const auto terms = Texts("dl.facts dt"), values = Texts("dl.facts dd");
  const auto value = [&](const std::string& term) {
    const auto at = std::find(terms.begin(), terms.end(), term) - terms.begin();
    return values.at(static_cast<std::size_t>(at));
  };
  // SG-05 fell silent in October 2020, HN-03 in November: the others sent on 2 January.
  EXPECT_EQ(value("Đơn vị đang hoạt động"), "58");
  EXPECT_EQ(value("Im lặng từ 30 ngày"), "2");
  EXPECT_TRUE(value("Im lặng từ 7 ngày").starts_with("2 ")) << value("Im lặng từ 7 ngày");
  browser_->Follow("dl.facts a[href*='sort=synced']");
  const auto rows = Tables().at(0).rows;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool silent = rows[i].back().find("im lặng từ 30 ngày") != std::string::npos;
    EXPECT_EQ(silent, i < 2) << rows[i][0];
  }
  EXPECT_EQ(rows.at(0)[0] + rows.at(1)[0], "SG-05HN-03");
  browser_->Follow("tbody tr:first-child th a");
  EXPECT_NE(browser_->Text("dl.facts").find("12/10/2020 12:00 im lặng từ 30 ngày"),
            std::string::npos)
      << browser_->Text("dl.facts");
}

TEST_F(WorkTest, AClosedMonthSaysSoAndDoesNotKnowWhatCameLater) {
  const Recomputed exact(kept_, "2020-12-31", scratch_ / "r");
  const std::set<std::string> units = exact.UnitsOf("", Time::kThen);
  int grew = 0;
  for (const char* month : {"2017-06", "2018-03", "2018-12", "2019-08", "2020-05"}) {
    Go(std::string("/?month=") + month);
    EXPECT_NE(browser_->Text().find("đã chốt lúc"), std::string::npos) << browser_->Text();
    const std::string shown = Head("Khách hàng được phục vụ");
    const std::int64_t later = exact.Sum(units, "served", month).numerator;
    ASSERT_TRUE(ShownCount(shown)) << shown;
    EXPECT_GT(*ShownCount(shown), 0) << month;
    grew += *ShownCount(shown) < later ? 1 : 0;
    Go(std::string("/?month=") + month);
    EXPECT_EQ(Head("Khách hàng được phục vụ"), shown);
  }
  EXPECT_GE(grew, 4) << "nothing came late";
  Go("/?month=2021-01");
  EXPECT_NE(browser_->Text().find("chưa chốt"), std::string::npos);
  EXPECT_EQ(browser_->Text().find("đã chốt lúc"), std::string::npos);
}

TEST_F(WorkTest, TheOtherLanguageShowsTheSamePageWithTheSameFigures) {
  Go("/?month=2020-12&places=now&show=new");
  const auto before = Texts(".heads .value"), tiles = Texts(".tiles .figure");
  EXPECT_EQ(before.at(0), "2.995");
  browser_->Follow("form[action='/language'] button");
  EXPECT_NE(browser_->Url().find("month=2020-12&places=now&show=new"), std::string::npos)
      << browser_->Url();
  EXPECT_EQ(browser_->Run("return document.documentElement.lang"), "en");
  EXPECT_EQ(browser_->Text("h1"), "Whole country, 12/2020");
  const auto after = Texts(".heads .value");
  ASSERT_EQ(after.size(), before.size());
  EXPECT_EQ(after.at(0), "2,995");
  EXPECT_EQ(Texts(".tiles .figure"), tiles);
  for (std::size_t i = 1; i < before.size(); ++i) {
    EXPECT_EQ(std::regex_replace(after[i], std::regex("\\."), ","), before[i]);
  }
}

TEST_F(WorkTest, SmallMultiplesDrawWhatTheirTablesSay) {
  Go("/unit/KH-PS?month=2020-12");
  const auto drawn = browser_->Run(
      "return [...document.querySelectorAll('section.card[id]')].map((card) => {"
      "  const table = card.querySelector('table[data-chart]');"
      "  if (!table) return null;"
      "  const chart = Chart.getChart(card.querySelector('canvas'));"
      "  return {drawn: chart.data.datasets[0].data, height: chart.height,"
      "          hidden: chart.canvas.getAttribute('aria-hidden'),"
      "          said: [...table.tBodies[0].rows[0].cells].slice(1)"
      "            .map((cell) => cell.dataset.value === undefined ? null"
      "                                                            : Number(cell.dataset.value))};"
      "}).filter((one) => one)");
  ASSERT_EQ(drawn.size(), 6u);
  for (const auto& one : drawn) {
    EXPECT_EQ(one["drawn"], one["said"]);
    EXPECT_EQ(one["said"].size(), 24u);
    EXPECT_EQ(one["hidden"], "true");
    EXPECT_GE(one["height"], 120);
  }
}

TEST_F(WorkTest, ChartsKeepTheirHeightOnANarrowScreen) {
  browser_->Resize(360, 800);
  Go("/?month=2020-12");
  const auto plot = browser_->Run(
      "const area = Chart.getChart(document.querySelector('canvas')).chartArea;"
      "return [area.bottom - area.top, area.right - area.left]");
  EXPECT_GE(plot[0], 100) << plot;
  EXPECT_GE(plot[1], 200) << plot;
}

TEST_F(WorkTest, TheKeyboardAloneSortsAndOpensAUnit) {
  Go("/units?month=2020-12");
  // Tab goes as the page is read, and every stop can be seen.
  const auto order = browser_->Run(
      "return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select,"
      " [tabindex=\"0\"]')].filter((one) => one.checkVisibility()).length");
  std::vector<int> stops;
  for (int i = 0; i < order.get<int>() && !IsFocused("th:nth-child(5) a"); ++i) {
    browser_->Press({kTab});
    stops.push_back(
        browser_->Run("return [...document.querySelectorAll('*')].indexOf(document.activeElement)")
            .get<int>());
    EXPECT_TRUE(
        browser_->Run("const style = getComputedStyle(document.activeElement);"
                      "return style.outlineStyle !== 'none' && style.outlineWidth !== '0px'"))
        << browser_->Run("return document.activeElement.outerHTML.slice(0, 200)");
  }
  EXPECT_TRUE(std::is_sorted(stops.begin(), stops.end()));
  ASSERT_TRUE(IsFocused("th:nth-child(5) a")) << "not reached by " << stops.size() << " tabs";
  browser_->Run("window.tramOld = true");
  browser_->Press({kEnter});
  browser_->Wait("!window.tramOld && document.readyState === 'complete'");
  EXPECT_EQ(browser_->Run("return document.querySelector('th[aria-sort]').ariaSort"), "descending");
  for (int i = 0; i < order.get<int>() && !IsFocused("tbody tr:first-child th a"); ++i) {
    browser_->Press({kTab});
  }
  browser_->Run("window.tramOld = true");
  browser_->Press({kEnter});
  browser_->Wait("!window.tramOld && document.readyState === 'complete'");
  EXPECT_NE(browser_->Url().find("/unit/"), std::string::npos) << browser_->Url();
}

// ---- paper ----

class PaperTest : public KeptPages {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kToText)) GTEST_SKIP() << "needs poppler-utils";
    KeptPages::SetUp();
  }
};

TEST_F(PaperTest, OverviewUnitAndOutcomesArePrintedOnA4WithEveryCell) {
  ServeAfterTheMerger();
  for (const char* path :
       {"/?month=2020-12", "/unit/KH-PS?month=2020-12", "/outcomes?year=2018&by=then",
        "/outcomes?year=2019&by=country&stratum=referral",
        "/outcomes/curves?year=2018&place=country&place=24&place=56&place=79"}) {
    Go(path);
    browser_->Run("for (const d of document.querySelectorAll('details.card')) d.open = true");
    browser_->Print(scratch_ / "page.pdf");
    const std::string about = RunProgram({kInfo, (scratch_ / "page.pdf").string()}).out;
    EXPECT_NE(about.find("(A4)"), std::string::npos) << about;
    const std::string text =
        RunProgram({kToText, "-raw", (scratch_ / "page.pdf").string(), "-"}).out;
    const std::string dense = WithoutSpaces(text);
    const auto cut = browser_->Run(
        "return [...document.querySelectorAll('main tr, main details.card summary')].map((row) =>"
        "  [...(row.cells ?? [row])].map((cell) => cell.textContent))");
    ASSERT_GT(cut.size(), 10u) << path;
    std::string missing;
    for (const auto& row : cut) {
      for (const auto& cell : row) {
        if (dense.find(WithoutSpaces(cell)) == dense.npos)
          missing += " | " + cell.get<std::string>();
      }
    }
    EXPECT_EQ(missing, "") << path;
    for (const char* words : {"Đăng xuất", "English", "Xem đường cong"}) {
      EXPECT_EQ(text.find(words), std::string::npos) << path << ": " << words;
    }
  }
}

TEST_F(PaperTest, NoTableIsWiderThanThePaper) {
  ServeAfterTheMerger();
  for (const char* path : {"/?month=2020-12", "/units?month=2020-12", "/unit/KH-PS?month=2020-12",
                           "/units/success?year=2018", "/outcomes?year=2018&by=then",
                           "/outcomes?year=2019&by=then&stratum=referral",
                           "/outcomes/curves?year=2018&place=country&place=24&place=56&place=79"}) {
    Go(path);
    browser_->Print(scratch_ / "page.pdf");
    // Words beyond the right margin of A4, 595 points wide with 15 mm on each side.
    const std::string boxes =
        RunProgram({kToText, "-bbox", (scratch_ / "page.pdf").string(), "-"}).out;
    const std::regex right("<word[^>]*xMax=\"([0-9.]+)\"[^>]*>([^<]*)<");
    std::string beyond;
    long words = 0;
    for (auto at = std::sregex_iterator(boxes.begin(), boxes.end(), right);
         at != std::sregex_iterator(); ++at) {
      ++words;
      if (std::stod((*at)[1]) > 595 - 42 + 2) beyond += " " + (*at)[2].str();
    }
    EXPECT_GT(words, 100) << path;
    EXPECT_EQ(beyond, "") << path;
  }
}

}  // namespace
}  // namespace tram::test
