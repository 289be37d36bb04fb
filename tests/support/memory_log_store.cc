#include "tests/support/memory_log_store.h"

#include <algorithm>

#include "tram/base/limits.h"

namespace tram::test {
namespace {

template <class T>
void Append(std::vector<T>& to, const std::vector<T>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

}  // namespace

MemoryLogStore MemoryLogStore::Copy() const {
  MemoryLogStore copy;
  copy.units_ = units_;
  return copy;
}

void MemoryLogStore::FailCommit(std::size_t nth, Failure failure) {
  fail_at_ = commits_ + nth;
  failure_ = failure;
}

Result<StoredUnit> MemoryLogStore::Load(const UnitId& unit) {
  auto found = units_.find(unit);
  return found == units_.end() ? StoredUnit() : found->second.rows;
}

Status MemoryLogStore::ForEachEntry(const UnitId& unit,
                                    const std::function<Status(const StoredEntry&)>& take) {
  auto found = units_.find(unit);
  if (found == units_.end()) return {};
  for (const StoredEntry& entry : found->second.entries) TRAM_TRY(take(entry));
  return {};
}

Status MemoryLogStore::Commit(const UnitId& unit, const LogChange& change) {
  const bool fails = ++commits_ == fail_at_;
  if (!fails || failure_ == Failure::kWrittenUnsaid) Apply(units_[unit], change);
  if (!fails) return {};
  fail_at_.reset();
  return MakeError(ErrorCode::kIo, "the store in memory was told to fail");
}

Result<std::vector<std::string>> MemoryLogStore::CheckIntegrity() {
  return std::vector<std::string>();
}

void MemoryLogStore::Apply(Unit& unit, const LogChange& change) {
  StoredUnit& rows = unit.rows;
  Append(rows.feeds, change.feeds);
  Append(unit.entries, change.entries);
  std::erase_if(rows.leaves, [&](const StoredLeaf& leaf) {
    return std::count(change.leaves_gone.begin(), change.leaves_gone.end(), leaf.number) > 0;
  });
  Append(rows.leaves, change.leaves);
  Append(rows.checkpoints, change.checkpoints);
  for (const KeyEntry& key : change.keys) {
    if (key.kind == KeyEntry::Kind::kTombstone) {
      std::erase_if(rows.keys, [&](const KeyEntry& other) {
        return other.kind == KeyEntry::Kind::kSeed && other.key == key.key;
      });
    }
    rows.keys.push_back(key);
  }
  Append(rows.rejected, change.rejected);
  if (rows.rejected.size() > kRejectedRowsMax) {
    rows.rejected.erase(rows.rejected.begin(), rows.rejected.end() - kRejectedRowsMax);
  }
  Append(rows.staged, change.staged);
  std::erase_if(rows.staged, [&](const StoredStaged& staged) {
    return std::count(change.staged_gone.begin(), change.staged_gone.end(), staged.number) > 0;
  });
  for (const auto& [name, value] : change.settings) {
    if (value.empty()) {
      rows.settings.erase(name);
    } else {
      rows.settings[name] = value;
    }
  }
}

}  // namespace tram::test
