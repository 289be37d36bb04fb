// The server's pages over the data of the demonstration: the folder that its run left (fixture
// demo_kept of CTest), copied and served by the real program, and Chromium, signed in as the
// manager of the whole country by a link of `central-server user add`. Threads: one test.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/e2e/demonstration_pages/recomputed.h"
#include "tests/support/browser.h"
#include "tests/support/process.h"

namespace tram::test {

/// A table of the page that is shown, as it is read.
struct PageTable {
  std::string section;  // id of the section that it is in; ""
  std::string caption;
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows;
};

class KeptPages : public testing::Test {
 protected:
  /// At noon of the day on which the demonstration's clock stopped, 5 January 2021.
  void SetUp() override;
  void TearDown() override;

  /// Serves the copy as somebody who comes back on 5 November 2026, long after the provinces were
  /// merged. Nothing came in between, so the months between are passed over; and the tables about
  /// persons are released again, all of them from what the server holds at the end. What was
  /// released while the units worked came before some of the units' data, and no export of today
  /// tells how much of it.
  void ServeAfterTheMerger();
  void Serve();
  /// central-server's command on the copy; fails the test unless it exits with 0.
  std::string Command(std::vector<std::string> arguments);
  /// A new account, signed in.
  void SignInAs(const std::string& name, const std::vector<std::string>& rights);

  std::string At(const std::string& path) const { return url_ + path; }
  /// Until the server has read all figures that the page shows (it says where it has not).
  void Go(const std::string& path);
  /// All tables of the page, closed `details` included.
  std::vector<PageTable> Tables();
  /// The only one with this caption; fails the test where there is none.
  PageTable TableOf(const std::string& caption);
  /// The text of each element that fits.
  std::vector<std::string> Texts(const std::string& css);

  std::filesystem::path kept_;
  ScratchFolder scratch_;
  std::unique_ptr<ChildProcess> server_;
  std::unique_ptr<Browser> browser_;

 private:
  void TellTime(std::int64_t ms);
  std::string url_;
};

}  // namespace tram::test
