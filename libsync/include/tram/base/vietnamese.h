// Vietnamese text: normal form, and folding for search and comparison.
#pragma once

#include <string>
#include <string_view>

#include "tram/base/result.h"

namespace tram {

/// The NFC form of UTF-8 text. Errors: invalid (not UTF-8, or it holds a zero byte).
Result<std::string> Nfc(std::string_view text);

/// Lower case, no accents, đ as d, runs of white space as one space, trimmed: "Đỗ Minh  Hà" is
/// "do minh ha". Text that is not UTF-8 comes back as it was.
std::string Fold(std::string_view text);

}  // namespace tram
