#include "tram/wire/messages.h"

#include <algorithm>

#include "tram/base/hash.h"
#include "tram/base/limits.h"
#include "wire/archive.h"
#include "wire/message_parts.h"

namespace tram {
namespace {

using wire::CanonicalInput;
using wire::CanonicalOutput;
using wire::DecodeFailure;
using wire::Names;
using wire::Refuse;
using wire::ZigZag;

// The first byte of a message: the version in the upper four bits, then what it is.
constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kIsRequest = 0x00;
constexpr std::uint8_t kIsReply = 0x01;

// What a body holds: one bit each, as a varint; the usual ones in its first byte.
enum RequestHas : std::uint64_t {
  kRequestFeeds = 1,
  kRequestLeaves = 2,
  kRequestUnlisted = 4,
  kRequestBases = 8,
  kRequestPieces = 16,
  kRequestKeys = 32,
  kRequestMore = 64,
  kRequestRound = 128,
  kRequestAllKeys = 256,
  kRequestEverything = 511,
};
enum ReplyHas : std::uint64_t {
  kReplyFeeds = 1,
  kReplyLeaves = 2,
  kReplyBases = 4,
  kReplyPieces = 8,
  kReplyKeysDigest = 16,
  kReplyKeys = 32,
  kReplyMore = 64,
  kReplyRefusals = 128,
  kReplyWantFull = 256,
  kReplyWantKeys = 512,
  kReplyAllKeys = 1024,
  kReplySamples = 2048,
  kReplyEverything = 4095,
};

std::uint64_t Bit(std::uint64_t bit, bool set) { return set ? bit : 0; }

std::vector<Leaf> Sorted(std::vector<Leaf> leaves) {
  std::sort(leaves.begin(), leaves.end());
  leaves.erase(std::unique(leaves.begin(), leaves.end()), leaves.end());
  return leaves;
}

void PutListedLeaves(CanonicalOutput& output, std::vector<ListedLeaf> leaves, Names& names) {
  std::sort(leaves.begin(), leaves.end(),
            [](const auto& a, const auto& b) { return a.leaf < b.leaf; });
  TRAM_ASSERT(leaves.size() <= kLeavesMax);
  output.PutVarint(leaves.size());
  for (ListedLeaf& listed : leaves) {
    names.PutLeaf(output, listed.leaf);
    TRAM_ASSERT(listed.samples.size() <= kSamplesMax);
    output.PutVarint(listed.samples.size());
    for (const Chain& sample : listed.samples) names.PutChain(output, sample);
  }
}

std::vector<ListedLeaf> TakeListedLeaves(CanonicalInput& input, const Names& names) {
  CanonicalInput::Nested nested(input);
  std::vector<ListedLeaf> leaves(input.TakeCount(kLeavesMax, 2));
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    leaves[i].leaf = names.TakeLeaf(input);
    if (i > 0 && !(leaves[i - 1].leaf < leaves[i].leaf)) Refuse("its leaves are not sorted");
    leaves[i].samples.resize(input.TakeCount(kSamplesMax, 1));
    for (Chain& sample : leaves[i].samples) sample = names.TakeChain(input);
  }
  return leaves;
}

void PutLeaves(CanonicalOutput& output, const std::vector<Leaf>& leaves, Names& names) {
  TRAM_ASSERT(leaves.size() <= kLeavesMax);
  output.PutVarint(leaves.size());
  for (const Leaf& leaf : leaves) names.PutLeaf(output, leaf);
}

std::vector<Leaf> TakeLeaves(CanonicalInput& input, const Names& names) {
  std::vector<Leaf> leaves(input.TakeCount(kLeavesMax, 1));
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    leaves[i] = names.TakeLeaf(input);
    if (i > 0 && !(leaves[i - 1] < leaves[i])) Refuse("its leaves are not sorted");
  }
  return leaves;
}

/// The lists name feeds, and the feeds come first: so the lists are written apart.
Bytes BodyOf(Bytes head, const Names& names, ByteView lists) {
  CanonicalOutput output(head);
  if (names.HasNewFeeds()) names.PutNewFeeds(output);
  output.PutRaw(lists);
  return head;
}

Bytes EncodeRequestBody(const RequestBody& body, const FeedId& own_feed) {
  Names names(own_feed);
  Bytes lists;
  CanonicalOutput output(lists);
  if (!body.bases.empty()) PutChains(output, body.bases, names);
  if (!body.leaves.empty()) PutListedLeaves(output, body.leaves, names);
  if (!body.pieces.empty()) PutPieces(output, body.pieces, names);
  if (!body.keys.empty()) PutKeys(output, body.keys);

  Bytes bytes;
  CanonicalOutput head(bytes);
  head.PutVarint(
      Bit(kRequestFeeds, names.HasNewFeeds()) | Bit(kRequestLeaves, !body.leaves.empty()) |
      Bit(kRequestUnlisted, !body.unlisted.IsZero()) | Bit(kRequestBases, !body.bases.empty()) |
      Bit(kRequestPieces, !body.pieces.empty()) | Bit(kRequestKeys, !body.keys.empty()) |
      Bit(kRequestMore, body.more) | Bit(kRequestRound, body.round != 0) |
      Bit(kRequestAllKeys, body.all_keys));
  head(body.nonce, body.keys_digest);
  if (!body.unlisted.IsZero()) head(body.unlisted);
  if (body.round != 0) head.PutVarint(body.round);
  return BodyOf(std::move(bytes), names, lists);
}

RequestBody TakeRequestBody(ByteView bytes, const FeedId& own_feed) {
  CanonicalInput input(bytes);
  Names names(own_feed);
  RequestBody body;
  const std::uint64_t has = input.TakeVarint(kRequestEverything);
  input(body.nonce, body.keys_digest);
  if (has & kRequestUnlisted) input(body.unlisted);
  if (has & kRequestRound) input(wire::Varint(body.round));
  if (has & kRequestFeeds) names.TakeNewFeeds(input);
  if (has & kRequestBases) body.bases = TakeChains(input, names);
  if (has & kRequestLeaves) body.leaves = TakeListedLeaves(input, names);
  if (has & kRequestPieces) body.pieces = TakePieces(input, names);
  if (has & kRequestKeys) body.keys = wire::TakeKeys(input);
  body.more = has & kRequestMore;
  body.all_keys = has & kRequestAllKeys;
  input.ExpectEnd();
  if (!std::ranges::equal(EncodeRequestBody(body, own_feed), bytes)) {
    Refuse("it is not in its canonical form");
  }
  return body;
}

/// The leaves that a reply may name by position.
std::vector<Leaf> NamedLeaves(const std::vector<Leaf>& request_leaves, bool want_full) {
  return want_full ? std::vector<Leaf>{} : Sorted(request_leaves);
}

Bytes EncodeReplyBody(const Reply& reply, const std::vector<Leaf>& request_leaves) {
  const std::vector<Leaf> known = NamedLeaves(request_leaves, reply.want_full);
  const std::vector<Leaf> leaves = Sorted(reply.leaves);
  const bool same_leaves = leaves == known;
  Names names(known);
  Bytes lists;
  CanonicalOutput output(lists);
  if (!reply.bases.empty()) PutChains(output, reply.bases, names);
  if (!same_leaves) PutLeaves(output, leaves, names);
  if (!reply.samples.empty()) PutChains(output, reply.samples, names);
  if (!reply.pieces.empty()) PutPieces(output, reply.pieces, names);
  if (!reply.refusals.empty()) PutRefusals(output, reply.refusals, names);
  if (!reply.keys.empty()) PutKeys(output, reply.keys);

  Bytes bytes;
  CanonicalOutput head(bytes);
  head.PutVarint(Bit(kReplyFeeds, names.HasNewFeeds()) | Bit(kReplyLeaves, !same_leaves) |
                 Bit(kReplyBases, !reply.bases.empty()) | Bit(kReplyPieces, !reply.pieces.empty()) |
                 Bit(kReplyKeysDigest, reply.keys_digest.has_value()) |
                 Bit(kReplyKeys, !reply.keys.empty()) | Bit(kReplyMore, reply.more) |
                 Bit(kReplyRefusals, !reply.refusals.empty()) |
                 Bit(kReplyWantFull, reply.want_full) | Bit(kReplyWantKeys, reply.want_keys) |
                 Bit(kReplyAllKeys, reply.all_keys) | Bit(kReplySamples, !reply.samples.empty()));
  if (reply.keys_digest) head(*reply.keys_digest);
  return BodyOf(std::move(bytes), names, lists);
}

Reply TakeReplyBody(ByteView bytes, const std::vector<Leaf>& request_leaves) {
  CanonicalInput input(bytes);
  Reply reply;
  const std::uint64_t has = input.TakeVarint(kReplyEverything);
  reply.want_full = has & kReplyWantFull;
  const std::vector<Leaf> known = NamedLeaves(request_leaves, reply.want_full);
  Names names(known);
  if (has & kReplyKeysDigest) input(reply.keys_digest.emplace());
  if (has & kReplyFeeds) names.TakeNewFeeds(input);
  if (has & kReplyBases) reply.bases = TakeChains(input, names);
  reply.leaves = has & kReplyLeaves ? TakeLeaves(input, names) : known;
  if (has & kReplySamples) reply.samples = TakeChains(input, names);
  if (has & kReplyPieces) reply.pieces = TakePieces(input, names);
  if (has & kReplyRefusals) reply.refusals = TakeRefusals(input, names);
  if (has & kReplyKeys) reply.keys = wire::TakeKeys(input);
  reply.more = has & kReplyMore;
  reply.want_keys = has & kReplyWantKeys;
  reply.all_keys = has & kReplyAllKeys;
  input.ExpectEnd();
  if (!std::ranges::equal(EncodeReplyBody(reply, request_leaves), bytes)) {
    Refuse("it is not in its canonical form");
  }
  return reply;
}

constexpr std::uint8_t HeadOf(std::uint8_t kind) {
  return static_cast<std::uint8_t>(kVersion << 4 | kind);
}

void TakeHead(CanonicalInput& input, std::uint8_t kind) {
  if (input.rest().size() > kMessageBytesMax) Refuse("it is larger than a message may be");
  const std::uint8_t head = input.TakeByte();
  const int version = head >> 4;
  if (version > kVersion) {
    throw DecodeFailure{ErrorCode::kTooNew, "its version is " + std::to_string(version)};
  }
  if (head != HeadOf(kind)) Refuse("it is no message of this kind");
}

Digest ContextOf(const MessageTarget& target, ByteView body) {
  Bytes lengths;
  CanonicalOutput output(lengths);
  output.PutFixed64(target.method.size());
  output.PutFixed64(target.path.size());
  output.PutFixed64(body.size());
  output.PutByte(HeadOf(kIsRequest));
  return Blake2b160(
      {}, {AsBytes("tram-request-1"), lengths, AsBytes(target.method), AsBytes(target.path), body});
}

Digest ContextOf(ByteView reply_body) {
  return Blake2b160({}, {AsBytes("tram-reply-1"), reply_body});
}

}  // namespace

Bytes EncodeRequest(const RequestBody& body, const MessageTarget& target, const FeedId& own_feed,
                    const std::function<RequestHeader(const Digest& context)>& sign) {
  const Bytes encoded = EncodeRequestBody(body, own_feed);
  TRAM_ASSERT(encoded.size() <= kMessageBytesMax);
  const RequestHeader header = sign(ContextOf(target, encoded));
  TRAM_ASSERT(header.leaf.feed == own_feed && header.device == own_feed.device);
  Bytes message{HeadOf(kIsRequest)};
  CanonicalOutput output(message);
  output(PrefixOf(header.device));
  output.PutFixed64(own_feed.number);
  output.PutVarint(header.leaf.seq);
  output(header.leaf.chain);
  output.PutZigZag(header.time.ms);
  output(header.signature);
  output.PutRaw(encoded);
  return message;
}

Result<DevicePrefix> PeekSender(ByteView message) {
  return wire::AtDecodeEdge("a request", [&] {
    CanonicalInput input(message);
    TakeHead(input, kIsRequest);
    DevicePrefix prefix;
    input(prefix);
    return prefix;
  });
}

Result<Request> DecodeRequest(ByteView message, const MessageTarget& target,
                              const DeviceId& sender) {
  return wire::AtDecodeEdge("a request", [&] {
    CanonicalInput input(message);
    TakeHead(input, kIsRequest);
    Request request;
    RequestHeader& header = request.header;
    DevicePrefix prefix;
    header.device = header.leaf.feed.device = sender;
    input(prefix, wire::Fixed64(header.leaf.feed.number),
          wire::Varint(header.leaf.seq, wire::kSeqMax), header.leaf.chain, ZigZag(header.time.ms),
          header.signature);
    if (prefix != PrefixOf(sender)) Refuse("it is from another device");
    request.context = ContextOf(target, input.rest());
    request.body = TakeRequestBody(input.rest(), header.leaf.feed);
    return request;
  });
}

Bytes EncodeReply(const Reply& reply, const std::vector<Leaf>& request_leaves) {
  const Bytes encoded = EncodeReplyBody(reply, request_leaves);
  TRAM_ASSERT(encoded.size() <= kMessageBytesMax);
  Bytes message{HeadOf(kIsReply)};
  CanonicalOutput output(message);
  output.PutZigZag(reply.time.ms);
  output(reply.receipt);
  output.PutRaw(encoded);
  return message;
}

Digest ContextOfReply(const Reply& reply, const std::vector<Leaf>& request_leaves) {
  return ContextOf(EncodeReplyBody(reply, request_leaves));
}

Result<Reply> DecodeReply(ByteView message, const std::vector<Leaf>& request_leaves) {
  return wire::AtDecodeEdge("a reply", [&] {
    CanonicalInput input(message);
    TakeHead(input, kIsReply);
    HybridTime time;
    Signature receipt;
    input(ZigZag(time.ms), receipt);
    const Digest context = ContextOf(input.rest());
    Reply reply = TakeReplyBody(input.rest(), request_leaves);
    reply.context = context;
    reply.time = time;
    reply.receipt = receipt;
    return reply;
  });
}

}  // namespace tram
