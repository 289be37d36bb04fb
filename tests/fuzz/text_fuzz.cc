// Syllable bytes: what is read gives the same bytes; every text comes back as it was.
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/fuzz_target.h"
#include "tram/base/limits.h"
#include "tram/base/vietnamese.h"
#include "tram/wire/syllable_text.h"
#include "wire/archive.h"

namespace tram::fuzz {
namespace {

void TryBytes(ByteView bytes) {
  const auto text = DecodeSyllables(bytes);
  if (!text) return;
  Promise(text->size() <= kTextBytesMax && wire::IsText(AsBytes(*text)), "only texts come out");
  Promise(std::ranges::equal(EncodeSyllables(*text), bytes), "a text has one form");
}

void TryText(std::string_view text) {
  const auto normal = Nfc(text);
  if (normal) Promise(Nfc(*normal).value_or("") == *normal, "what is NFC stays as it is");
  (void)Fold(text);
  if (text.size() > kTextBytesMax || !wire::IsText(AsBytes(text))) return;
  Promise(normal.has_value(), "every text has an NFC form");
  const auto again = DecodeSyllables(EncodeSyllables(text));
  Promise(again && *again == text, "a text comes back as it was");
}

}  // namespace

void FuzzText(ByteView bytes) {
  FuzzInput input(bytes);
  if (input.Flag()) {
    TryText(AsText(input.Rest()));
  } else {
    TryBytes(input.Rest());
  }
}

}  // namespace tram::fuzz
