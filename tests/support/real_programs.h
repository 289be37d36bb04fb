// The two real programs in scratch folders, for end-to-end tests: a server on loopback, and devices
// that are given their commands one by one.
// Threads: one at a time.
#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/process.h"

namespace tram::test {

inline constexpr char kTestPassphrase[] = "đèn đường sáng lắm";

class RealServer {
 public:
  /// Makes the server's data in `folder`; `init` are more arguments of its init.
  explicit RealServer(std::filesystem::path folder, std::vector<std::string> init = {});

  /// Starts serving, with more arguments of serve; on the same port as before where it served
  /// already.
  void Start(const std::vector<std::string>& more = {});
  int Stop();
  /// kill -9.
  void Kill();
  bool Running() { return child_ && child_->Running(); }
  /// Needs it to run.
  pid_t pid() const { return child_->pid(); }
  /// Waits until it has ended, by itself or by a signal. As RunResult::exit; -1: it still runs.
  int AwaitEnd() {
    child_->AwaitEnd();
    return child_->exit();
  }
  const std::string& url() const { return url_; }
  /// Of the page of metrics, where it was started with --metrics-listen.
  std::string metrics_url() const;
  const std::filesystem::path& folder() const { return folder_; }
  RunResult Run(std::vector<std::string> arguments) const;
  /// Runs with --json and fails the test unless it exits with 0.
  nlohmann::json Json(std::vector<std::string> arguments) const;
  /// Adds a unit in a province and returns a code for its first device.
  std::string AddUnit(const std::string& code, const std::string& name, const std::string& province,
                      const std::string& from) const;

 private:
  std::filesystem::path folder_;
  std::string url_, port_ = "0";
  std::unique_ptr<ChildProcess> child_;
};

class RealDevice {
 public:
  explicit RealDevice(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// By a one-time code; fails the test where it is refused.
  void Enrol(const std::string& url, const std::string& code) const;
  /// By an invitation from another device of the unit.
  void Join(const RealDevice& inviter, const std::string& url) const;
  const std::filesystem::path& folder() const { return folder_; }
  RunResult Run(std::vector<std::string> arguments,
                std::map<std::string, std::string> environment = {}) const;
  nlohmann::json Json(std::vector<std::string> arguments) const;
  /// sync that must succeed with nothing left.
  nlohmann::json Sync() const { return Json({"sync"}); }

 private:
  std::filesystem::path folder_;
};

}  // namespace tram::test
