#include <algorithm>

#include "tram/base/limits.h"
#include "tram/wire/syllable_text.h"
#include "wire/archive.h"
#include "wire/letters.h"
#include "wire/syllable_coder.h"

namespace tram {
namespace wire {
namespace {

using enum EntryKind;
using Code = SyllableTable::Code;

class Decoder {
 public:
  explicit Decoder(ByteView bytes) : input_(bytes) {}

  std::string Run() && {
    while (!input_.rest().empty()) Step();
    return std::move(text_);
  }

 private:
  void Step();
  void TakeControl(Control control);
  void TakeEntry(Code code);
  std::string TakeSpelled();
  void TakeDigits(bool phone);

  void Append(std::string_view piece) {
    if (piece.size() > kTextBytesMax - text_.size()) Refuse("a text is too long");
    text_ += piece;
  }
  void AppendSpace() {
    if (implied_ != Implied::kNothing) Append(" ");
  }
  void AppendWord(std::string_view word) {
    AppendSpace();
    Append(word);
    AfterWord();
  }
  void AppendCased(std::string word) {
    if (upper_) {
      word = InCapitals(std::move(word));
    } else if (capital_) {
      word = WithCapital(std::move(word));
    }
    AppendWord(word);
  }
  void AppendNumber(std::string_view number) {
    if (implied_ == Implied::kSpace) Append(" ");
    Append(number);
    AfterWord();
    implied_ = Implied::kSpaceUnlessNumber;
  }
  void AfterWord() {
    implied_ = Implied::kSpace;
    capital_ = upper_ = false;
  }

  CanonicalInput input_;
  Implied implied_ = Implied::kNothing;
  bool capital_ = true;
  bool upper_ = false;
  std::string text_;
};

void Decoder::Step() {
  const std::uint8_t first = input_.TakeByte();
  if (first < kOneByteFirst) return TakeControl(static_cast<Control>(first));
  if (first < kLeadFirst) return TakeEntry(first);
  const std::uint8_t second = input_.TakeByte();
  TakeEntry(static_cast<Code>(first << 8 | second));
}

void Decoder::TakeControl(Control control) {
  switch (control) {
    case Control::kGlue:
      implied_ = Implied::kNothing;
      return;
    case Control::kCapital:
      capital_ = !capital_;
      return;
    case Control::kUpper:
      upper_ = true;
      return;
    case Control::kSyllable: {
      const ByteView number = input_.TakeRaw(2);
      auto syllable =
          SyllableTable::One().SyllableAt(static_cast<std::uint16_t>(number[0] << 8 | number[1]));
      if (!syllable) Refuse("a syllable is not known");
      return AppendCased(std::move(*syllable));
    }
    case Control::kRaw:
      return AppendWord(AsText(input_.TakeBlob(kTextBytesMax)));
    case Control::kSpell:
      return AppendCased(TakeSpelled());
    case Control::kDigits:
    case Control::kPhone:
      return TakeDigits(control == Control::kPhone);
  }
}

std::string Decoder::TakeSpelled() {
  std::string word;
  unsigned bits = 0;
  for (int count = 0;;) {
    if (count < kSpellBits) {
      bits = bits << 8 | input_.TakeByte();
      count += 8;
    }
    count -= kSpellBits;
    const unsigned number = bits >> count & 31;
    if (number == kSpellEnd) return word;
    if (number >= kSpellLetters) Refuse("a letter is not known");
    word += static_cast<char>('a' + number);
  }
}

void Decoder::TakeDigits(bool phone) {
  std::string digits;
  unsigned byte = 0;
  bool low = false;
  auto take = [&] {
    if (!low) byte = input_.TakeByte();
    low = !low;
    return low ? byte >> 4 : byte & 15;
  };
  const std::size_t count = phone ? kPhoneDigits : kDigitsMin + take();
  while (digits.size() < count) {
    const unsigned digit = take();
    if (digit > 9) Refuse("a digit is not known");
    digits += static_cast<char>('0' + digit);
  }
  AppendNumber(digits);
}

void Decoder::TakeEntry(Code code) {
  const auto entry = SyllableTable::One().At(code);
  if (!entry) Refuse("a code of a text is not known");
  switch (entry->kind) {
    case kWord:
      return AppendCased(std::string(entry->text));
    case kFixed:
      return AppendWord(entry->text);
    case kNumber:
      return AppendNumber(entry->text);
    case kYear:
      implied_ = Implied::kNothing;
      return AppendNumber(entry->text);
    case kMarkAround:
    case kMarkBefore:
      AppendSpace();
      break;
    case kMarkAfter:
    case kMarkGlued:
      break;
  }
  Append(entry->text);
  implied_ = ImpliedBehind(entry->kind);
  if (EndsSentence(entry->kind, entry->text)) capital_ = true;
}

}  // namespace

std::string TakeSyllables(ByteView bytes) {
  std::string text = Decoder(bytes).Run();
  if (!IsText(AsBytes(text))) Refuse("a text is not UTF-8");
  return text;
}

}  // namespace wire

Result<std::string> DecodeSyllables(ByteView bytes) {
  return wire::AtDecodeEdge("a text", [&] {
    std::string text = wire::TakeSyllables(bytes);
    const Bytes canonical = EncodeSyllables(text);
    if (!std::equal(canonical.begin(), canonical.end(), bytes.begin(), bytes.end())) {
      wire::Refuse("it could be written in another way");
    }
    return text;
  });
}

}  // namespace tram
