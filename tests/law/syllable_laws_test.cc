// The laws of the syllable bytes, over random texts of every kind that a note may be made of: every
// text survives, has one form, and never makes a sealed blob longer. A failure prints its seed;
// TRAM_SEED=<n> begins there.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>

#include "tram/base/limits.h"
#include "tram/base/vietnamese.h"
#include "tram/wire/op_codec.h"
#include "tram/wire/syllable_text.h"
#include "wire/letters.h"
#include "wire/syllable_table.h"

namespace tram {
namespace {

constexpr int kTexts = 30'000;
constexpr std::uint32_t kNote = 20, kCode = 25, kRemark = 31;

class RandomText {
 public:
  explicit RandomText(std::uint64_t seed) : random_(seed) {}

  std::string Next() {
    std::string text;
    for (std::size_t pieces = Below(14); pieces > 0; --pieces) text += Piece();
    return text;
  }
  std::size_t Below(std::size_t limit) { return random_() % limit; }

 private:
  std::string Piece() {
    switch (Below(10)) {
      case 0:
      case 1:
      case 2:
        return Cased(Entry()) + " ";
      case 3:
        return Cased(*table_.SyllableAt(static_cast<std::uint16_t>(Below(table_.syllables()))));
      case 4:
        return Entry();
      case 5:
        return std::to_string(random_() >> Below(64));
      case 6:
        return std::string(1 + Below(3), ' ');
      case 7:
        return {static_cast<char>(1 + Below(127)), static_cast<char>(1 + Below(127))};
      case 8:
        return CodePoint();
      default:
        return Below(2) == 0 ? ", " : ". ";
    }
  }

  std::string Entry() {
    for (;;) {
      const auto entry = table_.At(static_cast<wire::SyllableTable::Code>(Below(0x10000)));
      if (entry) return std::string(entry->text);
    }
  }

  std::string Cased(std::string word) {
    switch (Below(6)) {
      case 0:
        return wire::InCapitals(std::move(word));
      case 1:
        return wire::WithCapital(std::move(word));
      default:
        return word;
    }
  }

  /// Any character but zero and the surrogates; most of them of two or three bytes.
  std::string CodePoint() {
    const std::size_t limits[] = {0x80, 0x250, 0x2000, 0xd800, 0x110000};
    std::size_t point = 1 + Below(limits[Below(5)] - 1);
    if (point >= 0xd800 && point < 0xe000) point = 0x1ea0;
    auto tail = [&](int shift) { return static_cast<char>(0x80 | (point >> shift & 0x3f)); };
    if (point < 0x80) return {static_cast<char>(point)};
    if (point < 0x800) return {static_cast<char>(0xc0 | point >> 6), tail(0)};
    if (point < 0x10000) return {static_cast<char>(0xe0 | point >> 12), tail(6), tail(0)};
    return {static_cast<char>(0xf0 | point >> 18), tail(12), tail(6), tail(0)};
  }

  std::mt19937_64 random_;
  const wire::SyllableTable& table_ = wire::SyllableTable::One();
};

template <class Law>
void ForEachText(Law&& law) {
  const char* given = std::getenv("TRAM_SEED");
  const std::uint64_t first = given != nullptr ? std::strtoull(given, nullptr, 10) : 1;
  for (std::uint64_t seed = first; seed < first + kTexts; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomText random(seed);
    law(random);
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(SyllableLaws, EveryTextSurvives) {
  std::size_t shorter = 0;
  ForEachText([&](RandomText& random) {
    const std::string text = random.Next();
    const Bytes bytes = EncodeSyllables(text);
    auto back = DecodeSyllables(bytes);
    ASSERT_TRUE(back) << back.error().message << ": " << text << " " << ToHex(bytes);
    EXPECT_EQ(*back, text);
    shorter += bytes.size() < text.size() ? 1 : 0;
  });
  EXPECT_GT(shorter, kTexts / 4);  // the texts are not all of the kind that is raw
}

TEST(SyllableLaws, ChangedBytesAreRefusedOrTheOnlyFormOfAnotherText) {
  ForEachText([](RandomText& random) {
    const std::string text = random.Next();
    Bytes bytes = EncodeSyllables(text);
    if (bytes.empty()) return;
    bytes[random.Below(bytes.size())] ^= static_cast<std::uint8_t>(1 + random.Below(255));
    auto read = DecodeSyllables(bytes);
    if (!read) return;
    EXPECT_NE(*read, text);
    EXPECT_EQ(EncodeSyllables(*read), bytes);
  });
}

TEST(SyllableLaws, ASealedListIsNeverLongerThanItsTextsAndTags) {
  constexpr std::size_t kBesides = 1 + 2 + 2 + 2 + 1;  // codec, three tags and code, a size
  ForEachText([](RandomText& random) {
    const std::string note = random.Next(), remark = random.Next();
    const std::vector<Edit> edits = {{kNote, note}, {kCode, Code{7}}, {kRemark, remark}};
    const Bytes plain = EncodeSealedEdits(edits);
    auto back = DecodeSealedEdits(plain);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(*back, edits);
    EXPECT_LE(plain.size(), note.size() + remark.size() + kBesides + (note.size() > 127 ? 1 : 0));
  });
}

}  // namespace
}  // namespace tram
