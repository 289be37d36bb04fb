#include "tests/fault/kill/kill_world.h"

namespace tram::test {
namespace {

constexpr std::size_t kAheadMax = 3;  // kills of the server before the devices' next

std::uint16_t PortOf(const std::string& url) {
  return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
}

}  // namespace

int Drawn(std::mt19937_64& random, int from, int to) {
  return std::uniform_int_distribution<int>(from, to)(random);
}

bool Chance(std::mt19937_64& random, int percent) { return Drawn(random, 0, 99) < percent; }

KillWorld::KillWorld(const KillOptions& options) : options_(options), server_(scratch_ / "server") {
  server_.Start();
  const std::string code = server_.AddUnit("KILL", "Trạm thử", "56", "2024-01-01");
  unit_id_ = server_.Json({"unit", "list"}).at("units")[0].value("id", "");
  for (std::size_t i = 0; i < options.devices; ++i) {
    const std::string name = "device-" + std::to_string(i + 1);
    devices_.push_back(std::make_unique<KillUnitDevice>(scratch_ / name, PortOf(server_.url()),
                                                        options.seed * 101 + i));
    KillUnitDevice& device = *devices_.back();
    device.link.SetGood(true);
    if (i == 0) {
      device.real.Enrol(device.link.url(), code);
      const auto added = device.real.Json({"add", "client", "full_name=shared", "sex=male"});
      shared_client_ = added.value("id", "");
      ledger_.Added("shared", shared_client_, added.value("op", ""));
    } else {
      device.real.Join(devices_[0]->real, device.link.url());
    }
    device.real.Sync();
  }
  server_.Stop();
  for (const auto& device : devices_) device->link.SetGood(false);
}

void KillWorld::Problem(const std::string& text) {
  std::lock_guard lock(mutex_);
  problems_.push_back(text);
  changed_.notify_all();
}

std::vector<std::string> KillWorld::problems() const {
  std::lock_guard lock(mutex_);
  return problems_;
}

void KillWorld::CountKill(bool server) {
  std::lock_guard lock(mutex_);
  ++(server ? server_kills_ : device_kills_);
  changed_.notify_all();
}

void KillWorld::Count(const std::string& what, bool done) {
  std::lock_guard lock(mutex_);
  auto& [dones, others] = counts_[what];
  ++(done ? dones : others);
}

std::map<std::string, std::pair<std::size_t, std::size_t>> KillWorld::counts() const {
  std::lock_guard lock(mutex_);
  return counts_;
}

std::size_t KillWorld::server_kills() const {
  std::lock_guard lock(mutex_);
  return server_kills_;
}

std::size_t KillWorld::device_kills() const {
  std::lock_guard lock(mutex_);
  return device_kills_;
}

bool KillWorld::EnoughLocked(bool server) const {
  if (!problems_.empty()) return true;
  const std::size_t of_server = options_.kills / 2;
  return server ? server_kills_ >= of_server : device_kills_ >= options_.kills - of_server;
}

bool KillWorld::Enough(bool server) const {
  std::lock_guard lock(mutex_);
  return EnoughLocked(server);
}

void KillWorld::AwaitDevices() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock,
                [&] { return server_kills_ < device_kills_ + kAheadMax || EnoughLocked(false); });
}

void KillWorld::OfferBundle(const std::string& file) {
  std::lock_guard lock(mutex_);
  bundles_.push_back(file);
}

std::optional<std::string> KillWorld::SomeBundle(std::mt19937_64& random) const {
  std::lock_guard lock(mutex_);
  if (bundles_.empty()) return std::nullopt;
  return bundles_[static_cast<std::size_t>(
      Drawn(random, 0, static_cast<int>(bundles_.size()) - 1))];
}

void KillWorld::KeepBackup(const std::string& device, KillBackup backup) {
  std::lock_guard lock(mutex_);
  backups_[device] = std::move(backup);
}

std::map<std::string, KillBackup> KillWorld::backups() const {
  std::lock_guard lock(mutex_);
  return backups_;
}

}  // namespace tram::test
