// Canonical bytes of the small things that a log keeps beside its entries: the hint, the last
// receipt, and staged pieces. Errors of decoders: invalid | too_new.
// Threads: pure functions.
#pragma once

#include <vector>

#include "tram/model/feed.h"
#include "tram/wire/messages.h"

namespace tram {

/// What the other side holds, as its last accepted reply said; replaced by each, never merged.
struct Hint {
  std::vector<Leaf> leaves;
};

/// A receipt as it came, with the leaves that it covers.
struct Receipt {
  DeviceId server;
  Nonce nonce;
  HybridTime time;
  std::vector<Leaf> leaves;
  Signature signature;
};

Bytes EncodeHint(const Hint& hint);
Result<Hint> DecodeHint(ByteView bytes);
Bytes EncodeReceipt(const Receipt& receipt);
Result<Receipt> DecodeReceipt(ByteView bytes);
/// A staged piece has full ids: canonical ops with their checkpoint.
Bytes EncodePiece(const Piece& piece);
Result<Piece> DecodePiece(ByteView bytes);

}  // namespace tram
