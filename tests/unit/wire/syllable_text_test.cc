// Syllable bytes: every text survives, has one form, and nothing else is read.
#include "tram/wire/syllable_text.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/unit/wire/samples.h"
#include "tram/base/limits.h"
#include "tram/wire/op_codec.h"
#include "wire/syllable_table.h"

namespace tram {
namespace {

using wire::SyllableTable;

void ExpectSurvives(const std::string& text) {
  const Bytes bytes = EncodeSyllables(text);
  auto back = DecodeSyllables(bytes);
  ASSERT_TRUE(back) << back.error().message << ": " << text << " " << ToHex(bytes);
  ASSERT_EQ(*back, text) << ToHex(bytes);
}

std::size_t Size(const std::string& text) { return EncodeSyllables(text).size(); }

const char* const kNotes[] = {
    "",
    "Khách hàng đã uống thuốc đúng giờ, không tác dụng phụ. Hẹn tái khám 15/7.",
    "BN sử dụng lại ngày 05/07/2024 (2 lần); HA 130/80 mmHg. Đã tư vấn gia đình!",
    "Nguyễn Văn A, sinh năm 1985, sđt 0986238000 hoặc 0912 345 678.",
    "- Cân nặng: 63 kg\n- Methadone 80mg/ngày\r\n- Xét nghiệm: âm tính",
    "TRẠM Y TẾ XÃ Phương Sơn – \"Điều trị\" “tự nguyện” … 100% :-) 50.000đ",
    "iPhone, LibreOffice, abc@example.com, K'Sor H'Bia, Ðăk, straße, 日本語 ₫ 😀",
    "  hai  khoảng   trắng , trước dấu .Không cách  ",
    "khỏe khoẻ hòa hoà thủy thuỷ quý quí gì giếng nghỉ ngoằn ngoèo khuỷu",
    "vấn đề 12 34 5678 90123 4567890123 12345678901234567890123 1/1/2/3/20244 31/12/2049",
};

TEST(SyllableText, NotesSurvive) {
  for (const char* note : kNotes) ExpectSurvives(note);
}

TEST(SyllableText, FrequentTextIsShort) {
  EXPECT_EQ(Size("Khách hàng không sử dụng ma túy."), 5u);  // four entries and a full stop
  EXPECT_EQ(Size("Cần theo dõi"), 3u);
  EXPECT_EQ(Size("ngày 15/7"), 1u + 1u + 2u);  // no capital at the beginning
  EXPECT_EQ(Size("Ngày 15/07/2024."), 1u + 2u + 2u + 1u);
  EXPECT_EQ(Size("0986238000"), 6u);
  EXPECT_EQ(Size("Nguyễn Văn Hùng"), 4u);
  EXPECT_LE(Size(kNotes[1]), 25u);
}

TEST(SyllableText, EveryEntrySurvives) {
  const SyllableTable& table = SyllableTable::One();
  std::size_t entries = 0;
  for (unsigned code = 0; code < 0x10000; ++code) {
    const auto entry = table.At(static_cast<SyllableTable::Code>(code));
    if (!entry) continue;
    ++entries;
    EXPECT_EQ(table.Find(entry->kind, entry->text), code) << entry->text << " is there twice";
    const std::string text(entry->text);
    for (const char* before : {"", "và ", "và", "(", "1", "1 ", ". ", "A "}) {
      for (const char* after : {"", " ", ".", " và", "và", " 1", "1", ")"}) {
        ExpectSurvives(before + text + after);
      }
    }
  }
  EXPECT_EQ(entries, 216u + 8192u);
}

// An entry that another always wins over would waste its code.
TEST(SyllableText, EveryWordAndNumberIsUsed) {
  const SyllableTable& table = SyllableTable::One();
  const Bytes before = EncodeSyllables("Và");
  for (unsigned code = 0; code < 0x10000; ++code) {
    const auto entry = table.At(static_cast<SyllableTable::Code>(code));
    if (!entry || entry->kind > wire::EntryKind::kNumber) continue;
    Bytes expected = before;
    if (code >= 256) expected.push_back(static_cast<std::uint8_t>(code >> 8));
    expected.push_back(static_cast<std::uint8_t>(code));
    EXPECT_EQ(EncodeSyllables("Và " + std::string(entry->text)), expected) << entry->text;
  }
}

TEST(SyllableText, EverySyllableSurvivesInEveryCase) {
  const SyllableTable& table = SyllableTable::One();
  ASSERT_EQ(table.syllables(), 28u * 163 * 6);
  for (std::size_t number = 0; number < table.syllables(); ++number) {
    const auto syllable = table.SyllableAt(static_cast<std::uint16_t>(number));
    ASSERT_TRUE(syllable);
    ExpectSurvives(*syllable);
    ExpectSurvives("A. " + *syllable + " b");
    EXPECT_LE(Size("Và " + *syllable), 4u) << *syllable;
  }
  EXPECT_FALSE(table.SyllableAt(static_cast<std::uint16_t>(table.syllables())));
  EXPECT_LE(Size("KHUỶU NGOẰN NGOÈO"), 12u);
  ExpectSurvives("KHUỶU NGOẰN NGOÈO Khuỷu Ngoằn nGoèo");
}

TEST(SyllableText, AllShortAsciiSurvives) {
  for (char a = 1; a > 0; ++a) {
    ExpectSurvives({a});
    for (char b = 1; b > 0; ++b) {
      ExpectSurvives({a, b});
      ExpectSurvives({'x', a, b, '2'});
      ExpectSurvives({'v', 'a', ' ', a, b});
    }
  }
}

TEST(SyllableText, LongTextsTakeTimeInProportion) {
  for (const char* unit :
       {"a", "xq", "A", "1", " ", ",", "xq,", ". ", "é", "😀", "và ", "\r", "1/"}) {
    std::string text;
    while (text.size() + std::string(unit).size() <= kTextBytesMax) text += unit;
    ExpectSurvives(text);  // a second each if it were quadratic
  }
}

TEST(SyllableText, ALongerTextThanMayBeIsRefused) {
  std::string text(kTextBytesMax, ',');
  ExpectSurvives(text);
  EXPECT_FALSE(DecodeSyllables(EncodeSyllables(text + ',')));
  // Three bytes that would be 64 KiB and one more.
  Bytes bytes{4, 0x81, 0x80, 0x04};
  bytes.resize(4 + kTextBytesMax + 1, 'x');
  EXPECT_FALSE(DecodeSyllables(bytes));
  EXPECT_FALSE(DecodeSyllables(Hex("04ffffffffffffffffff01")));
}

TEST(SyllableText, CutOrChangedBytesAreRefusedOrAnotherText) {
  for (const char* note : kNotes) {
    const Bytes bytes = EncodeSyllables(note);
    auto expect_canonical = [&](const Bytes& changed) {
      auto text = DecodeSyllables(changed);
      if (!text) return;
      EXPECT_NE(*text, note);
      EXPECT_EQ(EncodeSyllables(*text), changed);
    };
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      expect_canonical(Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)));
    }
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      Bytes changed = bytes;
      changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ 1u << bit % 8);
      expect_canonical(changed);
    }
  }
}

// Each of these would be a second form of some text, or of none.
TEST(SyllableText, OtherFormsAreRefused) {
  const auto refused = [](const char* hex) { return !DecodeSyllables(Hex(hex)); };
  EXPECT_TRUE(refused("00"));              // no space where none is implied
  EXPECT_TRUE(refused("01"));              // a capital of nothing
  EXPECT_TRUE(refused("0101"));            // twice
  EXPECT_TRUE(refused("02"));              // capitals of nothing
  EXPECT_TRUE(refused("040161"));          // raw, although spelling is shorter
  EXPECT_TRUE(refused("0400"));            // raw of nothing
  EXPECT_TRUE(refused("0401ff"));          // not UTF-8
  EXPECT_TRUE(refused("040100"));          // a zero byte
  EXPECT_TRUE(refused("03ffff"));          // no such syllable
  EXPECT_TRUE(refused("05d0"));            // the letter 26
  EXPECT_TRUE(refused("070000000000f0"));  // more than a phone number
  EXPECT_TRUE(refused("07000000000f"));    // a digit 15
  EXPECT_TRUE(refused("0600000000"));      // five digits in three bytes and more
  EXPECT_TRUE(refused("e0"));              // half a code
}

TEST(SyllableText, RandomBytesAreRefusedOrCanonical) {
  std::mt19937 random(1);
  std::size_t taken = 0;
  for (int i = 0; i < 200'000; ++i) {
    Bytes bytes(random() % 12);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
    auto text = DecodeSyllables(bytes);
    if (!text) continue;
    ++taken;
    ASSERT_EQ(EncodeSyllables(*text), bytes) << ToHex(bytes);
  }
  EXPECT_GT(taken, 1000u);
}

}  // namespace
}  // namespace tram
