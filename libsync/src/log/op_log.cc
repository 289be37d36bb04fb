#include "tram/log/op_log.h"

#include <algorithm>

#include "log/key_table.h"
#include "log/log_check.h"
#include "log/log_tree.h"
#include "tram/base/hash.h"
#include "tram/base/limits.h"

namespace tram {
namespace {

std::optional<EntryNumber> Found(EntryNumber number) {
  return number == 0 ? std::nullopt : std::optional<EntryNumber>(number);
}

Error DamagedLog(const UnitId& unit, const std::vector<std::string>& problems) {
  std::string text = "the log of unit " + unit.Hex() + " is damaged: " + problems.front();
  if (problems.size() > 1) {
    text += " (and " + std::to_string(problems.size() - 1) + " more, which verify lists)";
  }
  return MakeError(ErrorCode::kCorrupt, text + "; put it back from a backup");
}

}  // namespace

OpLog::OpLog(LogStore& store, const UnitId& unit, Clock& clock)
    : store_(store), unit_(unit), clock_(clock) {}

OpLog::~OpLog() = default;

Result<std::unique_ptr<OpLog>> OpLog::Open(LogStore& store, const UnitId& unit, Clock& clock) {
  TRAM_ASSIGN(CheckedLog read, ReadAndCheck(store, unit));
  if (!read.problems.empty()) return DamagedLog(unit, read.problems);
  std::unique_ptr<OpLog> log(new OpLog(store, unit, clock));
  log->tree_ = std::make_unique<LogTree>(std::move(read.tree));
  log->keys_ = std::make_unique<KeyTable>(std::move(read.unit.keys));
  for (const StoredCheckpoint& row : read.unit.checkpoints) {
    log->checkpoints_[row.number] = {log->LeafAt(row.number), row.time, row.context, row.signature};
  }
  log->rejected_ = std::move(read.unit.rejected);
  log->staged_ = std::move(read.unit.staged);
  for (const StoredStaged& staged : log->staged_) {
    log->staged_bytes_ += staged.piece.size();
    log->staged_last_ = staged.number;
  }
  log->settings_ = std::move(read.unit.settings);
  log->committed_ = log->size();
  for (const LogTree::Run& run : log->tree_->runs()) {
    log->stored_leaves_.push_back(run.entries.back());
  }
  return log;
}

// ---- reading ----

EntryNumber OpLog::size() const { return tree_->size(); }
const Entry& OpLog::entry(EntryNumber number) const { return tree_->entry(number); }
const FeedId& OpLog::feed(std::uint32_t index) const { return tree_->feed(index); }

std::optional<std::uint32_t> OpLog::FeedIndex(const FeedId& feed) const {
  return tree_->FeedIndex(feed);
}

Op OpLog::ReadOp(EntryNumber number) const {
  Result<Op> op = tree_->ReadOp(number);
  TRAM_ASSERT(op);  // it was decoded once when it was added or loaded
  return std::move(*op);
}

std::size_t OpLog::OpBytes(EntryNumber number) const { return tree_->op_bytes(number).size(); }

std::optional<EntryNumber> OpLog::FindChain(const Chain& chain) const {
  return Found(tree_->FindChain(chain));
}

std::optional<EntryNumber> OpLog::FindOp(const OpId& op) const { return Found(tree_->FindOp(op)); }

std::vector<Leaf> OpLog::Leaves() const {
  std::vector<Leaf> leaves;
  for (const LogTree::Run& run : tree_->runs()) leaves.push_back(LeafAt(run.entries.back()));
  return leaves;
}

std::vector<Leaf> OpLog::LeavesOf(const FeedId& feed) const {
  std::vector<Leaf> leaves;
  std::optional<std::uint32_t> index = FeedIndex(feed);
  for (const LogTree::Run& run : tree_->runs()) {
    if (run.feed == index) leaves.push_back(LeafAt(run.entries.back()));
  }
  return leaves;
}

Leaf OpLog::LeafAt(EntryNumber number) const { return tree_->LeafAt(number); }

EntryNumber OpLog::Ancestor(EntryNumber number, std::uint64_t back) const {
  return tree_->Ancestor(number, back);
}

bool OpLog::IsAncestor(EntryNumber ancestor, EntryNumber number) const {
  const Entry& before = entry(ancestor);
  const Entry& after = entry(number);
  return before.feed == after.feed && before.seq <= after.seq &&
         Ancestor(number, after.seq - before.seq) == ancestor;
}

std::vector<EntryNumber> OpLog::Children(EntryNumber number) const {
  return tree_->Children(number);
}

std::vector<EntryNumber> OpLog::Roots(std::uint32_t feed) const {
  std::vector<EntryNumber> roots;
  for (const LogTree::Run& run : tree_->runs()) {
    if (run.feed == feed && run.parent == 0) roots.push_back(run.entries.front());
  }
  return roots;
}

const Checkpoint* OpLog::CheckpointAt(EntryNumber number) const {
  auto found = checkpoints_.find(number);
  return found == checkpoints_.end() ? nullptr : &found->second;
}

// ---- writing ----

EntryNumber OpLog::Append(const FeedId& feed, EntryNumber previous, const Op& op) {
  std::optional<std::uint32_t> index = FeedIndex(feed);
  if (!index) {
    TRAM_ASSERT(previous == 0 && op.device == feed.device);
    index = tree_->AddFeed(feed);
    pending_.feeds.push_back({*index, feed});
  }
  const EntryNumber before = size();
  const EntryNumber number = tree_->Append(*index, previous, op, clock_.WallMs());
  if (number > before) pending_.entries.push_back(tree_->Stored(number));
  return number;
}

std::size_t OpLog::AppendPiece(const Piece& piece) {
  EntryNumber previous = 0;
  if (piece.previous != FirstChain(unit_, piece.feed)) {
    previous = tree_->FindChain(piece.previous);
    if (previous == 0 || feed(entry(previous).feed) != piece.feed) return 0;
  }
  const std::uint64_t seq_before = previous == 0 ? 0 : entry(previous).seq;
  const bool own_ops = std::all_of(piece.ops.begin(), piece.ops.end(),
                                   [&](const Op& op) { return op.device == piece.feed.device; });
  if (piece.ops.empty() || !own_ops || piece.first_seq != seq_before + 1) return 0;
  const EntryNumber before = size();
  for (const Op& op : piece.ops) previous = Append(piece.feed, previous, op);
  AddCheckpoint(previous, piece.checkpoint.time, piece.checkpoint.context,
                piece.checkpoint.signature);
  return size() - before;
}

void OpLog::AddCheckpoint(EntryNumber number, HybridTime time, const Digest& context,
                          const Signature& signature) {
  const Checkpoint checkpoint{LeafAt(number), time, context, signature};
  if (!checkpoints_.emplace(number, checkpoint).second) return;
  pending_.checkpoints.push_back({number, time, context, signature});
}

// ---- the key table ----

const std::vector<KeyEntry>& OpLog::keys() const { return keys_->entries(); }

const KeyEntry* OpLog::FindKey(KeyEntry::Kind kind, ByteView key) const {
  return keys_->Find(kind, key);
}

bool OpLog::AddKey(const KeyEntry& key) {
  if (!keys_->Add(key)) return false;
  pending_.keys.push_back(key);
  return true;
}

KeysDigest OpLog::DigestOfKeys() const {
  return KeysDigest::From(keys_->DigestOfAll().view().first(KeysDigest::kSize));
}

// ---- beside the log ----

void OpLog::AddRejected(Rejected rejected) {
  pending_.rejected.push_back(rejected);
  rejected_.push_back(std::move(rejected));
  if (rejected_.size() > kRejectedRowsMax) rejected_.erase(rejected_.begin());
}

Status OpLog::AddStaged(Bytes piece) {
  for (const StoredStaged& staged : staged_) {
    if (staged.piece == piece) return {};
  }
  if (staged_bytes_ + piece.size() > kStagedBytesMax) {
    return MakeError(ErrorCode::kOverloaded,
                     "too much waits for files that are missing: read those first");
  }
  staged_bytes_ += piece.size();
  staged_.push_back({++staged_last_, std::move(piece)});
  pending_.staged.push_back(staged_.back());
  return {};
}

void OpLog::DropStaged(std::uint64_t number) {
  auto found = std::find_if(staged_.begin(), staged_.end(),
                            [&](const StoredStaged& staged) { return staged.number == number; });
  if (found == staged_.end()) return;
  staged_bytes_ -= found->piece.size();
  staged_.erase(found);
  pending_.staged_gone.push_back(number);
}

std::optional<Bytes> OpLog::Setting(const std::string& name) const {
  auto found = settings_.find(name);
  if (found == settings_.end()) return std::nullopt;
  return found->second;
}

void OpLog::SetSetting(const std::string& name, Bytes value) {
  if (Setting(name).value_or(Bytes()) == value) return;
  pending_.settings[name] = value;
  if (value.empty()) {
    settings_.erase(name);
  } else {
    settings_[name] = std::move(value);
  }
}

// ---- durability ----

Status OpLog::Commit() {
  if (failed_) {
    return MakeError(ErrorCode::kIo, "writing the log failed before: open it again first");
  }
  const std::vector<LogTree::Run>& runs = tree_->runs();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const EntryNumber last = runs[i].entries.back();
    const EntryNumber stored = i < stored_leaves_.size() ? stored_leaves_[i] : 0;
    if (last == stored) continue;
    if (stored != 0) pending_.leaves_gone.push_back(stored);
    pending_.leaves.push_back({runs[i].feed, last, entry(last).seq, entry(last).chain});
  }
  if (pending_.Empty()) return {};
  if (Status written = store_.Commit(unit_, pending_); !written) {
    failed_ = true;
    return written;
  }
  pending_ = {};
  committed_ = size();
  stored_leaves_.resize(runs.size());
  for (std::size_t i = 0; i < runs.size(); ++i) stored_leaves_[i] = runs[i].entries.back();
  return {};
}

Result<VerifyReport> OpLog::Verify() {
  TRAM_ASSIGN(CheckedLog stored, ReadAndVerify(store_, unit_));
  VerifyReport report{stored.tree.size(), stored.unit.checkpoints.size(),
                      std::move(stored.problems)};
  for (std::string& problem : Differences(stored.tree, *tree_, committed_)) {
    report.problems.push_back(std::move(problem));
  }
  return report;
}

Result<VerifyReport> OpLog::VerifyStore(LogStore& store, const UnitId& unit) {
  TRAM_ASSIGN(CheckedLog stored, ReadAndVerify(store, unit));
  return VerifyReport{stored.tree.size(), stored.unit.checkpoints.size(),
                      std::move(stored.problems)};
}

}  // namespace tram
