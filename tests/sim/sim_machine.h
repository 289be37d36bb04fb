// The machines of a simulated world: a folder on a disk that can fail, a clock of its own, and on
// it what the programs run. A device runs UnitDevice, the server one store for all units.
// Everything random comes from a generator seeded by the world. Threads: one.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/sim_random.h"
#include "tests/sim/workload.h"
#include "tests/support/fault_disk.h"
#include "tram/log/sqlite_log_store.h"
#include "tram/session/sync_server.h"
#include "tram/session/unit_device.h"

namespace tram::sim {

/// True time is the world's; a machine's wall clock is off by its skew, or starts at the same time
/// whenever the machine does.
class SimClock : public Clock {
 public:
  explicit SimClock(const std::int64_t& world_ms) : world_ms_(world_ms), boot_ms_(world_ms) {}
  std::int64_t WallMs() override {
    return starts_at_ms ? *starts_at_ms + SteadyMs() : world_ms_ + skew_ms;
  }
  std::int64_t SteadyMs() override { return world_ms_ - boot_ms_; }
  void Boot() { boot_ms_ = world_ms_; }

  std::int64_t skew_ms = 0;
  std::optional<std::int64_t> starts_at_ms;

 private:
  const std::int64_t& world_ms_;
  std::int64_t boot_ms_;
};

/// A disk, a clock, chance.
class SimMachine {
 public:
  SimMachine(std::filesystem::path machine_folder, std::uint64_t seed,
             const std::int64_t& world_ms);
  ~SimMachine();

  /// The disk's files were changed by other means than its own: looks at them anew. Needs all of
  /// them closed.
  void RenewDisk();
  /// Takes orders back, and makes room.
  void Mend();

  const std::filesystem::path folder;
  SimClock clock;
  SimRandom random;
  std::unique_ptr<test::FaultDisk> disk;
  bool full = false;  // the disk, until somebody makes room
};

/// Chains of the entries of a log that were durable, in their order.
using Durable = std::vector<Chain>;
void NoteDurable(const OpLog& log, Durable& durable);
/// What is not there any more, in words; empty where all is.
std::string MissingFrom(const OpLog& log, const Durable& durable);

class SimDevice {
 public:
  /// Copies the founded unit file into the folder and makes it this device's.
  SimDevice(std::string device_name, std::size_t device_unit, std::filesystem::path folder,
            std::uint64_t seed, const std::int64_t& world_ms);
  /// A new installation with these members.
  void Enrol(const SigningKey& key, const DeviceId& server, const std::vector<KeyEntry>& keys);

  /// Opens and unlocks. Errors: UnitDevice::Open's.
  Status Boot();
  /// Forms and the sync under way are lost.
  void Close();
  bool on() const { return engine_ != nullptr; }
  UnitDevice& engine() { return *engine_; }
  OpLog& log() { return engine_->log(); }
  SyncClient& sync();
  void EndSync() { sync_.reset(); }

  std::string name;
  std::size_t unit = 0;
  DeviceId id;
  SimMachine machine;
  std::map<const Workload*, Desk> desks;  // each kind of work has forms of its own
  bool alive = true;
  bool syncs_lied = false;      // what was durable may be gone
  std::size_t saves = 0;        // acknowledged here
  std::set<OpId> acknowledged;  // here, and not lost by putting back a backup
  Durable durable;

 private:
  std::unique_ptr<UnitDevice> engine_;
  std::optional<SyncClient> sync_;
};

class SimServer {
 public:
  SimServer(std::filesystem::path folder, std::uint64_t seed, const std::int64_t& world_ms);

  struct Unit {
    std::unique_ptr<OpLog> log;
    std::unique_ptr<Replica> replica;
    std::unique_ptr<UnitView> view;
    EntryNumber viewed = 0;
  };

  /// Errors: SqlDatabase::Open's and SqliteLogStore::Open's.
  Status Boot();
  void Close();
  bool on() const { return store_ != nullptr; }
  /// Errors: OpLog::Open's.
  Result<Unit*> Open(const UnitId& unit);
  void Drop(const UnitId& unit) { units_.erase(unit); }
  /// The unit's view with all that is durable. Errors: those of Open and of the view.
  Result<UnitView*> View(const UnitId& unit, const std::shared_ptr<const Programme>& programme);

  /// Takes a member's certificate, or what an invited device brings. Durable on return.
  Status Enrol(const UnitId& unit, const std::vector<KeyEntry>& members);
  /// Everything is durable before there is a reply. Errors: AnswerRequest's | io.
  Result<Bytes> Reply(const UnitId& unit, const DeviceId& sender, ByteView request);
  Status TakeBundle(const UnitId& unit, ByteView file);
  /// Of a bundle that was taken. Errors: as Reply.
  Result<Bytes> ReplyToBundle(const UnitId& unit, ByteView file);
  SqlDatabase& database() { return *database_; }

  const SigningKey key;
  SimMachine machine;
  std::map<UnitId, Durable> durable;

 private:
  template <class Work>
  Status Durably(const UnitId& unit, Work work);

  std::unique_ptr<SqlDatabase> database_;
  std::unique_ptr<SqliteLogStore> store_;
  std::map<UnitId, Unit> units_;
};

/// Where requests go.
const MessageTarget& SyncTarget();

}  // namespace tram::sim
