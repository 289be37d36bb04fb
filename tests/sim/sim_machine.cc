#include "tests/sim/sim_machine.h"

#include <algorithm>

#include "tram/merge/merge.h"
#include "tram/wire/op_codec.h"

namespace tram::sim {

std::uint64_t SimRandom::Next() {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

void SimRandom::Fill(std::span<std::uint8_t> bytes) {
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(Next() >> 32);
}

SigningKey SimKey(std::uint64_t seed) {
  SimRandom random(seed);
  return SigningKey::Generate(random);
}

SimDevice::SimDevice(std::string device_name, std::uint64_t device_key, std::uint64_t random_seed,
                     SimDisk device_disk, const UnitId& unit, const DeviceId& server,
                     const std::int64_t& world_ms)
    : name(std::move(device_name)),
      key_seed(device_key),
      random(random_seed),
      clock(world_ms),
      disk(std::move(device_disk)),
      unit_(unit),
      server_(server),
      key_(SimKey(device_key)) {
  Boot();
}

void SimDevice::Boot() {
  sync_.reset();
  own_.reset();
  replica_.reset();
  log_.reset();
  forms.clear();
  auto opened = OpLog::Open(disk.store, unit_, clock);
  TRAM_ASSERT(opened);
  log_ = std::move(*opened);
  replica_ = std::make_unique<Replica>(*log_, server_, clock);
  own_ = std::make_unique<OwnFeed>(*log_, key_, random, disk.token);
  time_ = std::make_unique<HybridClock>(clock);
  if (EntryNumber last = own_->last()) time_->SetOwnLast(log_->entry(last).time);
  if (auto receipt = LastReceipt(*log_)) time_->SetLastReceipt(receipt->time);
}

HeldOps ReadOps(const OpLog& log) {
  HeldOps held;
  for (EntryNumber n = 1; n <= log.size(); ++n) {
    const OpId id = log.entry(n).op;
    if (held.ops.count(id) > 0) continue;
    Op op = log.ReadOp(n);
    auto body = DecodeBody(op.format, op.body);
    TRAM_ASSERT(body);
    held.records[op.record.value_or(RecordOf(id))].push_back(id);
    held.bodies.emplace(id, std::move(*body));
    held.ops.emplace(id, std::move(op));
  }
  return held;
}

namespace {

MergedRecord Merged(const HeldOps& held, const RecordId& record) {
  std::vector<MergeOp> ops;
  for (const OpId& id : held.records.at(record)) {
    const Op& op = held.ops.at(id);
    ops.push_back({id, op.time, op.parents, held.bodies.at(id).edits, !op.record});
  }
  return MergeOps(ops, SimGroupOf);
}

}  // namespace

OpenForm SimDevice::OpenSomeForm() {
  OpenForm form;
  HeldOps held = ReadOps(*log_);
  if (held.records.empty() || random.Chance(25)) return form;
  auto record = std::next(held.records.begin(),
                          static_cast<std::ptrdiff_t>(random.Below(held.records.size())));
  form.record = record->first;
  form.seen.insert(record->second.begin(), record->second.end());
  MergedRecord merged = Merged(held, record->first);
  std::size_t what = random.Below(20);
  if (what == 0) {
    form.deletion = !merged.deleted;
    form.undeletion = merged.deleted;
    form.field = kFieldDeleted;
    form.parents = record->second;
  } else if (what < 6) {
    form.field = kSimSet;
    auto set = merged.sets.find(kSimSet);
    std::uint32_t element = static_cast<std::uint32_t>(1 + random.Below(3));
    bool present = set != merged.sets.end() &&
                   std::count(set->second.elements.begin(), set->second.elements.end(), element);
    (present ? form.remove_element : form.add_element) = element;
    form.parents = ParentsFor(merged, {}, std::vector<std::uint32_t>{kSimSet});
  } else {
    form.field = random.Chance(50) ? kSimPlain : kSimGroup;
    form.parents = ParentsFor(merged, std::vector<std::uint32_t>{form.field}, {});
  }
  std::sort(form.parents.begin(), form.parents.end());
  return form;
}

OpId SimDevice::Save(const OpenForm& form, std::uint64_t unique) {
  Op op;
  op.device = key_.id();
  op.record = form.record;
  op.parents = form.parents;
  OpBody body;
  body.type = kSimType;
  const auto value = static_cast<std::int64_t>(unique);
  if (!form.record) {
    body.nonce = own_->NewNonce();
    body.edits = {{kSimPlain, value}, {kSimGroup, value}, {kSimGroupSecond, -value}};
  } else if (form.field == kFieldDeleted) {
    body.edits = {{kFieldDeleted, form.deletion}};
  } else if (form.field == kSimSet) {
    if (form.add_element != 0) body.edits = {{kSimSet, AddCode{form.add_element}}};
    if (form.remove_element != 0) body.edits = {{kSimSet, RemoveCode{form.remove_element}}};
  } else if (form.field == kSimGroup) {
    body.edits = {{kSimGroup, value}, {kSimGroupSecond, -value}};
  } else {
    body.edits = {{kSimPlain, value}};
  }
  std::vector<HybridTime> times;
  for (const OpId& parent : op.parents) {
    if (auto number = log_->FindOp(parent)) times.push_back(log_->entry(*number).time);
  }
  op.time = time_->Next(times);
  op.body = EncodeBody(body);
  EntryNumber number = own_->Append(op);
  TRAM_ASSERT(log_->Commit());
  return log_->entry(number).op;
}

}  // namespace tram::sim
