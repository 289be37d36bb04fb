#include "view/record_store.h"

#include <sodium.h>

#include <algorithm>

#include "tram/programme/province.h"
#include "tram/wire/op_codec.h"

namespace tram {
namespace {

std::optional<RecordId> ParentAtCreation(const StoredOp& creating) {
  for (std::size_t i = 0; i < creating.clear_edits; ++i) {
    if (creating.edits[i].field != kFieldParent) continue;
    if (const auto* parent = std::get_if<RecordId>(&creating.edits[i].value)) return *parent;
  }
  return std::nullopt;
}

void Wipe(Value& value) {
  if (auto* text = std::get_if<std::string>(&value)) sodium_memzero(text->data(), text->size());
  value = std::monostate();
}

void Forget(StoredOp& op) {
  for (std::size_t i = op.clear_edits; i < op.edits.size(); ++i) Wipe(op.edits[i].value);
  op.edits.resize(op.clear_edits);
  if (op.sealed == StoredOp::Sealed::kOpened) op.sealed = StoredOp::Sealed::kUnread;
}

}  // namespace

RecordStore::RecordStore(const Programme& programme, const std::optional<DeviceId>& server)
    : server_(server) {
  for (const RecordType& type : programme.records) {
    plans_.emplace(type.number, TypePlan(programme, type));
  }
}

const TypePlan* RecordStore::PlanOf(std::uint32_t type) const {
  const auto found = plans_.find(type);
  return found == plans_.end() ? nullptr : &found->second;
}

StoredOp RecordStore::Decode(const ViewEntry& entry) const {
  StoredOp op;
  op.id = entry.id;
  op.arrived_ms = entry.arrived_ms;
  op.record = entry.op.record.value_or(RecordOf(entry.id));
  op.envelope = {entry.op.format,  entry.op.device, entry.op.record,
                 entry.op.parents, entry.op.time,   Bytes()};
  if (entry.op.format > kOpFormat) {
    op.held = "it has format " + std::to_string(entry.op.format) +
              ", which this version of the program does not know: update the program";
    return op;
  }
  Result<OpBody> body = DecodeBody(entry.op.format, entry.op.body);
  if (!body) {
    op.held = "its body cannot be read (" + body.error().message + "): update the program";
    return op;
  }
  op.body = *std::move(body);
  const TypePlan* plan = PlanOf(op.body.type);
  if (plan == nullptr) {
    op.held = "record type " + std::to_string(op.body.type) +
              " is not in the programme: take the newer programme";
    return op;
  }
  if (op.envelope.device == server_ && !ProvinceMayWrite(plan->type(), op.body)) {
    op.held = "the server wrote it, which may write questions of the province only";
    return op;
  }
  for (const Edit& edit : op.body.edits) {
    if (plan->Fits(edit)) op.edits.push_back(edit);
  }
  op.edits.shrink_to_fit();
  op.clear_edits = op.edits.size();
  if (op.body.sealed) {
    op.sealed = StoredOp::Sealed::kUnread;
  } else {
    op.body.edits = {};
  }
  return op;
}

void RecordStore::Take(const ViewEntry& entry, std::vector<Record*>& touched) {
  if (ops_.contains(entry.id)) return;
  StoredOp& op = ops_.emplace(entry.id, Decode(entry)).first->second;
  Record& record = records_[op.record];
  record.id = op.record;
  record.ops.push_back(&op);
  touched.push_back(&record);
  if (!op.envelope.record) Created(record, op, touched);
}

void RecordStore::Created(Record& record, const StoredOp& op, std::vector<Record*>& touched) {
  record.creating = &op;
  if (!op.held.empty()) return;
  record.plan = PlanOf(op.body.type);
  by_type_[op.body.type].insert(&record);
  ResolveRoots(record, touched);
}

bool RecordStore::ResolveRoot(Record& record) {
  if (record.plan->type().person) {
    record.root_kind = Record::Root::kPerson;
    record.root = record.id;
    return true;
  }
  const std::optional<RecordId> parent = ParentAtCreation(*record.creating);
  if (!parent) {
    record.root_kind = Record::Root::kUnit;
    return true;
  }
  const Record* above = Find(*parent);
  if (above == nullptr || above->root_kind == Record::Root::kUnknown) {
    waiting_for_root_[*parent].push_back(&record);
    return false;
  }
  record.root_kind = above->root_kind;
  record.root = above->root;
  return true;
}

void RecordStore::ResolveRoots(Record& record, std::vector<Record*>& touched) {
  std::vector<Record*> pending = {&record};
  while (!pending.empty()) {
    Record* next = pending.back();
    pending.pop_back();
    if (!ResolveRoot(*next)) continue;
    touched.push_back(next);
    const auto waiting = waiting_for_root_.find(next->id);
    if (waiting == waiting_for_root_.end()) continue;
    pending.insert(pending.end(), waiting->second.begin(), waiting->second.end());
    waiting_for_root_.erase(waiting);
  }
}

void RecordStore::OpenSealed(Record& record, Unsealer* unsealer) {
  if (unsealer == nullptr || record.root_kind == Record::Root::kUnknown) return;
  for (StoredOp* op : record.ops) {
    if (op->sealed != StoredOp::Sealed::kUnread || !record.Shows(*op)) continue;
    Result<Bytes> plain =
        unsealer->Open(record.root_id(), ClearPart(op->envelope, op->body), *op->body.sealed);
    if (!plain) continue;
    Result<std::vector<Edit>> edits = DecodeSealedEdits(*plain);
    sodium_memzero(plain->data(), plain->size());
    if (!edits) continue;
    // A clear field inside a blob is not shown: those without the key would see another value.
    for (Edit& edit : *edits) {
      if (record.plan->Fits(edit) && !record.plan->IsClear(edit.field)) {
        op->edits.push_back(std::move(edit));
      }
    }
    op->sealed = StoredOp::Sealed::kOpened;
  }
}

void RecordStore::ForgetOpened() {
  for (auto& [id, op] : ops_) Forget(op);
  for (auto& [id, record] : records_) {
    for (Cell& cell : record.row) Wipe(cell.value);
    record.row.clear();
    if (record.summary.import_key) {
      sodium_memzero(record.summary.import_key->data(), record.summary.import_key->size());
      record.summary.import_key.reset();
    }
  }
}

const StoredOp* RecordStore::FindOp(const OpId& op) const {
  const auto found = ops_.find(op);
  return found == ops_.end() ? nullptr : &found->second;
}

Record* RecordStore::Find(const RecordId& record) {
  const auto found = records_.find(record);
  return found == records_.end() || !found->second.shown() ? nullptr : &found->second;
}

const RecordsByCreation& RecordStore::OfType(const RecordType& type) const {
  static const RecordsByCreation kNone;
  const auto found = by_type_.find(type.number);
  return found == by_type_.end() ? kNone : found->second;
}

std::vector<HeldOp> RecordStore::Held() const {
  std::vector<std::pair<const StoredOp*, std::string>> held;
  for (const auto& [id, record] : records_) {
    for (const StoredOp* op : record.ops) {
      if (!op->held.empty()) {
        held.emplace_back(op, op->held);
      } else if (record.creating != nullptr && !record.shown()) {
        held.emplace_back(op, "the op that created its record is held");
      } else if (record.shown() && !record.Shows(*op)) {
        held.emplace_back(op, "it says record type " + std::to_string(op->body.type) +
                                  ", and its record is of type " +
                                  std::to_string(record.plan->type().number));
      }
    }
  }
  std::sort(held.begin(), held.end(), [](const auto& a, const auto& b) {
    return std::pair(a.first->envelope.time, a.first->id) <
           std::pair(b.first->envelope.time, b.first->id);
  });
  std::vector<HeldOp> result;
  result.reserve(held.size());
  for (auto& [op, reason] : held) {
    result.push_back({op->id, op->envelope.device, std::move(reason)});
  }
  return result;
}

}  // namespace tram
