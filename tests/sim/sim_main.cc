// The simulator as a program: --seeds A-B over several processes, or --replay SEED with all that
// happens in that world. Exit 1 at the first failing world.
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <thread>

#include "tests/sim/sim_totals.h"

namespace tram::sim {
namespace {

constexpr std::size_t kFailureBytes = 1024;
constexpr std::size_t kProgressEvery = 50, kProgressEveryInFile = 2000;  // worlds

struct Options {
  std::uint64_t first = 1, last = 2000;
  unsigned jobs = 1;
  bool keep_going = false;
};

/// What a worker writes for each world into its pipe: smaller than PIPE_BUF, so whole.
struct Message {
  WorldFigures figures;
  char failure[kFailureBytes] = "";
};
static_assert(sizeof(Message) <= 4096);

/// A process of its own for every `jobs`-th world: a world's disks stand below SQLite, which is one
/// for a process; and an assertion ends one worker only.
struct Worker {
  pid_t pid = -1;
  std::uint64_t next = 0;  // the seed that it is at
};

[[noreturn]] void Work(const Options& options, std::uint64_t first, int pipe) {
  for (std::uint64_t seed = first; seed <= options.last; seed += options.jobs) {
    const WorldReport report = SimWorld(seed).Run();
    Message message{FiguresOf(report), ""};
    report.failure.copy(message.failure, kFailureBytes - 1);
    if (write(pipe, &message, sizeof message) != sizeof message) break;  // nobody listens
  }
  std::cout.flush();
  _exit(0);
}

class Run {
 public:
  explicit Run(const Options& options) : options_(options) {}

  int All() {
    Start();
    Message message;
    while (ReadWhole(message)) {
      Worker& worker = workers_[(message.figures.seed - options_.first) % options_.jobs];
      worker.next = message.figures.seed + options_.jobs;
      totals_.Add(message.figures);
      if (message.failure[0] != 0) Report(message.figures.seed, message.failure);
      if (failures_ > 0 && !options_.keep_going) break;
      SayProgress();
    }
    Stop();
    if (terminal_) std::cerr << "\r\n";
    if (failures_ == 0 || options_.keep_going) totals_.Print(std::cout, Seconds());
    return failures_ == 0 ? 0 : 1;
  }

 private:
  void Start() {
    TRAM_ASSERT(pipe(pipe_) == 0);
    for (unsigned i = 0; i < options_.jobs; ++i) {
      const pid_t pid = fork();
      TRAM_ASSERT(pid >= 0);
      if (pid == 0) {
        close(pipe_[0]);
        Work(options_, options_.first + i, pipe_[1]);
      }
      workers_.push_back({pid, options_.first + i});
    }
    close(pipe_[1]);
  }

  /// One line that is written over, or for a file a line now and then.
  void SayProgress() const {
    if (totals_.worlds() % (terminal_ ? kProgressEvery : kProgressEveryInFile) != 0) return;
    std::cerr << (terminal_ ? "\r" : "") << totals_.worlds() << " of "
              << options_.last - options_.first + 1 << " worlds, " << failures_ << " failed "
              << (terminal_ ? "" : "\n");
  }

  bool ReadWhole(Message& message) {
    const ssize_t got = read(pipe_[0], &message, sizeof message);
    return got == static_cast<ssize_t>(sizeof message);
  }

  void Report(std::uint64_t seed, const std::string& failure) {
    ++failures_;
    std::cout << "seed " << seed << " failed after " << totals_.worlds() << " worlds: " << failure
              << "\nagain: ./dev sim --replay " << seed << std::endl;
  }

  /// A worker that ended by itself before its last world fell over the one that it was at.
  void Stop() {
    close(pipe_[0]);
    for (Worker& worker : workers_) {
      int status = 0;
      waitpid(worker.pid, &status, 0);
      const bool fell = WIFSIGNALED(status) && WTERMSIG(status) != SIGPIPE;
      if (fell && worker.next <= options_.last) {
        Report(worker.next, "the process was ended by signal " + std::to_string(WTERMSIG(status)));
      }
    }
  }

  double Seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }

  const Options options_;
  const bool terminal_ = isatty(STDERR_FILENO) != 0;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  SimTotals totals_;
  std::size_t failures_ = 0;
  int pipe_[2] = {-1, -1};
  std::vector<Worker> workers_;
};

int Replay(std::uint64_t seed) {
  const WorldReport report = SimWorld(seed, &std::cout).Run();
  std::cout << "\n"
            << report.ops << " ops, " << report.conflicts << " conflicts, " << report.devices
            << " devices, " << report.requests << " requests, " << report.heal_bytes
            << " bytes to heal" << (report.full ? "" : "; an empty world") << "\n"
            << (report.failure.empty() ? "it held" : "it FAILED") << "\n";
  return report.failure.empty() ? 0 : 1;
}

}  // namespace
}  // namespace tram::sim

int main(int argc, char** argv) {
  std::string seeds = "1-2000";
  std::uint64_t replay = 0;
  tram::sim::Options options;
  options.jobs = std::max(1u, std::thread::hardware_concurrency());
  CLI::App app{"Simulated worlds of the engine"};
  app.add_option("--seeds", seeds, "first and last seed, A-B");
  app.add_option("--jobs", options.jobs, "processes")->check(CLI::Range(1u, 256u));
  app.add_option("--replay", replay, "one seed, with all that happens");
  app.add_flag("--keep-going", options.keep_going, "all seeds, whatever fails");
  CLI11_PARSE(app, argc, argv);
  if (replay != 0) return tram::sim::Replay(replay);
  const auto dash = seeds.find('-');
  if (dash == std::string::npos) {
    std::cerr << "write --seeds A-B, for example --seeds 1-2000\n";
    return 2;
  }
  options.first = std::stoull(seeds.substr(0, dash));
  options.last = std::stoull(seeds.substr(dash + 1));
  return tram::sim::Run(options).All();
}
