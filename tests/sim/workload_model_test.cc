// The workloads against the model, on devices that exchange everything and never fail.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "tests/sim/reference_model.h"
#include "tests/sim/sim_programme.h"
#include "tests/sim/unit_of_devices.h"
#include "tests/sim/workload.h"

namespace tram::sim {
namespace {

constexpr std::size_t kRounds = 40;
constexpr std::size_t kActsMax = 12;  // of one device between two exchanges

std::uint64_t Seed() {
  const char* seed = std::getenv("TRAM_SEED");
  return seed == nullptr ? 1 : std::strtoull(seed, nullptr, 10);
}

/// What a run met, so that a tame one is noticed.
struct Met {
  std::size_t ops = 0, conflicts = 0, deleted = 0, held = 0;
};

class Drive {
 public:
  Drive(std::uint64_t seed, std::vector<int> programmes)
      : unit_(programmes.size(), 1, seed), random_(seed), desks_(programmes.size()) {
    for (std::size_t i = 0; i < programmes.size(); ++i) {
      if (programmes[i] == 1) continue;
      EXPECT_TRUE(unit_[i].UseProgramme(SignedSimProgramme(programmes[i])));
    }
  }

  void Run(Workload& workload) {
    for (std::size_t round = 0; round < kRounds && !testing::Test::HasFailure(); ++round) {
      for (std::size_t i = 0; i < unit_.size(); ++i) {
        for (std::size_t acts = random_.Below(kActsMax); acts > 0; --acts) {
          unit_.clock().now_ms += static_cast<std::int64_t>(random_.Below(3)) * 3'600'000;
          ASSERT_TRUE(workload.Act(unit_[i], desks_[i], random_, witness_));
        }
        Compare(i);
      }
      if (random_.Chance(50)) unit_.Pass(0, unit_.size() - 1);  // one way only
      if (random_.Chance(70)) unit_.PassAll();
      for (std::size_t i = 0; i < unit_.size(); ++i) Compare(i);
    }
  }

  void Compare(std::size_t at) {
    const std::set<OpId> ops = unit_.OpsOf(at);
    const UnitView& view = unit_[at].view();
    const auto version = static_cast<int>(unit_[at].programme().version);
    const std::string reference = ReferenceState(witness_, ops, version);
    const std::string engine = EngineState(view);
    ASSERT_EQ(DifferenceOf(engine, reference), "")
        << "device " << at << ", " << ops.size() << " ops";
    ASSERT_EQ(engine, reference);
    for (const std::string& lost : LostValues(witness_, ops, view)) ADD_FAILURE() << lost;
    for (const std::string& finding : witness_.findings()) ADD_FAILURE() << finding;
    met_.ops = std::max(met_.ops, ops.size());
    met_.conflicts = std::max(met_.conflicts, view.Conflicts().size());
    met_.held = std::max(met_.held, view.Held().size());
  }

  const Met& met() const { return met_; }
  UnitOfDevices& unit() { return unit_; }
  const Witness& witness() const { return witness_; }

 private:
  UnitOfDevices unit_;
  SimRandom random_;
  std::vector<Desk> desks_;
  Witness witness_;
  Met met_;
};

TEST(WorkloadModel, WhatTheUniformWorkloadDoesIsWhatTheModelSays) {
  SCOPED_TRACE("TRAM_SEED=" + std::to_string(Seed()));
  Drive drive(Seed(), {1, 1});
  drive.Run(*UniformWorkload());
  std::cout << drive.met().ops << " ops, " << drive.met().conflicts << " conflicts\n";
}

}  // namespace
}  // namespace tram::sim
