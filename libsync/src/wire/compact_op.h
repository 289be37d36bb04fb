// The compact form of an op. Threads: pure functions.
#pragma once

#include "tram/wire/op_codec.h"
#include "wire/archive.h"

namespace tram::wire {

void PutCompactOp(CanonicalOutput& output, const Op& op, IdCoder& ids);
/// Throws DecodeFailure.
Op TakeCompactOp(CanonicalInput& input, const DeviceId& device, IdCoder& ids);

}  // namespace tram::wire
