// Table 1 of the syllable bytes: which codes there are and what they stand for.
//
// A code is one byte from kOneByteFirst on, or a lead byte from kLeadFirst on and a second byte.
// The words are in syllable_table_1.inc, made by make_syllable_table.py; marks, numbers and dates
// are in syllable_table.cc. None of it ever changes. Threads: constant once built.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tram::wire {

/// First bytes that are not entries of the table.
enum class Control : std::uint8_t {
  kGlue = 0,      // no space here, although one is implied
  kCapital = 1,   // the next word begins with a capital, or with none where one is implied
  kUpper = 2,     // the next word is in capitals
  kSyllable = 3,  // two bytes: the number of an onset with a rime and its tone
  kRaw = 4,       // a varint, and so many bytes of text
  kSpell = 5,     // a to z in five bits each, up to a 31, then zero bits up to a whole byte
  kDigits = 6,    // half bytes: how many digits beyond 5, the digits, 0 up to a whole byte
  kPhone = 7,     // five bytes: ten digits
};
inline constexpr std::uint8_t kOneByteFirst = 8;
inline constexpr std::uint8_t kLeadFirst = 256 - 32;

/// What an entry does with the space before it, what it implies after it, and how it is cased.
enum class EntryKind : std::uint8_t {
  kWord,        // space before and after; cased by where it stands
  kFixed,       // the same, in capitals of its own
  kNumber,      // the same, but no space between numbers
  kYear,        // "/2026": no space before
  kMarkAfter,   // space after only
  kMarkAround,  // space before and after
  kMarkBefore,  // space before only
  kMarkGlued,   // none
};

class SyllableTable {
 public:
  using Code = std::uint16_t;  // two-byte codes: the lead in the upper byte
  struct Entry {
    std::string_view text;
    EntryKind kind;
  };

  static const SyllableTable& One();
  SyllableTable(const SyllableTable&) = delete;
  SyllableTable& operator=(const SyllableTable&) = delete;

  /// Nothing: no entry has this code.
  std::optional<Entry> At(Code code) const;
  std::optional<Code> Find(EntryKind kind, std::string_view text) const {
    return Find(kind, text, Hash(text));
  }
  /// `hash` is Hash(text).
  std::optional<Code> Find(EntryKind kind, std::string_view text, std::uint32_t hash) const;
  /// How many words the longest phrase has that begins with the word of this hash, in lower case;
  /// 1 to kPhraseWordsMax. May be too many.
  std::size_t PhraseWords(std::uint32_t word_hash) const {
    return phrase_words_[SlotOf(word_hash)];
  }
  static constexpr std::size_t kPhraseWordsMax = 4;

  /// FNV-1a: of a text as it grows, byte by byte.
  static constexpr std::uint32_t kHashOfNothing = 2166136261u;
  static std::uint32_t HashOn(std::uint32_t hash, char next) {
    return (hash ^ static_cast<unsigned char>(next)) * 16777619u;
  }
  static std::uint32_t Hash(std::string_view text);

  /// The number of an onset with a rime and its tone, in lower case.
  std::optional<std::uint16_t> SyllableNumber(std::string_view syllable) const;
  std::optional<std::string> SyllableAt(std::uint16_t number) const;
  std::size_t syllables() const;

 private:
  struct Place {
    std::uint32_t offset;  // in pool_
    std::uint8_t size;
    EntryKind kind;
  };
  struct Slot {
    std::uint16_t place = 0;  // and 1; 0: free
    std::uint16_t tag = 0;    // the hash's upper half and the kind: nearly all others differ
  };
  static constexpr std::size_t kSlots = 16384;  // a power of two, twice the entries

  SyllableTable();
  static std::size_t SlotOf(std::uint32_t hash) { return (hash ^ hash >> 17) % kSlots; }
  static std::uint16_t TagOf(EntryKind kind, std::uint32_t hash) {
    return static_cast<std::uint16_t>((hash >> 16) + static_cast<std::uint32_t>(kind));
  }
  void Add(EntryKind kind, std::string_view text);
  void AddWords(EntryKind kind, std::string_view list);
  void AddNumbersAndDates();
  void AddRimes();
  std::string_view TextOf(const Place& place) const;
  std::optional<std::size_t> FormOf(std::string_view rime) const;

  std::string pool_;
  std::vector<Place> places_;  // in the order of their codes
  std::vector<Slot> slots_ = std::vector<Slot>(kSlots);
  std::vector<std::uint8_t> phrase_words_ = std::vector<std::uint8_t>(kSlots, 1);
  std::vector<std::string> forms_;           // each rime in each tone
  std::vector<std::uint16_t> sorted_forms_;  // of equal ones, only the first
};

}  // namespace tram::wire
