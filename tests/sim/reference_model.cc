#include "tests/sim/reference_model.h"

#include <algorithm>
#include <sstream>

#include "tram/merge/merge.h"

namespace tram::sim {
namespace {

bool Contains(const std::vector<OpId>& ids, const OpId& id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

/// What an op sets of one group, as text; empty: it does not touch it.
std::string SetTo(const OpBody& body, std::uint32_t group) {
  std::string text;
  for (const Edit& edit : body.edits) {
    if (edit.field == kSimSet || SimGroupOf(edit.field) != group) continue;
    text += std::to_string(edit.field) + "=" + ValueText(edit.value) + " ";
  }
  return text;
}

bool TouchesSet(const OpBody& body, std::uint32_t element, bool add) {
  for (const Edit& edit : body.edits) {
    if (edit.field != kSimSet) continue;
    if (add && edit.value == Value(AddCode{element})) return true;
    if (!add && edit.value == Value(RemoveCode{element})) return true;
  }
  return false;
}

constexpr std::uint32_t kGroups[] = {kFieldDeleted, kSimPlain, kSimGroup};
constexpr std::uint32_t kElements[] = {1, 2, 3};

/// Ops of `ids` that set the group and that no other of them, setting it too, names as a parent.
std::vector<OpId> Unreplaced(const HeldOps& held, const std::vector<OpId>& ids,
                             std::uint32_t group) {
  std::vector<OpId> left;
  for (const OpId& candidate : ids) {
    if (SetTo(held.bodies.at(candidate), group).empty()) continue;
    bool replaced = false;
    for (const OpId& other : ids) {
      replaced |= !SetTo(held.bodies.at(other), group).empty() &&
                  Contains(held.ops.at(other).parents, candidate);
    }
    if (!replaced) left.push_back(candidate);
  }
  return left;
}

bool IsDeleted(const HeldOps& held, const std::vector<OpId>& ids) {
  std::vector<OpId> candidates = Unreplaced(held, ids, kFieldDeleted);
  if (candidates.empty()) return false;
  for (const OpId& candidate : candidates) {
    if (SetTo(held.bodies.at(candidate), kFieldDeleted) != "2=yes ") return false;
  }
  for (const OpId& id : ids) {
    if (!SetTo(held.bodies.at(id), kFieldDeleted).empty()) continue;  // deletions aside
    bool seen = false;
    for (const OpId& candidate : candidates) {
      seen |= Contains(held.ops.at(candidate).parents, id);
    }
    if (!seen) return false;
  }
  return true;
}

std::set<std::uint32_t> Elements(const HeldOps& held, const std::vector<OpId>& ids) {
  std::set<std::uint32_t> present;
  for (std::uint32_t element : kElements) {
    for (const OpId& id : ids) {
      if (!TouchesSet(held.bodies.at(id), element, true)) continue;
      bool removed = false;
      for (const OpId& other : ids) {
        removed |= TouchesSet(held.bodies.at(other), element, false) &&
                   Contains(held.ops.at(other).parents, id);
      }
      if (!removed) present.insert(element);
    }
  }
  return present;
}

MergedRecord EngineMerge(const HeldOps& held, const std::vector<OpId>& ids) {
  std::vector<MergeOp> ops;
  for (const OpId& id : ids) {
    const Op& op = held.ops.at(id);
    ops.push_back({id, op.time, op.parents, held.bodies.at(id).edits, !op.record});
  }
  return MergeOps(ops, SimGroupOf);
}

void Print(std::ostream& out, const RecordId& record, std::uint32_t group,
           const std::set<OpId>& candidates, const std::set<std::string>& values) {
  if (candidates.empty()) return;
  out << record.Hex() << " " << group << ":";
  for (const OpId& id : candidates) out << " " << id.Hex().substr(0, 8);
  out << (values.size() > 1 ? " conflict\n" : "\n");
}

void Print(std::ostream& out, const RecordId& record, bool deleted,
           const std::set<std::uint32_t>& elements) {
  out << record.Hex() << (deleted ? " deleted" : " shown");
  for (std::uint32_t element : elements) out << " +" << element;
  out << "\n";
}

}  // namespace

std::string ReferenceState(const HeldOps& held) {
  std::ostringstream out;
  for (const auto& [record, ids] : held.records) {
    for (std::uint32_t group : kGroups) {
      std::set<OpId> candidates;
      std::set<std::string> values;
      for (const OpId& id : Unreplaced(held, ids, group)) {
        candidates.insert(id);
        values.insert(SetTo(held.bodies.at(id), group));
      }
      Print(out, record, group, candidates, values);
    }
    Print(out, record, IsDeleted(held, ids), Elements(held, ids));
  }
  return out.str();
}

std::string EngineState(const HeldOps& held) {
  std::ostringstream out;
  for (const auto& [record, ids] : held.records) {
    MergedRecord merged = EngineMerge(held, ids);
    for (std::uint32_t group : kGroups) {
      auto found = merged.groups.find(group);
      if (found == merged.groups.end()) continue;
      std::set<OpId> candidates;
      for (const Candidate& candidate : found->second.candidates) candidates.insert(candidate.op);
      Print(out, record, group, candidates,
            found->second.conflict ? std::set<std::string>{"a", "b"} : std::set<std::string>{"a"});
    }
    std::set<std::uint32_t> elements;
    if (auto set = merged.sets.find(kSimSet); set != merged.sets.end()) {
      elements.insert(set->second.elements.begin(), set->second.elements.end());
    }
    Print(out, record, merged.deleted, elements);
  }
  return out.str();
}

std::vector<std::string> LostValues(const HeldOps& held, const SeenBy& seen) {
  std::vector<std::string> lost;
  for (const auto& [record, ids] : held.records) {
    MergedRecord merged = EngineMerge(held, ids);
    for (std::uint32_t group : {kSimPlain, kSimGroup}) {
      auto found = merged.groups.find(group);
      for (const OpId& id : ids) {
        if (SetTo(held.bodies.at(id), group).empty()) continue;
        bool shown = false;
        if (found != merged.groups.end()) {
          for (const Candidate& candidate : found->second.candidates) shown |= candidate.op == id;
        }
        bool replaced_knowingly = false;
        for (const OpId& other : ids) {
          auto writer = seen.find(other);
          replaced_knowingly |= other != id && !SetTo(held.bodies.at(other), group).empty() &&
                                writer != seen.end() && writer->second.count(id) > 0;
        }
        if (!shown && !replaced_knowingly) {
          lost.push_back("op " + id.Hex().substr(0, 8) + " on field " + std::to_string(group));
        }
      }
    }
  }
  return lost;
}

}  // namespace tram::sim
