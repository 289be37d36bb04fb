#include "tram/wire/settings_codec.h"

#include <gtest/gtest.h>

#include "tests/unit/wire/message_samples.h"

namespace tram {
namespace {

Piece PieceSample() {
  Piece piece;
  piece.feed = OwnFeedSample();
  piece.previous = NumberedId<Chain>(4);
  piece.first_seq = 9;
  piece.ops = {CreatingOpSample(), ChangingOpSample()};
  piece.checkpoint = {
      LeafSample(piece.feed, 10), {55}, NumberedId<Digest>(5), NumberedId<Signature>(6)};
  return piece;
}

template <class Decode>
void ExpectStrict(const Bytes& bytes, Decode decode) {
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode(ByteView(bytes).first(size))) << size;
  }
  EXPECT_FALSE(decode(bytes + ByteView(Hex("00"))));
  Bytes newer = bytes;
  newer[0] = 2;
  EXPECT_EQ(decode(newer).error().code, ErrorCode::kTooNew);
  newer[0] = 0;
  EXPECT_EQ(decode(newer).error().code, ErrorCode::kInvalid);
}

TEST(SettingsCodec, HintsSurvive) {
  Hint hint{{LeafSample(OtherFeedSample(), 4), LeafSample(OwnFeedSample(), 2)}};
  Bytes bytes = EncodeHint(hint);
  auto back = DecodeHint(bytes);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(DigestOfLeaves(back->leaves), DigestOfLeaves(hint.leaves));
  EXPECT_EQ(EncodeHint(*back), bytes);
  ExpectStrict(bytes, DecodeHint);
  EXPECT_TRUE(DecodeHint(EncodeHint({})));
}

TEST(SettingsCodec, ReceiptsSurvive) {
  Receipt receipt;
  receipt.server = NumberedId<DeviceId>(1);
  receipt.nonce = NumberedId<Nonce>(2);
  receipt.time.ms = -3;
  receipt.leaves = {LeafSample(OwnFeedSample(), 2)};
  receipt.signature = NumberedId<Signature>(4);
  Bytes bytes = EncodeReceipt(receipt);
  auto back = DecodeReceipt(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->server, receipt.server);
  EXPECT_EQ(back->nonce, receipt.nonce);
  EXPECT_EQ(back->time, receipt.time);
  EXPECT_EQ(back->leaves, receipt.leaves);
  EXPECT_EQ(back->signature, receipt.signature);
  ExpectStrict(bytes, DecodeReceipt);
}

TEST(SettingsCodec, PiecesSurvive) {
  Piece piece = PieceSample();
  Bytes bytes = EncodePiece(piece);
  auto back = DecodePiece(bytes);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->feed, piece.feed);
  EXPECT_EQ(back->previous, piece.previous);
  EXPECT_EQ(back->first_seq, piece.first_seq);
  EXPECT_EQ(back->ops, piece.ops);
  EXPECT_EQ(back->checkpoint, piece.checkpoint);
  ExpectStrict(bytes, DecodePiece);
  ForEachDamage(bytes, [](const Bytes& damaged) {
    auto decoded = DecodePiece(damaged);
    if (decoded) {
      EXPECT_EQ(EncodePiece(*decoded), damaged);
    }
  });
}

TEST(SettingsCodec, APieceOfPartsThatDoNotFitIsRefused) {
  const Bytes bytes = EncodePiece(PieceSample());
  Bytes other_device = bytes;
  other_device[1] ^= 1;  // the piece's feed, not its ops'
  EXPECT_FALSE(DecodePiece(other_device));
  Bytes other_start = bytes;
  ASSERT_EQ(other_start[1 + 40 + 20], 9);
  other_start[1 + 40 + 20] = 8;
  EXPECT_FALSE(DecodePiece(other_start));
  Piece wrong = PieceSample();
  wrong.checkpoint.leaf.seq = 9;
  EXPECT_DEATH(EncodePiece(wrong), "FitsTogether");
}

}  // namespace
}  // namespace tram
