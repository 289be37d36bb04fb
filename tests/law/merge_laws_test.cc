// The laws of merging, over random small histories: several devices, forms that stay open while
// others write, syncs, deletions, sets. A failure prints its seed; TRAM_SEED=<n> begins there.
// The laws in words: libsync/docs/merge-laws.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <ostream>
#include <random>
#include <set>
#include <string>

#include "tram/merge/merge.h"
#include "tram/model/op.h"

namespace tram {
namespace {

constexpr int kHistories = 20'000;
constexpr std::uint32_t kName = 20, kPhone = 21, kUse = 30, kUseDate = 31, kDrugs = 40;
constexpr std::uint32_t kGroups[] = {kFieldDeleted, kName, kPhone, kUse};

std::uint32_t GroupOfField(std::uint32_t field) { return field == kUseDate ? kUse : field; }

using OpSet = std::set<std::size_t>;  // by index in the history

/// An op, and what the model knows besides: all that its writer had when the form was opened.
struct ModelOp {
  OpId id;
  HybridTime time;
  std::vector<OpId> parents;
  std::vector<Edit> edits;
  OpSet saw;

  bool Sets(std::uint32_t group) const {
    return std::ranges::any_of(edits, [&](const Edit& edit) {
      return !std::holds_alternative<AddCode>(edit.value) &&
             !std::holds_alternative<RemoveCode>(edit.value) && GroupOfField(edit.field) == group;
    });
  }
  bool Has(const Edit& edit) const { return std::ranges::find(edits, edit) != edits.end(); }
  bool Names(const OpId& other) const { return std::ranges::binary_search(parents, other); }
  bool Deletes() const { return Has({kFieldDeleted, true}); }
};

/// What a reader sees of a merged record, without positions.
struct Seen {
  struct Group {
    std::vector<OpId> candidates;  // the shown one first
    bool conflict = false;
    friend bool operator==(const Group&, const Group&) = default;
  };
  std::map<std::uint32_t, Group> groups;
  std::map<std::uint32_t, std::set<std::pair<std::uint32_t, OpId>>> adds;
  std::map<std::uint32_t, std::vector<std::uint32_t>> elements;
  bool deleted = false, deletion_conflict = false;
  std::vector<OpId> missing;
  friend bool operator==(const Seen&, const Seen&) = default;
};

void PrintTo(const Seen& seen, std::ostream* out) {
  for (const auto& [number, group] : seen.groups) {
    *out << "\n  group " << number << (group.conflict ? " in conflict:" : ":");
    for (const OpId& id : group.candidates) *out << ' ' << id.Hex().substr(0, 6);
  }
  for (const auto& [field, adds] : seen.adds) {
    *out << "\n  set " << field << ':';
    for (const auto& [element, id] : adds) *out << ' ' << element << '@' << id.Hex().substr(0, 6);
  }
  *out << "\n  deleted " << seen.deleted << ", in conflict " << seen.deletion_conflict
       << ", missing " << seen.missing.size() << '\n';
}

using Ops = std::deque<ModelOp>;

OpSet All(const Ops& ops) {
  OpSet all;
  for (std::size_t i = 0; i < ops.size(); ++i) all.insert(all.end(), i);
  return all;
}

MergedRecord Merge(const Ops& ops, const std::vector<std::size_t>& order) {
  std::vector<MergeOp> given;
  for (std::size_t i : order) {
    given.push_back({ops[i].id, ops[i].time, ops[i].parents, ops[i].edits, i == 0});
  }
  return MergeOps(given, GroupOfField);
}

MergedRecord Merge(const Ops& ops, const OpSet& which) {
  return Merge(ops, std::vector<std::size_t>(which.begin(), which.end()));
}

Seen SeenOf(const MergedRecord& merged) {
  Seen seen;
  for (const auto& [number, group] : merged.groups) {
    Seen::Group& to = seen.groups[number];
    to.conflict = group.conflict;
    for (const Candidate& candidate : group.candidates) to.candidates.push_back(candidate.op);
  }
  for (const auto& [field, set] : merged.sets) {
    for (const LiveAdd& add : set.adds) seen.adds[field].emplace(add.element, add.op);
    if (!set.elements.empty()) seen.elements[field] = set.elements;
  }
  seen.deleted = merged.deleted;
  seen.deletion_conflict = merged.deletion_conflict;
  seen.missing = merged.missing_parents;
  return seen;
}

// --- the reference: the rules read out slowly, one by one ---

std::map<std::uint32_t, Value> ValuesOf(const ModelOp& op, std::uint32_t group) {
  std::map<std::uint32_t, Value> values;
  for (const Edit& edit : op.edits) {
    // A null says nothing that leaving the field out would not say.
    if (GroupOfField(edit.field) == group && !IsNull(edit.value)) values[edit.field] = edit.value;
  }
  return values;
}

std::vector<const ModelOp*> ReferenceCandidates(const Ops& ops, const OpSet& which,
                                                std::uint32_t group) {
  std::vector<const ModelOp*> candidates;
  for (std::size_t o : which) {
    bool superseded = std::ranges::any_of(
        which, [&](std::size_t q) { return ops[q].Sets(group) && ops[q].Names(ops[o].id); });
    if (ops[o].Sets(group) && !superseded) candidates.push_back(&ops[o]);
  }
  std::ranges::sort(candidates, [](const ModelOp* a, const ModelOp* b) {
    return std::pair(a->time, a->id) > std::pair(b->time, b->id);
  });
  return candidates;
}

void ReferenceSets(const Ops& ops, const OpSet& which, Seen& seen) {
  for (std::size_t o : which) {
    for (const Edit& edit : ops[o].edits) {
      const auto* add = std::get_if<AddCode>(&edit.value);
      if (!add) continue;
      bool removed = std::ranges::any_of(which, [&](std::size_t q) {
        return ops[q].Has({edit.field, RemoveCode{add->number}}) && ops[q].Names(ops[o].id);
      });
      if (!removed) seen.adds[edit.field].emplace(add->number, ops[o].id);
    }
  }
  for (const auto& [field, adds] : seen.adds) {
    std::set<std::uint32_t> present;
    for (const auto& [element, id] : adds) present.insert(element);
    seen.elements[field].assign(present.begin(), present.end());
  }
}

Seen Reference(const Ops& ops, const OpSet& which) {
  Seen seen;
  for (std::uint32_t group : kGroups) {
    auto candidates = ReferenceCandidates(ops, which, group);
    if (candidates.empty()) continue;
    for (const ModelOp* candidate : candidates) {
      seen.groups[group].candidates.push_back(candidate->id);
      if (ValuesOf(*candidate, group) != ValuesOf(*candidates[0], group)) {
        seen.groups[group].conflict = true;
      }
    }
  }
  ReferenceSets(ops, which, seen);
  auto deletions = ReferenceCandidates(ops, which, kFieldDeleted);
  bool any = std::ranges::any_of(deletions, &ModelOp::Deletes);
  bool all = !deletions.empty() && std::ranges::all_of(deletions, &ModelOp::Deletes);
  bool covered = std::ranges::all_of(which, [&](std::size_t o) {
    return ops[o].Deletes() || std::ranges::any_of(deletions, [&](const ModelOp* deletion) {
             return deletion->Names(ops[o].id);
           });
  });
  seen.deleted = all && covered;
  seen.deletion_conflict = any && !seen.deleted;
  std::set<OpId> missing;
  for (std::size_t o : which) missing.insert(ops[o].parents.begin(), ops[o].parents.end());
  for (std::size_t o : which) missing.erase(ops[o].id);
  seen.missing.assign(missing.begin(), missing.end());
  return seen;
}

// --- random histories ---

/// Devices that write one record and sync now and then.
class History {
 public:
  explicit History(std::uint64_t seed) : random_(seed) {
    devices_.resize(2 + Pick(3));
    Save(0, {{}, {{kName, "a"}, {kUse, Code{1}}, {kDrugs, AddCode{1}}}, {}});
    for (Device& device : devices_) device.has.insert(0);
    std::size_t steps = 4 + Pick(14);
    for (std::size_t i = 0; i < steps; ++i) Step();
  }

  const Ops& ops() const { return ops_; }
  std::size_t Pick(std::size_t below) { return random_() % below; }
  /// Each op with a chance of three in four, as where devices died; or nearly all.
  OpSet Subset() {
    OpSet some;
    std::size_t keep = Pick(2) ? 12 : 15;
    for (std::size_t i = 0; i < ops_.size(); ++i) {
      if (Pick(16) < keep) some.insert(i);
    }
    return some;
  }
  std::vector<std::size_t> Shuffled(const OpSet& which) {
    std::vector<std::size_t> order(which.begin(), which.end());
    std::shuffle(order.begin(), order.end(), random_);
    return order;
  }
  /// What a form drawn from these ops and saved at once would write.
  ModelOp Write(const OpSet& from, std::vector<Edit> edits) {
    MergedRecord merged = Merge(ops_, from);
    Form form{{}, std::move(edits), from};
    DrawParents(merged, form);
    return Finish(std::move(form));
  }

 private:
  struct Form {
    std::vector<OpId> parents;
    std::vector<Edit> edits;
    OpSet saw;
  };
  struct Device {
    OpSet has;
    std::optional<Form> open;
  };

  void Step() {
    std::size_t d = Pick(devices_.size());
    Device& device = devices_[d];
    switch (Pick(8)) {
      case 0:
      case 1:
      case 2:
        Save(d, Open(device));
        break;
      case 3:
      case 4:
        if (!device.open) device.open = Open(device);
        break;
      case 5:
        if (device.open) Save(d, *std::exchange(device.open, {}));
        break;
      default: {
        OpSet& other = devices_[Pick(devices_.size())].has;
        device.has.insert(other.begin(), other.end());
        if (Pick(2)) other = device.has;
      }
    }
  }

  Form Open(const Device& device) {
    Form form{{}, {}, device.has};
    MergedRecord merged = Merge(ops_, device.has);
    switch (Pick(10)) {
      case 0:
        form.edits = {{kFieldDeleted, true}};
        break;
      case 1:
        form.edits = {{kFieldDeleted, false}};
        break;
      case 2:
      case 3:
        EditSet(merged, form);
        break;
      default:
        EditFields(form);
    }
    DrawParents(merged, form);
    return form;
  }

  static void Set(Form& form, std::uint32_t field, const Value& value) {
    form.edits.push_back({field, value});
  }

  void EditFields(Form& form) {
    if (Pick(2)) Set(form, kName, Value(std::string(1, static_cast<char>('a' + Pick(3)))));
    if (Pick(2)) Set(form, kPhone, static_cast<std::int64_t>(Pick(2)));
    if (Pick(3) == 0) Set(form, kUse, Code{static_cast<std::uint32_t>(Pick(2))});
    if (Pick(3) == 0) Set(form, kUseDate, Pick(2) ? Value(Date{9}) : Value());
  }

  void EditSet(const MergedRecord& merged, Form& form) {
    auto set = merged.sets.find(kDrugs);
    for (std::uint32_t element = 1; element <= 3; ++element) {
      bool present =
          set != merged.sets.end() && std::ranges::binary_search(set->second.elements, element);
      if (present && Pick(2)) {
        Set(form, kDrugs, RemoveCode{element});
      } else if (Pick(3) == 0) {
        Set(form, kDrugs, AddCode{element});
      }
    }
  }

  void DrawParents(const MergedRecord& merged, Form& form) {
    std::vector<std::uint32_t> groups, sets;
    bool deletion = false;
    for (const Edit& edit : form.edits) {
      deletion = deletion || edit.field == kFieldDeleted;
      (edit.field == kDrugs ? sets : groups).push_back(GroupOfField(edit.field));
    }
    form.parents = ParentsFor(merged, groups, sets);
    if (!deletion) return;
    form.parents.clear();
    for (std::size_t i : form.saw) form.parents.push_back(ops_[i].id);
    std::ranges::sort(form.parents);
  }

  ModelOp Finish(Form form) {
    ModelOp op;
    for (std::size_t i = 0; i < OpId::kSize; ++i) {
      op.id.data()[i] = static_cast<std::uint8_t>(random_());
    }
    op.time.ms = static_cast<std::int64_t>(Pick(6));  // many ties, and clocks that are wrong
    op.parents = std::move(form.parents);
    op.edits = std::move(form.edits);
    op.saw = std::move(form.saw);
    return op;
  }

  void Save(std::size_t device, Form form) {
    ops_.push_back(Finish(std::move(form)));
    devices_[device].has.insert(ops_.size() - 1);
  }

  std::mt19937_64 random_;
  std::vector<Device> devices_;
  Ops ops_;
};

/// Runs a law over many histories; stops at the first that breaks it.
template <class Law>
void ForAll(Law law) {
  const char* given = std::getenv("TRAM_SEED");
  std::uint64_t first = given ? std::strtoull(given, nullptr, 10) : 1;
  for (std::uint64_t seed = first; seed < first + kHistories; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    History history(seed);
    law(history);
    if (::testing::Test::HasFailure()) return;
  }
}

/// The model of causality: of the ops that set a group, those that no other's writer had seen.
std::vector<OpId> Unseen(const Ops& ops, const OpSet& which, std::uint32_t group) {
  std::vector<OpId> unseen;
  for (std::size_t o : which) {
    bool seen = std::ranges::any_of(
        which, [&](std::size_t q) { return ops[q].Sets(group) && ops[q].saw.count(o); });
    if (ops[o].Sets(group) && !seen) unseen.push_back(ops[o].id);
  }
  std::ranges::sort(unseen);
  return unseen;
}

std::vector<OpId> CandidatesOf(const Seen& seen, std::uint32_t group) {
  auto found = seen.groups.find(group);
  if (found == seen.groups.end()) return {};
  std::vector<OpId> candidates = found->second.candidates;
  std::ranges::sort(candidates);
  return candidates;
}

TEST(MergeLaws, EqualToTheRulesReadOutSlowly) {
  ForAll([](History& history) {
    OpSet some = history.Subset();
    EXPECT_EQ(SeenOf(Merge(history.ops(), some)), Reference(history.ops(), some));
  });
}

TEST(MergeLaws, OrderOfArrivalDoesNotMatter) {
  ForAll([](History& history) {
    OpSet some = history.Subset();
    EXPECT_EQ(SeenOf(Merge(history.ops(), history.Shuffled(some))),
              SeenOf(Merge(history.ops(), some)));
  });
}

TEST(MergeLaws, ReplicasThatExchangeWhatTheyHaveAgree) {
  ForAll([](History& history) {
    OpSet one = history.Subset(), two = history.Subset();
    auto first = history.Shuffled(one), second = history.Shuffled(two);
    for (std::size_t i : two) {
      if (!one.count(i)) first.push_back(i);
    }
    for (std::size_t i : one) {
      if (!two.count(i)) second.push_back(i);
    }
    EXPECT_EQ(SeenOf(Merge(history.ops(), first)), SeenOf(Merge(history.ops(), second)));
  });
}

TEST(MergeLaws, NoValueIsGoneUnlessAnOpNamesIt) {
  ForAll([](History& history) {
    const Ops& ops = history.ops();
    OpSet some = history.Subset();
    Seen seen = SeenOf(Merge(ops, some));
    for (std::size_t o : some) {
      for (std::uint32_t group : kGroups) {
        if (!ops[o].Sets(group)) continue;
        bool named = std::ranges::any_of(some, [&](std::size_t q) {
          return q != o && ops[q].Sets(group) && ops[q].Names(ops[o].id);
        });
        auto candidates = CandidatesOf(seen, group);
        EXPECT_EQ(std::ranges::binary_search(candidates, ops[o].id), !named) << "group " << group;
      }
    }
  });
}

TEST(MergeLaws, CandidatesAreExactlyTheConcurrentWrites) {
  ForAll([](History& history) {
    OpSet all = All(history.ops());
    Seen seen = SeenOf(Merge(history.ops(), all));
    for (std::uint32_t group : kGroups) {
      EXPECT_EQ(CandidatesOf(seen, group), Unseen(history.ops(), all, group)) << "group " << group;
    }
  });
}

TEST(MergeLaws, WhereOpsAreLostCandidatesMayBeMoreNeverFewer) {
  ForAll([](History& history) {
    OpSet some = history.Subset();
    Seen seen = SeenOf(Merge(history.ops(), some));
    for (std::uint32_t group : kGroups) {
      EXPECT_TRUE(
          std::ranges::includes(CandidatesOf(seen, group), Unseen(history.ops(), some, group)))
          << "group " << group;
    }
  });
}

TEST(MergeLaws, AddWins) {
  ForAll([](History& history) {
    const Ops& ops = history.ops();
    OpSet all = All(ops);
    MergedRecord merged = Merge(ops, all);
    std::vector<std::uint32_t> expected;
    for (std::uint32_t element = 1; element <= 3; ++element) {
      // Present iff someone added it and no remover had seen that.
      bool present = std::ranges::any_of(all, [&](std::size_t o) {
        return ops[o].Has({kDrugs, AddCode{element}}) &&
               std::ranges::none_of(all, [&](std::size_t q) {
                 return ops[q].Has({kDrugs, RemoveCode{element}}) && ops[q].saw.count(o);
               });
      });
      if (present) expected.push_back(element);
    }
    EXPECT_EQ(merged.sets[kDrugs].elements, expected);
  });
}

TEST(MergeLaws, DeletedOnlyWhereEveryOtherOpWasSeen) {
  ForAll([](History& history) {
    const Ops& ops = history.ops();
    OpSet all = All(ops);
    MergedRecord merged = Merge(ops, all);
    auto standing = Unseen(ops, all, kFieldDeleted);
    auto stands = [&](std::size_t o) { return std::ranges::binary_search(standing, ops[o].id); };
    bool any = std::ranges::any_of(all, [&](auto o) { return stands(o) && ops[o].Deletes(); });
    bool none_against =
        std::ranges::none_of(all, [&](auto o) { return stands(o) && !ops[o].Deletes(); });
    bool all_seen = std::ranges::all_of(all, [&](std::size_t o) {
      return ops[o].Deletes() || std::ranges::any_of(all, [&](std::size_t d) {
               return stands(d) && ops[d].saw.count(o);
             });
    });
    EXPECT_EQ(merged.deleted, any && none_against && all_seen);
    EXPECT_EQ(merged.deletion_conflict, any && !merged.deleted);
  });
}

TEST(MergeLaws, AnUnseenEditBringsADeletedRecordBackInConflict) {
  ForAll([](History& history) {
    Ops ops = history.ops();
    OpSet before = history.Subset();
    if (before.empty()) return;
    ops.push_back(history.Write(before, {{kFieldDeleted, true}}));
    OpSet deleted = before;
    deleted.insert(ops.size() - 1);
    ASSERT_TRUE(Merge(ops, deleted).deleted);
    ops.push_back(history.Write(before, {{kPhone, std::int64_t{7}}}));
    OpSet edited = deleted;
    edited.insert(ops.size() - 1);
    MergedRecord merged = Merge(ops, edited);
    EXPECT_FALSE(merged.deleted);
    EXPECT_TRUE(merged.deletion_conflict);
  });
}

// One field at a time: an undeletion names every op as its parent, which would hide what the
// parents of a field lack.
TEST(MergeLaws, AFormSavedAtOnceSettlesWhatItEdits) {
  ForAll([](History& history) {
    OpSet some = history.Subset();
    Seen before = SeenOf(Merge(history.ops(), some));
    for (const Edit& edit : {Edit{kName, "z"}, Edit{kFieldDeleted, false}}) {
      Ops ops = history.ops();
      ops.push_back(history.Write(some, {edit}));
      OpSet with_it = some;
      with_it.insert(ops.size() - 1);
      Seen after = SeenOf(Merge(ops, with_it));
      for (std::uint32_t group : {kName, kPhone, kUse, kFieldDeleted}) {
        EXPECT_EQ(CandidatesOf(after, group), group == edit.field ? std::vector<OpId>{ops.back().id}
                                                                  : CandidatesOf(before, group));
      }
      EXPECT_FALSE(edit.field == kFieldDeleted && after.deletion_conflict);
      EXPECT_EQ(after.adds, before.adds) << "not edited";
    }
  });
}

TEST(MergeLaws, WithoutTheKeyClearFieldsAndDeletionAreTheSame) {
  ForAll([](History& history) {
    Ops locked = history.ops();
    OpSet some = history.Subset();
    for (ModelOp& op : locked) {
      std::erase_if(op.edits, [](const Edit& edit) { return edit.field == kPhone; });
    }
    Seen open = SeenOf(Merge(history.ops(), some));
    open.groups.erase(kPhone);
    EXPECT_EQ(SeenOf(Merge(locked, some)), open);
  });
}

TEST(MergeLaws, TimeChoosesOnlyWhatIsShown) {
  ForAll([](History& history) {
    Ops other_clocks = history.ops();
    OpSet some = history.Subset();
    for (ModelOp& op : other_clocks) op.time.ms = static_cast<std::int64_t>(history.Pick(1000));
    Seen one = SeenOf(Merge(history.ops(), some)), two = SeenOf(Merge(other_clocks, some));
    for (Seen* seen : {&one, &two}) {
      for (auto& [number, group] : seen->groups) std::ranges::sort(group.candidates);
    }
    EXPECT_EQ(one, two);
  });
}

/// The histories must meet what the laws are about, or the laws are tested by nothing.
TEST(MergeLaws, TheHistoriesAreNotTooTame) {
  std::map<std::string, int> met;
  ForAll([&](History& history) {
    MergedRecord merged = Merge(history.ops(), All(history.ops()));
    bool conflict = false, equal = false;
    for (const auto& [number, group] : merged.groups) {
      conflict = conflict || group.conflict;
      equal = equal || (!group.conflict && group.candidates.size() > 1);
    }
    met["conflict"] += conflict;
    met["equal candidates"] += equal;
    met["deleted"] += merged.deleted;
    met["deletion in conflict"] += merged.deletion_conflict;
    met["several adds of one element"] +=
        merged.sets[kDrugs].adds.size() > merged.sets[kDrugs].elements.size();
    met["missing parents in a subset"] +=
        !Merge(history.ops(), history.Subset()).missing_parents.empty();
  });
  for (const char* what : {"conflict", "equal candidates", "deleted", "deletion in conflict",
                           "several adds of one element", "missing parents in a subset"}) {
    EXPECT_GT(met[what], kHistories / 50) << what;
    RecordProperty(std::string(what), met[what]);
  }
}

}  // namespace
}  // namespace tram
