// Ops and pieces made from decisions of an input: bytes that a member who has gone mad could sign.
// Threads: one at a time.
#pragma once

#include <vector>

#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/fuzz_world.h"

namespace tram::fuzz {

/// Ids that ops may name: those that are there, and some that are not.
struct KnownIds {
  std::vector<OpId> ops;
  std::vector<Chain> chains;
};
KnownIds IdsOf(const OpLog& log);

/// Edits within the rules of CheckEdits, of any kinds; fields mostly 1..5 and 16..25.
std::vector<Edit> TakeEdits(FuzzInput& input, const KnownIds& ids);
/// A body of such edits, or any bytes.
Op TakeOp(FuzzInput& input, const DeviceId& device, const KnownIds& ids);
/// Pieces, signed where their devices are known; the same ops again and again where the input says
/// so, so that a few bytes make many.
std::vector<PackedPiece> TakePieces(FuzzInput& input, const OpLog& log, MessageIds& message);
/// Key entries of every kind, good and bad.
std::vector<KeyEntry> TakeKeys(FuzzInput& input, const KnownIds& ids);
/// A whole request of member 1 or 2, signed.
Bytes TakeRequest(FuzzInput& input, const MessageTarget& target, const OpLog& log);

}  // namespace tram::fuzz
