#include "tests/support/page_checks.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "tests/support/paths.h"
#include "tram/base/os_file.h"

namespace tram::test {
namespace {

constexpr char kAxe[] = "/build/npm/node_modules/axe-core/axe.min.js";
constexpr char kChecks[] = "/tests/support/page_checks.js";
constexpr std::size_t kScriptBytesMax = 4 << 20;
constexpr int kHeight = 900;
constexpr char kRunAxe[] =
    "return axe.run(document, {resultTypes: ['violations'], runOnly: {type: 'tag', values:"
    " ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}})"
    ".then((found) => found.violations.map((v) => v.id + ': ' + v.help + ': '"
    "   + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160) + ' ' + n.failureSummary)"
    "       .join(' | ')));";

std::string Script(const std::string& path) {
  const auto text = ReadFile(kSourceDir + path, kScriptBytesMax);
  EXPECT_TRUE(text) << path;
  return text.value_or("");
}

}  // namespace

std::string PageChecks::Missing() {
  if (std::filesystem::exists(std::string(kSourceDir) + kAxe)) return "";
  return "needs axe-core: ./dev test fetches it with npm";
}

PageChecks::PageChecks() : axe_(Script(kAxe)), checks_(Script(kChecks)) {}

void PageChecks::Check(Browser& browser, const std::string& name) {
  browser.Run("for (const d of document.querySelectorAll('details')) d.open = true");
  browser.Run(axe_);
  for (const int width : {kNarrowPixels, kWidePixels}) {
    browser.Resize(width, kHeight);
    ASSERT_EQ(browser.Run("return innerWidth"), width);
    for (const auto& script : {std::string(kRunAxe), checks_}) {
      const auto wrong = browser.Run(script);
      ASSERT_TRUE(wrong.is_array()) << wrong.dump();
      for (const auto& line : wrong) {
        ADD_FAILURE() << name << ", " << width << " pixels: " << line.get<std::string>();
      }
    }
  }
  ++checked_;
}

void KeepScreenshots(Browser& browser, const std::string& name) {
  const char* folder = std::getenv("TRAM_SCREENSHOTS");
  if (folder == nullptr) return;
  for (const int width : {kNarrowPixels, kWidePixels}) {
    browser.Resize(width, kHeight);
    browser.Screenshot(std::filesystem::path(folder) /
                       (name + "-" + std::to_string(width) + ".png"));
  }
}

}  // namespace tram::test
