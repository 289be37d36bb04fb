// The workloads against the model, on devices that pass ops on in the process and never fail.
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

constexpr char kSeedName[] = "TRAM_SEED";
bool SeedIsGiven() { return std::getenv(kSeedName) != nullptr; }
std::uint64_t Seed() {
  return SeedIsGiven() ? std::strtoull(std::getenv(kSeedName), nullptr, 10) : 1;
}

/// What a run met at most at one device, so that a tame one is noticed.
struct Met {
  std::size_t ops = 0, conflicts = 0, deletions_in_conflict = 0, held = 0, waiting = 0, unread = 0;
};

std::size_t Count(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) ++count;
  return count;
}

class WorkloadModel : public testing::Test {
 protected:
  void Start(const std::vector<int>& programmes) {
    SCOPED_TRACE("TRAM_SEED=" + std::to_string(Seed()));
    unit_ = std::make_unique<UnitOfDevices>(programmes.size(), 1, Seed());
    desks_.resize(programmes.size());
    for (std::size_t i = 0; i < programmes.size(); ++i) {
      if (programmes[i] != 1) Take(i, programmes[i]);
    }
  }

  void Take(std::size_t at, int programme) {
    ASSERT_TRUE((*unit_)[at].UseProgramme(SignedSimProgramme(programme)));
  }

  /// Everybody works, then some things are passed on, then all devices are compared.
  void Round(Workload& workload) {
    SCOPED_TRACE("TRAM_SEED=" + std::to_string(Seed()));
    UnitOfDevices& unit = *unit_;
    for (std::size_t i = 0; i < unit.size(); ++i) {
      for (std::size_t acts = random_.Below(kActsMax); acts > 0; --acts) {
        unit.clock().now_ms += static_cast<std::int64_t>(random_.Below(3)) * 3'600'000;
        ASSERT_TRUE(workload.Act(unit[i], desks_[i], random_, witness_));
      }
    }
    for (std::size_t passes = random_.Below(5); passes > 0; --passes) {
      const std::size_t from = random_.Below(unit.size());
      const std::size_t to = (from + 1 + random_.Below(unit.size() - 1)) % unit.size();
      // Its own feed alone leaves gaps: what it was written upon may be missing there.
      unit.Pass(from, to, random_.Chance(70) ? std::optional(from) : std::nullopt);
    }
    if (random_.Chance(15)) unit.PassAll();
    for (std::size_t i = 0; i < unit.size(); ++i) Compare(i);
    for (const std::string& finding : witness_.findings()) ADD_FAILURE() << finding;
  }

  void Run(Workload& workload, std::size_t rounds) {
    for (std::size_t i = 0; i < rounds && !HasFailure(); ++i) Round(workload);
  }

  void Compare(std::size_t at) {
    const std::set<OpId> ops = unit_->OpsOf(at);
    const UnitView& view = (*unit_)[at].view();
    const auto version = static_cast<int>((*unit_)[at].programme().version);
    const std::string reference = ReferenceState(witness_, ops, version);
    const std::string engine = EngineState(view);
    const std::string where = "device " + std::to_string(at) + ", " + std::to_string(ops.size());
    EXPECT_EQ(DifferenceOf(engine, reference), "") << where << " ops";
    EXPECT_TRUE(engine == reference);
    for (const std::string& lost : LostValues(witness_, ops, view)) ADD_FAILURE() << lost;
    met_.ops = std::max(met_.ops, ops.size());
    met_.conflicts = std::max(met_.conflicts, Count(engine, "| conflict"));
    met_.deletions_in_conflict =
        std::max(met_.deletions_in_conflict, Count(engine, "deletion in conflict"));
    met_.held = std::max(met_.held, Count(engine, "held "));
    met_.waiting = std::max(met_.waiting, Count(engine, "waits for ") + Count(engine, "unborn "));
    met_.unread = std::max(met_.unread, Count(engine, "sealed parts unread"));
  }

  /// Without the key: the same but for what is sealed.
  void CompareLocked(std::size_t at) {
    const std::set<OpId> ops = unit_->OpsOf(at);
    UnitDevice& device = (*unit_)[at];
    const auto version = static_cast<int>(device.programme().version);
    device.Lock();
    const std::string reference =
        LinesWithoutSealed(ReferenceState(witness_, ops, version), *SimProgramme(version));
    EXPECT_EQ(DifferenceOf(EngineState(device.view()), reference), "") << "locked";
    unit_->Unlock(at);
  }

  void Tell() const {
    std::cout << "TRAM_SEED=" << Seed() << ": " << met_.ops << " ops, " << met_.conflicts
              << " conflicts, " << met_.deletions_in_conflict << " deletions in conflict, "
              << met_.held << " held, " << met_.waiting << " waiting, " << met_.unread
              << " unread\n";
  }

  std::unique_ptr<UnitOfDevices> unit_;
  SimRandom random_{Seed()};
  std::vector<Desk> desks_;
  Witness witness_;
  Met met_;
};

TEST_F(WorkloadModel, WhatTheUniformWorkloadDoesIsWhatTheModelSays) {
  Start({1, 1, 1});
  Run(*UniformWorkload(), kRounds);
  CompareLocked(0);
  Tell();
  if (SeedIsGiven()) return;  // a seed may be tame
  EXPECT_GT(met_.ops, 150u);
  EXPECT_GT(met_.conflicts, 0u);
  EXPECT_GT(met_.deletions_in_conflict, 0u);
  EXPECT_GT(met_.waiting, 0u);
}

TEST_F(WorkloadModel, AUnitGoesOverToANewProgrammeDeviceByDevice) {
  Start({2, 1, 1});
  Run(*UniformWorkload(), kRounds / 3);
  for (std::size_t i = 1; i < 3; ++i) {
    Take(i, 2);
    desks_[i].clear();
    Compare(i);
    Run(*UniformWorkload(), kRounds / 3);
  }
  CompareLocked(1);
  Tell();
  if (SeedIsGiven()) return;
  EXPECT_GT(met_.held, 0u);
}

}  // namespace
}  // namespace tram::sim
