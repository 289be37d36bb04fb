// What the two directions of the syllable bytes share. Format: libsync/docs/wire-format.md.
// Threads: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "tram/base/bytes.h"
#include "wire/syllable_table.h"

namespace tram::wire {

inline constexpr std::size_t kPhoneDigits = 10, kDigitsMin = 5, kDigitsMax = 20;
inline constexpr int kSpellBits = 5;
inline constexpr unsigned kSpellEnd = 31, kSpellLetters = 26;

/// What stands between two pieces: whether a space is implied there.
enum class Implied { kNothing, kSpace, kSpaceUnlessNumber };

/// What is implied behind an entry.
inline Implied ImpliedBehind(EntryKind kind) {
  switch (kind) {
    case EntryKind::kNumber:
    case EntryKind::kYear:
      return Implied::kSpaceUnlessNumber;
    case EntryKind::kMarkBefore:
    case EntryKind::kMarkGlued:
      return Implied::kNothing;
    default:
      return Implied::kSpace;
  }
}

/// Whether a capital is implied behind it.
inline bool EndsSentence(EntryKind kind, std::string_view mark) {
  if (kind == EntryKind::kMarkGlued) return mark == "\n" || mark == "\r\n";
  return kind == EntryKind::kMarkAfter && (mark == "." || mark == "?" || mark == "!");
}

/// Any sequence of pieces that is text of at most kTextBytesMax. That it is the one that
/// EncodeSyllables gives for this text is still to be checked. Throws DecodeFailure.
std::string TakeSyllables(ByteView bytes);

}  // namespace tram::wire
