#include "tram/wire/messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/wire/message_samples.h"
#include "tram/base/limits.h"

namespace tram {
namespace {

using testing::HasSubstr;

Result<Request> Decode(ByteView message) {
  return DecodeRequest(message, TargetSample(), DeviceSample());
}

template <class T>
std::string MessageOf(const Result<T>& result) {
  return result ? "taken" : result.error().message;
}

TEST(Requests, SurviveWithEverythingAndWithNothing) {
  for (const RequestBody& body : {FullBody(), NoOpBody(), RequestBody{}}) {
    Digest context;
    Bytes message = RequestBytes(body, &context);
    auto request = Decode(message);
    ASSERT_TRUE(request) << request.error().message;
    ExpectSameBody(request->body, body);
    EXPECT_EQ(request->context, context);
    EXPECT_EQ(request->header.device, DeviceSample());
    EXPECT_EQ(request->header.leaf, LeafSample(OwnFeedSample(), 300));
    EXPECT_EQ(request->header.time.ms, 1795305600123);
    EXPECT_EQ(request->header.signature, NumberedId<Signature>(26));
    EXPECT_EQ(RequestBytes(request->body), message);
    auto prefix = PeekSender(message);
    ASSERT_TRUE(prefix);
    EXPECT_EQ(*prefix, PrefixOf(DeviceSample()));
  }
}

TEST(Requests, ListsComeOutSorted) {
  RequestBody body = FullBody();
  std::reverse(body.leaves.begin(), body.leaves.end());
  std::reverse(body.keys.begin(), body.keys.end());
  body.keys.push_back(body.keys.front());
  auto request = Decode(RequestBytes(body));
  ASSERT_TRUE(request) << request.error().message;
  ExpectSameBody(request->body, FullBody());
}

// The bars of a sync that has nothing to say; HTTP adds about 106 bytes.
TEST(Requests, ANoOpIsSmall) {
  Reply reply;
  reply.time.ms = 1795305600999;
  reply.leaves = RequestLeavesSample();
  reply.receipt = NumberedId<Signature>(31);
  std::size_t request_bytes = RequestBytes(NoOpBody()).size();
  std::size_t reply_bytes = EncodeReply(reply, RequestLeavesSample()).size();
  EXPECT_LE(request_bytes, 134u);
  EXPECT_LE(reply_bytes, 72u);
}

TEST(Requests, TheContextCoversTargetHeadAndBody) {
  Digest context;
  Bytes message = RequestBytes(NoOpBody(), &context);
  auto other = DecodeRequest(message, {"POST", "/other"}, DeviceSample());
  ASSERT_TRUE(other);
  EXPECT_NE(other->context, context);
  auto same_length = DecodeRequest(message, {"POST", "/sink"}, DeviceSample());
  ASSERT_TRUE(same_length);
  EXPECT_NE(same_length->context, context);
  auto shifted = DecodeRequest(message, {"POST/", "sync"}, DeviceSample());
  ASSERT_TRUE(shifted);
  EXPECT_NE(shifted->context, context);
  message.back() ^= 1;
  auto changed = Decode(message);
  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_NE(changed->context, context);
}

// Damage in the header changes what the signature covers; in the body it changes the context. What
// is left to test: nothing crashes, and what is taken is canonical.
TEST(Requests, EveryFlippedByteIsRefusedOrCanonical) {
  const Bytes message = RequestBytes(FullBody());
  ForEachDamage(message, [](const Bytes& damaged) {
    auto request = Decode(damaged);
    if (!request) return;
    Bytes again = EncodeRequest(request->body, TargetSample(), request->header.leaf.feed,
                                [&](const Digest&) { return request->header; });
    EXPECT_EQ(again, damaged);
  });
}

TEST(Requests, EveryTruncationIsRefused) {
  for (const RequestBody& body : {FullBody(), NoOpBody()}) {
    const Bytes message = RequestBytes(body);
    for (std::size_t size = 0; size < message.size(); ++size) {
      EXPECT_FALSE(Decode(ByteView(message).first(size))) << size;
    }
    EXPECT_FALSE(Decode(message + ByteView(Hex("00"))));
  }
}

TEST(Requests, AreNotTakenFromAnotherSenderKindOrVersion) {
  Bytes message = RequestBytes(NoOpBody());
  EXPECT_THAT(MessageOf(DecodeRequest(message, TargetSample(), NumberedId<DeviceId>(99))),
              HasSubstr("another device"));
  message[0] = 0x20;
  auto newer = Decode(message);
  ASSERT_FALSE(newer);
  EXPECT_EQ(newer.error().code, ErrorCode::kTooNew);
  EXPECT_EQ(PeekSender(message).error().code, ErrorCode::kTooNew);
  for (std::uint8_t head : {0x00, 0x11, 0x12, 0x13, 0x14, 0x18}) {
    message[0] = head;
    ASSERT_FALSE(Decode(message));
    EXPECT_EQ(Decode(message).error().code, ErrorCode::kInvalid) << int{head};
  }
}

TEST(Requests, LargerThanAMessageMayBeIsRefused) {
  Bytes message = RequestBytes(NoOpBody());
  message.resize(kMessageBytesMax + 1);
  EXPECT_THAT(MessageOf(Decode(message)), HasSubstr("larger than a message"));
  EXPECT_FALSE(PeekSender(message));
}

/// A message whose body is given as bytes.
Bytes WithBody(std::string_view hex) {
  Bytes message = RequestBytes(NoOpBody());
  message.resize(message.size() - 25);  // presence, nonce, keys digest, unlisted
  return message + ByteView(Hex(hex));
}
const char kFixed[] = "9d1c64e8b37f02a55be17a90c4d23f86";  // nonce, keys digest

TEST(Requests, ListsBeyondTheirLimitsOrTheBytesAreRefused) {
  auto body = [](const char* presence, const char* rest) {
    return MessageOf(Decode(WithBody(std::string(presence) + kFixed + rest)));
  };
  EXPECT_EQ(body("00", ""), "taken");
  EXPECT_THAT(body("8004", ""), HasSubstr("beyond its limit"));  // an unknown part
  EXPECT_THAT(body("8001", "00"), HasSubstr("canonical form"));  // round 0 is not written
  EXPECT_THAT(body("04", "0000000000000000"), HasSubstr("canonical form"));  // nor is a zero digest
  EXPECT_THAT(body("02", "00"), HasSubstr("canonical form"));                // an empty list
  EXPECT_THAT(body("02", "8120"), HasSubstr("beyond its limit"));            // 4,097 leaves
  EXPECT_THAT(body("02",
                   "8010"
                   "00"),
              HasSubstr("bytes that remain"));
  EXPECT_THAT(body("08", "8120"), HasSubstr("beyond its limit"));  // bases
  EXPECT_THAT(body("10", "8108"), HasSubstr("beyond its limit"));  // 1,025 pieces
  EXPECT_THAT(body("10",
                   "8008"
                   "00"),
              HasSubstr("bytes that remain"));
  EXPECT_THAT(body("20", "81800100"), HasSubstr("beyond its limit"));  // 16,385 keys
  EXPECT_THAT(body("01", "818040"), HasSubstr("beyond its limit"));    // feeds
  EXPECT_THAT(body("01", "01"), HasSubstr("bytes that remain"));
}

/// What decoding says of a body that begins with `presence`.
std::string Said(const std::string& presence, const std::string& rest) {
  return MessageOf(Decode(WithBody(presence + kFixed + rest)));
}
const std::string kSevens(40, '7');  // a chain in hex

TEST(Requests, LeavesThatDoNotFitAreRefused) {
  const auto& body = Said;
  const std::string& chain = kSevens;
  const std::string leaf =
      "0000"
      "01" +
      chain + "00";
  EXPECT_EQ(body("02", "01" + leaf), "taken");
  EXPECT_THAT(body("02", "02" + leaf + leaf), HasSubstr("not sorted"));
  EXPECT_THAT(body("02",
                   "01"
                   "0001"
                   "01" +
                       chain + "00"),
              HasSubstr("does not bring"));
  EXPECT_THAT(body("02",
                   "01"
                   "0000"
                   "80808080808001" +
                       chain + "00"),
              HasSubstr("taken"));
  EXPECT_THAT(body("02",
                   "01"
                   "0000"
                   "81808080808080"
                   "01" +
                       chain + "00"),
              HasSubstr("beyond its limit"));
  EXPECT_THAT(body("02",
                   "01"
                   "0000"
                   "01" +
                       chain + "41"),
              HasSubstr("beyond its limit"));
}

// A piece: what it has, feed, previous, first seq, ops, bytes, checkpoint.
TEST(Requests, PiecesThatDoNotFitAreRefused) {
  const auto& body = Said;
  const std::string begin = "000000" + kSevens;
  EXPECT_EQ(body("10", "01" + begin + "010100"), "taken");
  EXPECT_THAT(body("10", "01" + begin + "000100"), HasSubstr("holds nothing"));
  EXPECT_THAT(body("10", "01" + begin + "010000"), HasSubstr("holds nothing"));
  EXPECT_THAT(body("10", "01" + begin + "01812000"), HasSubstr("beyond its limit"));
  EXPECT_THAT(body("10", "02" + begin + "01802000" + begin + "010100"),
              HasSubstr("more ops than a message may"));
}

TEST(Requests, FormsAndFeedsOfPiecesThatDoNotFitAreRefused) {
  const auto& body = Said;
  const std::string begin = "000000" + kSevens;
  EXPECT_THAT(body("10",
                   "01"
                   "0400"
                   "00" +
                       kSevens + "010100"),
              HasSubstr("unknown form"));
  EXPECT_THAT(body("10",
                   "01"
                   "000001"
                   "010100"),
              HasSubstr("beyond its limit"));
  // The second one follows the first; alone there is nothing that it could follow.
  EXPECT_EQ(body("10", "02" + begin + "010100" + "01000100"), "taken");
  EXPECT_THAT(body("10",
                   "01"
                   "01000100"),
              HasSubstr("holds nothing"));
}

// Key entries: kind, key, value.
TEST(Requests, KeysThatDoNotFitAreRefused) {
  const auto& body = Said;
  const std::string& chain = kSevens;
  const std::string seed =
      "01"
      "14" +
      chain + "10" + std::string(32, '7');
  EXPECT_EQ(body("20", "01" + seed), "taken");
  EXPECT_THAT(body("20", "02" + seed + seed), HasSubstr("not sorted"));
  EXPECT_THAT(body("20",
                   "01"
                   "05"
                   "00"
                   "00"),
              HasSubstr("unknown kind"));
  EXPECT_THAT(body("20",
                   "01"
                   "01"
                   "13" +
                       chain.substr(2) + "10" + std::string(32, '7')),
              HasSubstr("shorter than its kind"));
  EXPECT_THAT(body("20",
                   "01"
                   "02"
                   "14" +
                       chain +
                       "01"
                       "00"),
              HasSubstr("beyond its limit"));
  // A feed that nothing names, and one that was known already.
  const std::string feed(80, '5');
  EXPECT_THAT(body("01", "01" + feed), HasSubstr("canonical form"));
}

TEST(Replies, SurviveWithEverything) {
  Reply full = FullReply();
  Bytes message = EncodeReply(full, RequestLeavesSample());
  auto reply = DecodeReply(message, RequestLeavesSample());
  ASSERT_TRUE(reply) << reply.error().message;
  ExpectSameReply(*reply, full);
  EXPECT_EQ(EncodeReply(*reply, RequestLeavesSample()), message);
  std::vector<Leaf> reversed = RequestLeavesSample();
  std::reverse(reversed.begin(), reversed.end());
  ASSERT_TRUE(DecodeReply(message, reversed));
  ExpectSameReply(*DecodeReply(message, reversed), full);
}

TEST(Replies, LeavesThatAreTheSameAreNotRepeated) {
  Reply reply = FullReply();
  reply.leaves = {LeafSample(OtherFeedSample(), 61), LeafSample(OwnFeedSample(), 300)};
  reply.pieces.clear();
  auto back = DecodeReply(EncodeReply(reply, RequestLeavesSample()), RequestLeavesSample());
  ASSERT_TRUE(back);
  EXPECT_EQ(DigestOfLeaves(back->leaves), DigestOfLeaves(reply.leaves));
  reply.leaves.clear();  // a server put back from nothing
  back = DecodeReply(EncodeReply(reply, RequestLeavesSample()), RequestLeavesSample());
  ASSERT_TRUE(back);
  EXPECT_TRUE(back->leaves.empty());
}

TEST(Replies, ThatWantAFullListingStandOnTheirOwn) {
  Reply reply = FullReply();
  reply.want_full = true;
  Bytes message = EncodeReply(reply, RequestLeavesSample());
  EXPECT_EQ(EncodeReply(reply, {}), message);
  auto back = DecodeReply(message, {LeafSample(OtherFeedSample(), 1)});
  ASSERT_TRUE(back) << back.error().message;
  ExpectSameReply(*back, reply);
}

// A reply says nothing of other leaves than its own: with another list it is refused, or its leaves
// are not those that the receipt covers.
TEST(Replies, ReadWithAnotherListAreNoticed) {
  Reply reply = FullReply();
  reply.leaves = RequestLeavesSample();
  Bytes message = EncodeReply(reply, RequestLeavesSample());
  std::vector<Leaf> other = {LeafSample(OwnFeedSample(), 299), LeafSample(OtherFeedSample(), 61)};
  auto back = DecodeReply(message, other);
  if (back) {
    EXPECT_NE(DigestOfLeaves(back->leaves), DigestOfLeaves(reply.leaves));
  }
  EXPECT_FALSE(DecodeReply(message, {}));
}

TEST(Replies, DamageIsRefusedOrCanonical) {
  Reply reply;
  reply.time.ms = 5;
  reply.leaves = FullReply().leaves;
  reply.refusals = {FullReply().refusals[0]};
  reply.receipt = NumberedId<Signature>(31);
  const Bytes message = EncodeReply(reply, RequestLeavesSample());
  ForEachDamage(message, [&](const Bytes& damaged) {
    auto back = DecodeReply(damaged, RequestLeavesSample());
    if (back) {
      EXPECT_EQ(EncodeReply(*back, RequestLeavesSample()), damaged);
    }
  });
  for (std::size_t size = 0; size < message.size(); ++size) {
    EXPECT_FALSE(DecodeReply(ByteView(message).first(size), RequestLeavesSample())) << size;
  }
  Bytes newer = message;
  newer[0] = 0x21;
  EXPECT_EQ(DecodeReply(newer, RequestLeavesSample()).error().code, ErrorCode::kTooNew);
}

TEST(Replies, LeavesWrittenOutThoughTheyAreTheSameAreRefused) {
  Reply reply;
  reply.leaves = RequestLeavesSample();
  Bytes message = EncodeReply(reply, RequestLeavesSample());
  ASSERT_EQ(message.back(), 0x00);
  message.pop_back();
  Bytes repeated = message + ByteView(Hex("02"
                                          "02"
                                          "01"
                                          "02"));
  EXPECT_THAT(MessageOf(DecodeReply(repeated, RequestLeavesSample())), HasSubstr("canonical form"));
  Bytes one_gone = message + ByteView(Hex("02"
                                          "01"
                                          "02"));
  EXPECT_TRUE(DecodeReply(one_gone, RequestLeavesSample()));
}

TEST(Statements, DifferInEveryPart) {
  const Leaf leaf = LeafSample(OwnFeedSample(), 4);
  const Bytes plain = CheckpointStatement(UnitSample(), leaf, {5}, {});
  EXPECT_NE(CheckpointStatement(NumberedId<UnitId>(9), leaf, {5}, {}), plain);
  EXPECT_NE(CheckpointStatement(UnitSample(), LeafSample(OwnFeedSample(), 3), {5}, {}), plain);
  EXPECT_NE(CheckpointStatement(UnitSample(), LeafSample(OtherFeedSample(), 4), {5}, {}), plain);
  EXPECT_NE(CheckpointStatement(UnitSample(), leaf, {6}, {}), plain);
  EXPECT_NE(CheckpointStatement(UnitSample(), leaf, {5}, NumberedId<Digest>(1)), plain);

  const DeviceId server = NumberedId<DeviceId>(1);
  const Nonce nonce = NumberedId<Nonce>(2);
  const Digest leaves = NumberedId<Digest>(3);
  const Digest context = NumberedId<Digest>(4);
  const UnitId unit = UnitSample();
  const DeviceId device = DeviceSample();
  const Bytes receipt = ReceiptStatement(server, unit, device, nonce, {5}, leaves, context);
  EXPECT_NE(ReceiptStatement(device, unit, server, nonce, {5}, leaves, context), receipt);
  EXPECT_NE(ReceiptStatement(server, unit, device, NumberedId<Nonce>(4), {5}, leaves, context),
            receipt);
  EXPECT_NE(ReceiptStatement(server, unit, device, nonce, {6}, leaves, context), receipt);
  EXPECT_NE(ReceiptStatement(server, unit, device, nonce, {5}, {}, context), receipt);
  EXPECT_NE(ReceiptStatement(server, unit, device, nonce, {5}, leaves, {}), receipt);
}

TEST(Statements, TheDigestOfLeavesDoesNotSeeTheirOrder) {
  std::vector<Leaf> leaves = FullReply().leaves;
  const Digest digest = DigestOfLeaves(leaves);
  std::reverse(leaves.begin(), leaves.end());
  EXPECT_EQ(DigestOfLeaves(leaves), digest);
  leaves.pop_back();
  EXPECT_NE(DigestOfLeaves(leaves), digest);
  EXPECT_EQ(ShortDigest(digest).Hex(), digest.Hex().substr(0, 16));
}

TEST(Bundles, HoldMessages) {
  const std::vector<Bytes> messages = {RequestBytes(NoOpBody()), Hex("01"),
                                       RequestBytes(FullBody())};
  const Bytes file = EncodeBundle(messages);
  auto back = DecodeBundle(file);
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, messages);
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_FALSE(DecodeBundle(ByteView(file).first(size))) << size;
  }
  EXPECT_FALSE(DecodeBundle(file + ByteView(Hex("00"))));
  ForEachDamage(file, [](const Bytes& damaged) {
    auto decoded = DecodeBundle(damaged);
    if (decoded) {
      EXPECT_EQ(EncodeBundle(*decoded), damaged);
    }
  });
  Bytes newer = file;
  newer[8] = 2;
  EXPECT_EQ(DecodeBundle(newer).error().code, ErrorCode::kTooNew);
  EXPECT_THAT(MessageOf(DecodeBundle(AsBytes("PK\x03\x04 something else"))),
              HasSubstr("no bundle"));
  EXPECT_THAT(MessageOf(DecodeBundle(ToBytes(AsBytes("TRAMBNDL")) + ByteView(Hex("01ffff0300")))),
              HasSubstr("bytes that remain"));
}

}  // namespace
}  // namespace tram
