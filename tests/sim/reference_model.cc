#include "tests/sim/reference_model.h"

#include <algorithm>
#include <sstream>

#include "tests/sim/sim_programme.h"
#include "tests/sim/state_lines.h"

namespace tram::sim {
namespace {

constexpr std::size_t kDifferencesShown = 12;

/// One record of the model: what is shown of it.
struct Shown {
  std::string type;
  std::set<OpId> ops;
  bool sealed_unread = false;
};
using ShownRecords = std::map<RecordId, Shown>;

class Model {
 public:
  Model(const Witness& witness, const std::set<OpId>& present, int programme)
      : witness_(witness), present_(present), version_(programme) {}

  std::string State() {
    Sort();
    for (const auto& [record, shown] : records_) Describe(record, shown);
    for (const auto& [record, shown] : records_) {
      const std::string below = ShownBelow(standings_, record);
      lines_.Fact(record, shown.type, "below " + ShortId(below));
      lines_.Fact(record, shown.type, "listed " + IsListed(standings_, record));
    }
    return lines_.Text();
  }

 private:
  const RecordType* TypeOf(const std::string& type) const {
    return SimProgramme(version_)->ByName(type);
  }

  // What is not understood is held; so is what stands on a record whose creation is. A record whose
  // creating op is missing is not there yet.
  void Sort() {
    std::set<RecordId> unborn;
    for (const OpId& op : present_) {
      const auto found = witness_.written().find(op);
      if (found == witness_.written().end()) {
        lines_.Line("unwitnessed " + ShortId(op.Hex()));
        continue;
      }
      const Written& written = found->second;
      const OpId creating = CreatingOp(*written.record);
      if (!present_.contains(creating)) unborn.insert(*written.record);
      if (TypeOf(written.type) == nullptr) {
        lines_.Line("held " + ShortId(op.Hex()));
      } else if (present_.contains(creating)) {
        records_[*written.record].ops.insert(op);
        records_[*written.record].type = written.type;
      }
    }
    for (const RecordId& record : unborn) lines_.Line("unborn " + ShortId(record.Hex()));
    for (auto& [record, shown] : records_) {
      shown.sealed_unread = !witness_.RootKnown(record, present_, version_);
    }
  }

  void Describe(const RecordId& record, const Shown& shown) {
    std::set<std::uint32_t> groups, sets;
    bool sealed_ops = false;
    const auto readable = [&](std::uint32_t field) {
      const bool sealed = IsSealedField(shown.type, field);
      sealed_ops |= sealed;
      return !sealed || !shown.sealed_unread;
    };
    for (const OpId& op : shown.ops) {
      const Written& written = witness_.written().at(op);
      for (const auto& [group, values] : written.groups) {
        if (readable(group)) groups.insert(group);
      }
      for (const auto* change : {&written.added, &written.removed}) {
        for (const auto& [set, elements] : *change) {
          if (readable(set)) sets.insert(set);
        }
      }
    }
    for (std::uint32_t group : groups) DescribeGroup(record, shown, group);
    for (std::uint32_t set : sets) DescribeSet(record, shown, set);
    standings_[record].type = shown.type;
    DescribeDeletion(record, shown);
    lines_.Fact(record, shown.type, "ops" + IdList(shown.ops));
    if (shown.sealed_unread && sealed_ops) lines_.Fact(record, shown.type, "sealed parts unread");
    std::set<OpId> missing;
    for (const OpId& op : shown.ops) {
      for (const OpId& parent : witness_.ParentsOf(op)) {
        if (!present_.contains(parent)) missing.insert(parent);
      }
    }
    if (!missing.empty()) {
      lines_.Fact(record, shown.type, "waits for " + std::to_string(missing.size()));
    }
  }

  void DescribeGroup(const RecordId& record, const Shown& shown, std::uint32_t group) {
    const RecordType& type = *TypeOf(shown.type);
    if (group >= kFieldFirstOwn && type.ByNumber(group) == nullptr) return;  // of a later version
    std::map<OpId, std::map<std::uint32_t, std::string>> candidates;
    std::set<std::map<std::uint32_t, std::string>> values;
    for (const OpId& op : witness_.Candidates(shown.ops, group)) {
      auto set_to = witness_.written().at(op).groups.at(group);
      std::erase_if(set_to, [&](const auto& value) {
        return value.first >= kFieldFirstOwn && type.ByNumber(value.first) == nullptr;
      });
      values.insert(set_to);
      candidates[op] = std::move(set_to);
    }
    const bool conflict = values.size() > 1;
    if (group != kFieldDeleted) lines_.Group(record, shown.type, group, candidates, conflict);
    for (const auto& value : values) {
      if (group == kFieldParent) standings_[record].parents.insert(value.at(group));
      if (group == kFieldMergedInto) standings_[record].merged_into.insert(value.at(group));
    }
  }

  void DescribeSet(const RecordId& record, const Shown& shown, std::uint32_t set) {
    if (TypeOf(shown.type)->ByNumber(set) == nullptr) return;
    std::set<std::uint32_t> elements;
    for (const OpId& op : shown.ops) {
      const auto& added = witness_.written().at(op).added;
      if (const auto found = added.find(set); found != added.end()) {
        elements.insert(found->second.begin(), found->second.end());
      }
    }
    std::map<std::uint32_t, std::set<OpId>> adds;
    for (std::uint32_t element : elements) {
      std::set<OpId> live = witness_.LiveAdds(shown.ops, set, element);
      if (!live.empty()) adds[element] = std::move(live);
    }
    lines_.Set(record, shown.type, set, adds);
  }

  void DescribeDeletion(const RecordId& record, const Shown& shown) {
    const auto says = [&](const OpId& op, const char* what) {
      const auto& groups = witness_.written().at(op).groups;
      const auto found = groups.find(kFieldDeleted);
      return found != groups.end() && found->second.at(kFieldDeleted) == what;
    };
    const std::set<OpId> candidates = witness_.Candidates(shown.ops, kFieldDeleted);
    bool asked = false, deleted = !candidates.empty();
    std::set<OpId> seen;
    for (const OpId& op : candidates) {
      (says(op, "yes") ? asked : deleted) = says(op, "yes");
      const std::set<OpId>& parents = witness_.ParentsOf(op);
      seen.insert(parents.begin(), parents.end());
    }
    for (const OpId& op : shown.ops) deleted &= says(op, "yes") || seen.contains(op);
    if (!candidates.empty()) {
      lines_.Fact(record, shown.type, "deletion by" + IdList(candidates));
    }
    if (deleted) lines_.Fact(record, shown.type, "deleted");
    if (asked && !deleted) lines_.Fact(record, shown.type, "deletion in conflict");
    standings_[record].deleted = deleted;
  }

  const Witness& witness_;
  const std::set<OpId>& present_;
  const int version_;
  ShownRecords records_;
  Standings standings_;
  StateLines lines_;
};

}  // namespace

std::string ReferenceState(const Witness& witness, const std::set<OpId>& present, int programme) {
  return Model(witness, present, programme).State();
}

std::string LinesWithoutSealed(const std::string& lines, const Programme& programme) {
  std::string kept;
  std::istringstream in(lines);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string record, type, what;
    words >> record >> type >> what;
    const bool field = what.size() > 1 && (what[0] == 'g' || what[0] == 's') &&
                       std::isdigit(static_cast<unsigned char>(what[1])) != 0;
    const bool known = programme.ByName(type) != nullptr;
    if (known && field &&
        IsSealedField(type, static_cast<std::uint32_t>(std::stoul(what.substr(1))))) {
      continue;
    }
    if (known && what == "sealed") continue;
    kept += line + "\n";
  }
  return kept;
}

std::string DifferenceOf(const std::string& engine, const std::string& reference) {
  const auto split = [](const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
  };
  const std::vector<std::string> ours = split(engine), theirs = split(reference);
  std::vector<std::string> only_ours, only_theirs;
  std::set_difference(ours.begin(), ours.end(), theirs.begin(), theirs.end(),
                      std::back_inserter(only_ours));
  std::set_difference(theirs.begin(), theirs.end(), ours.begin(), ours.end(),
                      std::back_inserter(only_theirs));
  std::string text;
  only_ours.resize(std::min(only_ours.size(), kDifferencesShown));
  only_theirs.resize(std::min(only_theirs.size(), kDifferencesShown));
  for (const std::string& line : only_ours) text += "engine: " + line + "\n";
  for (const std::string& line : only_theirs) text += "model:  " + line + "\n";
  return text;
}

}  // namespace tram::sim
