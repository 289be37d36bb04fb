#include "wire/syllable_table.h"

#include <algorithm>
#include <cstdio>

#include "tram/base/assert.h"
#include "wire/letters.h"

namespace tram::wire {
namespace {

#include "wire/syllable_table_1.inc"

struct Mark {
  EntryKind kind;
  std::string_view text;
};
using enum EntryKind;
constexpr Mark kOneByteMarks[] = {{kMarkGlued, " "},  {kMarkAfter, ","}, {kMarkAfter, "."},
                                  {kMarkGlued, "/"},  {kMarkGlued, "-"}, {kMarkAfter, ":"},
                                  {kMarkBefore, "("}, {kMarkAfter, ")"}, {kMarkGlued, "\n"}};
/// Every one that has another kind is here as kMarkGlued too, or above.
constexpr std::string_view kTwoByteMarks[] = {
    "; ? ! % ] \" ” … » °", "- – — + = & * / • → < > ≥ ≤ × ± ~", "[ \" “ «",
    ", . : ( ) ; ? ! % ] \" ” … » ° – — + = & * • → < > "
    "≥ ≤ × ± ~ [ “ « # $ @ _ ' ` ^ | \\ { } ‘ ’ ½ \t \r\n"};

constexpr std::string_view kOnsets[] = {"ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th",
                                        "tr",  "b",  "c",  "d",  "đ",  "g",  "h",  "k",  "l",  "m",
                                        "n",   "p",  "r",  "s",  "t",  "v",  "x",  ""};
constexpr std::size_t kTones = 6;
/// Level first, then the acute under which kRimes has its rimes.
constexpr std::string_view kVowels[][kTones] = {
    {"a", "á", "à", "ả", "ã", "ạ"}, {"ă", "ắ", "ằ", "ẳ", "ẵ", "ặ"}, {"â", "ấ", "ầ", "ẩ", "ẫ", "ậ"},
    {"e", "é", "è", "ẻ", "ẽ", "ẹ"}, {"ê", "ế", "ề", "ể", "ễ", "ệ"}, {"i", "í", "ì", "ỉ", "ĩ", "ị"},
    {"o", "ó", "ò", "ỏ", "õ", "ọ"}, {"ô", "ố", "ồ", "ổ", "ỗ", "ộ"}, {"ơ", "ớ", "ờ", "ở", "ỡ", "ợ"},
    {"u", "ú", "ù", "ủ", "ũ", "ụ"}, {"ư", "ứ", "ừ", "ử", "ữ", "ự"}, {"y", "ý", "ỳ", "ỷ", "ỹ", "ỵ"}};

constexpr std::size_t kOneByteCodes = kLeadFirst - kOneByteFirst;
constexpr std::size_t kTwoByteFirst = kLeadFirst * std::size_t{256};

/// Calls `take` with each part of `list` that stands between blanks or line ends.
template <class Take>
void ForEachPart(std::string_view list, std::string_view blanks, Take&& take) {
  for (std::size_t at = 0; (at = list.find_first_not_of(blanks, at)) != list.npos;) {
    const std::size_t end = std::min(list.find_first_of(blanks, at), list.size());
    take(list.substr(at, end - at));
    at = end;
  }
}

std::string Shown(const char* format, int number, int second = 0) {
  char shown[16];
  std::snprintf(shown, sizeof shown, format, number, second);
  return shown;
}

}  // namespace

const SyllableTable& SyllableTable::One() {
  static const SyllableTable table;
  return table;
}

SyllableTable::SyllableTable() {
  for (const Mark& mark : kOneByteMarks) Add(mark.kind, mark.text);
  for (int digit = 0; digit < 10; ++digit) Add(kNumber, Shown("%d", digit));
  AddWords(kWord, kOneByteWords);
  TRAM_ASSERT(places_.size() == kOneByteCodes);
  EntryKind kind = kMarkAfter;
  for (std::string_view marks : kTwoByteMarks) {
    ForEachPart(marks, " ", [&](std::string_view mark) { Add(kind, mark); });
    kind = static_cast<EntryKind>(static_cast<int>(kind) + 1);
  }
  AddNumbersAndDates();
  AddWords(kFixed, kFixedTexts);
  AddWords(kWord, kTwoByteWords);
  TRAM_ASSERT(places_.size() <= kOneByteCodes + 0x10000 - kTwoByteFirst);
  AddRimes();
}

std::uint32_t SyllableTable::Hash(std::string_view text) {
  std::uint32_t hash = kHashOfNothing;
  for (char c : text) hash = HashOn(hash, c);
  return hash;
}

void SyllableTable::Add(EntryKind kind, std::string_view text) {
  const std::uint32_t hash = Hash(text);
  std::size_t slot = SlotOf(hash);
  while (slots_[slot].place != 0) slot = (slot + 1) % kSlots;
  places_.push_back(
      {static_cast<std::uint32_t>(pool_.size()), static_cast<std::uint8_t>(text.size()), kind});
  slots_[slot] = {static_cast<std::uint16_t>(places_.size()), TagOf(kind, hash)};
  pool_ += text;
}

void SyllableTable::AddWords(EntryKind kind, std::string_view list) {
  ForEachPart(list, " \n", [&](std::string_view part) {
    std::string text(part);
    std::replace(text.begin(), text.end(), '_', ' ');
    Add(kind, text);
    const auto words = 1 + std::count(text.begin(), text.end(), ' ');
    std::uint32_t first = kHashOfNothing;
    for (std::size_t at = 0; at < text.size();) {
      const SmallLetter letter = SmallLetterAt(text, at);
      if (letter.size == 0) break;
      for (std::size_t i = 0; i < letter.size; ++i) first = HashOn(first, letter.bytes[i]);
      at += letter.size;
    }
    TRAM_ASSERT(words <= static_cast<std::ptrdiff_t>(kPhraseWordsMax));
    std::uint8_t& most = phrase_words_[SlotOf(first)];
    most = std::max(most, static_cast<std::uint8_t>(words));
  });
}

void SyllableTable::AddNumbersAndDates() {
  for (int i = 0; i < 100; ++i) Add(kNumber, Shown("%02d", i));
  for (int i = 100; i < 1000; i += i < 200 ? 1 : 10) Add(kNumber, Shown("%d", i));
  for (int year = 1930; year < 2050; ++year) Add(kNumber, Shown("%d", year));
  for (int year = 1950; year < 2050; ++year) Add(kYear, Shown("/%d", year));
  for (const char* format : {"%d/%d", "%02d/%02d"}) {
    for (int day = 1; day <= 31; ++day) {
      for (int month = 1; month <= 12; ++month) {
        const std::string date = Shown(format, day, month);
        if (!Find(kNumber, date)) Add(kNumber, date);  // 10/10 has one form
      }
    }
  }
}

void SyllableTable::AddRimes() {
  ForEachPart(kRimes, " \n", [&](std::string_view rime) {
    for (const auto& vowel : kVowels) {
      const std::size_t at = rime.find(vowel[1]);
      if (at == rime.npos) continue;
      for (std::string_view toned : vowel) {
        forms_.push_back(std::string(rime).replace(at, vowel[1].size(), toned));
      }
      return;
    }
    TRAM_ASSERT(false);  // a rime without an acute
  });
  for (std::size_t i = 0; i < forms_.size(); ++i) {
    sorted_forms_.push_back(static_cast<std::uint16_t>(i));
  }
  auto less = [&](std::uint16_t a, std::uint16_t b) { return forms_[a] < forms_[b]; };
  auto same = [&](std::uint16_t a, std::uint16_t b) { return forms_[a] == forms_[b]; };
  std::stable_sort(sorted_forms_.begin(), sorted_forms_.end(), less);
  sorted_forms_.erase(std::unique(sorted_forms_.begin(), sorted_forms_.end(), same),
                      sorted_forms_.end());
}

std::string_view SyllableTable::TextOf(const Place& place) const {
  return std::string_view(pool_).substr(place.offset, place.size);
}

std::optional<SyllableTable::Entry> SyllableTable::At(Code code) const {
  std::size_t index = code - std::size_t{kOneByteFirst};  // wraps below: beyond the end
  if (code >= kLeadFirst) {
    if (code < kTwoByteFirst) return std::nullopt;
    index = kOneByteCodes + code - kTwoByteFirst;
  }
  if (index >= places_.size()) return std::nullopt;
  return Entry{TextOf(places_[index]), places_[index].kind};
}

std::optional<SyllableTable::Code> SyllableTable::Find(EntryKind kind, std::string_view text,
                                                       std::uint32_t hash) const {
  const std::uint16_t tag = TagOf(kind, hash);
  for (std::size_t slot = SlotOf(hash); slots_[slot].place != 0; slot = (slot + 1) % kSlots) {
    if (slots_[slot].tag != tag) continue;
    const std::size_t index = slots_[slot].place - std::size_t{1};
    if (places_[index].kind != kind || TextOf(places_[index]) != text) continue;
    return static_cast<Code>(index < kOneByteCodes ? kOneByteFirst + index
                                                   : kTwoByteFirst + index - kOneByteCodes);
  }
  return std::nullopt;
}

std::optional<std::size_t> SyllableTable::FormOf(std::string_view rime) const {
  auto found = std::lower_bound(sorted_forms_.begin(), sorted_forms_.end(), rime,
                                [&](std::uint16_t i, std::string_view t) { return forms_[i] < t; });
  if (found == sorted_forms_.end() || forms_[*found] != rime) return std::nullopt;
  return *found;
}

std::optional<std::uint16_t> SyllableTable::SyllableNumber(std::string_view syllable) const {
  for (std::size_t onset = 0; onset < std::size(kOnsets); ++onset) {
    if (!syllable.starts_with(kOnsets[onset])) continue;
    const auto form = FormOf(syllable.substr(kOnsets[onset].size()));
    if (form) return static_cast<std::uint16_t>(onset * forms_.size() + *form);
  }
  return std::nullopt;
}

std::optional<std::string> SyllableTable::SyllableAt(std::uint16_t number) const {
  if (number >= syllables()) return std::nullopt;
  return std::string(kOnsets[number / forms_.size()]) + forms_[number % forms_.size()];
}

std::size_t SyllableTable::syllables() const { return std::size(kOnsets) * forms_.size(); }

}  // namespace tram::wire
