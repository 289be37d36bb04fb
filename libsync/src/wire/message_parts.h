// The parts that requests and replies share: leaves, chains, pieces, refusals, key entries, and the
// short names that feeds, leaves and chains have inside one message.
// Format: libsync/docs/wire-format.md. Threads: values, no shared state.
#pragma once

#include <unordered_map>
#include <vector>

#include "tram/wire/messages.h"
#include "wire/archive.h"

namespace tram::wire {

/// Sequences beyond are refused: sums of a sequence and a count never overflow.
inline constexpr std::uint64_t kSeqMax = std::uint64_t{1} << 48;
inline constexpr std::size_t kMemberBytesMax = 4096;
inline constexpr std::size_t kWrapNameBytesMax = 64;
inline constexpr std::size_t kWrapBytesMax = 4096;

/// What both sides know before the message names it, and what the message adds.
/// Sender: names are given in the order of first use. Receiver: names resolve, or are refused.
class Names {
 public:
  /// A request: the sender's own feed has a name from the start.
  explicit Names(const FeedId& own_feed);
  /// A reply. `known` sorted and unique: their feeds, the leaves and their chains have names.
  explicit Names(std::vector<Leaf> known);

  void PutFeed(CanonicalOutput& output, const FeedId& feed);
  FeedId TakeFeed(CanonicalInput& input) const;
  void PutLeaf(CanonicalOutput& output, const Leaf& leaf);
  Leaf TakeLeaf(CanonicalInput& input) const;
  void PutChain(CanonicalOutput& output, const Chain& chain) const;
  Chain TakeChain(CanonicalInput& input) const;
  /// A base of the message has a name from here on.
  void AddChain(const Chain& chain);

  /// The feeds that the message itself must bring.
  bool HasNewFeeds() const { return feeds_.size() > known_feeds_; }
  void PutNewFeeds(CanonicalOutput& output) const;
  void TakeNewFeeds(CanonicalInput& input);

 private:
  void AddFeed(const FeedId& feed);

  std::vector<Leaf> leaves_;
  std::vector<FeedId> feeds_;
  std::size_t known_feeds_ = 0;
  std::vector<Chain> chains_;
  std::unordered_map<FeedId, std::uint64_t> feed_places_;
  std::unordered_map<Chain, std::uint64_t> leaf_places_;
  std::unordered_map<Chain, std::uint64_t> chain_places_;
};

template <class Archive>
void serialize(Archive& archive, FeedId& feed) {
  archive(feed.device, Fixed64(feed.number));
}

// Each Put writes a count and the elements; each Take throws DecodeFailure.
void PutChains(CanonicalOutput& output, const std::vector<Chain>& bases, Names& names);
std::vector<Chain> TakeChains(CanonicalInput& input, Names& names);
void PutPieces(CanonicalOutput& output, const std::vector<PackedPiece>& pieces, Names& names);
std::vector<PackedPiece> TakePieces(CanonicalInput& input, const Names& names);
void PutRefusals(CanonicalOutput& output, const std::vector<Refusal>& refusals, Names& names);
std::vector<Refusal> TakeRefusals(CanonicalInput& input, const Names& names);
/// Sorts and drops repeated entries.
void PutKeys(CanonicalOutput& output, std::vector<KeyEntry> keys);
std::vector<KeyEntry> TakeKeys(CanonicalInput& input);

}  // namespace tram::wire
