#include "wire/message_parts.h"

#include <algorithm>

#include "tram/base/limits.h"

namespace tram {
namespace wire {
namespace {

// An element of a list is never shorter than this; counts are checked against it.
constexpr std::size_t kPieceBytesMin = 1 + 1 + 1 + 1;
constexpr std::size_t kRefusalBytesMin = 1 + 1 + 1;
constexpr std::size_t kKeyBytesMin = 1 + 1 + 1;
// A piece's first byte.
constexpr std::uint8_t kPieceFollows = 1;
constexpr std::uint8_t kPieceHasCheckpoint = 2;
constexpr std::uint8_t kPieceEverything = 3;
constexpr std::size_t kFeedBytes = DeviceId::kSize + 8;

template <class Key>
void PutPlace(CanonicalOutput& output, const std::unordered_map<Key, std::uint64_t>& places,
              const Key& key) {
  auto found = places.find(key);
  output.PutVarint(found == places.end() ? 0 : found->second + 1);
}

/// Keys and values have sizes by kind.
struct KeySizes {
  std::size_t key_min, key_max, value_min, value_max;
};
std::optional<KeySizes> SizesOf(KeyEntry::Kind kind) {
  switch (kind) {
    case KeyEntry::Kind::kSeed:
      return KeySizes{RecordId::kSize, RecordId::kSize, Seed::kSize, Seed::kSize};
    case KeyEntry::Kind::kTombstone:
      return KeySizes{RecordId::kSize, RecordId::kSize, 0, 0};
    case KeyEntry::Kind::kMember:
      return KeySizes{DeviceId::kSize, DeviceId::kSize, 1, kMemberBytesMax};
    case KeyEntry::Kind::kWrap:
      return KeySizes{1, kWrapNameBytesMax, 1, kWrapBytesMax};
  }
  return std::nullopt;
}

Bytes TakeSized(CanonicalInput& input, std::size_t bytes_min, std::size_t bytes_max) {
  ByteView bytes = input.TakeBlob(bytes_max);
  if (bytes.size() < bytes_min) Refuse("a key entry is shorter than its kind");
  return ToBytes(bytes);
}

void PutCheckpoint(CanonicalOutput& output, const Checkpoint& checkpoint) {
  output.PutZigZag(checkpoint.time.ms);
  std::optional<Digest> context;
  if (!checkpoint.context.IsZero()) context = checkpoint.context;
  output(Maybe(context), checkpoint.signature);
}

Checkpoint TakeCheckpoint(CanonicalInput& input) {
  Checkpoint checkpoint;
  std::optional<Digest> context;
  input(ZigZag(checkpoint.time.ms), Maybe(context), checkpoint.signature);
  if (context) checkpoint.context = *context;
  return checkpoint;
}

/// The sequence after the last piece of `feed`; 0 where there is none.
std::uint64_t SeqAfter(const std::vector<PackedPiece>& pieces, const FeedId& feed) {
  auto last = std::find_if(pieces.rbegin(), pieces.rend(),
                           [&](const PackedPiece& piece) { return piece.feed == feed; });
  return last == pieces.rend() ? 0 : last->first_seq + last->op_count;
}

PackedPiece TakePiece(CanonicalInput& input, const Names& names,
                      const std::vector<PackedPiece>& before) {
  PackedPiece piece;
  const std::uint8_t has = input.TakeByte();
  if (has > kPieceEverything) Refuse("a piece has an unknown form");
  piece.feed = names.TakeFeed(input);
  piece.follows = (has & kPieceFollows) != 0;
  if (piece.follows) {
    piece.first_seq = SeqAfter(before, piece.feed);
  } else {
    piece.previous = names.TakeChain(input);
    input(Varint(piece.first_seq, kSeqMax));
  }
  input(Varint(piece.op_count, static_cast<std::uint32_t>(kOpsPerBatchMax)),
        Blob(piece.ops, kMessageBytesMax));
  if (piece.first_seq == 0 || piece.op_count == 0) Refuse("a piece holds nothing");
  if (has & kPieceHasCheckpoint) {
    piece.checkpoint = TakeCheckpoint(input);
    piece.checkpoint->leaf.feed = piece.feed;
    piece.checkpoint->leaf.seq = piece.first_seq + piece.op_count - 1;
  }
  return piece;
}

}  // namespace

Names::Names(const FeedId& own_feed) : known_feeds_(1) { AddFeed(own_feed); }

Names::Names(std::vector<Leaf> known) : leaves_(std::move(known)) {
  for (std::size_t i = 0; i < leaves_.size(); ++i) {
    TRAM_ASSERT(i == 0 || leaves_[i - 1] < leaves_[i]);
    AddFeed(leaves_[i].feed);
    leaf_places_.emplace(leaves_[i].chain, i);
    AddChain(leaves_[i].chain);
  }
  known_feeds_ = feeds_.size();
}

void Names::AddFeed(const FeedId& feed) {
  if (feed_places_.emplace(feed, feeds_.size()).second) feeds_.push_back(feed);
}

void Names::AddChain(const Chain& chain) {
  if (chain_places_.emplace(chain, chains_.size()).second) chains_.push_back(chain);
}

void Names::PutFeed(CanonicalOutput& output, const FeedId& feed) {
  AddFeed(feed);
  output.PutVarint(feed_places_.at(feed));
}

FeedId Names::TakeFeed(CanonicalInput& input) const {
  const std::uint64_t place = input.TakeVarint(std::numeric_limits<std::uint64_t>::max());
  if (place >= feeds_.size()) Refuse("it names a feed that it does not bring");
  return feeds_[static_cast<std::size_t>(place)];
}

void Names::PutLeaf(CanonicalOutput& output, const Leaf& leaf) {
  auto found = leaf_places_.find(leaf.chain);
  if (found != leaf_places_.end() && leaves_[static_cast<std::size_t>(found->second)] == leaf) {
    output.PutVarint(found->second + 1);
    return;
  }
  TRAM_ASSERT(leaf.seq <= kSeqMax);
  output.PutVarint(0);
  PutFeed(output, leaf.feed);
  output.PutVarint(leaf.seq);
  output.PutRaw(leaf.chain.view());
}

Leaf Names::TakeLeaf(CanonicalInput& input) const {
  const std::uint64_t place = input.TakeVarint(leaves_.size());
  if (place > 0) return leaves_[static_cast<std::size_t>(place - 1)];
  Leaf leaf;
  leaf.feed = TakeFeed(input);
  input(Varint(leaf.seq, kSeqMax), leaf.chain);
  return leaf;
}

void Names::PutChain(CanonicalOutput& output, const Chain& chain) const {
  PutPlace(output, chain_places_, chain);
  if (chain_places_.count(chain) == 0) output.PutRaw(chain.view());
}

Chain Names::TakeChain(CanonicalInput& input) const {
  const std::uint64_t place = input.TakeVarint(chains_.size());
  if (place > 0) return chains_[static_cast<std::size_t>(place - 1)];
  return Chain::From(input.TakeRaw(Chain::kSize));
}

void Names::PutNewFeeds(CanonicalOutput& output) const {
  std::vector<FeedId> added(feeds_.begin() + static_cast<std::ptrdiff_t>(known_feeds_),
                            feeds_.end());
  output(List(added, kLeavesMax + kPiecesMax, kFeedBytes));
}

void Names::TakeNewFeeds(CanonicalInput& input) {
  std::vector<FeedId> added;
  input(List(added, kLeavesMax + kPiecesMax, kFeedBytes));
  for (const FeedId& feed : added) AddFeed(feed);
}

void PutChains(CanonicalOutput& output, const std::vector<Chain>& bases, Names& names) {
  TRAM_ASSERT(bases.size() <= kLeavesMax);
  output.PutVarint(bases.size());
  for (const Chain& base : bases) {
    names.PutChain(output, base);
    names.AddChain(base);
  }
}

std::vector<Chain> TakeChains(CanonicalInput& input, Names& names) {
  std::vector<Chain> bases(input.TakeCount(kLeavesMax, 1));
  for (Chain& base : bases) {
    base = names.TakeChain(input);
    names.AddChain(base);
  }
  return bases;
}

void PutPieces(CanonicalOutput& output, const std::vector<PackedPiece>& pieces, Names& names) {
  TRAM_ASSERT(pieces.size() <= kPiecesMax);
  output.PutVarint(pieces.size());
  for (const PackedPiece& piece : pieces) {
    TRAM_ASSERT(piece.op_count > 0 && piece.first_seq > 0);
    output.PutByte(static_cast<std::uint8_t>((piece.follows ? kPieceFollows : 0) |
                                             (piece.checkpoint ? kPieceHasCheckpoint : 0)));
    names.PutFeed(output, piece.feed);
    if (!piece.follows) {
      TRAM_ASSERT(piece.first_seq <= kSeqMax);
      names.PutChain(output, piece.previous);
      output.PutVarint(piece.first_seq);
    }
    output.PutVarint(piece.op_count);
    output.PutBlob(piece.ops);
    if (piece.checkpoint) PutCheckpoint(output, *piece.checkpoint);
  }
}

std::vector<PackedPiece> TakePieces(CanonicalInput& input, const Names& names) {
  CanonicalInput::Nested nested(input);
  const std::size_t count = input.TakeCount(kPiecesMax, kPieceBytesMin);
  std::vector<PackedPiece> pieces;
  pieces.reserve(count);
  std::size_t ops = 0;
  for (std::size_t i = 0; i < count; ++i) {
    pieces.push_back(TakePiece(input, names, pieces));
    ops += pieces.back().op_count;
    if (ops > kOpsPerBatchMax) Refuse("it holds more ops than a message may");
  }
  return pieces;
}

void PutRefusals(CanonicalOutput& output, const std::vector<Refusal>& refusals, Names& names) {
  TRAM_ASSERT(refusals.size() <= kPiecesMax);
  output.PutVarint(refusals.size());
  for (const Refusal& refusal : refusals) {
    names.PutFeed(output, refusal.feed);
    names.PutChain(output, refusal.previous);
    output.PutByte(static_cast<std::uint8_t>(refusal.reason));
  }
}

std::vector<Refusal> TakeRefusals(CanonicalInput& input, const Names& names) {
  std::vector<Refusal> refusals(input.TakeCount(kPiecesMax, kRefusalBytesMin));
  for (Refusal& refusal : refusals) {
    refusal.feed = names.TakeFeed(input);
    refusal.previous = names.TakeChain(input);
    const std::uint8_t reason = input.TakeByte();
    if (reason < static_cast<std::uint8_t>(RefusalReason::kGap) ||
        reason > static_cast<std::uint8_t>(RefusalReason::kLimit)) {
      Refuse("a refusal has an unknown reason");
    }
    refusal.reason = static_cast<RefusalReason>(reason);
  }
  return refusals;
}

void PutKeys(CanonicalOutput& output, std::vector<KeyEntry> keys) {
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  TRAM_ASSERT(keys.size() <= kKeyEntriesMax);
  output.PutVarint(keys.size());
  for (const KeyEntry& entry : keys) {
    output.PutByte(static_cast<std::uint8_t>(entry.kind));
    output.PutBlob(entry.key);
    output.PutBlob(entry.value);
  }
}

std::vector<KeyEntry> TakeKeys(CanonicalInput& input) {
  CanonicalInput::Nested nested(input);
  const std::size_t count = input.TakeCount(kKeyEntriesMax, kKeyBytesMin);
  std::vector<KeyEntry> keys;
  keys.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    KeyEntry entry;
    entry.kind = static_cast<KeyEntry::Kind>(input.TakeByte());
    const std::optional<KeySizes> sizes = SizesOf(entry.kind);
    if (!sizes) Refuse("a key entry has an unknown kind");
    entry.key = TakeSized(input, sizes->key_min, sizes->key_max);
    entry.value = TakeSized(input, sizes->value_min, sizes->value_max);
    if (i > 0 && !(keys.back() < entry)) Refuse("its key entries are not sorted");
    keys.push_back(std::move(entry));
  }
  return keys;
}

}  // namespace wire

bool FitsItsKind(const KeyEntry& entry) {
  const std::optional<wire::KeySizes> sizes = wire::SizesOf(entry.kind);
  return sizes && entry.key.size() >= sizes->key_min && entry.key.size() <= sizes->key_max &&
         entry.value.size() >= sizes->value_min && entry.value.size() <= sizes->value_max;
}

}  // namespace tram
