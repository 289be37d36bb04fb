// Reports as they are seen: charts that show their tables; on A4 with all of their figures, and
// nothing to press.
#include <algorithm>
#include <regex>
#include <sstream>

#include "tests/e2e/browser/filled_unit.h"

namespace tram::test {
namespace {

constexpr char kToText[] = "/usr/bin/pdftotext", kInfo[] = "/usr/bin/pdfinfo";

std::string WithoutSpaces(const std::string& text) {
  return std::regex_replace(text, std::regex("[ \\t\\r\\n\\f]|\xC2\xA0"), "");
}

class PrintTest : public FilledUnitTest {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kToText)) GTEST_SKIP() << "needs poppler-utils";
    FilledUnitTest::SetUp();
  }
  /// In the order in which it is drawn.
  std::string Printed() {
    browser_->Print(scratch_ / "page.pdf");
    return RunProgram({kToText, "-raw", (scratch_ / "page.pdf").string(), "-"}).out;
  }
};

TEST_F(PrintTest, AReportIsPrintedOnA4WithAllItsFiguresAndNothingToPress) {
  for (const char* path : {"/reports/month", "/reports/outcomes"}) {
    browser_->Go(At(path));
    const std::string text = Printed(), dense = WithoutSpaces(text);
    const std::string about = RunProgram({kInfo, (scratch_ / "page.pdf").string()}).out;
    EXPECT_NE(about.find("(A4)"), std::string::npos) << about;
    const auto rows = browser_->Run(
        "return [...document.querySelectorAll('main tr')].map((row) =>"
        "  [...row.cells].map((cell) => cell.innerText).join(' '))");
    ASSERT_GT(rows.size(), 20u) << path;
    for (const auto& row : rows) {
      EXPECT_NE(dense.find(WithoutSpaces(row.get<std::string>())), std::string::npos)
          << path << " does not print: " << row << "\n"
          << text;
      if (HasFailure()) return;
    }
    for (const char* title : {"Trạm Phương Sơn", "Tính đến"}) {
      EXPECT_NE(text.find(title), std::string::npos) << path << ": " << title;
    }
    for (const char* words : {"Hôm nay", "Sổ của đơn vị", "Khoá", "Tải", "English", "Trợ giúp",
                              "chờ gửi", "Định nghĩa"}) {
      EXPECT_EQ(text.find(words), std::string::npos) << path << ": " << words << "\n" << text;
    }
  }
}

class ChartTest : public FilledUnitTest {};

/// Of each chart: its height, its labels, its values, and the cells of the table below it.
constexpr char kCharts[] =
    "return [...document.querySelectorAll('.chart canvas')].map((canvas) => {"
    "  const chart = Chart.getChart(canvas);"
    "  const table = canvas.closest('.chart').nextElementSibling.querySelector('table');"
    "  return {height: canvas.getBoundingClientRect().height, labels: chart.data.labels,"
    "    type: chart.config.type, curve: table.dataset.chart === 'curve',"
    "    values: chart.data.datasets[0].data,"
    "    head: [...table.tHead.rows[0].cells].map((cell) => cell.innerText),"
    "    rows: [...table.tBodies[0].rows].map((row) =>"
    "      [...row.cells].map((cell) => cell.dataset.value ?? cell.innerText))}; })";

TEST_F(ChartTest, AChartShowsItsTableInTheWindowThatThereIs) {
  int curves = 0, bars = 0;
  for (const char* path : {"/reports/month", "/reports/outcomes"}) {
    browser_->Go(At(path));
    for (const int width : {360, 1280, 360}) {
      browser_->Resize(width, 900);
      browser_->Wait(
          "[...document.querySelectorAll('.chart canvas')].every((canvas) =>"
          "  canvas.getBoundingClientRect().height > 80 &&"
          "  canvas.getBoundingClientRect().width <= innerWidth)");
    }
    for (const auto& chart : browser_->Run(kCharts)) {
      ASSERT_EQ(chart["labels"].size(), chart["values"].size());
      for (std::size_t i = 0; i < chart["labels"].size(); ++i) {
        std::string wanted;  // what the table says of it; "" where it says nothing
        if (chart["curve"] == true) {
          wanted = chart["rows"][i][2];
        } else {
          for (std::size_t column = 0; column < chart["head"].size(); ++column) {
            if (chart["head"][column] == chart["labels"][i]) wanted = chart["rows"][0][column];
          }
        }
        const bool nothing = wanted.empty() || wanted == "-";
        EXPECT_EQ(chart["values"][i].is_null(), nothing) << chart.dump();
        if (nothing) continue;
        EXPECT_EQ(chart["values"][i].get<double>(), std::stod(wanted)) << chart.dump();
      }
      chart["curve"] == true ? ++curves : ++bars;
      if (chart["curve"] == true) continue;
      EXPECT_EQ(chart["type"], chart["rows"].size() == 1 ? "bar" : "line") << chart.dump();
      const std::string first = chart["labels"].front(), last = chart["labels"].back();
      const auto months = [](const std::string& month) {
        return std::stoi(month.substr(0, 4)) * 12 + std::stoi(month.substr(5));
      };
      EXPECT_EQ(chart["labels"].size(), 1u + months(last) - months(first)) << "no month left out";
    }
  }
  EXPECT_GE(curves, 1);
  EXPECT_GE(bars, 2);
}

}  // namespace
}  // namespace tram::test
