// Messages that the tests of wire/ share.
#pragma once

#include <gtest/gtest.h>

#include "tests/unit/wire/samples.h"
#include "tram/base/hash.h"
#include "tram/wire/messages.h"

namespace tram {

inline const MessageTarget& TargetSample() {
  static const MessageTarget target{"POST", "/sync"};
  return target;
}
inline FeedId OwnFeedSample() { return {DeviceSample(), 0x1122334455667788}; }
inline FeedId OtherFeedSample() { return {NumberedId<DeviceId>(3), 77}; }
inline Leaf LeafSample(const FeedId& feed, std::uint64_t seq) {
  return {feed, seq, NumberedId<Chain>(seq)};
}

/// A body in which every part is present, in the order in which it comes out.
inline RequestBody FullBody() {
  MessageIds ids({NumberedId<Chain>(50)}, nullptr, nullptr);
  RequestBody body;
  body.nonce = NumberedId<Nonce>(21);
  body.leaves = {{LeafSample(OwnFeedSample(), 60), {}},
                 {LeafSample(OtherFeedSample(), 61), {NumberedId<Chain>(5), NumberedId<Chain>(4)}}};
  body.unlisted = NumberedId<LeavesDigest>(22);
  body.bases = {NumberedId<Chain>(50)};
  PackedPiece relayed;
  relayed.feed = OtherFeedSample();
  relayed.previous = NumberedId<Chain>(49);
  relayed.first_seq = 7;
  relayed.op_count = 1;
  Op op = CreatingOpSample();
  op.device = relayed.feed.device;
  relayed.ops = PackOps(UnitSample(), {op}, ids, nullptr);
  relayed.checkpoint =
      Checkpoint{{relayed.feed, 7, {}}, {1795305600000}, {}, NumberedId<Signature>(23)};
  PackedPiece signed_by_request = relayed;
  signed_by_request.checkpoint->context = NumberedId<Digest>(24);
  signed_by_request.previous = NumberedId<Chain>(50);
  PackedPiece own;
  own.feed = OwnFeedSample();
  own.previous = NumberedId<Chain>(48);
  own.op_count = 2;
  own.ops = PackOps(UnitSample(), {CreatingOpSample(), ChangingOpSample()}, ids, nullptr);
  // Another one of the first feed, right behind the one before.
  PackedPiece next = signed_by_request;
  next.follows = true;
  next.previous = {};
  next.first_seq += next.op_count;
  next.ops = PackOps(UnitSample(), {op}, ids, nullptr);
  next.checkpoint->leaf.seq = next.first_seq;
  body.pieces = {relayed, signed_by_request, own, next};
  body.keys_digest = NumberedId<KeysDigest>(25);
  body.keys = {{KeyEntry::Kind::kSeed, Bytes(20, 1), Bytes(16, 2)},
               {KeyEntry::Kind::kTombstone, Bytes(20, 3), {}},
               {KeyEntry::Kind::kMember, Bytes(32, 4), Bytes(105, 5)},
               {KeyEntry::Kind::kWrap, Hex("01"), Bytes(90, 6)}};
  body.all_keys = true;
  body.more = true;
  body.round = 3;
  return body;
}

inline RequestBody NoOpBody() {
  RequestBody body;
  body.nonce = NumberedId<Nonce>(21);
  body.unlisted = NumberedId<LeavesDigest>(22);
  body.keys_digest = NumberedId<KeysDigest>(25);
  return body;
}

/// Signed with a made-up signature.
inline Bytes RequestBytes(const RequestBody& body, Digest* context = nullptr) {
  return EncodeRequest(body, TargetSample(), OwnFeedSample(), [&](const Digest& signed_context) {
    if (context != nullptr) *context = signed_context;
    RequestHeader header;
    header.device = DeviceSample();
    header.time.ms = 1795305600123;
    header.leaf = LeafSample(OwnFeedSample(), 300);
    header.signature = NumberedId<Signature>(26);
    return header;
  });
}

inline std::vector<Leaf> RequestLeavesSample() {
  return {LeafSample(OwnFeedSample(), 300), LeafSample(OtherFeedSample(), 61)};
}

inline Reply FullReply() {
  RequestBody body = FullBody();
  Reply reply;
  reply.time.ms = 1795305600999;
  reply.leaves = {LeafSample(OwnFeedSample(), 300), LeafSample(OtherFeedSample(), 62),
                  LeafSample({NumberedId<DeviceId>(4), 5}, 9)};
  reply.bases = {LeafSample(OwnFeedSample(), 300).chain, NumberedId<Chain>(50)};
  reply.pieces = body.pieces;
  reply.refusals = {{OwnFeedSample(), NumberedId<Chain>(48), RefusalReason::kUnresolved},
                    {{NumberedId<DeviceId>(9), 1}, NumberedId<Chain>(1), RefusalReason::kLimit}};
  reply.keys_digest = NumberedId<KeysDigest>(30);
  reply.keys = body.keys;
  reply.all_keys = reply.want_keys = reply.more = true;
  reply.receipt = NumberedId<Signature>(31);
  return reply;
}

inline void ExpectSamePieces(const std::vector<PackedPiece>& a, const std::vector<PackedPiece>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].feed, b[i].feed);
    EXPECT_EQ(a[i].follows, b[i].follows);
    EXPECT_EQ(a[i].previous, b[i].previous);
    EXPECT_EQ(a[i].first_seq, b[i].first_seq);
    EXPECT_EQ(a[i].op_count, b[i].op_count);
    EXPECT_EQ(a[i].ops, b[i].ops);
    EXPECT_EQ(a[i].checkpoint, b[i].checkpoint);
  }
}

inline void ExpectSameBody(const RequestBody& a, const RequestBody& b) {
  EXPECT_EQ(a.nonce, b.nonce);
  ASSERT_EQ(a.leaves.size(), b.leaves.size());
  for (std::size_t i = 0; i < a.leaves.size(); ++i) {
    EXPECT_EQ(a.leaves[i].leaf, b.leaves[i].leaf);
    EXPECT_EQ(a.leaves[i].samples, b.leaves[i].samples);
  }
  EXPECT_EQ(a.unlisted, b.unlisted);
  EXPECT_EQ(a.bases, b.bases);
  ExpectSamePieces(a.pieces, b.pieces);
  EXPECT_EQ(a.keys_digest, b.keys_digest);
  EXPECT_EQ(a.keys, b.keys);
  EXPECT_EQ(a.all_keys, b.all_keys);
  EXPECT_EQ(a.more, b.more);
  EXPECT_EQ(a.round, b.round);
}

inline void ExpectSameReply(const Reply& a, const Reply& b) {
  EXPECT_EQ(a.time, b.time);
  EXPECT_EQ(a.leaves, b.leaves);
  EXPECT_EQ(a.bases, b.bases);
  ExpectSamePieces(a.pieces, b.pieces);
  EXPECT_EQ(a.refusals, b.refusals);
  EXPECT_EQ(a.keys_digest, b.keys_digest);
  EXPECT_EQ(a.keys, b.keys);
  EXPECT_EQ(a.all_keys, b.all_keys);
  EXPECT_EQ(a.want_full, b.want_full);
  EXPECT_EQ(a.want_keys, b.want_keys);
  EXPECT_EQ(a.more, b.more);
  EXPECT_EQ(a.receipt, b.receipt);
}

}  // namespace tram
