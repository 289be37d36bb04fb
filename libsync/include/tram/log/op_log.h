// OpLog: the log of one unit in memory, over a LogStore. Feeds as trees, ids, chains, checkpoints,
// the key table and small settings.
//
// Changes are visible here at once and durable after Commit(); the caller shows and sends nothing
// that was not committed. After a failed Commit() the object refuses everything: reopen it.
// Formats: libsync/docs/store.md. Threads: one thread owns it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "tram/base/clock.h"
#include "tram/log/log_store.h"
#include "tram/model/feed.h"

namespace tram {

class KeyTable;
class LogTree;

struct Entry {
  EntryNumber number = 0;
  EntryNumber previous = 0;
  std::uint32_t feed = 0;
  std::uint64_t seq = 0;
  OpId op;
  Chain chain;
  HybridTime time;
  std::int64_t arrived_ms = 0;  // when it came here, by our wall clock, in whole seconds
};

/// What Verify() found; `problems` empty means that every id, chain, leaf and signature fits.
struct VerifyReport {
  std::size_t entries = 0;
  std::size_t checkpoints = 0;
  std::vector<std::string> problems;
};

class OpLog {
 public:
  /// Rebuilds ids and chains. Errors: corrupt (names what does not fit) | io | too_new.
  static Result<std::unique_ptr<OpLog>> Open(LogStore& store, const UnitId& unit, Clock& clock);
  ~OpLog();

  const UnitId& unit() const { return unit_; }

  // --- reading ---
  /// Number of the last entry; entries are 1..size().
  EntryNumber size() const;
  /// Number of the last durable entry.
  EntryNumber committed() const { return committed_; }
  /// Needs a number in 1..size(). Valid until the next entry is added.
  const Entry& entry(EntryNumber number) const;
  const FeedId& feed(std::uint32_t index) const;
  std::optional<std::uint32_t> FeedIndex(const FeedId& feed) const;
  /// Needs a number in 1..size().
  Op ReadOp(EntryNumber number) const;
  /// Bytes of the op in its stored form (for batch sizes).
  std::size_t OpBytes(EntryNumber number) const;
  std::optional<EntryNumber> FindChain(const Chain& chain) const;
  /// The first entry that holds the op; an op may stand at several positions.
  std::optional<EntryNumber> FindOp(const OpId& op) const;
  std::vector<Leaf> Leaves() const;
  std::vector<Leaf> LeavesOf(const FeedId& feed) const;
  Leaf LeafAt(EntryNumber number) const;
  /// The entry `back` steps before `number` in its tree (0: itself); 0 where there is none. Takes
  /// as long as there are forks between the two.
  EntryNumber Ancestor(EntryNumber number, std::uint64_t back) const;
  /// True where `ancestor` is `number` or before it on its branch.
  bool IsAncestor(EntryNumber ancestor, EntryNumber number) const;
  /// Children in the feed's tree, in order of arrival.
  std::vector<EntryNumber> Children(EntryNumber number) const;
  /// First entries of a feed (several where copies both began it).
  std::vector<EntryNumber> Roots(std::uint32_t feed) const;
  const Checkpoint* CheckpointAt(EntryNumber number) const;

  // --- writing; durable after Commit() ---
  /// Appends one op of ours after `previous` (0: begins the feed). Post: returns its number; an op
  /// that stands there already keeps it. Needs op.device == feed.device, and `previous` on the
  /// feed.
  EntryNumber Append(const FeedId& feed, EntryNumber previous, const Op& op);
  /// Adds a piece whose chain and signature the caller has verified, with its checkpoint; entries
  /// already held are skipped. Needs piece.previous to be held (or to be the feed's first chain),
  /// first_seq to follow it, and all ops to be of the feed's device; else nothing is taken.
  /// Returns how many entries are new.
  std::size_t AppendPiece(const Piece& piece);
  /// Needs a number in 1..size(). The first checkpoint of an entry stays.
  void AddCheckpoint(EntryNumber number, HybridTime time, const Digest& context,
                     const Signature& signature);

  // --- the key table ---
  /// Sorted by (kind, key). Valid until the next AddKey.
  const std::vector<KeyEntry>& keys() const;
  const KeyEntry* FindKey(KeyEntry::Kind kind, ByteView key) const;
  /// Adds what is new: the first value of a key stays; a tombstone removes its seed and is never
  /// removed. Returns true on change.
  bool AddKey(const KeyEntry& key);
  /// Over the whole table, whatever the order.
  KeysDigest DigestOfKeys() const;

  // --- beside the log ---
  /// Oldest first, at most kRejectedRowsMax.
  const std::vector<Rejected>& rejected() const { return rejected_; }
  void AddRejected(Rejected rejected);
  /// Pieces from bundles that wait for what is before them; one that waits already is not added.
  /// Errors: overloaded (kStagedBytesMax would be passed; nothing was added).
  Status AddStaged(Bytes piece);
  const std::vector<StoredStaged>& staged() const { return staged_; }
  void DropStaged(std::uint64_t number);
  /// Nothing where it is not set. The names are the callers'.
  std::optional<Bytes> Setting(const std::string& name) const;
  /// An empty value removes the setting.
  void SetSetting(const std::string& name, Bytes value);

  /// Errors: io (nothing of the change is durable; this object refuses all later commits).
  Status Commit();

  /// Reads the store again and recomputes every op id, chain, leaf and signature.
  /// Compares it with what was committed here, and asks the store for its own integrity.
  /// Errors: io | too_new. What does not fit is in the report.
  Result<VerifyReport> Verify();
  /// The same for a log that cannot be opened. Never writes.
  static Result<VerifyReport> VerifyStore(LogStore& store, const UnitId& unit);

 private:
  OpLog(LogStore& store, const UnitId& unit, Clock& clock);

  LogStore& store_;
  UnitId unit_;
  Clock& clock_;
  std::unique_ptr<LogTree> tree_;
  std::unique_ptr<KeyTable> keys_;
  std::unordered_map<EntryNumber, Checkpoint> checkpoints_;
  std::vector<Rejected> rejected_;
  std::vector<StoredStaged> staged_;
  std::size_t staged_bytes_ = 0;
  std::uint64_t staged_last_ = 0;  // never used twice while this object lives
  std::map<std::string, Bytes> settings_;
  EntryNumber committed_ = 0;
  std::vector<EntryNumber> stored_leaves_;  // by run of the tree
  LogChange pending_;                       // all but the leaves, which Commit() finds
  bool failed_ = false;
};

}  // namespace tram
