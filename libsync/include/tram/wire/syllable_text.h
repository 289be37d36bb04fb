// Syllable bytes: text codec 1, in which texts stand inside sealed blobs where that is shorter.
//
// Frequent Vietnamese syllables and phrases take one byte, other syllables two or three; the space
// between words and the capital at the beginning of a sentence are implied; digits, dates and marks
// are cheap; anything else is spelled out. Format, tables and a worked example:
// libsync/docs/wire-format.md.
// Threads: pure functions over a table that is built at first use (about a millisecond, 250 KB).
#pragma once

#include <string>
#include <string_view>

#include "tram/base/bytes.h"
#include "tram/base/result.h"

namespace tram {

/// Any text has exactly one form; it may be longer than the text. Takes time in proportion to it.
Bytes EncodeSyllables(std::string_view text);
/// Errors: invalid (not what EncodeSyllables gives for any text, not UTF-8 without zero bytes, or
/// longer than kTextBytesMax).
Result<std::string> DecodeSyllables(ByteView bytes);

}  // namespace tram
