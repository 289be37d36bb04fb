// The machine's steady clock across a sleep, which a time namespace (time_namespaces(7)) shows as
// well: there the clocks that a sleep pulls apart are set apart.
#include "tram/base/clock.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>

namespace tram {
namespace {

constexpr std::int64_t kAsleepMs = 8 * 3600 * 1000;
constexpr int kNotPermitted = 77;

/// What `run` returns in a child process.
int InChild(const std::function<int()>& run) {
  const pid_t child = fork();
  if (child == 0) _exit(run());
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status)
                                                                               : -1;
}

TEST(ClockTest, TheSteadyClockGoesOnWhileTheComputerSleeps) {
  const std::int64_t before = SystemClock().SteadyMs();
  const int exit = InChild([&] {
    if (unshare(CLONE_NEWTIME) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWTIME) != 0) {
      return kNotPermitted;
    }
    std::ofstream offsets("/proc/self/timens_offsets");
    offsets << "boottime " << kAsleepMs / 1000 << " 0" << std::endl;
    if (!offsets) return kNotPermitted;
    return InChild([&] { return SystemClock().SteadyMs() - before >= kAsleepMs ? 0 : 1; });
  });
  if (exit == kNotPermitted) GTEST_SKIP() << "this system lets nobody make a time namespace";
  EXPECT_EQ(exit, 0);
}

}  // namespace
}  // namespace tram
