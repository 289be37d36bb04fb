// Without memory: allocations of every workload fail, chosen by their number; the program says so
// or throws std::bad_alloc, and what it had acknowledged is there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>

#include "tests/fault/crash_points.h"
#include "tests/fault/failing_allocations.h"

namespace tram::test {
namespace {

using Whose = FailingAllocations::Whose;
using Lack = FailingAllocations::Lack;

constexpr std::uint64_t kPointsOfEach = 30;

/// Why a workload is left out; "": it is not.
std::string LeftOut(const std::string& name, bool slow) {
  if (slow) return "deriving a key takes too long; ./dev crash does it";
  for (const char* verb : {"server_enrol", "server_units", "server_backup", "server_restore"}) {
    if (name == verb) return "JSON documents end the program: their destructor allocates";
  }
  return "";
}

class AllocationTest : public ::testing::TestWithParam<NamedWorkload> {
 protected:
  void RunAll(Whose whose) {
    CrashPoints points(GetParam());
    const std::string why = LeftOut(GetParam().name, points.slow());
    if (!why.empty()) GTEST_SKIP() << why;
    for (Lack lack : {Lack::kOnce, Lack::kFromThenOn}) {
      const std::uint64_t stride = points.CountAllocations(whose) / kPointsOfEach + 1;
      const CrashCount count = points.RunAllocations(whose, lack, stride);
      std::cout << GetParam().name << ": " << count.points << " points, every " << stride << "th\n";
      EXPECT_GT(count.points, 0u);
      EXPECT_EQ(count.recovered, count.points) << count.first_problem;
    }
  }
};

TEST_P(AllocationTest, NoAllocationOfTheProgramThatFailsLosesAnything) { RunAll(Whose::kProgram); }
TEST_P(AllocationTest, NoAllocationOfSqliteThatFailsLosesAnything) { RunAll(Whose::kSqlite); }

INSTANTIATE_TEST_SUITE_P(Workloads, AllocationTest, ::testing::ValuesIn(StoreWorkloads()),
                         [](const auto& workload) { return workload.param.name; });

}  // namespace
}  // namespace tram::test

int main(int argc, char** argv) {
  tram::test::ReplaceSqliteAllocator();
  ::testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
