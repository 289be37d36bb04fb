#include "tests/support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

extern "C" {  // this version's header does not say so itself
#include <sys/pidfd.h>
}

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "tests/support/paths.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;

int ExitOf(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

[[noreturn]] void Execute(const std::vector<std::string>& argv,
                          const std::map<std::string, std::string>& environment,
                          const fs::path& folder) {
  for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
  if (!folder.empty() && ::chdir(folder.c_str()) != 0) ::_exit(126);
  std::vector<char*> arguments;
  for (const std::string& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  ::execv(arguments[0], arguments.data());
  ::_exit(127);
}

/// Feeds the child's input and gathers both outputs until it closes them.
void Pump(int in, int out, int err, const std::string& input, RunResult& result) {
  std::size_t written = 0;
  pollfd polls[3] = {{out, POLLIN, 0}, {err, POLLIN, 0}, {in, POLLOUT, 0}};
  if (input.empty()) {
    ::close(in);
    polls[2].fd = -1;
  }
  while (polls[0].fd >= 0 || polls[1].fd >= 0) {
    if (::poll(polls, 3, -1) < 0) break;
    for (int i = 0; i < 2; ++i) {
      if (polls[i].fd < 0 || polls[i].revents == 0) continue;
      char block[65536];
      ssize_t n = ::read(polls[i].fd, block, sizeof block);
      if (n > 0) {
        (i == 0 ? result.out : result.err).append(block, static_cast<std::size_t>(n));
      } else {
        polls[i].fd = -1;
      }
    }
    if (polls[2].fd >= 0 && polls[2].revents != 0) {
      ssize_t n = ::write(in, input.data() + written, input.size() - written);
      if (n > 0) written += static_cast<std::size_t>(n);
      if (n <= 0 || written == input.size()) {
        ::close(in);
        polls[2].fd = -1;
      }
    }
  }
  if (polls[2].fd >= 0) ::close(in);
}

std::string Installed(const std::string& name) {
  for (const char* folder : {"/usr/bin/", "/usr/local/bin/"}) {
    if (fs::exists(folder + name)) return folder + name;
  }
  return "";
}

}  // namespace

RunResult RunProgram(const std::vector<std::string>& argv,
                     const std::map<std::string, std::string>& environment,
                     const std::string& input, const fs::path& folder) {
  ::signal(SIGPIPE, SIG_IGN);
  int in[2], out[2], err[2];
  RunResult result;
  if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(err, O_CLOEXEC) != 0) {
    return result;
  }
  pid_t pid = ::fork();
  if (pid == 0) {
    ::dup2(in[0], STDIN_FILENO);
    ::dup2(out[1], STDOUT_FILENO);
    ::dup2(err[1], STDERR_FILENO);
    Execute(argv, environment, folder);
  }
  ::close(in[0]);
  ::close(out[1]);
  ::close(err[1]);
  Pump(in[1], out[0], err[0], input, result);
  ::close(out[0]);
  ::close(err[0]);
  int status = 0;
  ::waitpid(pid, &status, 0);
  result.exit = ExitOf(status);
  return result;
}

ChildProcess::ChildProcess(const std::vector<std::string>& argv,
                           const std::map<std::string, std::string>& environment,
                           const fs::path& log) {
  pid_ = ::fork();
  if (pid_ != 0) return;
  int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  Execute(argv, environment, "");
}

ChildProcess::~ChildProcess() { Kill(); }

bool ChildProcess::Running() {
  if (pid_ < 0) return false;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) == pid_) {
    exit_ = ExitOf(status);
    pid_ = -1;
  }
  return pid_ >= 0;
}

bool ChildProcess::AwaitEnd(int patience_ms) {
  if (!Running()) return true;
  pollfd ended{::pidfd_open(pid_, 0), POLLIN, 0};
  ::poll(&ended, 1, patience_ms);
  ::close(ended.fd);
  return !Running();
}

int ChildProcess::Stop(int patience_ms) {
  if (!Running()) return exit_;
  ::kill(pid_, SIGTERM);
  AwaitEnd(patience_ms);
  Kill();
  return exit_;
}

void ChildProcess::Kill() {
  if (!Running()) return;
  ::kill(pid_, SIGKILL);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  exit_ = ExitOf(status);
  pid_ = -1;
}

double ProcessMemory(pid_t pid, const std::string& name) {
  constexpr double kBytesPerKb = 1024;
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name + ":")) {
      return std::strtod(line.c_str() + name.size() + 1, nullptr) * kBytesPerKb;
    }
  }
  return 0;
}

std::string AwaitFile(const fs::path& path, ChildProcess& child, int patience_ms) {
  int watch = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  ::inotify_add_watch(watch, path.parent_path().c_str(), IN_MOVED_TO | IN_MODIFY | IN_CREATE);
  auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(patience_ms);
  std::string content;
  while (content.empty() && child.Running() && std::chrono::steady_clock::now() < deadline) {
    std::ifstream in(path);
    content.assign(std::istreambuf_iterator<char>(in), {});
    if (!content.empty()) break;
    pollfd events{watch, POLLIN, 0};
    ::poll(&events, 1, 200);  // the bound notices a child that ended
    char block[4096];
    while (::read(watch, block, sizeof block) > 0) {
    }
  }
  ::close(watch);
  return content;
}

ScratchFolder::ScratchFolder() {
  std::string name = (fs::temp_directory_path() / "tram-test-XXXXXX").string();
  path_ = ::mkdtemp(name.data());
}

ScratchFolder::~ScratchFolder() {
  std::error_code code;
  fs::remove_all(path_, code);
}

fs::path SharedFolder() {
  const char* named = std::getenv("TRAM_SHARED");
  fs::path folder = named != nullptr ? fs::path(named) : test::InSource("../shared");
  return fs::exists(folder) ? folder : fs::path();
}

std::string RscriptProgram() { return Installed("Rscript"); }

std::string PythonProgram() { return Installed("python3"); }

}  // namespace tram::test
