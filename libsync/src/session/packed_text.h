// Text that lies in the log's settings as one zstd frame: a programme takes a third of its room.
// Threads: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "tram/base/bytes.h"

namespace tram {

Bytes PackText(std::string_view text);
/// Errors: corrupt (no frame, a damaged one, or one that declares more than `bytes_max`; nothing is
/// allocated then).
Result<std::string> UnpackText(ByteView packed, std::size_t bytes_max);

}  // namespace tram
