#include "tram/merge/merge.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "tram/base/assert.h"
#include "tram/model/op.h"

namespace tram {
namespace {

/// What an edit claims: a whole group, or one element of a set field. Both follow one rule: a claim
/// falls when an op that answers the same target has the claiming op among its parents.
struct Target {
  bool of_set = false;
  std::uint32_t number = 0;   // the group; of a set: the field
  std::uint32_t element = 0;  // of a set only
  friend auto operator<=>(const Target&, const Target&) = default;
};

/// A value set, or an element added.
struct Claim {
  Target target;
  std::size_t op = 0;
  const Edit* edit = nullptr;
  bool superseded = false;
};

class Merger {
 public:
  Merger(std::span<const MergeOp> ops, const GroupOf& group_of) : ops_(ops) {
    // Deletion is looked up under its own number.
    TRAM_ASSERT(group_of(kFieldDeleted) == kFieldDeleted);
    index_.reserve(ops.size());
    for (std::size_t i = 0; i < ops.size(); ++i) {
      bool first = index_.emplace(ops[i].id, i).second;
      TRAM_ASSERT(first);  // each op once
      ReadEdits(i, group_of);
    }
    claim_starts_.push_back(claims_.size());
    answer_starts_.push_back(answers_.size());
  }

  MergedRecord Run() {
    Supersede();
    CollectClaims();
    for (auto& [number, group] : merged_.groups) Settle(group);
    for (auto& [field, set] : merged_.sets) ListElements(set);
    DecideDeletion();
    return std::move(merged_);
  }

 private:
  void ReadEdits(std::size_t i, const GroupOf& group_of) {
    claim_starts_.push_back(claims_.size());
    answer_starts_.push_back(answers_.size());
    for (const Edit& edit : ops_[i].edits) {
      if (const auto* add = std::get_if<AddCode>(&edit.value)) {
        claims_.push_back({{true, edit.field, add->number}, i, &edit});
      } else if (const auto* remove = std::get_if<RemoveCode>(&edit.value)) {
        answers_.push_back({true, edit.field, remove->number});
      } else {
        Target target{false, group_of(edit.field), 0};
        claims_.push_back({target, i, &edit});
        answers_.push_back(target);
      }
    }
    std::sort(claims_.begin() + static_cast<std::ptrdiff_t>(claim_starts_.back()), claims_.end(),
              [](const Claim& a, const Claim& b) {
                return std::tie(a.target, a.edit->field) < std::tie(b.target, b.edit->field);
              });
    auto first = answers_.begin() + static_cast<std::ptrdiff_t>(answer_starts_.back());
    std::sort(first, answers_.end());
    answers_.erase(std::unique(first, answers_.end()), answers_.end());
  }

  std::span<Claim> ClaimsOf(std::size_t i) {
    return std::span(claims_).subspan(claim_starts_[i], claim_starts_[i + 1] - claim_starts_[i]);
  }
  std::span<const Target> AnswersOf(std::size_t i) const {
    return std::span(answers_).subspan(answer_starts_[i],
                                       answer_starts_[i + 1] - answer_starts_[i]);
  }

  void Supersede() {
    for (std::size_t i = 0; i < ops_.size(); ++i) {
      for (const OpId& parent : ops_[i].parents) {
        auto found = index_.find(parent);
        if (found == index_.end()) {
          merged_.missing_parents.push_back(parent);
          continue;
        }
        for (const Target& target : AnswersOf(i)) {
          // By hand and not by ranges::equal_range, whose subrange clang-tidy 14 cannot compile.
          const std::span<Claim> claims = ClaimsOf(found->second);
          auto claim = std::ranges::lower_bound(claims, target, {}, &Claim::target);
          for (; claim != claims.end() && claim->target == target; ++claim) {
            claim->superseded = true;
          }
        }
      }
    }
    auto& missing = merged_.missing_parents;
    std::sort(missing.begin(), missing.end());
    missing.erase(std::unique(missing.begin(), missing.end()), missing.end());
  }

  void CollectClaims() {
    for (const Claim& claim : claims_) {
      const OpId& op = ops_[claim.op].id;
      if (claim.target.of_set) {
        MergedSet& set = merged_.sets[claim.target.number];
        if (!claim.superseded) set.adds.push_back({op, claim.target.element});
        continue;
      }
      if (claim.superseded) continue;
      auto& candidates = merged_.groups[claim.target.number].candidates;
      if (candidates.empty() || candidates.back().index != claim.op) {
        candidates.push_back({op, claim.op, {}});
      }
      candidates.back().values.emplace(claim.edit->field, claim.edit->value);
    }
  }

  void Settle(MergedGroup& group) {
    auto& candidates = group.candidates;
    if (candidates.size() < 2) return;
    // A field of the group that one op left out and another set to null is the same to a reader.
    std::map<std::uint32_t, Value> nulls;
    for (const Candidate& candidate : candidates) {
      for (const auto& [field, value] : candidate.values) nulls.emplace(field, Value());
    }
    for (Candidate& candidate : candidates) {
      candidate.values.insert(nulls.begin(), nulls.end());
      group.conflict = group.conflict || candidate.values != candidates.front().values;
    }
    std::sort(candidates.begin(), candidates.end(), [&](const Candidate& a, const Candidate& b) {
      return std::tie(ops_[a.index].time, a.op) > std::tie(ops_[b.index].time, b.op);
    });
  }

  static void ListElements(MergedSet& set) {
    std::sort(set.adds.begin(), set.adds.end(), [](const LiveAdd& a, const LiveAdd& b) {
      return std::tie(a.element, a.op) < std::tie(b.element, b.op);
    });
    for (const LiveAdd& add : set.adds) {
      if (set.elements.empty() || set.elements.back() != add.element) {
        set.elements.push_back(add.element);
      }
    }
  }

  static bool SaysDeleted(const Value& value) { return value == Value(true); }

  void DecideDeletion() {
    auto found = merged_.groups.find(kFieldDeleted);
    if (found == merged_.groups.end()) return;
    bool any = false;
    std::vector<bool> seen(ops_.size(), false);  // by one of the candidates
    for (const Candidate& candidate : found->second.candidates) {
      any = any || SaysDeleted(candidate.values.at(kFieldDeleted));
      for (const OpId& parent : ops_[candidate.index].parents) {
        if (auto op = index_.find(parent); op != index_.end()) seen[op->second] = true;
      }
    }
    for (const Claim& claim : claims_) {
      if (claim.target == Target{false, kFieldDeleted, 0} && SaysDeleted(claim.edit->value)) {
        seen[claim.op] = true;  // a deletion need not be seen by another
      }
    }
    // A candidate that says "not deleted" is no deletion, and no other names it (it would be no
    // candidate): it is unseen, so this also asks that all candidates agree.
    merged_.deleted = std::ranges::all_of(seen, [](bool s) { return s; });
    merged_.deletion_conflict = any && !merged_.deleted;
  }

  std::span<const MergeOp> ops_;
  std::unordered_map<OpId, std::size_t> index_;
  // Of all ops, one after the other, each op's sorted by target. Op i's part begins at starts[i].
  std::vector<Claim> claims_;
  std::vector<Target> answers_;
  std::vector<std::size_t> claim_starts_, answer_starts_;
  MergedRecord merged_;
};

}  // namespace

MergedRecord MergeOps(std::span<const MergeOp> ops, const GroupOf& group_of) {
  return Merger(ops, group_of).Run();
}

std::vector<OpId> ParentsFor(const MergedRecord& merged, std::span<const std::uint32_t> groups,
                             std::span<const std::uint32_t> sets) {
  std::vector<OpId> parents;
  for (std::uint32_t number : groups) {
    auto group = merged.groups.find(number);
    if (group == merged.groups.end()) continue;
    for (const Candidate& candidate : group->second.candidates) parents.push_back(candidate.op);
  }
  for (std::uint32_t field : sets) {
    auto set = merged.sets.find(field);
    if (set == merged.sets.end()) continue;
    for (const LiveAdd& add : set->second.adds) parents.push_back(add.op);
  }
  std::sort(parents.begin(), parents.end());
  parents.erase(std::unique(parents.begin(), parents.end()), parents.end());
  return parents;
}

}  // namespace tram
