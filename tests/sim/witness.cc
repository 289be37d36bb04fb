#include "tests/sim/witness.h"

#include <algorithm>

#include "tests/sim/sim_programme.h"

namespace tram::sim {
namespace {

std::string Short(const OpId& op) { return op.Hex().substr(0, 10); }

std::string List(const std::set<OpId>& ops) {
  std::string text;
  for (const OpId& op : ops) text += " " + Short(op);
  return text;
}

/// A deletion, its undoing and a merge speak of the whole record.
bool ConcernsAll(const Written& written) {
  return written.groups.contains(kFieldDeleted) || written.groups.contains(kFieldMergedInto);
}

bool Has(const std::map<std::uint32_t, std::set<std::uint32_t>>& sets, std::uint32_t set,
         std::uint32_t element) {
  const auto found = sets.find(set);
  return found != sets.end() && found->second.contains(element);
}

}  // namespace

bool IsSealedField(const std::string& type, std::uint32_t field) {
  if (field < kFieldFirstOwn) return field == kFieldReason || field == kFieldImportKey;
  const RecordType* known = SimProgramme(kSimProgrammes)->ByName(type);
  const Field* found = known == nullptr ? nullptr : known->ByNumber(field);
  return found != nullptr && !found->clear;
}

std::set<OpId> Witness::Candidates(const std::set<OpId>& ops, std::uint32_t group) const {
  std::set<OpId> candidates;
  for (const OpId& op : ops) {
    if (!written_.at(op).groups.contains(group)) continue;
    const bool superseded = std::any_of(ops.begin(), ops.end(), [&](const OpId& other) {
      return written_.at(other).groups.contains(group) && parents_.at(other).contains(op);
    });
    if (!superseded) candidates.insert(op);
  }
  return candidates;
}

std::set<OpId> Witness::LiveAdds(const std::set<OpId>& ops, std::uint32_t set,
                                 std::uint32_t element) const {
  std::set<OpId> live;
  for (const OpId& op : ops) {
    if (!Has(written_.at(op).added, set, element)) continue;
    const bool removed = std::any_of(ops.begin(), ops.end(), [&](const OpId& other) {
      return Has(written_.at(other).removed, set, element) && parents_.at(other).contains(op);
    });
    if (!removed) live.insert(op);
  }
  return live;
}

bool Witness::RootKnown(const RecordId& record, const std::set<OpId>& held, int programme) const {
  const OpId creating = CreatingOp(record);
  const auto created = written_.find(creating);
  if (created == written_.end() || !held.contains(creating)) return false;
  const RecordType* type = SimProgramme(programme)->ByName(created->second.type);
  if (type == nullptr) return false;
  if (type->person || type->parent.empty()) return true;
  const auto above =
      RecordId::FromHexText(created->second.groups.at(kFieldParent).at(kFieldParent));
  return above && RootKnown(*above, held, programme);
}

Screen Witness::ScreenOf(const RecordId& record, const std::set<OpId>& held, int programme) const {
  Screen screen;
  screen.sealed_unread = !RootKnown(record, held, programme);
  const auto ops = records_.find(record);
  const auto created = written_.find(CreatingOp(record));
  if (ops == records_.end() || created == written_.end()) return screen;
  if (!held.contains(created->first)) return screen;
  if (SimProgramme(programme)->ByName(created->second.type) == nullptr) return screen;
  std::set_intersection(ops->second.begin(), ops->second.end(), held.begin(), held.end(),
                        std::inserter(screen.shown, screen.shown.end()));
  return screen;
}

std::set<OpId> Witness::ParentsByTheRules(const Written& written) const {
  if (!written.record) return {};
  if (ConcernsAll(written)) return written.screen.shown;
  std::set<OpId> parents;
  const auto visible = [&](std::uint32_t field) {
    return !written.screen.sealed_unread || !IsSealedField(written.type, field);
  };
  for (const auto& [group, values] : written.groups) {
    // Why something was corrected stands on no form: a reason that came meanwhile is replaced by
    // nobody.
    if (group == kFieldReason || !visible(group)) continue;
    parents.merge(Candidates(written.screen.shown, group));
  }
  std::set<std::uint32_t> sets;
  for (const auto& [set, elements] : written.added) sets.insert(set);
  for (const auto& [set, elements] : written.removed) sets.insert(set);
  for (std::uint32_t set : sets) {
    if (!visible(set)) continue;
    std::set<std::uint32_t> elements;
    for (const OpId& op : written.screen.shown) {
      const auto added = written_.at(op).added.find(set);
      if (added != written_.at(op).added.end()) {
        elements.insert(added->second.begin(), added->second.end());
      }
    }
    for (std::uint32_t element : elements) {
      parents.merge(LiveAdds(written.screen.shown, set, element));
    }
  }
  return parents;
}

// A report that is wrong would make the model wrong: each group has all fields that the writer's
// programme gives it.
void Witness::CheckForm(const Written& written) {
  const RecordType* type = SimProgramme(written.programme)->ByName(written.type);
  if (type == nullptr) return Report("a report of the unknown type " + written.type);
  for (const auto& [group, values] : written.groups) {
    std::set<std::uint32_t> wanted;
    for (const Field& field : type->fields) {
      if (field.group == group && field.type != FieldType::kSet) wanted.insert(field.number);
    }
    if (group < kFieldFirstOwn) wanted.insert(group);
    std::set<std::uint32_t> given;
    for (const auto& [field, value] : values) given.insert(field);
    if (wanted != given) {
      Report("a report on " + written.type + " has not all fields of group " +
             std::to_string(group));
    }
  }
}

void Witness::Attempt(const DeviceId& device, Written written) {
  if (attempts_.contains(device)) Report("a device saved while another save was under way");
  written.device = device;
  CheckForm(written);
  std::erase_if(written.screen.shown, [&](const OpId& op) {
    if (written_.contains(op)) return false;
    Report("a screen showed " + Short(op) + ", which nobody wrote");
    return true;
  });
  attempts_.insert_or_assign(device, std::move(written));
}

void Witness::Take(const OpId& op, Written written) {
  if (!written.record) written.record = RecordOf(op);
  parents_[op] = CreatingOp(*written.record) == op ? std::set<OpId>() : ParentsByTheRules(written);
  records_[*written.record].insert(op);
  // Two copies of a device may write the very same op: it is one.
  const auto [known, first] = written_.emplace(op, written);
  if (first) return;
  const Written& before = known->second;
  if (before.groups != written.groups || before.added != written.added ||
      before.removed != written.removed) {
    Report("op " + Short(op) + " was written twice, and not the same");
  }
}

void Witness::Acknowledge(const DeviceId& device, const OpId& op,
                          const std::vector<OpId>& parents) {
  const auto attempt = attempts_.find(device);
  if (attempt == attempts_.end()) return Report("op " + Short(op) + " was never attempted");
  Take(op, std::move(attempt->second));
  attempts_.erase(attempt);
  acknowledged_.insert(op);
  const std::set<OpId> wrote(parents.begin(), parents.end());
  if (wrote.size() != parents.size() || wrote != parents_.at(op)) {
    Report("op " + Short(op) + " of " + written_.at(op).type + " was written with the parents" +
           List(wrote) + "; by the rules they are" + List(parents_.at(op)));
  }
}

void Witness::Withdraw(const DeviceId& device) {
  if (attempts_.erase(device) == 0) Report("a save was withdrawn that was never attempted");
}

void Witness::Settle(const DeviceId& device, const std::optional<OpId>& op) {
  const auto attempt = attempts_.find(device);
  if (attempt == attempts_.end()) {
    if (op) Report("op " + Short(*op) + " came from no attempt");
    return;
  }
  if (op) Take(*op, std::move(attempt->second));
  attempts_.erase(attempt);
}

}  // namespace tram::sim
