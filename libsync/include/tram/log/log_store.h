// LogStore: where logs are durable. One narrow interface; a device has one unit in it, a server
// all.
//
// Rows of a unit are numbered from 1 without gaps in the order in which they came. Ids and chains
// are not stored: OpLog rebuilds them. Every key starts with the unit. Store format:
// libsync/docs/store.md.
// Threads: calls for one store come from one thread at a time.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tram/base/result.h"
#include "tram/model/feed.h"

namespace tram {

/// Position of an entry in one store's log of one unit, from 1; 0 is none. Local bookkeeping only.
using EntryNumber = std::uint32_t;

struct StoredEntry {
  EntryNumber number = 0;
  std::uint32_t feed = 0;    // index of the feed in this store, from 1
  EntryNumber previous = 0;  // entry before it in its feed's tree; 0: the first of the feed
  std::int64_t late_s = 0;   // from the op's own time to when it came here, by our wall clock
  Bytes op;                  // compact form (wire/op_codec.h); ids as entry numbers
};
struct StoredFeed {
  std::uint32_t index = 0;
  FeedId id;
};
/// One row per leaf, written with each append: a log cut short is noticed at load.
struct StoredLeaf {
  std::uint32_t feed = 0;
  EntryNumber number = 0;
  std::uint64_t seq = 0;
  Chain chain;
};
struct StoredCheckpoint {
  EntryNumber number = 0;
  HybridTime time;
  Digest context;
  Signature signature;
};
struct StoredStaged {
  std::uint64_t number = 0;
  Bytes piece;
};

/// Everything of one unit but the entries themselves.
struct StoredUnit {
  std::vector<StoredFeed> feeds;
  std::vector<StoredLeaf> leaves;
  std::vector<StoredCheckpoint> checkpoints;
  std::vector<KeyEntry> keys;
  std::vector<Rejected> rejected;
  std::vector<StoredStaged> staged;
  std::map<std::string, Bytes> settings;
};

/// What one commit changes, all of it or nothing.
struct LogChange {
  std::vector<StoredFeed> feeds;
  std::vector<StoredEntry> entries;
  std::vector<EntryNumber> leaves_gone;
  std::vector<StoredLeaf> leaves;
  std::vector<StoredCheckpoint> checkpoints;
  std::vector<KeyEntry> keys;      // in order; a tombstone deletes its seed
  std::vector<Rejected> rejected;  // the oldest beyond kRejectedRowsMax go
  std::vector<StoredStaged> staged;
  std::vector<std::uint64_t> staged_gone;
  std::map<std::string, Bytes> settings;  // an empty value removes the setting
  bool Empty() const;
};

class LogStore {
 public:
  virtual ~LogStore() = default;

  /// Errors: corrupt | io.
  virtual Result<StoredUnit> Load(const UnitId& unit) = 0;
  /// Entries in order of their number. Errors: those of `take` | corrupt | io.
  virtual Status ForEachEntry(const UnitId& unit,
                              const std::function<Status(const StoredEntry&)>& take) = 0;
  /// Durable on return. Inside a transaction of the store's owner: durable when that one is.
  /// Needs the change's entries to follow the last one without gaps.
  /// Errors: io (nothing was written; reopen before the next call).
  virtual Status Commit(const UnitId& unit, const LogChange& change) = 0;
  /// What the medium itself finds wrong (SQLite's integrity check); empty where all is well.
  /// Errors: io.
  virtual Result<std::vector<std::string>> CheckIntegrity() = 0;
};

}  // namespace tram
