#include <algorithm>
#include <array>

#include "tram/wire/syllable_text.h"
#include "wire/archive.h"
#include "wire/letters.h"
#include "wire/syllable_coder.h"

namespace tram {
namespace wire {
namespace {

using enum EntryKind;
using Code = SyllableTable::Code;

constexpr std::size_t kWordBytesMax = 64;  // longer than any entry; keeps the search short
constexpr std::string_view kBehindChunks = ",.;:)!?%]\"";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsBlank(char c) { return c == ' ' || c == '\n' || c == '\r'; }
bool IsSmallAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

enum class Case { kSmall, kFirst, kCapitals, kMixed };

/// A run of words, each one space from the next, in small letters.
struct Words {
  struct End {
    std::size_t size = 0;  // up to here
    std::size_t letters = 0, capitals = 0;
    std::uint32_t hash = SyllableTable::kHashOfNothing;
  };
  std::string small;
  bool first_capital = false;
  std::size_t count = 0;
  std::array<End, SyllableTable::kPhraseWordsMax> ends;  // of each word

  void Clear() {
    small.clear();
    count = 0;
  }
  Case CaseUpTo(const End& end) const {
    if (end.capitals == 0) return Case::kSmall;
    if (end.capitals == 1 && first_capital) return Case::kFirst;
    return end.capitals == end.letters ? Case::kCapitals : Case::kMixed;
  }
};

/// Always takes the longest entry that fits; so there is one form, found in one pass.
class Encoder {
 public:
  explicit Encoder(std::string_view text) : text_(text) {}

  Bytes Run() && {
    bytes_.reserve(text_.size() / 2);
    while (at_ < text_.size()) Step();
    return std::move(bytes_);
  }

 private:
  void Step();
  bool TryWords(std::size_t from);
  bool TryPhrase(const Words::End& end, std::size_t from);
  bool TryOneWord(std::size_t from);
  void ReadWords(std::size_t from);
  bool ReadWord(std::size_t from);
  bool TryNumber(std::size_t from);
  std::size_t DateSize(std::size_t from) const;
  bool TryMark(std::size_t from);
  bool ClosesBefore(std::size_t next) const;
  void PutRawChunk(std::size_t from);
  std::size_t ChunkEnd(std::size_t from) const;

  void Put(Control control) { bytes_.push_back(static_cast<std::uint8_t>(control)); }
  void PutCode(Code code) {
    if (code >= 256) bytes_.push_back(static_cast<std::uint8_t>(code >> 8));
    bytes_.push_back(static_cast<std::uint8_t>(code));
  }
  void PutSpace() { PutCode(*table_.Find(kMarkGlued, " ")); }
  void PutCase(Case which);
  void PutSpelled(std::string_view small);
  void PutDigits(std::string_view digits);
  bool Spaced(std::size_t from) const { return from > at_; }
  /// Before a piece that has an implied space before it.
  void Separate(std::size_t from) {
    if (implied_ != Implied::kNothing && !Spaced(from)) Put(Control::kGlue);
  }
  void AfterWord(std::size_t end) {
    at_ = end;
    implied_ = Implied::kSpace;
    capital_ = false;
  }

  const SyllableTable& table_ = SyllableTable::One();
  std::string_view text_;
  std::size_t at_ = 0;  // an implied space is not passed yet
  Implied implied_ = Implied::kNothing;
  bool capital_ = true;  // implied for the next word
  Words words_;          // that begin at the place that is looked at
  Bytes bytes_;
};

void Encoder::Step() {
  const bool spaced = implied_ != Implied::kNothing && text_[at_] == ' ';
  const std::size_t from = at_ + (spaced ? 1 : 0);
  if (from == text_.size() || text_[from] == ' ') {
    PutSpace();
    at_ += 1;
    implied_ = Implied::kNothing;
    return;
  }
  if (TryWords(from) || TryNumber(from) || TryMark(from)) return;
  PutRawChunk(from);
}

/// One more word for words_; false: no letter is there.
bool Encoder::ReadWord(std::size_t from) {
  const bool first = words_.count == 0;
  Words::End end = first ? Words::End{} : words_.ends[words_.count - 1];
  SmallLetter letter = SmallLetterAt(text_, from);
  if (letter.size == 0) return false;
  auto append = [&](char c) {
    words_.small += c;
    end.hash = SyllableTable::HashOn(end.hash, c);
  };
  if (first) words_.first_capital = letter.was_capital;
  if (!first) append(' ');
  for (; letter.size != 0; letter = SmallLetterAt(text_, from)) {
    for (std::size_t i = 0; i < letter.size; ++i) append(letter.bytes[i]);
    end.letters += 1;
    end.capitals += letter.was_capital ? 1 : 0;
    from += letter.size;
  }
  end.size = words_.small.size();
  words_.ends[words_.count++] = end;
  return true;
}

void Encoder::ReadWords(std::size_t from) {
  words_.Clear();
  if (!ReadWord(from) || words_.small.size() > kWordBytesMax) return;
  const std::size_t most = table_.PhraseWords(words_.ends[0].hash);
  while (words_.count < most) {
    const std::size_t end = from + words_.small.size();
    if (end >= text_.size() || text_[end] != ' ' || !ReadWord(end + 1)) return;
  }
}

bool Encoder::TryWords(std::size_t from) {
  ReadWords(from);
  if (words_.count == 0) return false;
  for (std::size_t i = words_.count; i > 0; --i) {
    if (words_.ends[i - 1].size > kWordBytesMax) continue;
    if (TryPhrase(words_.ends[i - 1], from)) return true;
  }
  return TryOneWord(from);
}

bool Encoder::TryPhrase(const Words::End& end, std::size_t from) {
  const Case which = words_.CaseUpTo(end);
  std::optional<Code> word, fixed;
  if (which != Case::kMixed) {
    word = table_.Find(kWord, std::string_view(words_.small).substr(0, end.size), end.hash);
  }
  // A word's own capitals are taken where they save saying that there are any.
  const bool implied = which == Case::kSmall || (which == Case::kFirst && capital_ && word);
  if (!implied) fixed = table_.Find(kFixed, text_.substr(from, end.size));
  if (!word && !fixed) return false;
  Separate(from);
  if (!fixed) PutCase(which);
  PutCode(fixed ? *fixed : *word);
  AfterWord(from + end.size);
  return true;
}

/// A word that the table does not have: by its onset and rime, or letter by letter.
bool Encoder::TryOneWord(std::size_t from) {
  const Words::End& end = words_.ends.front();
  const std::string_view small = std::string_view(words_.small).substr(0, end.size);
  const Case which = words_.CaseUpTo(end);
  if (which == Case::kMixed) return false;
  const auto syllable = table_.SyllableNumber(small);
  if (!syllable && (!IsSmallAscii(small) || ChunkEnd(from) != from + end.size)) return false;
  Separate(from);
  PutCase(which);
  if (syllable) {
    Put(Control::kSyllable);
    bytes_.push_back(static_cast<std::uint8_t>(*syllable >> 8));
    bytes_.push_back(static_cast<std::uint8_t>(*syllable));
  } else {
    PutSpelled(small);
  }
  AfterWord(from + end.size);
  return true;
}

void Encoder::PutCase(Case which) {
  if (which == Case::kCapitals) return Put(Control::kUpper);
  if (capital_ != (which == Case::kFirst)) Put(Control::kCapital);
}

void Encoder::PutSpelled(std::string_view small) {
  Put(Control::kSpell);
  unsigned bits = 0;
  int count = 0;
  auto put = [&](unsigned number) {
    bits = bits << kSpellBits | number;
    for (count += kSpellBits; count >= 8; count -= 8) {
      bytes_.push_back(static_cast<std::uint8_t>(bits >> (count - 8)));
    }
  };
  for (char c : small) put(static_cast<unsigned>(c - 'a'));
  put(kSpellEnd);
  if (count > 0) bytes_.push_back(static_cast<std::uint8_t>(bits << (8 - count)));
}

/// How many characters of a date without its year stand at `from`, two-digit numbers first.
std::size_t Encoder::DateSize(std::size_t from) const {
  std::size_t at = from;
  for (int number = 0; number < 2; ++number) {
    if (number == 1 && (at >= text_.size() || text_[at++] != '/')) return 0;
    const std::size_t begin = at;
    while (at < text_.size() && IsDigit(text_[at])) ++at;
    if (at == begin || at > begin + 2) return 0;
  }
  return at - from;
}

bool Encoder::TryNumber(std::size_t from) {
  std::size_t digits = 0;
  while (from + digits < text_.size() && IsDigit(text_[from + digits])) ++digits;
  if (digits == 0) return false;
  if (implied_ == Implied::kSpaceUnlessNumber) {
    if (Spaced(from)) PutSpace();
  } else {
    Separate(from);
  }
  const std::size_t date = DateSize(from);
  std::size_t size = std::min(digits, kDigitsMax);
  if (auto code = table_.Find(kNumber, text_.substr(from, date)); date > 0 && code) {
    PutCode(*code);
    size = date;
  } else if (digits >= kDigitsMin) {
    PutDigits(text_.substr(from, size));
  } else {
    while (!(code = table_.Find(kNumber, text_.substr(from, size)))) --size;
    PutCode(*code);
  }
  AfterWord(from + size);
  implied_ = Implied::kSpaceUnlessNumber;
  return true;
}

void Encoder::PutDigits(std::string_view digits) {
  const bool phone = digits.size() == kPhoneDigits;
  Put(phone ? Control::kPhone : Control::kDigits);
  std::vector<std::uint8_t> halves;
  if (!phone) halves.push_back(static_cast<std::uint8_t>(digits.size() - kDigitsMin));
  for (char c : digits) halves.push_back(static_cast<std::uint8_t>(c - '0'));
  if (halves.size() % 2 != 0) halves.push_back(0);
  for (std::size_t i = 0; i < halves.size(); i += 2) {
    bytes_.push_back(static_cast<std::uint8_t>(halves[i] << 4 | halves[i + 1]));
  }
}

/// The mark at `at`: "\r\n" or one character.
std::string_view MarkAt(std::string_view text, std::size_t at) {
  if (text.substr(at).starts_with("\r\n")) return text.substr(at, 2);
  std::size_t size = 1;
  while (at + size < text.size() && (static_cast<unsigned char>(text[at + size]) & 0xc0) == 0x80) {
    ++size;
  }
  return text.substr(at, size);
}

/// Whether what comes at `next` needs no space before it.
bool Encoder::ClosesBefore(std::size_t next) const {
  return next >= text_.size() || IsBlank(text_[next]) ||
         table_.Find(kMarkAfter, MarkAt(text_, next)).has_value();
}

bool Encoder::TryMark(std::size_t from) {
  const std::string_view mark = MarkAt(text_, from);
  const std::size_t next = from + mark.size();
  const bool free = implied_ == Implied::kNothing || Spaced(from), closes = ClosesBefore(next);
  std::optional<Code> code;
  EntryKind kind = kYear;
  auto choose = [&](EntryKind which, bool fits, std::string_view text) {
    if (code || !fits) return;
    code = table_.Find(which, text);
    kind = which;
  };
  const std::string_view year = text_.substr(from, 5);  // "/2026"
  const bool whole = from + 5 >= text_.size() || !IsDigit(text_[from + 5]);
  choose(kYear, mark == "/" && !Spaced(from) && whole, year);
  choose(kMarkAfter, !Spaced(from) && closes, mark);
  choose(kMarkAround, free && (next >= text_.size() || IsBlank(text_[next])), mark);
  choose(kMarkBefore, free && !closes, mark);
  choose(kMarkGlued, true, mark);
  if (!code) return false;
  // The space stands there, and this mark does not imply one.
  if (Spaced(from) && (kind == kMarkAfter || kind == kMarkGlued)) PutSpace();
  PutCode(*code);
  at_ = kind == kYear ? from + year.size() : next;
  implied_ = ImpliedBehind(kind);
  if (kind == kYear) capital_ = false;  // a number, and so no beginning
  if (EndsSentence(kind, mark)) capital_ = true;
  return true;
}

/// Where the text without blanks that is at `from` ends, without the marks at its end.
std::size_t Encoder::ChunkEnd(std::size_t from) const {
  std::size_t end = from + 1;
  while (end < text_.size() && !IsBlank(text_[end])) ++end;
  while (end > from + 1 && kBehindChunks.find(text_[end - 1]) != kBehindChunks.npos) --end;
  return end;
}

void Encoder::PutRawChunk(std::size_t from) {
  const std::size_t end = ChunkEnd(from);
  Separate(from);
  Put(Control::kRaw);
  CanonicalOutput(bytes_).PutBlob(AsBytes(text_.substr(from, end - from)));
  AfterWord(end);
}

}  // namespace
}  // namespace wire

Bytes EncodeSyllables(std::string_view text) { return wire::Encoder(text).Run(); }

}  // namespace tram
