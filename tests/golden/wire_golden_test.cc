// Bytes of every format of wire/, version 1, as files: what was written once stays readable, and
// writes the same bytes. A new version gets new files; these are never changed.
// TRAM_WRITE_GOLDEN=1 writes files that are missing.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/paths.h"
#include "tests/unit/wire/message_samples.h"
#include "tram/wire/settings_codec.h"
#include "tram/wire/syllable_text.h"
#include "wire/archive.h"
#include "wire/syllable_table.h"

namespace tram {
namespace {

/// Lines of 64 hexadecimal digits.
std::string Lines(const Bytes& bytes) {
  std::string hex = ToHex(bytes), text;
  for (std::size_t i = 0; i < hex.size(); i += 64) text += hex.substr(i, 64) + "\n";
  return text;
}

/// The checked-in bytes of `name`. `now` is what this program writes, for files that are missing.
Bytes Golden(const std::string& name, const Bytes& now) {
  std::filesystem::path path = test::InSource("tests/golden/wire") / (name + ".hex");
  if (std::getenv("TRAM_WRITE_GOLDEN") != nullptr && !std::filesystem::exists(path)) {
    std::ofstream(path) << Lines(now);
  }
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  std::string hex = text.str();
  std::erase(hex, '\n');
  EXPECT_FALSE(hex.empty()) << path << " is missing";
  return Hex(hex);
}

Piece StagedPiece() {
  Piece piece;
  piece.feed = OwnFeedSample();
  piece.previous = NumberedId<Chain>(4);
  piece.first_seq = 9;
  piece.ops = {CreatingOpSample(), ChangingOpSample()};
  piece.checkpoint = {
      LeafSample(piece.feed, 10), {55}, NumberedId<Digest>(5), NumberedId<Signature>(6)};
  return piece;
}

Reply NoOpReply() {
  Reply reply;
  reply.time.ms = 1795305600999;
  reply.leaves = RequestLeavesSample();
  reply.receipt = NumberedId<Signature>(31);
  return reply;
}

TEST(WireGolden, Ops) {
  for (const auto& [name, op] : {std::pair{"op-creating", CreatingOpSample()},
                                 std::pair{"op-changing", ChangingOpSample()}}) {
    const Bytes bytes = Golden(name, EncodeOp(op));
    auto decoded = DecodeOp(bytes);
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(*decoded, op);
    EXPECT_EQ(EncodeOp(op), bytes);
  }
}

TEST(WireGolden, OpIds) {
  const Bytes id = ToBytes(OpIdOf(UnitSample(), EncodeOp(CreatingOpSample())).view());
  EXPECT_EQ(Golden("op-creating-id", id), id);
}

TEST(WireGolden, BodyWithEveryKindOfValue) {
  const Bytes bytes = Golden("body", EncodeBody(EveryKindBody()));
  auto decoded = DecodeBody(kOpFormat, bytes);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(*decoded, EveryKindBody());
  EXPECT_EQ(EncodeBody(*decoded), bytes);
}

TEST(WireGolden, SealedEdits) {
  const std::vector<Edit> edits = EveryKindBody().edits;
  const Bytes bytes = Golden("sealed-edits", EncodeSealedEdits(edits));
  auto decoded = DecodeSealedEdits(bytes);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(*decoded, edits);
  EXPECT_EQ(EncodeSealedEdits(*decoded), bytes);
}

TEST(WireGolden, SealedEditsInSyllables) {
  const std::vector<Edit> edits = {{kFieldImportKey, std::string("dòng 7")},
                                   {17, std::string("Cần theo dõi thêm.")},
                                   {20, Code{3}},
                                   {29, std::string("Gia đình ủng hộ.")}};
  const Bytes bytes = Golden("sealed-edits-syllables", EncodeSealedEdits(edits));
  EXPECT_EQ(bytes[0], 1);
  auto decoded = DecodeSealedEdits(bytes);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(*decoded, edits);
  EXPECT_EQ(EncodeSealedEdits(*decoded), bytes);
}

// The table's number is in every sealed blob: not one of its entries may ever change.
TEST(WireGolden, SyllableTable1) {
  const wire::SyllableTable& table = wire::SyllableTable::One();
  Bytes all;
  wire::CanonicalOutput output(all);
  for (std::uint32_t code = 0; code <= 0xffff; ++code) {
    const auto entry = table.At(static_cast<wire::SyllableTable::Code>(code));
    if (!entry) continue;
    output.PutVarint(code);
    output.PutByte(static_cast<std::uint8_t>(entry->kind));
    output.PutBlob(AsBytes(entry->text));
  }
  for (std::size_t number = 0; number < table.syllables(); ++number) {
    const auto syllable = table.SyllableAt(static_cast<std::uint16_t>(number));
    ASSERT_TRUE(syllable);
    output.PutBlob(AsBytes(*syllable));
  }
  const Bytes digest = ToBytes(Blake2b160({}, {all}).view());
  EXPECT_EQ(Golden("syllable-table-1", digest), digest);
}

TEST(WireGolden, SyllableTexts) {
  for (const auto& [name, text] : {
           std::pair{"note", "Khách hàng không sử dụng ma túy từ 15/07/2026. Cân nặng 63 kg."},
           std::pair{"capitals", "BN Nguyễn Văn A, TRẠM Y TẾ xã, iPhone, Seduxen"},
           std::pair{"numbers", "0986238000 123456 130/80 1.5 12 34 - (2029/11)"},
           std::pair{"rare", "ngoằng khoèng hoà hòa qủa \"日本\"\n “à”…  "},
       }) {
    const Bytes bytes = Golden(std::string("syllables-") + name, EncodeSyllables(text));
    EXPECT_EQ(EncodeSyllables(text), bytes);
    auto decoded = DecodeSyllables(bytes);
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(*decoded, text);
  }
}

TEST(WireGolden, CompactOp) {
  TableCoder coder;
  coder.Hold(ChangingOpSample());
  const Bytes bytes = Golden("op-compact", EncodeCompactOp(ChangingOpSample(), coder));
  ByteView input = bytes;
  coder.time_before = {};
  auto decoded = DecodeCompactOp(input, DeviceSample(), coder);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(*decoded, ChangingOpSample());
  coder.time_before = {};
  EXPECT_EQ(EncodeCompactOp(*decoded, coder), bytes);
}

TEST(WireGolden, PieceAsColumns) {
  MessageIds sender({}, nullptr, nullptr), receiver({}, nullptr, nullptr);
  const std::vector<Op> ops = {CreatingOpSample(), ChangingOpSample()};
  const auto seed_of = [](const RecordId&) { return NumberedId<Seed>(6); };
  PackedPiece piece;
  piece.feed = OwnFeedSample();
  piece.op_count = 2;
  piece.ops = Golden("piece", PackOps(UnitSample(), ops, sender, seed_of));
  auto decoded = UnpackOps(UnitSample(), piece, receiver);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->ops, ops);
  MessageIds again({}, nullptr, nullptr);
  EXPECT_EQ(PackOps(UnitSample(), decoded->ops, again, seed_of), piece.ops);
}

TEST(WireGolden, StagedPiece) {
  const Bytes bytes = Golden("piece-staged", EncodePiece(StagedPiece()));
  auto decoded = DecodePiece(bytes);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(EncodePiece(*decoded), bytes);
  EXPECT_EQ(decoded->ops, StagedPiece().ops);
}

TEST(WireGolden, HintAndReceipt) {
  const Bytes hint = Golden("hint", EncodeHint({RequestLeavesSample()}));
  ASSERT_TRUE(DecodeHint(hint));
  EXPECT_EQ(EncodeHint(*DecodeHint(hint)), hint);
  Receipt sample{NumberedId<DeviceId>(1),
                 NumberedId<Nonce>(2),
                 {3},
                 RequestLeavesSample(),
                 NumberedId<Signature>(4)};
  const Bytes receipt = Golden("receipt", EncodeReceipt(sample));
  ASSERT_TRUE(DecodeReceipt(receipt));
  EXPECT_EQ(EncodeReceipt(*DecodeReceipt(receipt)), receipt);
}

TEST(WireGolden, Requests) {
  const Bytes no_op = Golden("request-no-op", RequestBytes(NoOpBody()));
  auto decoded = DecodeRequest(no_op, TargetSample(), DeviceSample());
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(RequestBytes(decoded->body), no_op);
  const Bytes full = Golden("request-full", RequestBytes(FullBody()));
  decoded = DecodeRequest(full, TargetSample(), DeviceSample());
  ASSERT_TRUE(decoded) << decoded.error().message;
  ExpectSameBody(decoded->body, FullBody());
  EXPECT_EQ(RequestBytes(decoded->body), full);
}

TEST(WireGolden, TheContextThatARequestSigns) {
  Digest context;
  RequestBytes(NoOpBody(), &context);
  const Bytes now = ToBytes(context.view());
  EXPECT_EQ(Golden("request-no-op-context", now), now);
}

TEST(WireGolden, Replies) {
  const Bytes no_op = Golden("reply-no-op", EncodeReply(NoOpReply(), RequestLeavesSample()));
  auto decoded = DecodeReply(no_op, RequestLeavesSample());
  ASSERT_TRUE(decoded) << decoded.error().message;
  ExpectSameReply(*decoded, NoOpReply());
  EXPECT_EQ(EncodeReply(*decoded, RequestLeavesSample()), no_op);
  const Bytes full = Golden("reply-full", EncodeReply(FullReply(), RequestLeavesSample()));
  decoded = DecodeReply(full, RequestLeavesSample());
  ASSERT_TRUE(decoded) << decoded.error().message;
  ExpectSameReply(*decoded, FullReply());
  EXPECT_EQ(EncodeReply(*decoded, RequestLeavesSample()), full);
}

TEST(WireGolden, Statements) {
  const Bytes checkpoint =
      CheckpointStatement(UnitSample(), LeafSample(OwnFeedSample(), 4), {5}, NumberedId<Digest>(6));
  EXPECT_EQ(Golden("statement-checkpoint", checkpoint), checkpoint);
  const Bytes receipt =
      ReceiptStatement(NumberedId<DeviceId>(1), UnitSample(), DeviceSample(), NumberedId<Nonce>(2),
                       {5}, DigestOfLeaves(RequestLeavesSample()), NumberedId<Digest>(6));
  EXPECT_EQ(Golden("statement-receipt", receipt), receipt);
}

TEST(WireGolden, Bundle) {
  const std::vector<Bytes> messages = {RequestBytes(NoOpBody()), Hex("01")};
  const Bytes bytes = Golden("bundle", EncodeBundle(messages));
  auto decoded = DecodeBundle(bytes);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(*decoded, messages);
  EXPECT_EQ(EncodeBundle(*decoded), bytes);
}

}  // namespace
}  // namespace tram
