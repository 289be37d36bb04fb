#include "tests/sim/sim_world.h"

#include <unistd.h>

#include <ostream>

#include "tests/sim/founded_unit.h"
#include "tests/sim/sim_programme.h"
#include "tram/crypto/membership.h"
#include "tram/session/bundle.h"

namespace tram::sim {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kBeginMs = 1'700'000'000'000;
constexpr std::int64_t kHourMs = 3600LL * 1000;
constexpr std::int64_t kYearMs = 365LL * 24 * kHourMs;
constexpr std::size_t kUnitsMax = 4;
constexpr std::size_t kDevicesFirst = 5;
constexpr std::size_t kStepsLeast = 34, kStepsMore = 30;
constexpr std::size_t kFirstSaves = 4;

/// In memory where there is such a folder: the disks' faults are ours, not the machine's.
fs::path ScratchRoot() {
  static const fs::path base = fs::exists("/dev/shm") ? "/dev/shm" : fs::temp_directory_path();
  return base / ("tram-sim-" + std::to_string(getpid()));
}

}  // namespace

SimWorld::SimWorld(std::uint64_t seed, std::ostream* trace)
    : trace_(trace),
      random_(seed * 7919 + 17),
      now_ms_(kBeginMs),
      root_(ScratchRoot()),
      hot_(HotWorkload()),
      uniform_(UniformWorkload()) {
  report_.seed = seed;
  fs::remove_all(root_);
}

SimWorld::~SimWorld() {
  devices_.clear();
  server_.reset();
  std::error_code code;
  fs::remove_all(root_, code);
}

WorldReport SimWorld::Run() {
  Populate();
  const std::size_t steps = kStepsLeast + random_.Below(kStepsMore);
  for (std::size_t i = 0; i < steps && !failed(); ++i) {
    now_ms_ += static_cast<std::int64_t>(random_.Below(random_.Chance(10) ? 200 : 2) * kHourMs) +
               static_cast<std::int64_t>(random_.Below(30'000));
    Step();
  }
  if (!failed()) MendAll();
  if (!failed()) Heal();
  if (!failed()) Check();
  report_.devices = devices_.size();
  return std::move(report_);
}

// Most worlds are one unit with two or three devices: the fewer, the more they meet.
void SimWorld::Populate() {
  link_percent_ = static_cast<int>(25 + random_.Below(35));
  disk_percent_ = static_cast<int>(8 + random_.Below(14));
  server_ = std::make_unique<SimServer>(root_ / "server", random_.Next(), now_ms_);
  if (random_.Chance(20)) server_->machine.clock.skew_ms = -kYearMs * 10 + kYearMs * 20 / 7;
  Status booted = server_->Boot();
  TRAM_ASSERT(booted);
  const std::size_t shape = random_.Below(100);
  const std::size_t units = shape < 88 ? 1 : shape < 96 ? 2 : shape < 98 ? 3 : kUnitsMax;
  units_.resize(units);
  for (std::size_t i = 0; i < units; ++i) {
    units_[i].id = SimUnitId(i);
    const std::size_t mix = random_.Below(4);
    units_[i].hot_percent = mix == 0 ? 0 : mix == 1 ? 50 : 100;
  }
  const std::size_t devices =
      units == 1 ? 2 + random_.Below(2) : std::min(2 * units, kDevicesFirst);
  for (std::size_t i = 0; i < devices; ++i) {
    const Unit& unit = units_[i % units];
    const SigningKey key = SigningKey::Generate(random_);
    Status made =
        server_->Enrol(unit.id, {EnrolDevice(unit.id, key.id(), {now_ms_}, server_->key)});
    TRAM_ASSERT(made);
    auto open = server_->Open(unit.id);
    TRAM_ASSERT(open);
    SimDevice& device = AddDevice(i % units, key, (*open)->log->keys());
    RecoverDevice(device);
  }
  for (std::size_t i = 0; i < devices; ++i) {
    for (std::size_t n = 0; n < kFirstSaves && devices_[i]->alive; ++n) Act(*devices_[i]);
  }
}

// A new installation, which is not on yet.
SimDevice& SimWorld::AddDevice(std::size_t unit, const SigningKey& key,
                               const std::vector<KeyEntry>& keys) {
  const std::size_t index = devices_.size();
  devices_.push_back(std::make_unique<SimDevice>("device " + std::to_string(index), unit,
                                                 root_ / ("d" + std::to_string(index)),
                                                 random_.Next(), now_ms_));
  SimDevice& device = *devices_.back();
  device.Enrol(key, server_->key.id(), keys);
  if (random_.Chance(25)) {
    Count(Fault::kClockOff);
    device.machine.clock.skew_ms = (static_cast<std::int64_t>(random_.Below(21)) - 10) * kYearMs;
  } else if (random_.Chance(20)) {
    Count(Fault::kClockRestarts);
    device.machine.clock.starts_at_ms = kBeginMs - kYearMs;
  }
  return device;
}

SimDevice* SimWorld::AnyDevice() {
  std::vector<SimDevice*> alive;
  for (auto& device : devices_) {
    if (device->alive) alive.push_back(device.get());
  }
  return alive.empty() ? nullptr : alive[random_.Below(alive.size())];
}

std::size_t SimWorld::IndexOf(const SimDevice& device) const {
  for (std::size_t i = 0; i < devices_.size(); ++i) {
    if (devices_[i].get() == &device) return i;
  }
  TRAM_ASSERT(false);
  return 0;
}

void SimWorld::Step() {
  SimDevice* device = AnyDevice();
  if (device == nullptr) return;
  const std::size_t what = random_.Below(100);
  if (what < 36) return ActTwice(*device);
  if (what < 65) return Exchange(*device);
  if (what < 70) return DeliverLate();
  if (what < 74) return WriteBundleOf(*device);
  if (what < 77) return ReadSomeBundle();
  if (what < 80) return RestartServer();
  if (what < 82) return BackUp(*device);
  if (what < 85) return Restore();
  if (what == 85) return Clone(*device);
  if (what == 86) return Wipe(*device);
  if (what == 87) return Join(device->unit, random_.Chance(50));
  if (what == 88) return BackUpServer();
  if (what < 93) return RestoreServer();
  if (what < 95) return UpdateProgramme(*device);
  if (what == 95) return Clocks(*device);
  if (what == 96) return Kill(*device);
  if (what == 97) return LieAboutSyncs(*device);
  Say(device->name + " is switched off and on");
  RecoverDevice(*device);
}

void SimWorld::ActTwice(SimDevice& device) {
  Act(device);
  if (device.alive) Act(device);
}

void SimWorld::Act(SimDevice& device) {
  Unit& unit = UnitOf(device);
  Workload& workload = WorkloadOf(unit);
  const std::size_t before = unit.witness.acknowledged().size();
  AtDevice(device, Work::kSave, [&] {
    Status acted = workload.Act(device.engine(), device.desks[&workload], random_, unit.witness);
    for (EntryNumber n = device.log().committed(); n > device.durable.size(); --n) {
      const OpId op = device.log().entry(n).op;
      if (unit.witness.acknowledged().contains(op)) device.acknowledged.insert(op);
    }
    return acted;
  });
  const std::size_t saved = unit.witness.acknowledged().size() - before;
  device.saves += saved;
  if (saved > 0)
    Say(device.name + (&workload == hot_.get() ? " saves; " : " saves anything; ") + "it has " +
        std::to_string(device.log().size()));
}

Workload& SimWorld::WorkloadOf(const Unit& unit) {
  return random_.Chance(unit.hot_percent) ? *hot_ : *uniform_;
}

void SimWorld::Clocks(SimDevice& device) {
  Count(Fault::kClockJumps);
  SimClock& clock = device.machine.clock;
  const std::int64_t span = random_.Chance(50) ? kHourMs * 24 : kYearMs;
  clock.skew_ms += (static_cast<std::int64_t>(random_.Below(21)) - 10) * span;
  if (clock.starts_at_ms) *clock.starts_at_ms += clock.skew_ms / 2;
  Say("the clock of " + device.name + " jumps");
}

// A device, or the server, gets the second version before the others.
void SimWorld::UpdateProgramme(SimDevice& device) {
  Unit& unit = UnitOf(device);
  if (!unit.updated) Count(Fault::kProgrammeLate);
  unit.updated = true;
  if (random_.Chance(25)) {
    unit.server_programme = 2;
    return;
  }
  AtDevice(device, Work::kOther, [&] { return UseProgramme(device); });
}

Status SimWorld::UseProgramme(SimDevice& device) {
  if (device.engine().programme().version == 2) return {};
  Say(device.name + " takes the second programme");
  Status used = device.engine().UseProgramme(SignedSimProgramme(2));
  device.desks.clear();  // forms are drawn anew
  if (!used && used.error().code != ErrorCode::kIo) Fail(device.name + ": " + used.error().message);
  return used;
}

void SimWorld::Count(Fault fault) {
  report_.faults.Add(fault);
  Say("  fault: " + std::string(kFaultNames[static_cast<std::size_t>(fault)]));
}

void SimWorld::Say(const std::string& what) {
  if (trace_ != nullptr) *trace_ << what << "\n";
}

void SimWorld::Fail(const std::string& what) {
  if (report_.failure.empty()) report_.failure = what;
  Say("FAILED: " + what);
}

}  // namespace tram::sim
