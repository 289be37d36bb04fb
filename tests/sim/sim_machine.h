// One simulated machine: a disk, a clock, a key, and what runs on them while it is on.
// Deterministic: everything random comes from a generator seeded by the world.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/support/memory_log_store.h"
#include "tram/log/op_log.h"
#include "tram/model/hybrid_time.h"
#include "tram/session/own_feed.h"
#include "tram/session/replica.h"
#include "tram/session/sync_client.h"

namespace tram::sim {

/// splitmix64 (Steele et al. 2014).
class SimRandom : public Random {
 public:
  explicit SimRandom(std::uint64_t seed) : state_(seed) {}
  void Fill(std::span<std::uint8_t> bytes) override;
  /// 0..bound - 1
  std::size_t Below(std::size_t bound) { return static_cast<std::size_t>(Next() % bound); }
  bool Chance(int percent) { return Below(100) < static_cast<std::size_t>(percent); }
  std::uint64_t Next();

 private:
  std::uint64_t state_;
};

/// True time is the world's; a machine's wall clock is off by its skew.
class SimClock : public Clock {
 public:
  explicit SimClock(const std::int64_t& world_ms) : world_ms_(world_ms) {}
  std::int64_t WallMs() override { return world_ms_ + skew_ms; }
  std::int64_t SteadyMs() override { return world_ms_; }
  std::int64_t skew_ms = 0;

 private:
  const std::int64_t& world_ms_;
};

// The programme of the simulated worlds: one record type; whole numbers, two of which are one
// group, and a set.
inline constexpr std::uint32_t kSimType = 16;
inline constexpr std::uint32_t kSimPlain = 16;
inline constexpr std::uint32_t kSimGroup = 17;  // 17 and 18 conflict together
inline constexpr std::uint32_t kSimGroupSecond = 18;
inline constexpr std::uint32_t kSimSet = 20;
inline std::uint32_t SimGroupOf(std::uint32_t field) {
  return field == kSimGroupSecond ? kSimGroup : field;
}

/// A form that somebody has open: what it was drawn from, and what its writer could see.
struct OpenForm {
  std::optional<RecordId> record;
  std::uint32_t field = 0;
  std::vector<OpId> parents;
  std::set<OpId> seen;
  bool deletion = false, undeletion = false;
  std::uint32_t remove_element = 0;  // sets: remove this one, or
  std::uint32_t add_element = 0;     // add this one
};

struct SimDisk {
  test::MemoryLogStore store;
  Bytes token;
  SimDisk Copy() const { return {store.Copy(), token}; }
};

class SimDevice {
 public:
  SimDevice(std::string name, std::uint64_t key_seed, std::uint64_t random_seed, SimDisk disk,
            const UnitId& unit, const DeviceId& server, const std::int64_t& world_ms);

  /// Loses what was not committed; starts again from the disk.
  void Boot();
  OpenForm OpenSomeForm();
  /// Writes and commits one op. Returns its id.
  OpId Save(const OpenForm& form, std::uint64_t unique);
  void BeginSync() { sync_.emplace(*replica_, *own_, *time_, clock, random); }
  SyncClient* sync() { return sync_ ? &*sync_ : nullptr; }
  void EndSync() { sync_.reset(); }

  std::string name;
  std::uint64_t key_seed;
  SimRandom random;
  SimClock clock;
  SimDisk disk;
  bool alive = true;
  std::vector<OpenForm> forms;
  std::vector<std::pair<Bytes, int>> late_replies;
  std::size_t new_feeds = 0;

  OpLog& log() { return *log_; }
  Replica& replica() { return *replica_; }
  OwnFeed& own() { return *own_; }
  const SigningKey& key() const { return key_; }
  HybridClock& time() { return *time_; }

 private:
  const UnitId& unit_;
  const DeviceId& server_;
  SigningKey key_;
  std::unique_ptr<OpLog> log_;
  std::unique_ptr<Replica> replica_;
  std::unique_ptr<OwnFeed> own_;
  std::unique_ptr<HybridClock> time_;
  std::optional<SyncClient> sync_;
};

SigningKey SimKey(std::uint64_t seed);

/// The ops of a log by record, decoded; each id once.
struct HeldOps {
  std::map<OpId, Op> ops;
  std::map<OpId, OpBody> bodies;
  std::map<RecordId, std::vector<OpId>> records;
};
HeldOps ReadOps(const OpLog& log);

}  // namespace tram::sim
