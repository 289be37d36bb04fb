// The fixed part of ./dev crash: every workload at calls of its disk that are chosen by their
// number.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>

#include "tests/fault/crash_points.h"

namespace tram::test {
namespace {

constexpr std::uint64_t kSeed = 1;

class CrashTest : public ::testing::TestWithParam<NamedWorkload> {
 protected:
  void Expect(const CrashCount& count, const std::string& faults) {
    std::cout << GetParam().name << ", " << faults << ": " << count.points << " points, seed "
              << kSeed << "\n";
    EXPECT_GT(count.points, 0u);
    EXPECT_EQ(count.recovered, count.points) << count.first_problem;
  }
  static std::uint64_t Stride(const CrashPoints& points, std::uint64_t usual) {
    return points.slow() ? 8 * usual : usual;
  }
};

TEST_P(CrashTest, APowerCutAtAnyCallLosesNothingAcknowledged) {
  CrashPoints points(GetParam());
  Expect(points.RunAll({FaultDisk::Fault::kPowerCut, Aftermath::kPowerCut},
                       {Stride(points, 2), kSeed, 1}),
         "powercut");
}

TEST_P(CrashTest, NoOtherFaultLosesAnythingAcknowledged) {
  CrashPoints points(GetParam());
  CrashCount count;
  for (const FaultKind& kind : FaultKinds(points.goes_on())) {
    if (kind.fault == FaultDisk::Fault::kPowerCut) continue;
    count.Add(points.RunAll(kind, {Stride(points, 8), kSeed, 1}));
  }
  Expect(count, "all others");
}

TEST_P(CrashTest, APowerCutDuringTheRecoveryLosesNothingEither) {
  CrashPoints points(GetParam());
  Expect(points.RunSecondFaults({Stride(points, 7), kSeed, 1}), "twice");
}

INSTANTIATE_TEST_SUITE_P(Workloads, CrashTest, ::testing::ValuesIn(StoreWorkloads()),
                         [](const auto& workload) { return workload.param.name; });

/// A harness that finds no losses where nothing is durable would find none anywhere.
class BlindTest : public ::testing::TestWithParam<Weakness> {};

TEST_P(BlindTest, LossesAreFoundWhereNothingIsDurable) {
  for (const NamedWorkload& workload : StoreWorkloads()) {
    if (workload.name != "device_save" && workload.name != "server_push") continue;
    CrashPoints points(workload, GetParam());
    const CrashCount count =
        points.RunAll({FaultDisk::Fault::kPowerCut, Aftermath::kPowerCut}, {3, kSeed, 1});
    EXPECT_GT(count.lost, 5u) << workload.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Weaknesses, BlindTest,
                         ::testing::Values(Weakness::kSyncsOff, Weakness::kLyingSyncs));

}  // namespace
}  // namespace tram::test
