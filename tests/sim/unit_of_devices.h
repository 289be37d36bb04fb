// Devices of one unit in scratch folders, and a way for ops to pass between them in the process:
// real logs, views and keys, no server, no faults. For tests of the model and of workloads.
// Threads: one.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "tests/sim/sim_random.h"
#include "tests/support/process.h"
#include "tram/session/unit_device.h"

namespace tram::sim {

/// Stands still unless it is moved.
class SetClock : public Clock {
 public:
  std::int64_t WallMs() override { return now_ms; }
  std::int64_t SteadyMs() override { return now_ms; }
  std::int64_t now_ms = 1'780'000'000'000;
};

class UnitOfDevices {
 public:
  /// All devices are members, unlocked, with this version of the programme.
  UnitOfDevices(std::size_t devices, int programme, std::uint64_t seed);

  std::size_t size() const { return devices_.size(); }
  UnitDevice& operator[](std::size_t at) { return *devices_[at]; }
  SetClock& clock() { return clock_; }
  /// What `from` has and `to` lacks, as one bundle with all keys. With `writer` only what was
  /// written at that device. Fails the test where it is refused.
  void Pass(std::size_t from, std::size_t to, std::optional<std::size_t> writer = std::nullopt);
  void PassAll();
  std::set<OpId> OpsOf(std::size_t at);
  void Unlock(std::size_t at);

 private:
  test::ScratchFolder folder_;
  SetClock clock_;
  SimRandom random_;
  SecretKey unit_key_;
  std::vector<std::unique_ptr<UnitDevice>> devices_;
};

}  // namespace tram::sim
