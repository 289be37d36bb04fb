#include "tests/sim/sim_world.h"

#include <algorithm>
#include <set>

#include "tram/crypto/membership.h"
#include "tram/session/bundle.h"

namespace tram::sim {
namespace {

const MessageTarget kTarget{"POST", "/s"};
constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;
constexpr std::size_t kDevicesMax = 5;
constexpr std::size_t kSteps = 60;
constexpr std::size_t kHealRounds = 40;
constexpr std::size_t kRequestsPerHeal = 60;

}  // namespace

SimWorld::SimWorld(std::uint64_t seed)
    : random_(seed * 7919 + 17),
      now_ms_(1'700'000'000'000),
      unit_(random_.NewId<UnitId>()),
      server_key_(SimKey(random_.Next())),
      server_id_(server_key_.id()),
      server_clock_(now_ms_) {
  report_.seed = seed;
  BootServer();
  std::size_t devices = 2 + random_.Below(2);
  for (std::size_t i = 0; i < devices; ++i) {
    SimDisk disk;
    disk.token = Bytes(16, static_cast<std::uint8_t>(i + 1));
    AddDevice(random_.Next(), std::move(disk));
  }
  // Enrolment: the server signs each device's certificate, and each gets all of them.
  std::vector<KeyEntry> members;
  for (auto& device : devices_) {
    members.push_back(EnrolDevice(unit_, device->key().id(), {now_ms_}, server_key_));
  }
  server_->TakeKeys(members);
  TRAM_ASSERT(server_log_->Commit());
  for (auto& device : devices_) {
    device->replica().TakeKeys(members);
    TRAM_ASSERT(device->log().Commit());
  }
}

void SimWorld::AddDevice(std::uint64_t key_seed, SimDisk disk) {
  devices_.push_back(std::make_unique<SimDevice>("device " + std::to_string(devices_.size()),
                                                 key_seed, random_.Next(), std::move(disk), unit_,
                                                 server_id_, now_ms_));
  if (random_.Chance(30)) {
    devices_.back()->clock.skew_ms =
        (static_cast<std::int64_t>(random_.Below(20)) - 10) * 365 * kDayMs;
  }
}

void SimWorld::BootServer() {
  server_.reset();
  auto opened = OpLog::Open(server_store_, unit_, server_clock_);
  TRAM_ASSERT(opened);
  server_log_ = std::move(*opened);
  server_ = std::make_unique<Replica>(*server_log_, server_id_, server_clock_);
}

void SimWorld::Fail(const std::string& what) {
  if (report_.failure.empty()) report_.failure = what;
}

SimDevice& SimWorld::AnyDevice() {
  for (;;) {
    SimDevice& device = *devices_[random_.Below(devices_.size())];
    if (device.alive) return device;
  }
}

WorldReport SimWorld::Run() {
  for (std::size_t i = 0; i < kSteps; ++i) Step();
  Heal();
  Check();
  return report_;
}

void SimWorld::Step() {
  now_ms_ += static_cast<std::int64_t>(random_.Below(4)) * 3'600'000 + 1;
  SimDevice& device = AnyDevice();
  const std::size_t what = random_.Below(100);
  if (what < 45) {
    Write(device);
  } else if (what < 80) {
    Exchange(device);
  } else if (what < 86) {
    DeliverLate();
  } else if (what < 90) {
    Bundle(device);
  } else if (what < 93) {
    ++report_.faults;
    device.Boot();
  } else if (what < 98) {
    RestoreOrCopy();
  } else {
    ++report_.faults;
    device.clock.skew_ms += (static_cast<std::int64_t>(random_.Below(7)) - 3) * 100 * kDayMs;
  }
}

void SimWorld::Write(SimDevice& device) {
  if (device.forms.empty() || random_.Chance(50)) device.forms.push_back(device.OpenSomeForm());
  if (random_.Chance(30)) return;  // the form stays open; something may land meanwhile
  OpenForm form = device.forms.front();
  device.forms.erase(device.forms.begin());
  OpId id = device.Save(form, ++unique_);
  seen_[id] = form.seen;
}

std::optional<Bytes> SimWorld::Serve(const Bytes& request) {
  ++report_.requests;
  auto prefix = PeekSender(request);
  if (!prefix) return std::nullopt;
  for (auto& device : devices_) {
    if (PrefixOf(device->key().id()) != *prefix) continue;
    auto answer =
        AnswerRequest(*server_, server_key_, request, kTarget, device->key().id(), server_clock_);
    if (!answer) {
      Fail("the server refused a request: " + answer.error().message);
      return std::nullopt;
    }
    TRAM_ASSERT(server_log_->Commit());
    return answer->reply;
  }
  return std::nullopt;
}

void SimWorld::TakeReply(SimDevice& device, const Bytes& reply) {
  if (device.sync() == nullptr) return;
  auto more = device.sync()->TakeReply(reply);
  if (device.sync()->report().new_feed) ++device.new_feeds;
  if (!more || !*more) device.EndSync();
}

void SimWorld::Exchange(SimDevice& device) {
  if (device.sync() == nullptr) device.BeginSync();
  auto request = device.sync()->NextRequest(kTarget);
  TRAM_ASSERT(request);
  const std::size_t fate = random_.Below(10);
  if (fate >= 6) ++report_.faults;
  if (fate == 6) return;  // lost on the way there
  if (fate == 7) {
    late_requests_.push_back({*request, 0});
    return;
  }
  auto reply = Serve(*request);
  if (!reply) return;
  if (fate == 8) return;  // lost on the way back
  if (fate == 9) {
    device.late_replies.push_back({*reply, 0});
    if (random_.Chance(50)) Serve(*request);  // delivered twice
    return;
  }
  TakeReply(device, *reply);
}

void SimWorld::DeliverLate() {
  if (!late_requests_.empty() && random_.Chance(50)) {
    std::size_t index = random_.Below(late_requests_.size());
    Serve(late_requests_[index].first);
    if (random_.Chance(50)) {
      late_requests_.erase(late_requests_.begin() + static_cast<std::ptrdiff_t>(index));
    }
    return;
  }
  SimDevice& device = AnyDevice();
  if (device.late_replies.empty()) return;
  std::size_t index = random_.Below(device.late_replies.size());
  Bytes reply = device.late_replies[index].first;
  device.late_replies.erase(device.late_replies.begin() + static_cast<std::ptrdiff_t>(index));
  TakeReply(device, reply);
}

// A file from one device to another or to the server, with everything or with what is new.
void SimWorld::Bundle(SimDevice& device) {
  ++report_.faults;
  Known known(device.log());
  if (random_.Chance(50)) {
    if (auto receipt = LastReceipt(device.log())) {
      for (const Leaf& leaf : receipt->leaves) known.Add(leaf.chain);
    }
  }
  auto bundle = WriteBundle(device.replica(), known, device.key(), device.own().id(),
                            device.time().Estimate(), device.random);
  TRAM_ASSERT(bundle);
  if (random_.Chance(50)) {
    if (!ReadBundle(*server_, nullptr, bundle->file)) Fail("the server refused a bundle");
    return;
  }
  SimDevice& other = AnyDevice();
  if (&other == &device) return;
  if (!ReadBundle(other.replica(), &other.own(), bundle->file)) Fail("a device refused a bundle");
}

void SimWorld::RestoreOrCopy() {
  ++report_.faults;
  SimDevice& device = AnyDevice();
  switch (random_.Below(7)) {
    case 0:
      server_backups_.push_back(server_store_.Copy());
      break;
    case 1:
      if (server_backups_.empty()) break;
      server_store_ = server_backups_[random_.Below(server_backups_.size())].Copy();
      BootServer();
      break;
    case 2:
    case 3:
      device_backups_.push_back(device.disk.Copy());
      backup_of_.push_back(
          static_cast<std::size_t>(std::find_if(devices_.begin(), devices_.end(),
                                                [&](const auto& d) { return d.get() == &device; }) -
                                   devices_.begin()));
      break;
    case 4: {
      if (device_backups_.empty()) break;
      std::size_t index = random_.Below(device_backups_.size());
      SimDevice& owner = *devices_[backup_of_[index]];
      if (!owner.alive) break;
      owner.disk = device_backups_[index].Copy();
      if (random_.Chance(50)) owner.disk.token = Bytes(16, static_cast<std::uint8_t>(200 + index));
      owner.Boot();
      break;
    }
    case 5:
      if (devices_.size() < kDevicesMax) AddDevice(device.key_seed, device.disk.Copy());
      break;
    case 6: {
      auto alive =
          std::count_if(devices_.begin(), devices_.end(), [](const auto& d) { return d->alive; });
      if (alive > 1) device.alive = false;
      break;
    }
  }
}

void SimWorld::Heal() {
  for (std::size_t round = 0; round < kHealRounds && report_.failure.empty(); ++round) {
    bool moved = false;
    for (auto& device : devices_) {
      if (!device->alive) continue;
      now_ms_ += 1000;
      device->BeginSync();
      bool more = true;
      for (std::size_t i = 0; more && i < kRequestsPerHeal; ++i) {
        auto request = device->sync()->NextRequest(kTarget);
        TRAM_ASSERT(request);
        auto reply = Serve(*request);
        if (!reply) return Fail("no reply while healing");
        auto taken = device->sync()->TakeReply(*reply);
        if (!taken) return Fail("a reply was refused while healing: " + taken.error().message);
        more = *taken;
      }
      const SyncReport& done = device->sync()->report();
      moved |= done.sent_ops > 0 || done.received_ops > 0 || done.requests > 1;
      if (!done.complete) moved = true;
      device->EndSync();
    }
    if (!moved) return;
  }
  Fail("healing did not come to an end");
}

void SimWorld::CheckReplica(const std::string& name, OpLog& log, const HeldOps& all) {
  auto leaves = log.Leaves();
  auto server_leaves = server_log_->Leaves();
  std::sort(leaves.begin(), leaves.end());
  std::sort(server_leaves.begin(), server_leaves.end());
  if (leaves != server_leaves) return Fail(name + " has other leaves than the server");
  if (log.DigestOfKeys() != server_log_->DigestOfKeys()) {
    return Fail(name + " has other keys than the server");
  }
  HeldOps held = ReadOps(log);
  for (const auto& [id, op] : all.ops) {
    if (held.ops.count(id) == 0) return Fail(name + " lacks op " + id.Hex());
  }
  if (EngineState(held) != ReferenceState(all)) {
    return Fail(name + " differs from the model:\n" + EngineState(held) + "--- model\n" +
                ReferenceState(all));
  }
  auto report = log.Verify();
  if (!report || !report->problems.empty()) Fail(name + ": verify finds problems");
}

void SimWorld::Check() {
  if (!report_.failure.empty()) return;
  HeldOps all = ReadOps(*server_log_);
  for (auto& device : devices_) {
    if (!device->alive) continue;
    HeldOps held = ReadOps(device->log());
    all.ops.insert(held.ops.begin(), held.ops.end());
    all.bodies.insert(held.bodies.begin(), held.bodies.end());
    for (auto& [record, ids] : held.records) {
      auto& known = all.records[record];
      for (const OpId& id : ids) {
        if (std::find(known.begin(), known.end(), id) == known.end()) known.push_back(id);
      }
    }
    if (UnconfirmedOps(device->log()) > 0) return Fail(device->name + " has unconfirmed ops");
  }
  CheckReplica("the server", *server_log_, all);
  for (auto& device : devices_) {
    if (device->alive) CheckReplica(device->name, device->log(), all);
  }
  for (const std::string& lost : LostValues(all, seen_)) Fail("a value is gone unseen: " + lost);
  report_.ops = all.ops.size();
  report_.branches = CopiedFeeds(*server_log_).size();
  const std::string state = ReferenceState(all);
  for (std::size_t at = state.find("conflict"); at != std::string::npos;
       at = state.find("conflict", at + 1)) {
    ++report_.conflicts;
  }
}

}  // namespace tram::sim
