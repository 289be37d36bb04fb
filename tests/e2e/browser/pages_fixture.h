// A unit's pages in a browser: a real server, `unit-client serve` on a folder of its own, Chromium.
// Threads: one test.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/support/browser.h"
#include "tests/support/real_programs.h"

namespace tram::test {

/// `unit-client serve`.
class ServedUnit {
 public:
  explicit ServedUnit(std::filesystem::path folder) : folder_(std::move(folder)) {}
  void Start();
  int Stop() { return child_->Stop(); }
  void Kill();  // kill -9
  pid_t pid() const { return child_->pid(); }
  const std::filesystem::path& folder() const { return folder_; }
  /// "http://127.0.0.1:PORT", without a slash.
  const std::string& url() const { return url_; }

 private:
  std::filesystem::path folder_;
  std::string url_;
  std::unique_ptr<ChildProcess> child_;
};

class PagesTest : public testing::Test {
 protected:
  void SetUp() override;
  /// The first start in the browser: enrols with a one-time code and signs in.
  void SetUpUnit();
  /// Adds the worker's own record, and says that it is his.
  void BecomeWorker(const std::string& name);
  /// Until the program has kept what is typed in the form of this page.
  void AwaitDraft();
  void SignIn(const std::string& pin = "");
  /// A PNG at 360 and at 1,280 pixels, where TRAM_SCREENSHOTS names a folder.
  void Shoot(const std::string& name);
  std::string At(const std::string& path) const { return unit_->url() + path; }

  ScratchFolder scratch_;
  std::unique_ptr<RealServer> server_;
  std::unique_ptr<ServedUnit> unit_;
  std::unique_ptr<Browser> browser_;
};

}  // namespace tram::test
