#include "tram/base/vietnamese.h"

#include <utf8proc.h>

#include <cstdlib>
#include <memory>

namespace tram {
namespace {

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

}  // namespace

Result<std::string> Nfc(std::string_view text) {
  if (text.find('\0') != text.npos) {
    return MakeError(ErrorCode::kInvalid, "the text holds a zero byte; remove it");
  }
  return Mapped(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

std::string Fold(std::string_view text) {
  auto mapped =
      Mapped(text, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK);
  if (!mapped) return std::string(text);
  std::string folded;
  bool space = false;
  for (std::size_t i = 0; i < mapped->size(); ++i) {
    unsigned char c = static_cast<unsigned char>((*mapped)[i]);
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      space = !folded.empty();
      continue;
    }
    if (space) folded += ' ';
    space = false;
    if (c == 0xc4 && i + 1 < mapped->size() &&
        static_cast<unsigned char>((*mapped)[i + 1]) == 0x91) {
      folded += 'd';  // đ has no decomposition in Unicode
      ++i;
    } else {
      folded += static_cast<char>(c);
    }
  }
  return folded;
}

}  // namespace tram
