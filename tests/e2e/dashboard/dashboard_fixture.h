// The server's pages in a browser: a real server with some units and an account of every role, and
// Chromium. Threads: one test.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/support/browser.h"
#include "tests/support/real_programs.h"

namespace tram::test {

inline constexpr char kAdministrator[] = "quan.tri";
inline constexpr char kManager[] = "quan.ly";
inline constexpr char kProvince[] = "tinh.56";       // of Khánh Hòa
inline constexpr char kCommittee[] = "ban.quan.ly";  // of KH-001
inline constexpr char kWithFactor[] = "hai.buoc";    // a manager with a second factor
inline constexpr char kTestPassword[] = "một mật khẩu đủ dài";

class DashboardTest : public testing::Test {
 protected:
  /// The server runs, nobody is signed in. Skips where there is no browser, or no page to sign in.
  void SetUp() override;
  /// By the sign-in page.
  void SignIn(const std::string& name);
  void SignOut();
  std::string At(const std::string& path) const { return server_->url() + path; }

  ScratchFolder scratch_;
  std::unique_ptr<RealServer> server_;
  std::unique_ptr<Browser> browser_;
};

}  // namespace tram::test
