// KeyTable: the key entries of one unit in memory, sorted by (kind, key). Seeds, members and wraps
// never change: the first value stays; a tombstone removes its seed and is never removed.
// Threads: those of OpLog.
#pragma once

#include <optional>
#include <vector>

#include "tram/base/ids.h"
#include "tram/model/feed.h"

namespace tram {

class KeyTable {
 public:
  KeyTable() = default;
  /// In the order in which they were stored.
  explicit KeyTable(std::vector<KeyEntry> stored);

  const std::vector<KeyEntry>& entries() const { return entries_; }
  const KeyEntry* Find(KeyEntry::Kind kind, ByteView key) const;
  /// Returns true where the table changed.
  bool Add(const KeyEntry& entry);
  /// Over all entries in their sorted order.
  const Digest& DigestOfAll() const;

 private:
  std::vector<KeyEntry> entries_;
  mutable std::optional<Digest> digest_;  // empty: to be computed
};

}  // namespace tram
