// A fixed part of the simulator's worlds, in every test run. More: ./dev sim --seeds A-B.
#include <gtest/gtest.h>

#include <iostream>

#include "tests/sim/sim_world.h"

namespace tram::sim {
namespace {

constexpr std::uint64_t kSeedsPerTest = 500;

class SimTest : public testing::TestWithParam<std::uint64_t> {};

TEST_P(SimTest, WorldsHeal) {
  const std::uint64_t first = GetParam() * kSeedsPerTest + 1;
  std::size_t ops = 0, conflicts = 0, branches = 0, faults = 0;
  for (std::uint64_t seed = first; seed < first + kSeedsPerTest; ++seed) {
    WorldReport report = SimWorld(seed).Run();
    ASSERT_EQ(report.failure, "") << "seed " << seed << "; again: ./dev sim --replay " << seed;
    ops += report.ops;
    conflicts += report.conflicts;
    branches += report.branches;
    faults += report.faults;
  }
  std::cout << kSeedsPerTest << " worlds: " << ops << " ops, " << conflicts << " conflicts, "
            << branches << " copied feeds, " << faults << " faults\n";
  // Worlds in which nothing happens prove nothing.
  EXPECT_GT(ops, kSeedsPerTest * 10);
  EXPECT_GT(conflicts, kSeedsPerTest / 5);
  EXPECT_GT(branches, kSeedsPerTest / 10);
}

INSTANTIATE_TEST_SUITE_P(Seeds, SimTest, testing::Range<std::uint64_t>(0, 4));

}  // namespace
}  // namespace tram::sim
