// The demonstration's central server: the real program in a process of its own, whose clock is a
// file that the story moves; and the real commands against it.
// Threads: Start, TellTime and Stop: one; Command: any.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/process.h"
#include "tram/base/dates.h"
#include "tram/base/result.h"

namespace tram::demo {

inline constexpr std::int64_t kNoonMs = 12LL * 3600 * 1000;

class DemoServer {
 public:
  /// `folder` gets the server's folder, its log and the file with its clock.
  explicit DemoServer(std::filesystem::path folder);

  /// Makes a server and starts it. Errors: io | what the command said.
  Status Start(Date day);
  ~DemoServer() { Stop(); }
  /// Lets it finish what it does.
  void Stop();
  /// It is noon of `day`.
  Status TellTime(Date day);
  /// Runs `central-server ARGUMENTS` to its end; what it printed. Errors: invalid (what it said).
  Result<std::string> Command(std::vector<std::string> arguments) const;

  const std::string& url() const { return url_; }
  std::filesystem::path data() const { return folder_ / "server"; }
  std::filesystem::path clock_file() const { return folder_ / "clock"; }

 private:
  std::filesystem::path folder_;
  std::string url_;
  std::unique_ptr<test::ChildProcess> process_;
};

}  // namespace tram::demo
