// What the engine's view says, in the lines of the reference model.
#include <algorithm>

#include "tests/sim/reference_model.h"
#include "tests/sim/sim_programme.h"
#include "tests/sim/state_lines.h"

namespace tram::sim {
namespace {

using Values = std::map<std::uint32_t, std::string>;

std::string TextIn(const std::map<std::uint32_t, Value>& values, std::uint32_t field) {
  const auto found = values.find(field);
  return found == values.end() || IsNull(found->second) ? "" : ValueText(found->second);
}

std::set<OpId> AsSet(const std::vector<OpId>& ops) { return {ops.begin(), ops.end()}; }

class EngineReader {
 public:
  explicit EngineReader(const UnitView& view) : view_(view) {}

  std::string State() {
    for (const RecordId& id : view_.ByPrefix("")) records_.push_back(*view_.Find(id));
    for (const RecordView& record : records_) Describe(record);
    for (const RecordView& record : records_) Place(record);
    for (const HeldOp& held : view_.Held()) lines_.Line("held " + ShortId(held.id.Hex()));
    for (const RecordId& id : view_.Waiting()) {
      if (!view_.Find(id)) lines_.Line("unborn " + ShortId(id.Hex()));
    }
    CheckConflicts();
    return lines_.Text();
  }

 private:
  void Wrong(const RecordView& record, const std::string& what) {
    lines_.Fact(record.id, record.type->name, "WRONG: " + what);
  }

  void Describe(const RecordView& record) {
    std::map<std::uint32_t, std::vector<const FieldView*>> groups;
    for (const FieldView& field : record.fields) {
      if (field.field->type == FieldType::kSet) {
        DescribeSet(record, field);
      } else {
        groups[field.field->group].push_back(&field);
      }
    }
    for (const auto& [group, fields] : groups) DescribeGroup(record, group, fields);
    Standing& standing = standings_[record.id];
    standing.type = record.type->name;
    standing.deleted = record.deleted;
    for (const auto& [number, field] : record.reserved) {
      DescribeReserved(record, number, field, standing);
    }
    lines_.Fact(record.id, record.type->name, "ops" + IdList(AsSet(record.deletion_parents)));
    if (record.deleted) lines_.Fact(record.id, record.type->name, "deleted");
    if (record.deletion_conflict) {
      lines_.Fact(record.id, record.type->name, "deletion in conflict");
    }
    if (record.waits_for > 0) {
      lines_.Fact(record.id, record.type->name, "waits for " + std::to_string(record.waits_for));
    }
    if (view_.unlocked() && record.sealed_unread) {
      lines_.Fact(record.id, record.type->name, "sealed parts unread");
    }
  }

  /// The latest candidate is shown meanwhile; a form carries all of them.
  void CheckShown(const RecordView& record, std::uint32_t number, const FieldView& field) {
    if (field.candidates.empty()) return;
    const CandidateView& latest = *std::max_element(
        field.candidates.begin(), field.candidates.end(), [](const auto& a, const auto& b) {
          return std::pair(a.by.time, a.by.op) < std::pair(b.by.time, b.by.op);
        });
    if (ValueText(field.value) != TextIn(latest.values, number)) {
      Wrong(record, "field " + std::to_string(number) + " shows another than its latest value");
    }
    std::set<OpId> candidates;
    for (const CandidateView& candidate : field.candidates) candidates.insert(candidate.by.op);
    if (AsSet(field.parents) != candidates) {
      Wrong(record, "field " + std::to_string(number) + " has other parents than candidates");
    }
  }

  void DescribeGroup(const RecordView& record, std::uint32_t group,
                     const std::vector<const FieldView*>& fields) {
    std::map<OpId, Values> candidates;
    for (const FieldView* field : fields) {
      const std::uint32_t number = field->field->number;
      CheckShown(record, number, *field);
      for (const CandidateView& candidate : field->candidates) {
        candidates[candidate.by.op][number] = TextIn(candidate.values, number);
      }
      if (field->conflict != fields.front()->conflict ||
          field->parents != fields.front()->parents) {
        Wrong(record, "the fields of group " + std::to_string(group) + " disagree");
      }
    }
    if (fields.front()->conflict) conflicts_.insert({record.id, group});
    lines_.Group(record.id, record.type->name, group, candidates, fields.front()->conflict);
  }

  void DescribeReserved(const RecordView& record, std::uint32_t number, const FieldView& field,
                        Standing& standing) {
    CheckShown(record, number, field);
    std::map<OpId, Values> candidates;
    for (const CandidateView& candidate : field.candidates) {
      const std::string text = TextIn(candidate.values, number);
      candidates[candidate.by.op][number] = text;
      if (number == kFieldParent) standing.parents.insert(text);
      if (number == kFieldMergedInto) standing.merged_into.insert(text);
    }
    if (number == kFieldDeleted) {
      std::set<OpId> ops;
      for (const auto& [op, values] : candidates) ops.insert(op);
      lines_.Fact(record.id, record.type->name, "deletion by" + IdList(ops));
      return;
    }
    if (field.conflict && number != kFieldReason) conflicts_.insert({record.id, number});
    lines_.Group(record.id, record.type->name, number, candidates, field.conflict);
  }

  // A set's parents are its live adds; which element each adds is asked of the elements.
  void DescribeSet(const RecordView& record, const FieldView& field) {
    if (field.elements.empty() != field.parents.empty()) Wrong(record, "a set without its adds");
    std::map<std::uint32_t, std::set<OpId>> adds;
    for (std::uint32_t element : field.elements) adds[element] = AsSet(field.parents);
    lines_.Set(record.id, record.type->name, field.field->number, adds);
  }

  void Place(const RecordView& record) {
    const std::string& type = record.type->name;
    std::string below = ShownBelow(standings_, record.id);
    if (below != "?") below = record.parent ? record.parent->Hex() : "none";
    lines_.Fact(record.id, type, "below " + ShortId(below));
    std::string listed = IsListed(standings_, record.id);
    if (listed != "?") {
      const std::vector<RecordId> all = view_.Records(*record.type);
      listed = std::find(all.begin(), all.end(), record.id) != all.end() ? "yes" : "no";
    }
    lines_.Fact(record.id, type, "listed " + listed);
  }

  /// The list of conflicts holds those of all records that are not deleted, and no others.
  void CheckConflicts() {
    std::set<std::pair<RecordId, std::uint32_t>> listed, wanted;
    for (const Conflict& conflict : view_.Conflicts()) {
      listed.insert({conflict.record, conflict.group});
    }
    for (const RecordView& record : records_) {
      if (record.deletion_conflict) wanted.insert({record.id, kFieldDeleted});
      for (const auto& [of, group] : conflicts_) {
        if (of == record.id && !record.deleted) wanted.insert({of, group});
      }
    }
    if (listed != wanted) lines_.Line("WRONG: the list of conflicts has not all or others");
  }

  const UnitView& view_;
  std::vector<RecordView> records_;
  std::set<std::pair<RecordId, std::uint32_t>> conflicts_;
  Standings standings_;
  StateLines lines_;
};

/// Where an op's value of a group, or an element that it added, stands in a view.
class Search {
 public:
  Search(const Witness& witness, const std::set<OpId>& present, const UnitView& view)
      : witness_(witness), present_(present), view_(view) {
    for (const HeldOp& op : view.Held()) held_.insert(op.id);
  }

  std::vector<std::string> Lost() {
    for (const OpId& op : present_) {
      const auto written = witness_.written().find(op);
      if (written != witness_.written().end()) Look(op, written->second);
    }
    return lost_;
  }

 private:
  void Look(const OpId& op, const Written& written) {
    if (held_.contains(op) || !present_.contains(CreatingOp(*written.record))) return;
    const auto record = view_.Find(*written.record);
    if (!record) return Say(op, "its record is not there");
    for (const auto& [group, values] : written.groups) {
      if (Readable(*record, written, group) && !IsCandidate(*record, group, op) &&
          !Seen(op, written, group,
                [&](const Written& other) { return other.groups.contains(group); })) {
        Say(op, "its value of " + written.type + " " + std::to_string(group));
      }
    }
    for (const auto& [set, elements] : written.added) {
      for (std::uint32_t element : elements) {
        if (Readable(*record, written, set) && !IsElement(*record, set, element) &&
            !Seen(op, written, set, [&](const Written& other) {
              const auto removed = other.removed.find(set);
              return removed != other.removed.end() && removed->second.contains(element);
            })) {
          Say(op, "its element " + std::to_string(element) + " of " + written.type + " " +
                      std::to_string(set));
        }
      }
    }
  }

  bool Readable(const RecordView& record, const Written& written, std::uint32_t field) const {
    const bool known = field < kFieldFirstOwn || record.type->ByNumber(field) != nullptr;
    const bool sealed = IsSealedField(written.type, field);
    return known && !(sealed && (!view_.unlocked() || record.sealed_unread));
  }

  static bool IsCandidate(const RecordView& record, std::uint32_t group, const OpId& op) {
    const auto among = [&](const FieldView& field) {
      return std::any_of(field.candidates.begin(), field.candidates.end(),
                         [&](const CandidateView& candidate) { return candidate.by.op == op; });
    };
    const auto reserved = record.reserved.find(group);
    if (reserved != record.reserved.end()) return among(reserved->second);
    return std::any_of(record.fields.begin(), record.fields.end(), [&](const FieldView& field) {
      return field.field->group == group && among(field);
    });
  }

  static bool IsElement(const RecordView& record, std::uint32_t set, std::uint32_t element) {
    return std::any_of(record.fields.begin(), record.fields.end(), [&](const FieldView& field) {
      return field.field->number == set && std::find(field.elements.begin(), field.elements.end(),
                                                     element) != field.elements.end();
    });
  }

  /// Whether some present op that `replaces` was written by somebody who saw `op`.
  template <class Replaces>
  bool Seen(const OpId& op, const Written& written, std::uint32_t field,
            const Replaces& replaces) const {
    return std::any_of(present_.begin(), present_.end(), [&](const OpId& id) {
      const auto other = witness_.written().find(id);
      if (other == witness_.written().end() || other->second.record != written.record) return false;
      const Screen& screen = other->second.screen;
      const bool blind = screen.sealed_unread && IsSealedField(written.type, field);
      return replaces(other->second) && screen.shown.contains(op) && !blind;
    });
  }

  void Say(const OpId& op, const std::string& what) {
    lost_.push_back("op " + ShortId(op.Hex()) + ": " + what);
  }

  const Witness& witness_;
  const std::set<OpId>& present_;
  const UnitView& view_;
  std::set<OpId> held_;
  std::vector<std::string> lost_;
};

}  // namespace

std::string EngineState(const UnitView& view) { return EngineReader(view).State(); }

std::vector<std::string> LostValues(const Witness& witness, const std::set<OpId>& present,
                                    const UnitView& view) {
  return Search(witness, present, view).Lost();
}

}  // namespace tram::sim
