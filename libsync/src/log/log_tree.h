// LogTree: the entries of one unit in memory, and the trees that they make. Computes ids and
// chains; knows no store.
//
// A run is a stretch of entries that each follow the one before it. A new run begins at a root and
// where a second child comes to an entry, so that the end of each run is a leaf and each leaf the
// end of a run; a feed that nobody copied is one run.
// Threads: those of OpLog.
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "log/entry_index.h"
#include "tram/base/result.h"
#include "tram/log/op_log.h"
#include "tram/model/feed.h"

namespace tram {

class LogTree {
 public:
  struct Run {
    std::uint32_t feed = 0;
    EntryNumber parent = 0;  // 0: the run begins at a root
    std::uint64_t first_seq = 1;
    std::vector<EntryNumber> entries;
  };

  explicit LogTree(const UnitId& unit) : unit_(unit) {}

  // --- feeds; indices count from 1 ---
  std::uint32_t feed_count() const { return static_cast<std::uint32_t>(feeds_.size()); }
  const FeedId& feed(std::uint32_t index) const;
  std::optional<std::uint32_t> FeedIndex(const FeedId& feed) const;
  /// Needs a feed that is not there yet. Returns its index.
  std::uint32_t AddFeed(const FeedId& feed);

  // --- entries ---
  EntryNumber size() const { return static_cast<EntryNumber>(entries_.size()); }
  const Entry& entry(EntryNumber number) const;
  /// In stored form; valid until the next entry is added.
  ByteView op_bytes(EntryNumber number) const;
  /// Errors: invalid | not_found (the stored form does not decode).
  Result<Op> ReadOp(EntryNumber number) const;
  EntryNumber FindChain(const Chain& chain) const;
  EntryNumber FindOp(const OpId& op) const;
  /// The chain after `previous`, or the feed's first chain where that is 0.
  const Chain& ChainAt(std::uint32_t feed, EntryNumber previous) const;

  /// Adds an op of the feed's device after `previous`; one that stands there already stays. The
  /// time of arrival is kept in whole seconds. Needs `previous` to be 0 or an entry of the feed.
  /// Returns the op's number.
  EntryNumber Append(std::uint32_t feed, EntryNumber previous, const Op& op,
                     std::int64_t arrived_ms);
  /// The entry as it is stored. Needs a number in 1..size().
  StoredEntry Stored(EntryNumber number) const;
  /// Adds an entry as it is stored. Post: added, also where its op does not decode (with an op id
  /// of zeros: every later chain of the feed is wrong then). Errors: corrupt (its op does not
  /// decode; nothing added where number, feed or previous is not possible: size() tells).
  Status Load(const StoredEntry& stored);

  // --- trees ---
  /// All runs in order of their first entry.
  const std::vector<Run>& runs() const { return runs_; }
  std::uint32_t run_of(EntryNumber number) const { return run_of_[number - 1]; }
  EntryNumber Ancestor(EntryNumber number, std::uint64_t back) const;
  std::vector<EntryNumber> Children(EntryNumber number) const;
  Leaf LeafAt(EntryNumber number) const;
  /// "entry 17 (sequence 3 of feed 1a2b3c4d…)", for messages.
  std::string NameOf(EntryNumber number) const;

 private:
  struct Feed {
    FeedId id;
    Chain first_chain;
  };
  void Add(Entry entry, ByteView stored_op, bool index_op);
  void AddToRun(const Entry& entry);

  UnitId unit_;
  std::vector<Feed> feeds_;
  std::unordered_map<FeedId, std::uint32_t> feed_index_;
  std::vector<Entry> entries_;
  std::vector<Run> runs_;
  std::vector<std::uint32_t> run_of_;  // by entry
  Bytes ops_;                          // all stored forms, one after the other
  std::vector<std::size_t> op_ends_;   // by entry
  EntryIndex by_chain_;
  EntryIndex by_op_;
};

}  // namespace tram
