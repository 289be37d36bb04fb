// A world: one server, the devices of a few units, and everything that can go wrong with them and
// between them (sim_fault.def). Deterministic by seed: its shape, its work and its faults.
//
// People work at the devices (a Workload, reported to the unit's Witness), messages and files go
// about, disks fail. Then all is mended, everybody who is alive syncs until nothing moves, and what
// is there is compared with the reference model: the oracle of the protocol's rules.
// Threads: one world at a time in a process: the disks stand below SQLite.
#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "tests/sim/sim_fault.h"
#include "tests/sim/sim_machine.h"
#include "tests/sim/workload.h"

namespace tram::sim {

struct WorldReport {
  std::uint64_t seed = 0;
  std::string failure;  // empty: everything held
  std::size_t ops = 0, conflicts = 0, branches = 0, requests = 0, devices = 0, heal_bytes = 0;
  /// Two devices of one unit saved something, and something went wrong: only then it counts.
  bool full = false;
  FaultCounts faults;
};

class SimWorld {
 public:
  /// `trace`: what happens goes there line by line; nothing: it is not written down.
  explicit SimWorld(std::uint64_t seed, std::ostream* trace = nullptr);
  ~SimWorld();
  WorldReport Run();

 private:
  struct Unit {
    UnitId id;
    Witness witness;
    int hot_percent = 0;   // of the work
    bool updated = false;  // somebody has the second programme
    bool damaged = false;  // a changed message came in: rejected entries are no surprise
    int server_programme = 1;
    std::set<OpId> held;  // by somebody alive when all was mended
  };
  /// A message on its way; `cut` or `flipped` on it.
  struct Letter {
    std::size_t device = 0;
    std::size_t number = 0;  // counts all messages of the world
    bool reply = false;
    bool damaged = false;
    std::int64_t due_ms = 0;
    Bytes bytes;
  };
  struct BundleFile {
    std::size_t writer = 0;
    std::size_t unit = 0;
    bool answer = false;
    std::int64_t written_ms = 0;
    Nonce nonce;
    Bytes bytes;
  };
  struct Backup {
    std::size_t device = 0;
    std::filesystem::path file;
    Durable durable;
  };
  struct ServerBackup {
    std::filesystem::path file;
    std::map<UnitId, Durable> durable;
  };
  /// What a machine is at when its disk fails.
  enum class Work { kSave, kSync, kOther };

  // sim_world.cc: the shape, the steps
  void Populate();
  SimDevice& AddDevice(std::size_t unit, const SigningKey& key, const std::vector<KeyEntry>& keys);
  SimDevice* AnyDevice();
  void Step();
  void Act(SimDevice& device);
  void ActTwice(SimDevice& device);
  void Clocks(SimDevice& device);
  void UpdateProgramme(SimDevice& device);
  Status UseProgramme(SimDevice& device);
  Workload& WorkloadOf(const Unit& unit);
  void Count(Fault fault);
  void Say(const std::string& what);
  void Fail(const std::string& what);
  bool failed() const { return !report_.failure.empty(); }
  std::size_t IndexOf(const SimDevice& device) const;
  Unit& UnitOf(const SimDevice& device) { return units_[device.unit]; }

  // sim_power.cc: work on disks that fail
  /// Does a piece of work, perhaps with a fault of its disk in the middle, and brings the machine
  /// up again where it fell. What `work` returns but io is its own affair.
  void AtDevice(SimDevice& device, Work what, const std::function<Status()>& work);
  void AtServer(const std::function<Status()>& work);
  std::optional<Fault> OrderFault(SimMachine& machine, bool server, Work what);
  bool Happened(SimMachine& machine, const std::optional<Fault>& ordered);
  bool BootPerhapsFalling(SimMachine& machine, Fault fault, int percent, int boots,
                          const std::function<Status()>& boot);
  void RecoverDevice(SimDevice& device, bool acting = false);
  void RecoverServer();
  void RestartServer();
  void CheckReopened(SimDevice& device, bool acting);
  void LieAboutSyncs(SimDevice& device);

  // sim_link.cc: messages and files
  void Exchange(SimDevice& device);
  void Send(Letter letter);
  void Deliver(const Letter& letter);
  void Serve(const Letter& letter);
  void TakeReply(const Letter& letter);
  void DeliverLate();
  bool Damage(Letter& letter);
  void WriteBundleOf(SimDevice& device);
  void ReadSomeBundle();
  void ServerReads(const BundleFile& bundle, bool damaged);
  void DeviceReads(SimDevice& device, const BundleFile& bundle, bool damaged);
  std::string Fingerprint(OpLog& log);

  // sim_damage.cc: disks put back, copied, gone
  void BackUp(SimDevice& device);
  void Restore();
  void Clone(SimDevice& device);
  std::size_t Alive(std::size_t unit) const;
  void Kill(SimDevice& device);
  void Wipe(SimDevice& device);
  void Join(std::size_t unit, bool invited);
  void BackUpServer();
  void RestoreServer();

  // sim_check.cc: after the last step
  void MendAll();
  void Heal();
  void HealDevice(SimDevice& device, bool& moved);
  void BringFile(SimDevice& device);
  void Check();
  void CheckUnit(std::size_t unit);
  void CheckLog(const std::string& name, OpLog& log, const Unit& unit);
  void CheckView(const std::string& name, const UnitView& view, const std::string& model);
  void CheckRebuilt(SimDevice& device, const std::string& model);
  /// Ops that somebody has who is alive, the server included.
  std::set<OpId> HeldAlive(std::size_t unit);

  WorldReport report_;
  std::ostream* trace_;
  SimRandom random_;
  std::int64_t now_ms_;
  std::filesystem::path root_;
  int link_percent_ = 0, disk_percent_ = 0;  // of messages and pieces of work that meet a fault
  std::vector<Unit> units_;
  std::unique_ptr<Workload> hot_, uniform_;
  std::unique_ptr<SimServer> server_;
  std::vector<std::unique_ptr<SimDevice>> devices_;
  std::vector<Letter> in_flight_;
  std::vector<BundleFile> bundles_;
  std::vector<Backup> backups_;
  std::vector<ServerBackup> server_backups_;
  bool server_restored_ = false;
  bool calm_ = false;  // nothing fails any more
  std::size_t letters_ = 0, files_ = 0;
  std::map<std::size_t, std::size_t> last_letter_;  // delivered, by device
};

}  // namespace tram::sim
