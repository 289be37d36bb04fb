// What holds for every page of both programs, asked in a browser that shows it: axe-core finds
// nothing (WCAG 2.2, levels A and AA, and best practice), and page_checks.js, beside this file:
// targets are large enough, nothing is cut off.
// Threads: one at a time.
#pragma once

#include <string>

#include "tests/support/browser.h"

namespace tram::test {

inline constexpr int kNarrowPixels = 360, kWidePixels = 1280;

class PageChecks {
 public:
  /// What is missing on this computer, for a test that then skips; "" where nothing is.
  static std::string Missing();
  /// Fails the test where the scripts cannot be read.
  PageChecks();

  /// Opens every `details` of the page that is shown, checks it narrow and wide, and fails the test
  /// with `name` for each thing that is wrong.
  void Check(Browser& browser, const std::string& name);
  int checked() const { return checked_; }

 private:
  std::string axe_, checks_;
  int checked_ = 0;
};

/// PNGs of the page, narrow and wide, in the folder that TRAM_SCREENSHOTS names; else nothing.
void KeepScreenshots(Browser& browser, const std::string& name);

}  // namespace tram::test
