#include "tram/base/vietnamese.h"

#include <utf8proc.h>

#include <cstdlib>
#include <memory>
#include <optional>
#include <vector>

namespace tram {
namespace {

constexpr utf8proc_int32_t kLetterD = 0x111;  // đ has no decomposition in Unicode
constexpr std::size_t kLettersMore = 16;      // than bytes; a second pass where that is too few

struct Free {
  void operator()(utf8proc_uint8_t* text) const { std::free(text); }
};

/// Errors: invalid (not UTF-8).
Result<std::string> Mapped(std::string_view text, unsigned options) {
  utf8proc_uint8_t* mapped = nullptr;
  auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                           static_cast<utf8proc_ssize_t>(text.size()), &mapped,
                           static_cast<utf8proc_option_t>(options));
  std::unique_ptr<utf8proc_uint8_t, Free> owned(mapped);
  if (size < 0) {
    return MakeError(ErrorCode::kInvalid,
                     "the text is not UTF-8; save the file as UTF-8 and try again");
  }
  return std::string(reinterpret_cast<char*>(mapped), static_cast<std::size_t>(size));
}

/// Small and without marks; nothing where the text is not UTF-8. Searches fold thousands of names:
/// short texts are decomposed in one pass.
std::optional<std::vector<utf8proc_int32_t>> Letters(std::string_view text) {
  constexpr auto kOptions = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_DECOMPOSE |
                                                           UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK);
  std::vector<utf8proc_int32_t> letters(text.size() + kLettersMore);
  for (;;) {
    const utf8proc_ssize_t size =
        utf8proc_decompose(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                           static_cast<utf8proc_ssize_t>(text.size()), letters.data(),
                           static_cast<utf8proc_ssize_t>(letters.size()), kOptions);
    if (size < 0) return std::nullopt;
    const bool enough = static_cast<std::size_t>(size) <= letters.size();
    letters.resize(static_cast<std::size_t>(size));
    if (enough) return letters;
  }
}

}  // namespace

Result<std::string> Nfc(std::string_view text) {
  if (text.find('\0') != text.npos) {
    return MakeError(ErrorCode::kInvalid, "the text holds a zero byte; remove it");
  }
  return Mapped(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

std::string Fold(std::string_view text) {
  const std::optional<std::vector<utf8proc_int32_t>> letters = Letters(text);
  if (!letters) return std::string(text);
  std::string folded;
  folded.reserve(text.size());
  bool space = false;
  for (const utf8proc_int32_t letter : *letters) {
    if (letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r') {
      space = !folded.empty();
      continue;
    }
    if (space) folded += ' ';
    space = false;
    if (letter == kLetterD) {
      folded += 'd';
    } else if (letter < 0x80) {
      folded += static_cast<char>(letter);
    } else {
      utf8proc_uint8_t bytes[4];
      const utf8proc_ssize_t size = utf8proc_encode_char(letter, bytes);
      folded.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    }
  }
  return folded;
}

}  // namespace tram
