// Message bodies under zstd. The frame's magic number is left out: the message's head says it.
// Threads: pure functions.
#pragma once

#include <optional>

#include "tram/base/bytes.h"

namespace tram::wire {

/// Nothing where the packed form would not be smaller.
std::optional<Bytes> Pack(ByteView raw);
/// Throws DecodeFailure: no frame of ours, a declared size that is missing or beyond
/// kMessageBytesMax (checked before anything is allocated), or bytes behind the frame.
Bytes Unpack(ByteView packed);

}  // namespace tram::wire
