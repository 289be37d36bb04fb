// Machines that are put back to a backup, copied, lost, or come late.
#include <algorithm>
#include <filesystem>

#include "tests/sim/sim_world.h"
#include "tram/crypto/membership.h"

namespace tram::sim {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kAliveMost = 5;
constexpr std::size_t kMachinesMost = 9;
constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;
constexpr char kTokenFile[] = "incarnation";
constexpr char kDeviceFile[] = "unit.db";
constexpr char kServerFile[] = "server.db";

void PutBack(SimMachine& machine, const fs::path& file, const char* name) {
  machine.disk->PowerOn();
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    fs::remove(machine.folder / (std::string(name) + suffix));
  }
  fs::copy_file(file, machine.folder / name);
}

}  // namespace

std::size_t SimWorld::Alive(std::size_t unit) const {
  return static_cast<std::size_t>(
      std::count_if(devices_.begin(), devices_.end(),
                    [&](const auto& device) { return device->alive && device->unit == unit; }));
}

void SimWorld::BackUp(SimDevice& device) {
  const fs::path file = root_ / ("backup" + std::to_string(files_++));
  Status made = device.engine().database().BackupTo(file);
  if (!made) return Fail(device.name + ": no backup: " + made.error().message);
  Say(device.name + " makes a backup");
  backups_.push_back({IndexOf(device), file, device.durable});
}

void SimWorld::Restore() {
  if (backups_.empty()) return;
  const Backup& backup = backups_[random_.Below(backups_.size())];
  SimDevice& device = *devices_[backup.device];
  if (!device.alive) return;
  device.Close();
  PutBack(device.machine, backup.file, kDeviceFile);
  const bool new_token = random_.Chance(50);
  if (new_token) fs::remove(device.machine.folder / kTokenFile);
  device.machine.RenewDisk();
  device.durable = backup.durable;
  Say(device.name + " is put back to a backup");
  Count(new_token ? Fault::kRestoredNewToken : Fault::kRestored);
  RecoverDevice(device);
  if (failed() || !device.alive) return;
  std::erase_if(device.acknowledged, [&](const OpId& op) { return !device.log().FindOp(op); });
}

// The whole folder is copied while the device is off; both go on.
void SimWorld::Clone(SimDevice& device) {
  if (Alive(device.unit) >= kAliveMost || devices_.size() >= kMachinesMost) return;
  device.Close();
  device.machine.disk->PowerOn();
  const std::size_t index = devices_.size();
  devices_.push_back(std::make_unique<SimDevice>("device " + std::to_string(index), device.unit,
                                                 root_ / ("d" + std::to_string(index)),
                                                 random_.Next(), now_ms_));
  SimDevice& clone = *devices_.back();
  clone.id = device.id;
  clone.durable = device.durable;
  for (const auto& file : fs::directory_iterator(device.machine.folder)) {
    fs::copy_file(file.path(), clone.machine.folder / file.path().filename());
  }
  clone.machine.RenewDisk();
  clone.machine.clock.skew_ms = device.machine.clock.skew_ms;
  clone.machine.clock.starts_at_ms = device.machine.clock.starts_at_ms;
  Say(device.name + " is copied: " + clone.name);
  Count(Fault::kCloned);
  RecoverDevice(device);
  RecoverDevice(clone);
  for (int i = 0; i < 2; ++i) {
    if (device.alive) Act(device);
    if (clone.alive) Act(clone);
  }
}

void SimWorld::Kill(SimDevice& device) {
  if (Alive(device.unit) < 2) return;
  device.Close();
  device.alive = false;
  Say(device.name + " is dead");
  Count(Fault::kDead);
}

// Its disk is gone; another installation takes its place.
void SimWorld::Wipe(SimDevice& device) {
  if (devices_.size() >= kMachinesMost && !device.syncs_lied) return;
  device.Close();
  device.alive = false;
  Say(device.name + " is wiped");
  Count(Fault::kWiped);
  Join(device.unit, false);
}

void SimWorld::Join(std::size_t unit, bool invited) {
  if (failed() || Alive(unit) >= kAliveMost || devices_.size() >= kMachinesMost) return;
  const UnitId& id = units_[unit].id;
  const SigningKey key = SigningKey::Generate(random_);
  KeyEntry entry = EnrolDevice(id, key.id(), {now_ms_}, server_->key);
  std::vector<KeyEntry> keys;
  bool known_to_server = true;
  if (invited) {
    SimDevice* inviter = AnyDevice();
    if (inviter == nullptr || inviter->unit != unit) return;
    const Ticket ticket = IssueTicket(id, {now_ms_ + kDayMs}, inviter->engine().signing_key(),
                                      inviter->machine.random);
    entry = RedeemTicket(id, key.id(), ticket);
    keys = inviter->log().keys();
    auto open = server_->Open(id);
    known_to_server = open && (*open)->replica->IsMember(inviter->id) && random_.Chance(70);
  }
  if (known_to_server) {
    bool enrolled = false;
    AtServer([&]() -> Status {
      TRAM_TRY(server_->Enrol(id, {entry}));
      TRAM_ASSIGN(SimServer::Unit * open, server_->Open(id));
      if (!invited) keys = open->log->keys();
      enrolled = true;
      return {};
    });
    if (!enrolled) return;
  }
  keys.push_back(entry);
  Count(Fault::kJoinedLate);
  SimDevice& device = AddDevice(unit, key, keys);
  Say(device.name + " joins");
  RecoverDevice(device);
  if (device.alive) Act(device);
}

void SimWorld::BackUpServer() {
  const fs::path file = root_ / ("backup" + std::to_string(files_++));
  Status made = server_->database().BackupTo(file);
  if (!made) return Fail("the server: no backup: " + made.error().message);
  Say("the server makes a backup");
  server_backups_.push_back({file, server_->durable});
}

void SimWorld::RestoreServer() {
  if (server_backups_.empty()) return BackUpServer();
  const ServerBackup& backup = server_backups_[random_.Below(server_backups_.size())];
  server_->Close();
  PutBack(server_->machine, backup.file, kServerFile);
  server_->machine.RenewDisk();
  server_->durable = backup.durable;
  Say("the server is put back to a backup");
  Count(Fault::kServerRestored);
  if (server_restored_) Count(Fault::kServerRestoredTwice);
  server_restored_ = true;
  RecoverServer();
}

}  // namespace tram::sim
