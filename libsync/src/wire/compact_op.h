// The compact form of an op, with the time counted from a given one: in messages from the op
// before. Threads: pure functions.
#pragma once

#include "tram/wire/op_codec.h"
#include "wire/archive.h"

namespace tram::wire {

/// A compact op is never shorter: head, time, type, count of edits.
inline constexpr std::size_t kCompactOpBytesMin = 4;

void PutCompactOp(CanonicalOutput& output, const Op& op, IdCoder& ids, HybridTime from);
/// Throws DecodeFailure.
Op TakeCompactOp(CanonicalInput& input, const DeviceId& device, IdCoder& ids, HybridTime from);

}  // namespace tram::wire
