// BLAKE2b (RFC 7693) with 20-byte results, keyed or not, over a list of parts.
// Parts are hashed one after the other: whoever needs to keep them apart adds lengths.
#pragma once

#include <initializer_list>

#include "tram/base/bytes.h"
#include "tram/base/ids.h"

namespace tram {

Digest Blake2b160(ByteView key, std::initializer_list<ByteView> parts);

/// The id of the op whose canonical bytes are given.
OpId OpIdOf(const UnitId& unit, ByteView canonical);
/// chain[0] of a feed.
Chain FirstChain(const UnitId& unit, const FeedId& feed);
/// chain[n] from chain[n - 1] and the n-th op.
Chain NextChain(const UnitId& unit, const Chain& previous, const OpId& op);

}  // namespace tram
