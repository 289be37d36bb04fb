#include "log/log_check.h"

#include <algorithm>

#include "tram/crypto/sign.h"
#include "tram/wire/messages.h"

namespace tram {
namespace {

constexpr std::size_t kProblemsMax = 100;  // a file full of holes is described well enough by these

void Note(CheckedLog& log, std::string problem) {
  if (log.problems.size() < kProblemsMax) log.problems.push_back(std::move(problem));
}

/// Needs unit.feeds. Post: the tree has as many feeds as there are rows that fit.
void AddFeeds(CheckedLog& log) {
  for (const StoredFeed& feed : log.unit.feeds) {
    if (feed.index != log.tree.feed_count() + 1 || log.tree.FeedIndex(feed.id)) {
      Note(log, "the feed rows have a gap or a double at feed " + std::to_string(feed.index));
      return;
    }
    log.tree.AddFeed(feed.id);
  }
}

/// Errors: io | too_new.
Status AddEntries(CheckedLog& log, LogStore& store, const UnitId& unit) {
  bool stopped = false;
  Status read = store.ForEachEntry(unit, [&](const StoredEntry& entry) -> Status {
    const EntryNumber before = log.tree.size();
    Status loaded = log.tree.Load(entry);
    if (loaded) return {};
    const bool added = log.tree.size() > before;
    stopped = !added;
    Note(log, loaded.error().message + (added ? "" : "; what comes after it was not checked"));
    return added ? Status() : loaded;
  });
  if (read || stopped) return {};
  if (read.error().code != ErrorCode::kCorrupt) return read;
  Note(log, read.error().message);
  return {};
}

void CheckLeafRow(CheckedLog& log, const StoredLeaf& row, std::vector<bool>& run_has_row) {
  const LogTree& tree = log.tree;
  if (row.number == 0 || row.number > tree.size()) {
    Note(log, "the log was cut short: it ends at entry " + std::to_string(tree.size()) +
                  ", and a leaf row names entry " + std::to_string(row.number));
    return;
  }
  const Entry& entry = tree.entry(row.number);
  const std::uint32_t run = tree.run_of(row.number);
  if (tree.runs()[run].entries.back() != row.number) {
    Note(log, "a leaf row names " + tree.NameOf(row.number) + ", which has entries after it");
    return;
  }
  run_has_row[run] = true;
  if (entry.feed != row.feed || entry.seq != row.seq || entry.chain != row.chain) {
    Note(log, "the entries up to " + tree.NameOf(row.number) +
                  " do not give the chain of its leaf row: one of them was changed");
  }
}

void CheckLeaves(CheckedLog& log) {
  std::vector<bool> run_has_row(log.tree.runs().size(), false);
  for (const StoredLeaf& row : log.unit.leaves) CheckLeafRow(log, row, run_has_row);
  std::vector<bool> feed_has_entries(log.tree.feed_count() + 1, false);
  for (std::size_t i = 0; i < run_has_row.size(); ++i) {
    const LogTree::Run& run = log.tree.runs()[i];
    feed_has_entries[run.feed] = true;
    if (run_has_row[i]) continue;
    Note(log, "the leaf row of " + log.tree.NameOf(run.entries.back()) + " is missing");
  }
  for (std::uint32_t feed = 1; feed <= log.tree.feed_count(); ++feed) {
    if (feed_has_entries[feed]) continue;
    Note(log, "feed " + std::to_string(feed) + " has lost its entries");
  }
}

void CheckCheckpointRows(CheckedLog& log) {
  std::erase_if(log.unit.checkpoints, [&](const StoredCheckpoint& row) {
    if (row.number >= 1 && row.number <= log.tree.size()) return false;
    Note(log, "a checkpoint names entry " + std::to_string(row.number) + ", which is not there");
    return true;
  });
}

void CheckKeyRows(CheckedLog& log) {
  std::erase_if(log.unit.keys, [&](const KeyEntry& entry) {
    if (FitsItsKind(entry)) return false;
    Note(log, "a row of the key table is not what its kind says");
    return true;
  });
}

void VerifySignatures(CheckedLog& log, const UnitId& unit) {
  for (const StoredCheckpoint& row : log.unit.checkpoints) {
    Leaf leaf = log.tree.LeafAt(row.number);
    Bytes statement = CheckpointStatement(unit, leaf, row.time, row.context);
    if (!VerifySignature(leaf.feed.device, statement, row.signature)) {
      Note(log, "the checkpoint at " + log.tree.NameOf(row.number) + " has a wrong signature");
    }
  }
}

}  // namespace

Result<CheckedLog> ReadAndCheck(LogStore& store, const UnitId& unit) {
  CheckedLog log{LogTree(unit), {}, {}};
  TRAM_ASSIGN(log.unit, store.Load(unit));
  AddFeeds(log);
  TRAM_TRY(AddEntries(log, store, unit));
  CheckLeaves(log);
  CheckCheckpointRows(log);
  CheckKeyRows(log);
  return log;
}

Result<CheckedLog> ReadAndVerify(LogStore& store, const UnitId& unit) {
  Result<CheckedLog> read = ReadAndCheck(store, unit);
  if (!read && read.error().code != ErrorCode::kCorrupt) return read.error();
  CheckedLog log = read ? std::move(*read) : CheckedLog{LogTree(unit), {}, {read.error().message}};
  VerifySignatures(log, unit);
  Result<std::vector<std::string>> integrity = store.CheckIntegrity();
  if (!integrity && integrity.error().code != ErrorCode::kCorrupt) return integrity.error();
  if (!integrity) Note(log, integrity.error().message);
  for (const std::string& problem : integrity.value_or({})) Note(log, problem);
  return log;
}

std::vector<std::string> Differences(const LogTree& stored, const LogTree& acknowledged,
                                     EntryNumber committed) {
  if (stored.size() != committed) {
    return {"the store holds " + std::to_string(stored.size()) + " entries, and " +
            std::to_string(committed) + " were made durable"};
  }
  for (EntryNumber number = 1; number <= committed; ++number) {
    // The first one is the cause: every chain after it differs too.
    if (stored.entry(number).chain != acknowledged.entry(number).chain) {
      return {acknowledged.NameOf(number) + " is not what was made durable there"};
    }
  }
  return {};
}

}  // namespace tram
