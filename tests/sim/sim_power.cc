// Work on disks that fail: faults are ordered for the n-th call of a piece of work; where a machine
// falls, it is brought up again, and what it had said to be durable must be there.
#include <algorithm>

#include "tests/sim/founded_unit.h"
#include "tests/sim/sim_world.h"

namespace tram::sim {
namespace {

using Disk = test::FaultDisk;

constexpr std::uint64_t kCallsOfWork = 14;  // that a fault is ordered among
constexpr std::uint64_t kCallsOfBoot = 8, kCallsOfStop = 5;
constexpr int kCutAtBootPercent = 12;
constexpr int kVerifyPercent = 20;
constexpr int kBootsMost = 4;

struct Order {
  Disk::Fault what;
  Fault device, server;
};
constexpr std::array kOrders = {
    Order{Disk::Fault::kPowerCut, Fault::kCutAtSave, Fault::kServerCutAtServe},
    Order{Disk::Fault::kError, Fault::kDiskError, Fault::kServerDiskError},
    Order{Disk::Fault::kTornWrite, Fault::kTornWrite, Fault::kServerTornWrite},
    Order{Disk::Fault::kSyncFails, Fault::kSyncFails, Fault::kServerSyncFails},
    Order{Disk::Fault::kFull, Fault::kDiskFull, Fault::kServerDiskFull},
};

/// Whether a record's creation is there and the seed that came with it is not.
bool LacksSeeds(const OpLog& log, const std::vector<KeyEntry>& keys) {
  return std::any_of(keys.begin(), keys.end(), [&](const KeyEntry& entry) {
    return entry.kind == KeyEntry::Kind::kSeed &&
           log.FindOp(CreatingOp(RecordId::From(entry.key))) &&
           log.FindKey(entry.kind, entry.key) == nullptr;
  });
}

bool HasUnknown(const OpLog& log, const Witness& witness) {
  for (EntryNumber n = 1; n <= log.size(); ++n) {
    if (!witness.written().contains(log.entry(n).op)) return true;
  }
  return false;
}

}  // namespace

std::optional<Fault> SimWorld::OrderFault(SimMachine& machine, bool server, Work what) {
  const int percent = server ? 2 * disk_percent_ : disk_percent_;
  if (calm_ || machine.full || !random_.Chance(percent)) return std::nullopt;
  const Order& order = kOrders[random_.Below(kOrders.size())];
  machine.disk->FailAt(1 + random_.Below(kCallsOfWork), order.what);
  if (server) return order.server;
  const bool cut = order.what == Disk::Fault::kPowerCut;
  return cut && what != Work::kSave ? Fault::kCutAtSync : order.device;
}

/// Whether the ordered fault happened; an order that did not is taken back.
bool SimWorld::Happened(SimMachine& machine, const std::optional<Fault>& ordered) {
  if (!ordered) return false;
  const bool happened = machine.disk->failed();
  if (happened) Count(*ordered);
  if (happened && (*ordered == Fault::kDiskFull || *ordered == Fault::kServerDiskFull)) {
    machine.full = true;
  } else {
    machine.disk->Mend();
  }
  return happened;
}

void SimWorld::AtDevice(SimDevice& device, Work what, const std::function<Status()>& work) {
  if (failed()) return;
  // A save that failed while syncs lie may come back with the power: one trouble at a time.
  const std::optional<Fault> ordered =
      device.syncs_lied ? std::nullopt : OrderFault(device.machine, false, what);
  Status done = work();
  const bool happened = Happened(device.machine, ordered);
  const bool down = happened && (*ordered == Fault::kCutAtSave || *ordered == Fault::kCutAtSync);
  if (done) NoteDurable(device.log(), device.durable);
  if (done && !down) return;
  if (!done) {
    Say("  " + device.name + ": " + done.error().message);
    if (!happened && !device.machine.full) {
      return Fail(device.name + ": " + done.error().message + ", and its disk is well");
    }
  }
  RecoverDevice(device, what == Work::kSave);
}

void SimWorld::AtServer(const std::function<Status()>& work) {
  if (failed()) return;
  SimMachine& machine = server_->machine;
  const std::optional<Fault> ordered = OrderFault(machine, true, Work::kSync);
  Status done = work();
  const bool happened = Happened(machine, ordered);
  if (!done) {
    Say("  the server: " + done.error().message);
    if (!happened && !machine.full) {
      return Fail("the server: " + done.error().message + ", and its disk is well");
    }
  }
  const bool down = happened && *ordered == Fault::kServerCutAtServe;
  if (down || (!done && server_->database().failed())) return RecoverServer();
  if (!done && machine.full && random_.Chance(50)) machine.Mend();
}

// Switched off (or it fell) and on again, perhaps several times. What it had acknowledged is there.
void SimWorld::RecoverDevice(SimDevice& device, bool acting) {
  SimMachine& machine = device.machine;
  for (int boots = 0; !failed(); ++boots) {
    device.Close();
    machine.disk->PowerOn();
    const bool fell = BootPerhapsFalling(machine, Fault::kCutAtBoot, kCutAtBootPercent, boots,
                                         [&] { return device.Boot(); });
    if (device.on() && !fell) break;
    if (fell) continue;
    if (device.syncs_lied) return Wipe(device);
  }
  if (!failed()) CheckReopened(device, acting);
}

/// Returns whether the power went while it started, whatever came of the start.
bool SimWorld::BootPerhapsFalling(SimMachine& machine, Fault fault, int percent, int boots,
                                  const std::function<Status()>& boot) {
  const bool order = !calm_ && !machine.full && boots < 2 && random_.Chance(percent);
  if (order) machine.disk->FailAt(1 + random_.Below(kCallsOfBoot), Disk::Fault::kPowerCut);
  Status booted = boot();
  if (Happened(machine, order ? std::optional(fault) : std::nullopt)) return true;
  if (booted) return false;
  Say("  it does not start: " + booted.error().message);
  if (machine.full) {
    machine.Mend();  // somebody made room
  } else if (boots == kBootsMost) {
    Fail("it does not start: " + booted.error().message);
  }
  return false;
}

void SimWorld::CheckReopened(SimDevice& device, bool acting) {
  OpLog& log = device.log();
  Say("  " + device.name + " is opened again; it has " + std::to_string(log.size()));
  if (std::string missing = MissingFrom(log, device.durable); !missing.empty()) {
    if (!device.syncs_lied) return Fail(device.name + ": after opening again " + missing);
    device.durable.clear();
    std::erase_if(device.acknowledged, [&](const OpId& op) { return !log.FindOp(op); });
  }
  const EntryNumber before = static_cast<EntryNumber>(device.durable.size());
  if (acting) {
    if (log.size() > before + 1) return Fail(device.name + ": one save wrote several entries");
    std::optional<OpId> op;
    if (log.size() > before) op = log.entry(log.size()).op;
    UnitOf(device).witness.Settle(device.id, op);
  }
  if (device.syncs_lied || random_.Chance(kVerifyPercent)) {
    auto report = log.Verify();
    if (device.syncs_lied && (!report || !report->problems.empty())) return Wipe(device);
    if (!report) return Fail(device.name + ": verify: " + report.error().message);
    if (!report->problems.empty()) {
      return Fail(device.name + ": verify finds: " + report->problems.front());
    }
  }
  NoteDurable(log, device.durable);
}

void SimWorld::RecoverServer() {
  SimMachine& machine = server_->machine;
  for (int boots = 0; !failed(); ++boots) {
    server_->Close();
    machine.disk->PowerOn();
    const bool fell = BootPerhapsFalling(machine, Fault::kServerCutAtStop, kCutAtBootPercent, boots,
                                         [&] { return server_->Boot(); });
    if (server_->on() && !fell) break;
  }
  for (const Unit& unit : units_) {
    if (failed()) return;
    auto open = server_->Open(unit.id);
    if (!open) return Fail("the server: " + open.error().message);
    const std::string missing = MissingFrom(*(*open)->log, server_->durable[unit.id]);
    if (!missing.empty()) return Fail("the server: after opening again " + missing);
    NoteDurable(*(*open)->log, server_->durable[unit.id]);
    if (!random_.Chance(kVerifyPercent)) continue;
    auto report = (*open)->log->Verify();
    if (!report || !report->problems.empty()) return Fail("the server: verify finds problems");
  }
}

// What is written when it stops is cut at times.
void SimWorld::RestartServer() {
  SimMachine& machine = server_->machine;
  const bool order = !machine.full && random_.Chance(60);
  if (order) machine.disk->FailAt(1 + random_.Below(kCallsOfStop), Disk::Fault::kPowerCut);
  Say("the server is stopped and started");
  server_->Close();
  Happened(machine, order ? std::optional(Fault::kServerCutAtStop) : std::nullopt);
  RecoverServer();
}

// A cheap disk: for a while nothing that it calls synced is, then the power goes. What was saved
// meanwhile may be lost, and the file may be damaged: then the device begins anew.
void SimWorld::LieAboutSyncs(SimDevice& device) {
  device.machine.disk->LieAboutSyncs(true);
  device.syncs_lied = true;
  Count(Fault::kSyncsLie);
  for (int i = 0; i < 2 && device.alive; ++i) {
    Act(device);
    if (random_.Chance(50) && device.alive) Exchange(device);
  }
  if (!device.alive || failed()) return;
  const std::vector<KeyEntry> keys = device.log().keys();
  device.machine.disk->CutPower();
  device.machine.disk->LieAboutSyncs(false);
  RecoverDevice(device);
  // Such a disk may keep an op and lose its person's seed, or bring back a change of which its
  // writer was told that it failed. Ids, chains and signatures fit then.
  if (device.alive && !failed() &&
      (LacksSeeds(device.log(), keys) || HasUnknown(device.log(), UnitOf(device).witness))) {
    Wipe(device);
  }
  device.syncs_lied = false;
}

}  // namespace tram::sim
