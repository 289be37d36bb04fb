#include "tram/wire/op_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/wire/samples.h"
#include "tram/base/hash.h"
#include "tram/base/limits.h"

namespace tram {
namespace {

using testing::HasSubstr;

template <class T>
ErrorCode CodeOf(const Result<T>& result) {
  return result ? ErrorCode::kExists : result.error().code;  // kExists: no decoder gives it
}

TEST(OpCodec, CanonicalBytesGiveTheSameOp) {
  for (const Op& op : {CreatingOpSample(), ChangingOpSample()}) {
    Bytes bytes = EncodeOp(op);
    EXPECT_EQ(bytes.size(), CanonicalBytes(op));
    auto back = DecodeOp(bytes);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(*back, op);
    EXPECT_EQ(EncodeOp(*back), bytes);
  }
}

TEST(OpCodec, ExtremeTimesAndFormatsSurvive) {
  for (std::int64_t ms : {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1},
                          std::int64_t{0}, std::numeric_limits<std::int64_t>::max()}) {
    Op op = ChangingOpSample();
    op.time.ms = ms;
    op.format = std::numeric_limits<std::uint32_t>::max();
    auto back = DecodeOp(EncodeOp(op));
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, op);
    EXPECT_EQ(EncodeOp(op).size(), CanonicalBytes(op));
  }
}

TEST(OpCodec, EveryFlippedByteIsRefusedOrCanonical) {
  const Bytes bytes = EncodeOp(ChangingOpSample());
  ForEachDamage(bytes, [](const Bytes& damaged) {
    auto op = DecodeOp(damaged);
    if (!op) return;
    EXPECT_EQ(EncodeOp(*op), damaged);
    auto body = DecodeBody(op->format, op->body);
    if (body) {
      EXPECT_EQ(EncodeBody(*body), op->body);
    }
  });
}

TEST(OpCodec, EveryTruncationIsRefused) {
  const Bytes bytes = EncodeOp(ChangingOpSample());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(CodeOf(DecodeOp(ByteView(bytes).first(size))), ErrorCode::kInvalid) << size;
  }
  Bytes longer = bytes;
  longer.push_back(0);
  auto trailing = DecodeOp(longer);
  ASSERT_FALSE(trailing);
  EXPECT_THAT(trailing.error().message, HasSubstr("follow after its end"));
}

TEST(OpCodec, BodiesSurviveAndStayCanonical) {
  for (const OpBody& body : {EveryKindBody(), OpBody{}}) {
    Bytes bytes = EncodeBody(body);
    auto back = DecodeBody(kOpFormat, bytes);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(*back, body);
    ForEachDamage(bytes, [](const Bytes& damaged) {
      auto decoded = DecodeBody(kOpFormat, damaged);
      if (decoded) {
        EXPECT_EQ(EncodeBody(*decoded), damaged);
      }
    });
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_FALSE(DecodeBody(kOpFormat, ByteView(bytes).first(size))) << size;
    }
  }
}

TEST(OpCodec, ANewerBodyFormatIsTooNew) {
  EXPECT_EQ(CodeOf(DecodeBody(2, EncodeBody(OpBody{}))), ErrorCode::kTooNew);
}

TEST(OpCodec, ParentsMustBeSortedUniqueAndLimited) {
  Op op = ChangingOpSample();
  op.body.clear();
  ASSERT_EQ(op.parents.size(), 2u);
  Bytes bytes = EncodeOp(op);
  const std::size_t first = 1 + 32 + 21 + 1;
  Bytes swapped = bytes;
  std::swap_ranges(swapped.begin() + first, swapped.begin() + first + 20,
                   swapped.begin() + first + 20);
  EXPECT_EQ(CodeOf(DecodeOp(swapped)), ErrorCode::kInvalid);
  Bytes twice = bytes;
  std::copy_n(twice.begin() + first, 20, twice.begin() + first + 20);
  EXPECT_EQ(CodeOf(DecodeOp(twice)), ErrorCode::kInvalid);

  op.parents.clear();
  for (std::size_t i = 0; i < kParentsMax; ++i) op.parents.push_back(NumberedId<OpId>(i + 1));
  EXPECT_TRUE(DecodeOp(EncodeOp(op)));
  op.parents.push_back(NumberedId<OpId>(kParentsMax + 1));
  EXPECT_DEATH(EncodeOp(op), "list.max");
  Bytes many = Hex("01") + DeviceSample().view() +
               Hex("00"
                   "8108");
  for (const OpId& parent : op.parents) Extend(many, parent.view());
  Extend(many, Hex("00"
                   "00"));
  auto refused = DecodeOp(many);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("beyond its limit"));
}

TEST(OpCodec, AnOpLargerThanTheLimitIsRefused) {
  Op op = CreatingOpSample();
  op.body.clear();
  op.body.resize(kOpBytesMax - CanonicalBytes(op) - 2);  // its length then takes 3 bytes, not 1
  ASSERT_EQ(CanonicalBytes(op), kOpBytesMax);
  EXPECT_TRUE(DecodeOp(EncodeOp(op)));
  op.body.push_back(0);
  EXPECT_EQ(CodeOf(DecodeOp(EncodeOp(op))), ErrorCode::kInvalid);
}

// A list's count far beyond the bytes that follow must not reach an allocation.
TEST(OpCodec, CountsAreCheckedAgainstTheBytesThatRemain) {
  Bytes op = Hex("01") + DeviceSample().view() +
             Hex("00"
                 "8008"
                 "00"
                 "00");
  auto refused = DecodeOp(op);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("longer than the bytes that remain"));
  auto body = DecodeBody(kOpFormat, Hex("00"
                                        "10"
                                        "00"
                                        "8008"
                                        "00"));
  ASSERT_FALSE(body);
  EXPECT_THAT(body.error().message, HasSubstr("longer than the bytes that remain"));
}

struct BadBody {
  const char* name;
  const char* hex;
  const char* reason;
};
class BadBodies : public testing::TestWithParam<BadBody> {};

TEST_P(BadBodies, AreRefused) {
  auto body = DecodeBody(kOpFormat, Hex(GetParam().hex));
  ASSERT_FALSE(body);
  EXPECT_EQ(body.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(body.error().message, HasSubstr(GetParam().reason));
}

// Author, type, nonce, edits (tag, payload), sealed.
INSTANTIATE_TEST_SUITE_P(OpCodec, BadBodies,
                         testing::Values(BadBody{"FlagTwo",
                                                 "02"
                                                 "10"
                                                 "00"
                                                 "00"
                                                 "00",
                                                 "flag"},
                                         BadBody{"TypeNotMinimal",
                                                 "00"
                                                 "9000"
                                                 "00"
                                                 "00"
                                                 "00",
                                                 "shortest form"},
                                         BadBody{"TypeTooLarge",
                                                 "00"
                                                 "ffffffff10"
                                                 "00"
                                                 "00"
                                                 "00",
                                                 "beyond its limit"},
                                         BadBody{"VarintOf65Bits",
                                                 "00"
                                                 "ffffffffffffffffff02"
                                                 "00"
                                                 "00"
                                                 "00",
                                                 "64 bits"},
                                         BadBody{"VarintOf11Bytes",
                                                 "00"
                                                 "ffffffffffffffffffff01"
                                                 "00"
                                                 "00"
                                                 "00",
                                                 "64 bits"},
                                         BadBody{"FieldZero",
                                                 "00"
                                                 "10"
                                                 "00"
                                                 "01"
                                                 "00"
                                                 "00",
                                                 "field number"},
                                         BadBody{"FieldTooLarge",
                                                 "00"
                                                 "10"
                                                 "00"
                                                 "01"
                                                 "f0"
                                                 "ffffffff0f"
                                                 "00",
                                                 "field number"},
                                         BadBody{"FieldTwice",
                                                 "00"
                                                 "10"
                                                 "00"
                                                 "02"
                                                 "10"
                                                 "00"
                                                 "00",
                                                 "not sorted"},
                                         BadBody{"FieldNullThenAdd",
                                                 "00"
                                                 "10"
                                                 "00"
                                                 "02"
                                                 "10"
                                                 "0801"
                                                 "00",
                                                 "not sorted"},
                                         BadBody{"AddAndRemoveOfOne",
                                                 "00"
                                                 "10"
                                                 "00"
                                                 "02"
                                                 "1801"
                                                 "0901"
                                                 "00",
                                                 "not sorted"},
                                         BadBody{"ElementsNotSorted",
                                                 "00"
                                                 "10"
                                                 "00"
                                                 "02"
                                                 "1802"
                                                 "0801"
                                                 "00",
                                                 "not sorted"},
                                         BadBody{"UnknownKind",
                                                 "00"
                                                 "10"
                                                 "00"
                                                 "01"
                                                 "1b"
                                                 "00",
                                                 "unknown kind"},
                                         BadBody{"ManyPlaces",
                                                 "00"
                                                 "10"
                                                 "00"
                                                 "01"
                                                 "14"
                                                 "0213"
                                                 "00",
                                                 "places"},
                                         BadBody{"DateBeyond9999",
                                                 "00"
                                                 "10"
                                                 "00"
                                                 "01"
                                                 "15"
                                                 "feffffff0f"
                                                 "00",
                                                 "years"},
                                         BadBody{"TextOverlong",
                                                 "00"
                                                 "10"
                                                 "00"
                                                 "01"
                                                 "16"
                                                 "02c080"
                                                 "00",
                                                 "UTF-8"},
                                         BadBody{"TextSurrogate",
                                                 "00"
                                                 "10"
                                                 "00"
                                                 "01"
                                                 "16"
                                                 "03eda080"
                                                 "00",
                                                 "UTF-8"},
                                         BadBody{"TextZeroByte",
                                                 "00"
                                                 "10"
                                                 "00"
                                                 "01"
                                                 "16"
                                                 "0100"
                                                 "00",
                                                 "UTF-8"},
                                         BadBody{"TextBeyondUnicode",
                                                 "00"
                                                 "10"
                                                 "00"
                                                 "01"
                                                 "16"
                                                 "04f4908080"
                                                 "00",
                                                 "UTF-8"},
                                         BadBody{"TextCut",
                                                 "00"
                                                 "10"
                                                 "00"
                                                 "01"
                                                 "16"
                                                 "01c3"
                                                 "00",
                                                 "UTF-8"},
                                         BadBody{"TextTooLong",
                                                 "00"
                                                 "10"
                                                 "00"
                                                 "01"
                                                 "16"
                                                 "818004"
                                                 "00",
                                                 "beyond its limit"},
                                         BadBody{"ManyEdits",
                                                 "00"
                                                 "10"
                                                 "00"
                                                 "8108"
                                                 "00",
                                                 "beyond its limit"},
                                         BadBody{"Trailing",
                                                 "00"
                                                 "10"
                                                 "00"
                                                 "00"
                                                 "00"
                                                 "00",
                                                 "follow after"}),
                         [](const auto& bad) { return std::string(bad.param.name); });

TEST(OpCodec, CheckEditsNamesWhatAPersonCanCorrect) {
  EXPECT_TRUE(CheckEdits(EveryKindBody().edits));
  auto message = [](std::vector<Edit> edits) {
    Status status = CheckEdits(edits);
    return status ? std::string("taken") : status.error().message;
  };
  EXPECT_THAT(message({{20, std::string(kTextBytesMax + 1, 'a')}}), HasSubstr("field 20"));
  EXPECT_THAT(message({{20, std::string("\xff")}}), HasSubstr("UTF-8"));
  EXPECT_THAT(message({{20, Code{1}}, {20, Code{2}}}), HasSubstr("twice"));
  EXPECT_THAT(message({{20, AddCode{1}}, {20, RemoveCode{1}}}), HasSubstr("twice"));
  EXPECT_THAT(message({{21, Code{1}}, {20, Code{2}}}), HasSubstr("sort"));
  EXPECT_THAT(message({{0, Code{1}}}), HasSubstr("field number"));
  EXPECT_THAT(message({{20, Decimal{1, 19}}}), HasSubstr("places"));
  EXPECT_THAT(message({{20, Date{kDateDaysMax + 1}}}), HasSubstr("years"));
  EXPECT_THAT(message(std::vector<Edit>(kEditsMax + 1)), HasSubstr("save in parts"));
  EXPECT_DEATH(EncodeBody(OpBody{{}, 16, {}, {{20, Code{1}}, {20, Code{2}}}, {}}), "CheckEdits");
}

TEST(OpCodec, AnOpFullOfEditsSurvives) {
  OpBody body;
  body.type = 16;
  body.edits.resize(kEditsMax);
  for (std::uint32_t i = 0; i < kEditsMax; ++i) {
    body.edits[i].field = 16 + 2 * i;
    body.edits[i].value = Code{i};
  }
  auto back = DecodeBody(kOpFormat, EncodeBody(body));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, body);
}

TEST(OpCodec, TheClearPartIsTheOpWithoutItsSealedBlob) {
  Op op = CreatingOpSample();
  OpBody body = EveryKindBody();
  ASSERT_TRUE(body.sealed);
  Bytes with = ClearPart(op, body);
  body.sealed.reset();
  EXPECT_EQ(ClearPart(op, body), with);
  op.body = EncodeBody(body);
  EXPECT_EQ(EncodeOp(op), with);
  op.time.ms += 1;
  EXPECT_NE(ClearPart(op, body), with);
}

TEST(OpCodec, SealedEditsSurvive) {
  const std::vector<Edit> lists[] = {
      {},
      EveryKindBody().edits,
      {{16, Code{1}}},
      {{16, std::string()}},
      {{16, std::string("abc")}},
      {{16, std::string("Khách hàng")}, {17, std::string("0986238000")}},
      {{kFieldReason, std::string("nhập nhầm")}},
      {{kFieldImportKey, std::string("k1")}, {16, std::string("trạm y tế")}, {40, true}},
      {{15, AddCode{1}}, {15, AddCode{2}}, {100, std::string("ngày 15/7")}},
      {{31, DateOf(2026, 1, 1)}},
      {{400, std::monostate{}}},
  };
  for (const std::vector<Edit>& edits : lists) {
    const Bytes plain = EncodeSealedEdits(edits);
    auto back = DecodeSealedEdits(plain);
    ASSERT_TRUE(back) << back.error().message << " " << ToHex(plain);
    EXPECT_EQ(*back, edits);
    for (std::size_t size = 0; size < plain.size(); ++size) {
      auto cut = DecodeSealedEdits(ByteView(plain).first(size));
      if (!cut) continue;
      EXPECT_EQ(EncodeSealedEdits(*cut), ToBytes(ByteView(plain).first(size)));
    }
    Bytes later = plain;
    later[0] = 2;
    EXPECT_EQ(CodeOf(DecodeSealedEdits(later)), ErrorCode::kTooNew);
  }
  EXPECT_EQ(CodeOf(DecodeSealedEdits({})), ErrorCode::kInvalid);
}

TEST(OpCodec, SealedEditsHaveOneForm) {
  // The codec, a tag of one step and a last text, the text: nothing besides.
  EXPECT_EQ(ToHex(EncodeSealedEdits({{16, std::string("abc")}})), "001b616263");
  EXPECT_EQ(EncodeSealedEdits({{16, std::string("khách hàng")}}).size(), 2u + 2u);
  EXPECT_EQ(EncodeSealedEdits({{kFieldReason, std::string("x")}}), Hex("000b0378"));
  for (const char* other : {
           "011b03ffff",                    // no such syllable
           "001b6b68c3a163682068c3a06e67",  // raw, although syllables are shorter
           "011b0403616263",                // syllables, although raw is shorter
           "011703",                        // a code and no text: raw
           "001603616263",                  // the size of a last text
           "001b61001b62",                  // a zero byte in a text
           "000b1078",                      // field 16 as one before the programme's
           "000b0078",                      // field 0
           "00f70001f7",                    // cut within an edit
       }) {
    EXPECT_EQ(CodeOf(DecodeSealedEdits(Hex(other))), ErrorCode::kInvalid) << other;
  }
  std::string long_text(kTextBytesMax, 'x');
  ASSERT_TRUE(DecodeSealedEdits(EncodeSealedEdits({{16, long_text}})));
  Bytes longer = EncodeSealedEdits({{16, long_text}});
  longer.push_back('x');
  EXPECT_EQ(CodeOf(DecodeSealedEdits(longer)), ErrorCode::kInvalid);
}

// The size of a sealed blob must not tell which code is inside.
TEST(OpCodec, SealedCodesAndDatesHaveEqualLengths) {
  std::size_t code_bytes = EncodeSealedEdits({{20, Code{1}}}).size();
  for (std::uint32_t i = 2; i < 128; ++i) {
    EXPECT_EQ(EncodeSealedEdits({{20, Code{i}}}).size(), code_bytes);
  }
  std::size_t date_bytes = EncodeSealedEdits({{20, DateOf(2026, 11, 21)}}).size();
  for (Date day = DateOf(2013, 7, 28); day <= DateOf(2035, 10, 28); ++day.days) {
    ASSERT_EQ(EncodeSealedEdits({{20, day}}).size(), date_bytes) << IsoDate(day);
  }
}

// --- compact form ---

TEST(CompactOp, SurvivesWithReferencesAndWithout) {
  for (bool known : {false, true}) {
    for (const Op& op : {CreatingOpSample(), ChangingOpSample()}) {
      TableCoder coder;
      if (known) coder.Hold(op);
      Bytes bytes = EncodeCompactOp(op, coder);
      Bytes two = bytes + ByteView(Hex("aabb"));
      ByteView input = two;
      coder.time_before = {};
      auto back = DecodeCompactOp(input, op.device, coder);
      ASSERT_TRUE(back) << back.error().message;
      EXPECT_EQ(*back, op);
      EXPECT_EQ(ToBytes(input), Hex("aabb"));
      if (known) {
        EXPECT_LT(bytes.size() + 32 + op.parents.size() * 18, EncodeOp(op).size());
      }
    }
  }
}

TEST(CompactOp, ParentsAreSortedAfterTheirReferencesAreResolved) {
  Op op = ChangingOpSample();
  TableCoder coder;
  coder.Hold(op);
  Bytes bytes = EncodeCompactOp(op, coder);
  coder.Reverse();  // the same positions now mean the ids in the opposite order
  ByteView input = bytes;
  coder.time_before = {};
  auto back = DecodeCompactOp(input, op.device, coder);
  ASSERT_TRUE(back);
  EXPECT_TRUE(std::is_sorted(back->parents.begin(), back->parents.end()));
  coder.MakeAllEqual();
  input = bytes;
  coder.time_before = {};
  EXPECT_EQ(CodeOf(DecodeCompactOp(input, op.device, coder)), ErrorCode::kInvalid);
}

// Of the time only the difference from the entry before is written.
TEST(CompactOp, CountsOnFromTheEntryBefore) {
  const Op op = CreatingOpSample();
  TableCoder alone, behind;
  const std::size_t whole = EncodeCompactOp(op, alone).size();
  EXPECT_EQ(alone.time_before, op.time);
  const HybridTime before{op.time.ms - 60'000};
  behind.time_before = before;
  const Bytes bytes = EncodeCompactOp(op, behind);
  EXPECT_EQ(bytes.size() + 3, whole);
  behind.time_before = before;
  ByteView input = bytes;
  auto back = DecodeCompactOp(input, op.device, behind);
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, op);
  EXPECT_EQ(behind.time_before, op.time);
  Bytes unknown = bytes;
  unknown[0] |= 0x80;  // a bit without a meaning
  input = unknown;
  EXPECT_EQ(CodeOf(DecodeCompactOp(input, op.device, behind)), ErrorCode::kInvalid);
}

TEST(CompactOp, WhatDoesNotResolveIsNotFound) {
  Op op = ChangingOpSample();
  TableCoder coder;
  coder.Hold(op);
  Bytes bytes = EncodeCompactOp(op, coder);
  TableCoder empty;
  ByteView input = bytes;
  EXPECT_EQ(CodeOf(DecodeCompactOp(input, op.device, empty)), ErrorCode::kNotFound);
  EXPECT_EQ(input.size(), bytes.size());
}

TEST(CompactOp, WhatIsNotUnderstoodTravelsAsItIs) {
  Op newer = ChangingOpSample();
  newer.format = 300;
  Op strange = ChangingOpSample();
  strange.body = Hex("ffee");
  for (const Op& op : {newer, strange}) {
    TableCoder coder;
    Bytes bytes = EncodeCompactOp(op, coder);
    EXPECT_EQ(bytes[0], 0);
    EXPECT_EQ(bytes.size(), EncodeOp(op).size() - 32 + 1);
    ByteView input = bytes;
    coder.time_before = {};
    auto back = DecodeCompactOp(input, op.device, coder);
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, op);
  }
}

TEST(CompactOp, DamageIsRefusedOrGivesACanonicalOp) {
  Op op = ChangingOpSample();
  TableCoder coder;
  coder.Hold(op);
  Bytes bytes = EncodeCompactOp(op, coder);
  ForEachDamage(bytes, [&](const Bytes& damaged) {
    ByteView input = damaged;
    coder.time_before = {};
    auto back = DecodeCompactOp(input, op.device, coder);
    if (!back) return;
    auto canonical = DecodeOp(EncodeOp(*back));
    ASSERT_TRUE(canonical) << canonical.error().message;
    EXPECT_EQ(*canonical, *back);
  });
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ByteView input = ByteView(bytes).first(size);
    EXPECT_FALSE(DecodeCompactOp(input, op.device, coder)) << size;
  }
}

// References make ops small; what they unpack to has the same limit.
TEST(CompactOp, AnOpThatUnpacksBeyondTheLimitIsRefused) {
  Op op = ChangingOpSample();
  OpBody body = EveryKindBody();
  body.sealed = Bytes(kOpBytesMax - 1000);
  op.body = EncodeBody(body);
  op.parents.clear();
  for (std::size_t i = 0; i < 100; ++i) op.parents.push_back(NumberedId<OpId>(i + 1));
  TableCoder coder;
  coder.Hold(op);
  Bytes bytes = EncodeCompactOp(op, coder);
  ASSERT_LT(bytes.size(), kOpBytesMax);
  ByteView input = bytes;
  coder.time_before = {};
  auto back = DecodeCompactOp(input, op.device, coder);
  ASSERT_FALSE(back);
  EXPECT_THAT(back.error().message, HasSubstr("larger than an op may be"));
}

}  // namespace
}  // namespace tram
