// Merging the ops of one record: direct parents per field, candidates, conflicts. Pure functions.
//
// q supersedes o on a field iff both set it and o is among q's parents. The candidates of a field
// are the shown ops that set it and that no shown op supersedes. No walk over the graph, no time:
// (time, id) only chooses what is shown meanwhile. Fields of one group are one field here.
// The laws, each with an example: libsync/docs/merge-laws.md. Threads: pure functions.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <vector>

#include "tram/base/ids.h"
#include "tram/model/hybrid_time.h"
#include "tram/model/value.h"

namespace tram {

/// One shown op of the record: its clear edits and, where the key is there, its sealed ones.
struct MergeOp {
  OpId id;
  HybridTime time;
  std::span<const OpId> parents;  // sorted
  std::span<const Edit> edits;    // any order
  bool creates = false;
};

/// The field by which edits of one group are merged: the same number for every field of a group;
/// kFieldDeleted stands alone. Sets are merged by field, whatever their group.
using GroupOf = std::function<std::uint32_t(std::uint32_t field)>;

/// An op that set the group; its values of the group's fields. What it did not set and another
/// candidate did is null here, so that maps compare.
struct Candidate {
  OpId op;
  std::size_t index = 0;  // in the ops given
  std::map<std::uint32_t, Value> values;
};

struct MergedGroup {
  std::vector<Candidate> candidates;  // the shown one first, then by (time, id) descending
  /// More than one distinct value set. Equal candidates are settled, and all of them are parents.
  bool conflict = false;
};

/// A live add of one element.
struct LiveAdd {
  OpId op;
  std::uint32_t element = 0;
};

struct MergedSet {
  std::vector<LiveAdd> adds;            // sorted by element, then op
  std::vector<std::uint32_t> elements;  // present: sorted, unique
};

struct MergedRecord {
  std::map<std::uint32_t, MergedGroup> groups;  // by group number; kFieldDeleted among them
  std::map<std::uint32_t, MergedSet> sets;      // by field number; where all was removed: empty
  bool deleted = false;
  /// Candidates of `deleted` disagree, or the deletion did not see an op: visible, and in conflict.
  bool deletion_conflict = false;
  std::vector<OpId> missing_parents;  // parents that are not among the ops: the record waits for n
};

/// Ops of one record in any order. Held ops are not given: they are not shown.
/// Needs each id once: whoever takes ops from several positions or messages keeps them by id.
MergedRecord MergeOps(std::span<const MergeOp> ops, const GroupOf& group_of);

/// What a form must carry: all current candidates (also equal ones) of the groups and live adds of
/// the sets, united and sorted.
std::vector<OpId> ParentsFor(const MergedRecord& merged, std::span<const std::uint32_t> groups,
                             std::span<const std::uint32_t> sets);

}  // namespace tram
