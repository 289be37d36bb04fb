// The messages of a sync: one request and its reply, over HTTP or as a file.
//
// A message names ids by position: (leaf that the receiver listed, by its chain; seq), or an
// earlier op of the same message, else in full. So pieces are decoded one by one, when they are
// applied: a piece's references may need what an earlier piece of the message brought. The ops are
// coded as columns whose statistics go through the whole message, so pieces are packed and unpacked
// in their order. Format, grammar and a worked example: libsync/docs/wire-format.md.
// Threads: pure functions; MessageIds belongs to one message.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "tram/base/ids.h"
#include "tram/model/feed.h"
#include "tram/wire/op_codec.h"

namespace tram {
namespace wire {
struct OpColumns;
}  // namespace wire

using Nonce = Id<struct NonceTag, 8>;
/// The first bytes of DigestOfLeaves: says whether two lists differ; the receipt has the whole.
using LeavesDigest = Id<struct LeavesDigestTag, 8>;

struct ListedLeaf {
  Leaf leaf;
  std::vector<Chain> samples;  // chains 1, 2, 4, 8 … entries back; for leaves new to the receiver
};

/// A piece whose ops are still in message form.
struct PackedPiece {
  FeedId feed;
  /// It goes on where the message's last piece of this feed ends: `previous` is then not on the
  /// wire, and zero where the piece was read; `first_seq` follows from that piece.
  bool follows = false;
  Chain previous;
  std::uint64_t first_seq = 1;
  std::uint32_t op_count = 0;
  Bytes ops;
  /// Its leaf's chain is not on the wire: computed, then verified. Nothing: signed by the message's
  /// own header (the sender's last piece).
  std::optional<Checkpoint> checkpoint;
};

struct Refusal {
  FeedId feed;
  Chain previous;
  RefusalReason reason = RefusalReason::kGap;
  friend bool operator==(const Refusal&, const Refusal&) = default;
};

/// The signed head of a request. `leaf` is the sender's own feed at the end of this message
/// (seq 0 and chain[0] where it has written nothing).
struct RequestHeader {
  DeviceId device;
  HybridTime time;
  Leaf leaf;
  Signature signature;
};

struct RequestBody {
  Nonce nonce;
  std::vector<ListedLeaf> leaves;  // in any order; comes out sorted by leaf
  LeavesDigest unlisted;           // over the leaves that are not listed; zero: there are none
  std::vector<Chain> bases;        // what ids of the pieces refer to
  std::vector<PackedPiece> pieces;
  KeysDigest keys_digest;      // over the sender's key entries after this message
  std::vector<KeyEntry> keys;  // comes out sorted
  bool all_keys = false;       // `keys` is the whole table
  bool more = false;           // the sender has more pieces than fit
  std::uint32_t round = 0;     // exchanges of this sync before this one: batches grow with it
};

struct Request {
  RequestHeader header;
  RequestBody body;
  Digest context;  // hash of method, path and body: what the header's signature covers besides
};

/// Which request it answers is not written: the receipt covers the nonce, so a reply whose receipt
/// does not verify with the latest nonce is not the latest one's.
struct Reply {
  HybridTime time;           // the server's clock
  std::vector<Leaf> leaves;  // all of its leaves after applying; comes out sorted
  /// Chains that it holds before those of its leaves that the client may not know: what it shares
  /// with the client on them is found from these.
  std::vector<Chain> samples;
  std::vector<Chain> bases;
  std::vector<PackedPiece> pieces;
  std::vector<Refusal> refusals;
  std::optional<KeysDigest> keys_digest;  // nothing: the same as the request's
  std::vector<KeyEntry> keys;             // comes out sorted
  bool all_keys = false;
  /// List all leaves next time: the digest did not fit. The reply then stands on its own.
  bool want_full = false;
  bool want_keys = false;  // send the whole key table next time
  bool more = false;
  Signature receipt;  // ReceiptStatement, signed by the server
  Digest context;     // where it was read: hash of the body, which the receipt covers
};

/// What is signed. `context` zero: a plain checkpoint.
Bytes CheckpointStatement(const UnitId& unit, const Leaf& leaf, HybridTime time,
                          const Digest& context);
/// Server, unit, device, nonce, time, the digest of all the server's leaves, and the context of the
/// reply that says so.
Bytes ReceiptStatement(const DeviceId& server, const UnitId& unit, const DeviceId& device,
                       const Nonce& nonce, HybridTime time, const Digest& leaves,
                       const Digest& context);
/// Order does not matter.
Digest DigestOfLeaves(std::vector<Leaf> leaves);
LeavesDigest ShortDigest(const Digest& leaves);

/// Where the message goes, hashed into the context: "POST", "/sync"; "FILE", "bundle" for a bundle.
struct MessageTarget {
  std::string method;
  std::string path;
};

/// The header's device travels as its first eight bytes; the receiver finds the device by them.
using DevicePrefix = Id<struct DevicePrefixTag, 8>;
DevicePrefix PrefixOf(const DeviceId& device);

/// Encodes the body once; `sign` receives the context and returns the finished header, whose leaf
/// is of `own_feed`. Needs every list within its limit (tram/base/limits.h).
Bytes EncodeRequest(const RequestBody& body, const MessageTarget& target, const FeedId& own_feed,
                    const std::function<RequestHeader(const Digest& context)>& sign);
/// The sender's prefix, without decoding more. Errors: invalid | too_new.
Result<DevicePrefix> PeekSender(ByteView message);
/// `sender` is whom the prefix names (looked up by the caller); the signature is not verified here.
/// Errors: invalid | too_new.
Result<Request> DecodeRequest(ByteView message, const MessageTarget& target,
                              const DeviceId& sender);

/// `request_leaves` are the leaves that both sides hold to be the server's when the server says
/// "the same as yours"; feeds and leaves among them are named by position. Both sides must pass the
/// same list, in any order; where want_full is set it is not used, and where it is empty on both
/// sides the reply stands on its own (a file, read much later). A receiver that passes another list
/// gets an error, or leaves that the receipt does not cover. Needs every list within its limit.
Bytes EncodeReply(const Reply& reply, const std::vector<Leaf>& request_leaves);
/// The context that a receiver of this reply will find.
Digest ContextOfReply(const Reply& reply, const std::vector<Leaf>& request_leaves);
/// Errors: invalid | too_new.
Result<Reply> DecodeReply(ByteView message, const std::vector<Leaf>& request_leaves);

/// Whether key and value have sizes that an entry of this kind may have, and the kind is known.
bool FitsItsKind(const KeyEntry& entry);

/// The seed of the person whom an op created, where the sender has it.
using SeedOf = std::function<std::optional<Seed>(const RecordId&)>;

/// The ops of a piece and the seeds that came with them.
struct UnpackedOps {
  std::vector<Op> ops;
  std::vector<KeyEntry> seeds;
};

/// What goes through one message: its ids (bases by chain, then the ops of the message in order)
/// and what its columns have shown.
class MessageIds : public IdCoder {
 public:
  struct Position {
    Chain leaf;          // one of the bases
    std::uint64_t back;  // entries back from that leaf; 0 is the leaf itself
  };
  /// Sender: where an id is in what the receiver is known to hold. Receiver: the id at a position.
  using Locate = std::function<std::optional<Position>(const OpId&)>;
  using Lookup = std::function<std::optional<OpId>(const Position&)>;
  MessageIds(std::vector<Chain> bases, Locate locate, Lookup lookup);
  MessageIds(MessageIds&&) noexcept;
  ~MessageIds() override;

  /// To be called for each op of the message, in order, after it was encoded or decoded.
  void Add(const OpId& id);
  /// Receiver: a piece that is not unpacked still counts, or later positions would shift. What
  /// refers to its ops does not resolve.
  void Skip(std::size_t ops);
  const std::vector<Chain>& bases() const { return bases_; }

  bool HasDistance(std::uint64_t base) const override;
  std::optional<Reference> Refer(const OpId& id) override;
  std::optional<OpId> Resolve(const Reference& reference) override;

 private:
  friend Bytes PackOps(const UnitId&, const std::vector<Op>&, MessageIds&, const SeedOf&);
  friend Result<UnpackedOps> UnpackOps(const UnitId&, const PackedPiece&, MessageIds&);
  void DropFrom(std::size_t size);

  std::vector<Chain> bases_;
  Locate locate_;
  Lookup lookup_;
  std::vector<std::optional<OpId>> ops_;             // nothing: skipped
  std::unordered_map<OpId, std::size_t> positions_;  // in ops_
  std::unique_ptr<wire::OpColumns> columns_;
};

/// Packs ops of one device. Each op's id is added to `ids` on the way.
Bytes PackOps(const UnitId& unit, const std::vector<Op>& ops, MessageIds& ids,
              const SeedOf& seed_of);
/// Adds each op's id to `ids`. Errors: invalid | not_found (unresolved; or an earlier piece of the
/// message is invalid, and the columns cannot be followed past it); the piece is then skipped in
/// `ids`.
Result<UnpackedOps> UnpackOps(const UnitId& unit, const PackedPiece& piece, MessageIds& ids);

inline constexpr std::size_t kBundleMessagesMax = 65536;
/// A bundle file: "TRAMBNDL", version, messages, together at most kBundleBytesMax.
/// Needs 1..kBundleMessagesMax messages of 1..kMessageBytesMax bytes.
Bytes EncodeBundle(const std::vector<Bytes>& messages);
/// Errors: invalid | too_new.
Result<std::vector<Bytes>> DecodeBundle(ByteView file);

}  // namespace tram
