#include "log/log_tree.h"

#include <algorithm>

#include "tram/base/hash.h"
#include "tram/wire/op_codec.h"

namespace tram {
namespace {

constexpr std::size_t kIdDigitsShown = 8;
constexpr std::int64_t kMsPerSecond = 1000;

std::int64_t Seconds(std::int64_t ms) { return ms / kMsPerSecond; }

/// The inverse of arrived - written, in seconds. Both may be nonsense that a peer or a damaged disk
/// says: the arithmetic wraps instead of overflowing.
std::int64_t ArrivedMs(HybridTime written, std::int64_t late_s) {
  auto seconds =
      static_cast<std::uint64_t>(Seconds(written.ms)) + static_cast<std::uint64_t>(late_s);
  return static_cast<std::int64_t>(seconds * kMsPerSecond);
}

/// Ids in stored ops: how many entries back, over all feeds, the op stands. A device's entries
/// mostly refer to what came shortly before them, so that one or two bytes do.
class PositionCoder : public IdCoder {
 public:
  /// `previous`: the entry before it in its feed, 0 where there is none.
  PositionCoder(const LogTree& tree, EntryNumber own, EntryNumber previous)
      : tree_(tree), own_(own) {
    if (previous != 0) time_before = tree.entry(previous).time;
  }

  bool HasDistance(std::uint64_t) const override { return false; }
  std::optional<Reference> Refer(const OpId& id) override {
    EntryNumber number = tree_.FindOp(id);
    if (number == 0 || number >= own_) return std::nullopt;
    return Reference{own_ - number, 0};
  }
  std::optional<OpId> Resolve(const Reference& reference) override {
    if (reference.base == 0 || reference.base >= own_) return std::nullopt;
    return tree_.entry(own_ - static_cast<EntryNumber>(reference.base)).op;
  }

 private:
  const LogTree& tree_;
  EntryNumber own_;
};

Result<Op> DecodeStored(PositionCoder& coder, const DeviceId& device, ByteView stored) {
  TRAM_ASSIGN(Op op, DecodeCompactOp(stored, device, coder));
  if (!stored.empty()) return MakeError(ErrorCode::kInvalid, "there are bytes behind the op");
  return op;
}

}  // namespace

const FeedId& LogTree::feed(std::uint32_t index) const {
  TRAM_ASSERT(index >= 1 && index <= feeds_.size());
  return feeds_[index - 1].id;
}

std::optional<std::uint32_t> LogTree::FeedIndex(const FeedId& feed) const {
  auto found = feed_index_.find(feed);
  if (found == feed_index_.end()) return std::nullopt;
  return found->second;
}

std::uint32_t LogTree::AddFeed(const FeedId& feed) {
  feeds_.push_back({feed, FirstChain(unit_, feed)});
  bool added = feed_index_.emplace(feed, feed_count()).second;
  TRAM_ASSERT(added);
  return feed_count();
}

const Entry& LogTree::entry(EntryNumber number) const {
  TRAM_ASSERT(number >= 1 && number <= entries_.size());
  return entries_[number - 1];
}

ByteView LogTree::op_bytes(EntryNumber number) const {
  TRAM_ASSERT(number >= 1 && number <= entries_.size());
  std::size_t begin = number == 1 ? 0 : op_ends_[number - 2];
  return ByteView(ops_).subspan(begin, op_ends_[number - 1] - begin);
}

Result<Op> LogTree::ReadOp(EntryNumber number) const {
  PositionCoder coder(*this, number, entry(number).previous);
  return DecodeStored(coder, feed(entry(number).feed).device, op_bytes(number));
}

EntryNumber LogTree::FindChain(const Chain& chain) const {
  return by_chain_.Find(chain,
                        [this](EntryNumber n) -> const Chain& { return entries_[n - 1].chain; });
}

EntryNumber LogTree::FindOp(const OpId& op) const {
  return by_op_.Find(op, [this](EntryNumber n) -> const OpId& { return entries_[n - 1].op; });
}

const Chain& LogTree::ChainAt(std::uint32_t feed, EntryNumber previous) const {
  return previous == 0 ? feeds_[feed - 1].first_chain : entry(previous).chain;
}

EntryNumber LogTree::Append(std::uint32_t feed, EntryNumber previous, const Op& op,
                            std::int64_t arrived_ms) {
  TRAM_ASSERT(previous == 0 || entry(previous).feed == feed);
  TRAM_ASSERT(op.device == this->feed(feed).device);
  Entry entry;
  entry.op = OpIdOf(unit_, EncodeOp(op));
  entry.chain = NextChain(unit_, ChainAt(feed, previous), entry.op);
  if (EntryNumber held = FindChain(entry.chain); held != 0) return held;
  entry.number = size() + 1;
  entry.previous = previous;
  entry.feed = feed;
  entry.time = op.time;
  entry.arrived_ms = Seconds(arrived_ms) * kMsPerSecond;
  PositionCoder coder(*this, entry.number, previous);
  Bytes stored = EncodeCompactOp(op, coder);
  // What is written is read back once: a form that does not decode to the same op would make the
  // log unreadable after the next start, long after anyone could repair it.
  PositionCoder reader(*this, entry.number, previous);
  Result<Op> again = DecodeStored(reader, op.device, stored);
  TRAM_ASSERT(again && *again == op);
  Add(entry, stored, true);
  return entry.number;
}

StoredEntry LogTree::Stored(EntryNumber number) const {
  const Entry& at = entry(number);
  return {number, at.feed, at.previous, Seconds(at.arrived_ms) - Seconds(at.time.ms),
          ToBytes(op_bytes(number))};
}

Status LogTree::Load(const StoredEntry& stored) {
  auto damaged = [&](const std::string& what) {
    return MakeError(ErrorCode::kCorrupt, "entry " + std::to_string(stored.number) + " " + what);
  };
  if (stored.number != size() + 1) {
    return damaged("follows entry " + std::to_string(size()) + ": what was between is missing");
  }
  if (stored.feed == 0 || stored.feed > feeds_.size()) return damaged("is of a feed without a row");
  if (stored.previous >= stored.number ||
      (stored.previous != 0 && entry(stored.previous).feed != stored.feed)) {
    return damaged("names an entry before it that is not of its feed");
  }
  Entry entry;
  entry.number = stored.number;
  entry.previous = stored.previous;
  entry.feed = stored.feed;
  PositionCoder coder(*this, stored.number, stored.previous);
  Result<Op> op = DecodeStored(coder, feed(stored.feed).device, stored.op);
  if (op) {
    entry.op = OpIdOf(unit_, EncodeOp(*op));
    entry.time = op->time;
    entry.arrived_ms = ArrivedMs(op->time, stored.late_s);
  }
  entry.chain = NextChain(unit_, ChainAt(stored.feed, stored.previous), entry.op);
  if (FindChain(entry.chain) != 0) return damaged("stands in the log twice");
  Add(entry, stored.op, op.has_value());
  if (op) return {};
  return MakeError(ErrorCode::kCorrupt,
                   NameOf(entry.number) + " cannot be read: " + op.error().message);
}

void LogTree::Add(Entry entry, ByteView stored_op, bool index_op) {
  entry.seq = entry.previous == 0 ? 1 : entries_[entry.previous - 1].seq + 1;
  entries_.push_back(entry);
  AddToRun(entry);
  Extend(ops_, stored_op);
  op_ends_.push_back(ops_.size());
  by_chain_.Insert(entry.chain, entry.number,
                   [this](EntryNumber n) -> const Chain& { return entries_[n - 1].chain; });
  if (index_op) {
    by_op_.Insert(entry.op, entry.number,
                  [this](EntryNumber n) -> const OpId& { return entries_[n - 1].op; });
  }
}

void LogTree::AddToRun(const Entry& entry) {
  if (entry.previous != 0) {
    std::uint32_t run = run_of(entry.previous);
    if (runs_[run].entries.back() == entry.previous) {
      runs_[run].entries.push_back(entry.number);
      run_of_.push_back(run);
      return;
    }
  }
  Run run;
  run.feed = entry.feed;
  run.parent = entry.previous;
  run.first_seq = entry.seq;
  run.entries.push_back(entry.number);
  run_of_.push_back(static_cast<std::uint32_t>(runs_.size()));
  runs_.push_back(std::move(run));
}

EntryNumber LogTree::Ancestor(EntryNumber number, std::uint64_t back) const {
  const std::uint64_t seq = entry(number).seq;
  if (back >= seq) return 0;
  const std::uint64_t wanted = seq - back;
  const Run* run = &runs_[run_of(number)];
  while (wanted < run->first_seq) run = &runs_[run_of(run->parent)];
  return run->entries[wanted - run->first_seq];
}

std::vector<EntryNumber> LogTree::Children(EntryNumber number) const {
  std::vector<EntryNumber> children;
  const Run& own = runs_[run_of(number)];
  std::uint64_t at = entry(number).seq - own.first_seq;
  if (at + 1 < own.entries.size()) children.push_back(own.entries[at + 1]);
  for (const Run& run : runs_) {
    if (run.parent == number) children.push_back(run.entries.front());
  }
  return children;
}

Leaf LogTree::LeafAt(EntryNumber number) const {
  const Entry& at = entry(number);
  return {feed(at.feed), at.seq, at.chain};
}

std::string LogTree::NameOf(EntryNumber number) const {
  const Entry& at = entry(number);
  return "entry " + std::to_string(number) + " (sequence " + std::to_string(at.seq) + " of feed " +
         std::to_string(at.feed) + ", device " +
         feed(at.feed).device.Hex().substr(0, kIdDigitsShown) + ")";
}

}  // namespace tram
