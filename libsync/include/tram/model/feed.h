// Feeds are trees. An entry is (feed, seq, op, previous chain, chain), keyed by its chain; several
// children are allowed (a copied device writes two branches); a leaf is a head. Every branch is
// kept and served, and nobody ever publishes again under another feed. Format:
// libsync/docs/wire-format.md. Threads: values, no shared state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tram/base/ids.h"
#include "tram/model/hybrid_time.h"
#include "tram/model/op.h"

namespace tram {

/// The head of one branch. seq counts from 1; a feed with no entries has no leaf.
struct Leaf {
  FeedId feed;
  std::uint64_t seq = 0;
  Chain chain;
  friend auto operator<=>(const Leaf&, const Leaf&) = default;
};

/// The writing device's signature over (unit, feed, seq, chain, time, context). `context` is zero,
/// or the hash of a request's method, path and rest where the request's header was the checkpoint.
struct Checkpoint {
  Leaf leaf;
  HybridTime time;
  Digest context;
  Signature signature;
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

/// Consecutive entries of one feed that end at a signed point.
struct Piece {
  FeedId feed;
  Chain previous;  // chain before the first op
  std::uint64_t first_seq = 1;
  std::vector<Op> ops;
  Checkpoint checkpoint;  // its leaf is the last op's entry
};

/// The first bytes of a hash over all key entries: it only says whether two tables differ.
using KeysDigest = Id<struct KeysDigestTag, 8>;

/// An entry of the small table that syncs beside the feeds. Seeds and members are never changed;
/// a tombstone wins over its seed.
struct KeyEntry {
  enum class Kind : std::uint8_t { kSeed = 1, kTombstone = 2, kMember = 3, kWrap = 4 };
  Kind kind = Kind::kSeed;
  Bytes key;    // seed, tombstone: record id; member: device id; wrap: its own name
  Bytes value;  // seed: 16 bytes; tombstone: empty; member: certificate (crypto/membership.h)
  friend auto operator<=>(const KeyEntry&, const KeyEntry&) = default;
};

enum class RefusalReason : std::uint8_t {
  kGap = 1,         // the previous chain is not held here
  kUnresolved = 2,  // an id names a base that is not held here
  kBadHash = 3,     // canonical form, hash or chain does not fit
  kBadSignature = 4,
  kUnknownDevice = 5,
  kNotPermitted = 6,
  kLimit = 7,
};
std::string RefusalText(RefusalReason reason);

/// What is kept, bounded, beside the log about a piece that never entered a feed.
struct Rejected {
  FeedId feed;
  Chain previous;
  RefusalReason reason = RefusalReason::kBadHash;
  std::int64_t at_ms = 0;  // when it came, by our wall clock
  std::string detail;
};

}  // namespace tram
