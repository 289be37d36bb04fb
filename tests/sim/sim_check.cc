// After the last step: all is mended, everybody syncs until nothing moves, and what is there is
// compared with the model. The oracle of the protocol's rules.
#include <algorithm>

#include "session/key_unsealer.h"
#include "tests/sim/founded_unit.h"
#include "tests/sim/reference_model.h"
#include "tests/sim/sim_programme.h"
#include "tests/sim/sim_world.h"
#include "tram/session/bundle.h"
#include "tram/wire/settings_codec.h"

namespace tram::sim {
namespace {

constexpr std::size_t kHealRounds = 40;
constexpr std::size_t kRequestsPerHeal = 60;

std::set<OpId> OpsOf(const OpLog& log) {
  std::set<OpId> ops;
  for (EntryNumber n = 1; n <= log.size(); ++n) ops.insert(log.entry(n).op);
  return ops;
}

std::vector<Leaf> SortedLeaves(const OpLog& log) {
  std::vector<Leaf> leaves = log.Leaves();
  std::sort(leaves.begin(), leaves.end());
  return leaves;
}

std::size_t CountOf(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    ++count;
  }
  return count;
}

}  // namespace

std::set<OpId> SimWorld::HeldAlive(std::size_t unit) {
  std::set<OpId> held;
  auto open = server_->Open(units_[unit].id);
  TRAM_ASSERT(open);
  held = OpsOf(*(*open)->log);
  for (auto& device : devices_) {
    if (device->alive && device->unit == unit) held.merge(OpsOf(device->log()));
  }
  return held;
}

void SimWorld::MendAll() {
  Say("all is mended");
  calm_ = true;
  link_percent_ = disk_percent_ = 0;
  server_->machine.Mend();
  RecoverServer();
  for (std::size_t i = 0; i < devices_.size() && !failed(); ++i) {
    SimDevice& device = *devices_[i];
    if (!device.alive) continue;
    device.machine.Mend();
    if (random_.Chance(30)) RecoverDevice(device);
    device.EndSync();
    if (failed() || !units_[device.unit].updated) continue;
    Status used = UseProgramme(device);
    if (!used) Fail(device.name + ": " + used.error().message);
  }
  for (std::size_t i = 0; i < units_.size() && !failed(); ++i) {
    if (units_[i].updated) units_[i].server_programme = 2;
    units_[i].held = HeldAlive(i);
  }
}

void SimWorld::Heal() {
  for (std::size_t round = 0; round < kHealRounds && !failed(); ++round) {
    bool moved = false;
    for (auto& device : devices_) {
      if (device->alive && !failed()) HealDevice(*device, moved);
    }
    if (!moved) return;
  }
  Fail("healing did not come to an end");
}

void SimWorld::HealDevice(SimDevice& device, bool& moved) {
  const UnitId& unit = UnitOf(device).id;
  now_ms_ += 1000;
  bool more = true;
  for (std::size_t i = 0; more && i < kRequestsPerHeal; ++i) {
    auto request = device.sync().NextRequest(SyncTarget());
    if (!request) return Fail(device.name + ": " + request.error().message);
    auto reply = server_->Reply(unit, device.id, *request);
    if (!reply) {
      auto open = server_->Open(unit);
      if (open && !(*open)->replica->IsMember(device.id)) {
        moved = true;
        return BringFile(device);
      }
      return Fail("no reply while healing: " + reply.error().message);
    }
    ++report_.requests;
    report_.heal_bytes += request->size() + reply->size();
    auto taken = device.sync().TakeReply(*reply);
    if (!taken) return Fail("a reply was refused while healing: " + taken.error().message);
    more = *taken;
  }
  Status refreshed = device.engine().RefreshView();
  if (!refreshed) return Fail(device.name + ": " + refreshed.error().message);
  NoteDurable(device.log(), device.durable);
  const SyncReport& done = device.sync().report();
  Say(device.name + " heals: sent " + std::to_string(done.sent_ops) + ", received " +
      std::to_string(done.received_ops) + " in " + std::to_string(done.requests) + " requests, " +
      (done.complete ? "complete" : "not complete"));
  moved |= done.sent_ops > 0 || done.received_ops > 0 || done.requests > 1 || !done.complete;
  device.EndSync();
}

// A server that was put back to a time before this device knows nothing of it: a file tells it.
void SimWorld::BringFile(SimDevice& device) {
  device.EndSync();
  UnitDevice& engine = device.engine();
  auto bundle = WriteBundle(engine.replica(), Known(device.log()), engine.signing_key(),
                            engine.own().id(), engine.time().Estimate(), device.machine.random);
  if (!bundle) return Fail("no bundle while healing: " + bundle.error().message);
  Status taken = server_->TakeBundle(UnitOf(device).id, bundle->file);
  if (!taken) Fail("the server refused a bundle while healing: " + taken.error().message);
}

void SimWorld::Check() {
  for (std::size_t unit = 0; unit < units_.size() && !failed(); ++unit) CheckUnit(unit);
}

void SimWorld::CheckUnit(std::size_t index) {
  Unit& unit = units_[index];
  auto open = server_->Open(unit.id);
  TRAM_ASSERT(open);
  OpLog& server = *(*open)->log;
  const std::set<OpId> present = OpsOf(server);
  for (const OpId& op : unit.held) {
    if (present.count(op) == 0) return Fail("the server lacks op " + op.Hex());
  }
  for (const OpId& op : present) {
    if (unit.witness.written().count(op) == 0) return Fail("nobody wrote op " + op.Hex());
  }
  const int version = unit.updated ? 2 : 1;
  const std::string model = ReferenceState(unit.witness, present, version);
  CheckLog("the server", server, unit);
  auto view = server_->View(unit.id, SimProgramme(version));
  if (!view) return Fail("the server: " + view.error().message);
  CheckView("the server's view", **view, LinesWithoutSealed(model, *SimProgramme(version)));
  std::size_t writers = 0;
  bool rebuilt = false;
  for (auto& device : devices_) {
    if (device->unit != index) continue;
    writers += device->saves > 0;
    if (!device->alive || failed()) continue;
    CheckLog(device->name, device->log(), unit);
    if (failed()) return;
    if (SortedLeaves(device->log()) != SortedLeaves(server)) {
      return Fail(device->name + " has other leaves than the server");
    }
    if (device->log().DigestOfKeys() != server.DigestOfKeys()) {
      return Fail(device->name + " has other keys than the server");
    }
    for (const OpId& op : device->acknowledged) {
      if (present.count(op) == 0) return Fail(device->name + ": what was saved is gone");
    }
    if (UnconfirmedOps(device->log()) > 0) return Fail(device->name + " has unconfirmed ops");
    CheckView(device->name, device->engine().view(), model);
    for (const std::string& lost : LostValues(unit.witness, present, device->engine().view())) {
      return Fail("a value is gone unseen: " + lost);
    }
    if (!rebuilt) CheckRebuilt(*device, model);
    rebuilt = true;
  }
  for (const std::string& finding : unit.witness.findings()) return Fail("witness: " + finding);
  report_.ops += present.size();
  report_.branches += CopiedFeeds(server).size();
  report_.conflicts += CountOf(model, "conflict");
  report_.full |= writers > 1 && report_.faults.Kinds().any();
}

void SimWorld::CheckLog(const std::string& name, OpLog& log, const Unit& unit) {
  auto report = log.Verify();
  if (!report) return Fail(name + ": " + report.error().message);
  if (!report->problems.empty()) return Fail(name + ": verify: " + report->problems.front());
  if (!log.rejected().empty() && !unit.damaged) {
    return Fail(name + " rejected something: " + log.rejected().front().detail);
  }
  for (const StoredStaged& staged : log.staged()) {
    auto piece = DecodePiece(staged.piece);
    if (!piece) return Fail(name + ": a staged piece cannot be read");
    const bool held = log.FindChain(piece->previous).has_value();
    if (held) return Fail(name + " still waits with a piece whose base is there");
  }
}

void SimWorld::CheckView(const std::string& name, const UnitView& view, const std::string& model) {
  if (failed()) return;
  const std::string state = EngineState(view);
  if (state != model) {
    return Fail(name + " differs from the model:\n" + DifferenceOf(state, model));
  }
  if (!view.Held().empty()) Fail(name + " still holds: " + view.Held().front().reason);
}

void SimWorld::CheckRebuilt(SimDevice& device, const std::string& model) {
  auto view = UnitView::Create(
      device.engine().view().programme().version == 1 ? SimProgramme(1) : SimProgramme(2),
      device.log().unit());
  TRAM_ASSERT(view);
  KeyUnsealer unsealer(device.log(), SimUnitKey(device.unit).Copy());
  Status unlocked = (*view)->SetUnsealer(&unsealer);
  TRAM_ASSERT(unlocked);
  std::vector<ViewEntry> entries;
  for (EntryNumber n = 1; n <= device.log().size(); ++n) {
    entries.push_back({device.log().entry(n).op, device.log().ReadOp(n)});
  }
  Status applied = (*view)->Apply(entries);
  TRAM_ASSERT(applied);
  CheckView(device.name + ", read anew,", **view, model);
}

}  // namespace tram::sim
