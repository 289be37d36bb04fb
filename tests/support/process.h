// Running real programs in tests: one call that waits, and children that are ended by their pid.
// Threads: each object belongs to one thread.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tram::test {

struct RunResult {
  int exit = -1;  // 128 + signal where a signal ended it
  std::string out, err;
};

/// Runs a program to its end. `environment` is added to ours. `input` goes to its standard input.
RunResult RunProgram(const std::vector<std::string>& argv,
                     const std::map<std::string, std::string>& environment = {},
                     const std::string& input = "", const std::filesystem::path& folder = "");

/// A program that keeps running; its output goes to a file.
class ChildProcess {
 public:
  ChildProcess(const std::vector<std::string>& argv,
               const std::map<std::string, std::string>& environment,
               const std::filesystem::path& log);
  /// Kills it where it still runs.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }
  bool Running();
  /// Waits for its end. False: it still runs after `patience_ms`.
  bool AwaitEnd(int patience_ms = 20'000);
  /// As RunResult::exit; -1 while it was not seen to have ended.
  int exit() const { return exit_; }
  /// SIGTERM, then waits for its end; SIGKILL after `patience_ms`. Returns as RunResult::exit.
  int Stop(int patience_ms = 20'000);
  void Kill();

 private:
  pid_t pid_ = -1;
  int exit_ = -1;
};

/// A line of /proc/PID/status in bytes, "VmRSS" (resident now) or "VmHWM" (resident at most); 0
/// where it cannot be read.
double ProcessMemory(pid_t pid, const std::string& name);

/// Waits until a file exists and is not empty (written atomically by the program), by inotify.
/// Returns its content; empty after `patience_ms` or where the child ended.
std::string AwaitFile(const std::filesystem::path& path, ChildProcess& child,
                      int patience_ms = 20'000);

/// A folder below the system's temporary one, removed with all it holds.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// Where real inputs lie (TRAM_SHARED, or ../shared beside the project); empty where they do not.
std::filesystem::path SharedFolder();

/// R's and Python's interpreters; empty where they are not installed.
std::string RscriptProgram();
std::string PythonProgram();

}  // namespace tram::test
