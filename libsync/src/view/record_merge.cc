#include "view/record_merge.h"

#include <algorithm>
#include <array>

namespace tram {
namespace {

constexpr std::array kReserved = {kFieldParent,     kFieldDeleted,   kFieldReason,
                                  kFieldMergedInto, kFieldImportKey, kFieldOrigin};

struct Merged {
  std::vector<const StoredOp*> ops;  // the shown ones
  MergedRecord record;
};

Merged Merge(const Record& record) {
  Merged merged;
  std::vector<MergeOp> ops;
  ops.reserve(record.ops.size());
  for (const StoredOp* op : record.ops) {
    if (!record.Shows(*op)) continue;
    merged.ops.push_back(op);
    ops.push_back({op->id, op->envelope.time, op->envelope.parents, op->edits,
                   !op->envelope.record.has_value()});
  }
  const TypePlan& plan = *record.plan;
  merged.record = MergeOps(ops, [&plan](std::uint32_t field) { return plan.GroupOf(field); });
  return merged;
}

/// Nothing: no op set the group, or it is sealed and we are locked.
const MergedGroup* FindGroup(const MergedRecord& merged, std::uint32_t group) {
  const auto found = merged.groups.find(group);
  return found == merged.groups.end() || found->second.candidates.empty() ? nullptr
                                                                          : &found->second;
}

Value ValueIn(const std::map<std::uint32_t, Value>& values, std::uint32_t field) {
  const auto found = values.find(field);
  return found == values.end() ? Value() : found->second;
}

Value ShownValue(const MergedRecord& merged, const TypePlan& plan, std::uint32_t field) {
  const MergedGroup* group = FindGroup(merged, plan.GroupOf(field));
  return group == nullptr ? Value() : ValueIn(group->candidates.front().values, field);
}

std::optional<RecordId> ShownRef(const MergedRecord& merged, const TypePlan& plan,
                                 std::uint32_t field) {
  const Value value = ShownValue(merged, plan, field);
  const auto* id = std::get_if<RecordId>(&value);
  return id == nullptr ? std::nullopt : std::optional<RecordId>(*id);
}

std::optional<std::string> ShownText(const MergedRecord& merged, const TypePlan& plan,
                                     std::uint32_t field) {
  Value value = ShownValue(merged, plan, field);
  auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? std::nullopt : std::optional<std::string>(std::move(*text));
}

bool Earlier(const StoredOp* a, const StoredOp* b) {
  return std::pair(a->envelope.time, a->id) < std::pair(b->envelope.time, b->id);
}

const StoredOp& LastChange(const Merged& merged) {
  return **std::max_element(merged.ops.begin(), merged.ops.end(), Earlier);
}

bool SealedUnread(const Merged& merged) {
  return std::any_of(merged.ops.begin(), merged.ops.end(),
                     [](const StoredOp* op) { return op->sealed == StoredOp::Sealed::kUnread; });
}

Provenance ProvenanceOf(const StoredOp& op) {
  return {op.id, op.envelope.device, op.body.author, op.envelope.time};
}

FieldView DescribeField(const Merged& merged, const TypePlan& plan, std::uint32_t number) {
  FieldView view;
  const FieldPlan* field = plan.Find(number);
  if (field != nullptr) view.field = field->field;
  if (field != nullptr && field->field->type == FieldType::kSet) {
    const auto set = merged.record.sets.find(number);
    if (set != merged.record.sets.end()) view.elements = set->second.elements;
    view.parents = ParentsFor(merged.record, {}, std::span(&number, 1));
    return view;
  }
  const std::uint32_t group_number = plan.GroupOf(number);
  const MergedGroup* group = FindGroup(merged.record, group_number);
  if (group == nullptr) return view;
  view.value = ValueIn(group->candidates.front().values, number);
  view.conflict = group->conflict;
  view.parents = ParentsFor(merged.record, std::span(&group_number, 1), {});
  for (const Candidate& candidate : group->candidates) {
    view.candidates.push_back({ProvenanceOf(*merged.ops[candidate.index]), candidate.values});
  }
  return view;
}

}  // namespace

void Summarise(Record& record, bool unlocked) {
  const Merged merged = Merge(record);
  const TypePlan& plan = *record.plan;
  Summary summary;
  summary.deleted = merged.record.deleted;
  summary.deletion_conflict = merged.record.deletion_conflict;
  summary.sealed_unread = SealedUnread(merged);
  summary.parent = ShownRef(merged.record, plan, kFieldParent);
  summary.merged_into = ShownRef(merged.record, plan, kFieldMergedInto);
  if (unlocked) summary.import_key = ShownText(merged.record, plan, kFieldImportKey);
  summary.missing_parents = merged.record.missing_parents;
  summary.changed = LastChange(merged).envelope.time;
  summary.clear_conflict = summary.deletion_conflict;
  for (const auto& [number, group] : merged.record.groups) {
    // Two reasons contradict nobody, and no form could settle them.
    if (!group.conflict || number == kFieldDeleted || number == kFieldReason) continue;
    const bool clear = plan.IsClear(number);
    if (!clear && !unlocked) continue;
    summary.conflicts.push_back(number);
    summary.clear_conflict |= clear;
  }
  record.summary = std::move(summary);

  record.row.assign(plan.fields().size(), Cell());
  for (std::size_t i = 0; i < plan.fields().size(); ++i) {
    const Field& field = *plan.fields()[i].field;
    if (!field.clear && !unlocked) continue;
    if (field.type != FieldType::kSet) {
      record.row[i].value = ShownValue(merged.record, plan, field.number);
    } else if (const auto set = merged.record.sets.find(field.number);
               set != merged.record.sets.end()) {
      record.row[i].elements = set->second.elements;
    }
  }
}

RecordView Describe(const Record& record, bool unlocked) {
  const Merged merged = Merge(record);
  const TypePlan& plan = *record.plan;
  RecordView view;
  view.id = record.id;
  view.type = &plan.type();
  view.parent = record.summary.parent;
  view.merged_into = record.summary.merged_into;
  view.root = record.root_id();
  view.created = ProvenanceOf(*record.creating);
  view.changed = ProvenanceOf(LastChange(merged));
  view.deleted = record.summary.deleted;
  view.deletion_conflict = record.summary.deletion_conflict;
  for (const StoredOp* op : merged.ops) view.deletion_parents.push_back(op->id);
  std::sort(view.deletion_parents.begin(), view.deletion_parents.end());
  view.sealed_unread = record.summary.sealed_unread;
  view.import_key = record.summary.import_key;
  for (const FieldPlan& field : plan.fields()) {
    if (field.field->clear || unlocked) {
      view.fields.push_back(DescribeField(merged, plan, field.field->number));
    } else {
      view.fields.emplace_back().field = field.field;
    }
  }
  for (std::uint32_t number : kReserved) {
    if (merged.record.groups.contains(number) && (plan.IsClear(number) || unlocked)) {
      view.reserved.emplace(number, DescribeField(merged, plan, number));
    }
  }
  return view;
}

std::vector<RecordChange> HistoryOf(const Record& record, bool unlocked) {
  std::vector<const StoredOp*> ops;
  for (const StoredOp* op : record.ops) {
    if (record.Shows(*op)) ops.push_back(op);
  }
  std::sort(ops.begin(), ops.end(), Earlier);
  std::vector<RecordChange> changes;
  for (const StoredOp* op : ops) {
    const std::size_t readable = unlocked ? op->edits.size() : op->clear_edits;
    changes.push_back(
        {ProvenanceOf(*op),
         !op->envelope.record.has_value(),
         op->envelope.parents,
         {op->edits.begin(), op->edits.begin() + static_cast<std::ptrdiff_t>(readable)},
         op->sealed == StoredOp::Sealed::kUnread});
  }
  return changes;
}

}  // namespace tram
