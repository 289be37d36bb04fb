// Letters of Vietnamese text, as the syllable bytes see them: a to z and those with the marks of
// Vietnamese, in UTF-8. Their small and capital forms are equally long. Not from a library: which
// text has which bytes must not change with a new version of Unicode.
// Threads: pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tram::wire {

/// The small form of a letter.
struct SmallLetter {
  std::size_t size = 0;  // in bytes, 1 to 3; 0: no letter
  bool was_capital = false;
  char bytes[3] = {};
};
/// The letter at `at`, where `text` may end.
SmallLetter SmallLetterAt(std::string_view text, std::size_t at);
/// The capital form of the small letter at the beginning of `text`, or of all its small letters.
std::string WithCapital(std::string text);
std::string InCapitals(std::string text);

}  // namespace tram::wire
