// A fixed part of the simulator's worlds, in every test run. More: ./dev sim --seeds A-B.
#include <gtest/gtest.h>

#include <iostream>

#include "tests/sim/sim_totals.h"

namespace tram::sim {
namespace {

constexpr std::uint64_t kSeedsPerTest = 350;

class SimTest : public testing::TestWithParam<std::uint64_t> {};

TEST_P(SimTest, WorldsHeal) {
  const std::uint64_t first = GetParam() * kSeedsPerTest + 1;
  SimTotals totals;
  for (std::uint64_t seed = first; seed < first + kSeedsPerTest; ++seed) {
    const WorldReport report = SimWorld(seed).Run();
    ASSERT_EQ(report.failure, "") << "seed " << seed << "; again: ./dev sim --replay " << seed;
    totals.Add(FiguresOf(report));
  }
  std::cout << kSeedsPerTest << " worlds: " << totals.ops() << " ops, " << totals.conflicts()
            << " conflicts, " << totals.branches() << " copied feeds\n";
  // Worlds in which little happens prove little.
  EXPECT_LT(totals.empty(), kSeedsPerTest / 5);
  EXPECT_GT(totals.ops(), kSeedsPerTest * 8);
  EXPECT_GT(totals.conflicts(), kSeedsPerTest / 3);
  EXPECT_GT(totals.branches(), kSeedsPerTest / 10);
  for (std::size_t i = 0; i < kFaults; ++i) {
    EXPECT_GT(totals.Worlds(static_cast<Fault>(i)), kSeedsPerTest / 25) << kFaultNames[i];
  }
}

TEST(SimWorldTest, TheSameSeedIsTheSameWorld) {
  for (std::uint64_t seed : {3, 4, 5}) {
    const WorldReport a = SimWorld(seed).Run();
    const WorldReport b = SimWorld(seed).Run();
    EXPECT_EQ(a.ops, b.ops);
    EXPECT_EQ(a.requests, b.requests);
    EXPECT_EQ(a.heal_bytes, b.heal_bytes);
    EXPECT_EQ(a.faults.counts, b.faults.counts);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, SimTest, testing::Range<std::uint64_t>(0, 4));

}  // namespace
}  // namespace tram::sim
