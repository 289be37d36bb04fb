#include "view/placement.h"

#include <algorithm>
#include <unordered_set>

namespace tram {
namespace {

/// Steps up through parents, or along merges. Programmes have three levels; a ring of parents,
/// which only a broken program writes, ends here.
constexpr std::size_t kStepsMax = 64;

}  // namespace

void Placement::Update(Record& record, std::vector<Record*>& moved) {
  moved.push_back(&record);
  const Links now{record.summary.deleted, record.summary.parent, record.summary.merged_into};
  const auto [found, added] = links_.try_emplace(&record, now);
  if (!added) {
    if (found->second == now) return;
    Unlink(record, found->second.parent);
    Unlink(record, found->second.merged_into);
    found->second = now;
  }
  if (now.parent) below_[*now.parent].push_back(&record);
  if (now.merged_into) below_[*now.merged_into].push_back(&record);
  AddBelow(record.id, moved);
}

void Placement::Unlink(Record& record, const std::optional<RecordId>& above) {
  if (!above) return;
  std::vector<Record*>& below = below_[*above];
  if (const auto at = std::find(below.begin(), below.end(), &record); at != below.end()) {
    below.erase(at);
  }
}

void Placement::AddBelow(const RecordId& record, std::vector<Record*>& moved) const {
  std::unordered_set<RecordId> seen = {record};
  std::vector<RecordId> pending = {record};
  while (!pending.empty()) {
    const auto below = below_.find(pending.back());
    pending.pop_back();
    if (below == below_.end()) continue;
    for (Record* next : below->second) {
      if (!seen.insert(next->id).second) continue;
      moved.push_back(next);
      pending.push_back(next->id);
    }
  }
}

RecordId Placement::Survivor(const RecordId& record) const {
  std::vector<Record*> path;
  RecordId id = record;
  while (path.size() < kStepsMax) {
    Record* at = store_.Find(id);
    if (at == nullptr) return id;
    if (const auto ring = std::find(path.begin(), path.end(), at); ring != path.end()) {
      return (*std::min_element(ring, path.end(), CreatedOrder()))->id;
    }
    path.push_back(at);
    if (!at->summary.merged_into) return id;
    const Record* target = store_.Find(*at->summary.merged_into);
    if (target != nullptr && target->plan != at->plan) return id;
    id = *at->summary.merged_into;
  }
  return id;
}

std::optional<RecordId> Placement::Parent(const Record& record) const {
  if (!record.summary.parent) return std::nullopt;
  return Survivor(*record.summary.parent);
}

bool Placement::InTables(const Record& record) const {
  if (record.summary.merged_into && Survivor(record.id) != record.id) return false;
  const Record* at = &record;
  for (std::size_t step = 0; at != nullptr && step < kStepsMax; ++step) {
    if (at->summary.deleted) return false;
    const std::optional<RecordId> parent = Parent(*at);
    if (!parent) return true;
    at = store_.Find(*parent);
  }
  return true;
}

}  // namespace tram
