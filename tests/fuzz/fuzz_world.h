// A unit, its server and its devices, made from numbers: the same world in every process, so that
// seeds with its ids and signatures stay good. Its secrets are known here, so that bytes can be
// signed after they were damaged: otherwise a signature would stop everything at the door.
// Threads: one at a time.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "tests/support/memory_log_store.h"
#include "tram/session/own_feed.h"
#include "tram/session/replica.h"
#include "tram/session/sync_client.h"

namespace tram::fuzz {

/// Reproducible bytes.
class CountedRandom : public Random {
 public:
  explicit CountedRandom(std::uint64_t seed) : state_(seed) {}
  void Fill(std::span<std::uint8_t> bytes) override;

 private:
  std::uint64_t state_;
};

/// Stands still, at 2026-11-22 and as many milliseconds as it is told.
class StillClock : public Clock {
 public:
  std::int64_t WallMs() override { return wall_ms; }
  std::int64_t SteadyMs() override { return steady_ms; }
  std::int64_t wall_ms = 1'795'305'600'000;
  std::int64_t steady_ms = 0;
};

/// A log over a store in memory, as a program has it open.
class Machine {
 public:
  /// `key` nothing: the server, which has no feed of its own here.
  Machine(test::MemoryLogStore store, const UnitId& unit, const DeviceId& server,
          const SigningKey* key, std::uint64_t seed);
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  OpLog& log() { return *log_; }
  Replica& replica() { return *replica_; }
  OwnFeed& own() { return *own_; }
  SyncClient& client() { return *client_; }
  StillClock& clock() { return clock_; }
  Random& random() { return random_; }
  test::MemoryLogStore& store() { return store_; }
  OpId Write(Op op);

 private:
  test::MemoryLogStore store_;
  StillClock clock_;
  CountedRandom random_;
  HybridClock time_;
  std::unique_ptr<OpLog> log_;
  std::unique_ptr<Replica> replica_;
  std::unique_ptr<OwnFeed> own_;
  std::unique_ptr<SyncClient> client_;
};

/// What must not change when something is refused.
struct LogState {
  EntryNumber size = 0;
  std::vector<Leaf> leaves;
  KeysDigest keys;
  std::size_t members = 0, staged = 0;
  std::optional<Bytes> hint, receipt;
  friend bool operator==(const LogState&, const LogState&) = default;
};
LogState StateOf(Machine& machine);

/// Commits, then promises that what is stored is right and opens again as it stands.
void PromiseSound(Machine& machine, const UnitId& unit);

class World {
 public:
  static const World& One();

  const UnitId& unit() const { return unit_; }
  const SigningKey& server_key() const { return keys_[0]; }
  /// 1 and 2 are members, 3 was invited by 1 and is not known to the server yet, 4 is a stranger.
  const SigningKey& key(std::size_t number) const { return keys_[number]; }
  const SigningKey* KeyOf(const DeviceId& device) const;
  /// Their own feeds, and one in which 2 wrote two branches.
  const std::vector<FeedId>& feeds() const { return feeds_; }
  const KeyEntry& invited() const { return invited_; }
  /// Holds everything that both members wrote, but for the last of member 1.
  Machine Server() const;
  /// Member 1, which has not synced its last ops, and lacks the last of member 2.
  Machine Device() const;

 private:
  World();

  std::vector<SigningKey> keys_;
  UnitId unit_;
  KeyEntry invited_;
  std::vector<FeedId> feeds_;
  test::MemoryLogStore server_, device_;
};

/// The pieces with signatures that fit their ops, as far as they can be read and their devices'
/// keys are known here; a piece that the header signs stays without one. `header`: becomes its end.
void Resign(std::vector<PackedPiece>& pieces, const std::vector<Chain>& bases, const OpLog& log,
            Leaf* header);
/// A request that was read, signed anew.
Bytes Resigned(Request request, const MessageTarget& target, const OpLog& log);
/// A reply that was read, with pieces and receipt signed anew, for member 1.
Bytes Resigned(Reply reply, const std::vector<Leaf>& request_leaves, const Nonce& nonce,
               const OpLog& log);

}  // namespace tram::fuzz
