// MemoryLogStore: a LogStore in memory that behaves as the durable ones do: a commit is all or
// nothing. Copy() is a disk image: the simulator's backups, clones and restored machines. The n-th
// commit can be told to fail.
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "tram/log/log_store.h"

namespace tram::test {

class MemoryLogStore : public LogStore {
 public:
  /// What a failing commit leaves behind: nothing, or the whole change without having said so (a
  /// machine that died between writing and answering).
  enum class Failure { kNothingWritten, kWrittenUnsaid };

  /// A value of its own, with no failure pending.
  MemoryLogStore Copy() const;
  /// The `nth` commit from now fails once (1: the next).
  void FailCommit(std::size_t nth, Failure failure = Failure::kNothingWritten);
  /// Commits so far, failed ones included.
  std::size_t commits() const { return commits_; }
  /// Stored entries of a unit, for tests that damage them.
  std::vector<StoredEntry>& entries(const UnitId& unit) { return units_[unit].entries; }
  StoredUnit& rows(const UnitId& unit) { return units_[unit].rows; }

  Result<StoredUnit> Load(const UnitId& unit) override;
  Status ForEachEntry(const UnitId& unit,
                      const std::function<Status(const StoredEntry&)>& take) override;
  Status Commit(const UnitId& unit, const LogChange& change) override;
  Result<std::vector<std::string>> CheckIntegrity() override;

 private:
  struct Unit {
    StoredUnit rows;
    std::vector<StoredEntry> entries;
  };
  static void Apply(Unit& unit, const LogChange& change);

  std::map<UnitId, Unit> units_;
  std::size_t commits_ = 0;
  std::optional<std::size_t> fail_at_;
  Failure failure_ = Failure::kNothingWritten;
};

}  // namespace tram::test
