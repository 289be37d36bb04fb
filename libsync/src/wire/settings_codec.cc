#include "tram/wire/settings_codec.h"

#include <algorithm>

#include "tram/base/limits.h"
#include "wire/archive.h"
#include "wire/envelope.h"
#include "wire/message_parts.h"

namespace tram {
namespace wire {
namespace {

constexpr std::uint8_t kVersion = 1;  // the first byte of each of these
constexpr std::size_t kLeafBytesMin = DeviceId::kSize + 8 + 1 + Chain::kSize;
constexpr std::size_t kOpBytesMin = 1 + DeviceId::kSize + 1 + 1 + 1 + 1;

}  // namespace

// Found by their archive's namespace, so not in a nameless one.
template <class Archive>
void serialize(Archive& archive, Leaf& leaf) {
  archive(leaf.feed, Varint(leaf.seq, kSeqMax), leaf.chain);
}

template <class Archive>
void serialize(Archive& archive, Hint& hint) {
  archive(SortedList(hint.leaves, kLeavesMax, kLeafBytesMin));
}

template <class Archive>
void serialize(Archive& archive, Receipt& receipt) {
  archive(receipt.server, receipt.nonce, ZigZag(receipt.time.ms),
          SortedList(receipt.leaves, kLeavesMax, kLeafBytesMin), receipt.signature);
}

template <class Archive>
void serialize(Archive& archive, Checkpoint& checkpoint) {
  archive(checkpoint.leaf, ZigZag(checkpoint.time.ms), checkpoint.context, checkpoint.signature);
}

template <class Archive>
void serialize(Archive& archive, Piece& piece) {
  archive(piece.feed, piece.previous, Varint(piece.first_seq, kSeqMax),
          List(piece.ops, kOpsPerBatchMax, kOpBytesMin), piece.checkpoint);
}

namespace {

template <class T>
Bytes Encode(T value) {
  Bytes bytes{kVersion};
  CanonicalOutput output(bytes);
  output(value);
  return bytes;
}

template <class T>
T Decode(ByteView bytes) {
  CanonicalInput input(bytes);
  const std::uint8_t version = input.TakeByte();
  if (version > kVersion) {
    throw DecodeFailure{ErrorCode::kTooNew, "its version is " + std::to_string(version)};
  }
  if (version < kVersion) Refuse("it has no version");
  T value;
  input(value);
  input.ExpectEnd();
  return value;
}

void SortLeaves(std::vector<Leaf>& leaves) {
  std::sort(leaves.begin(), leaves.end());
  leaves.erase(std::unique(leaves.begin(), leaves.end()), leaves.end());
}

/// A piece's ops are its feed's, and its checkpoint is at its last op.
bool FitsTogether(const Piece& piece) {
  const Leaf& end = piece.checkpoint.leaf;
  return !piece.ops.empty() && piece.first_seq > 0 && end.feed == piece.feed &&
         end.seq == piece.first_seq + piece.ops.size() - 1 &&
         std::all_of(piece.ops.begin(), piece.ops.end(),
                     [&](const Op& op) { return op.device == piece.feed.device; });
}

}  // namespace
}  // namespace wire

Bytes EncodeHint(const Hint& hint) {
  Hint sorted = hint;
  wire::SortLeaves(sorted.leaves);
  return wire::Encode(std::move(sorted));
}

Result<Hint> DecodeHint(ByteView bytes) {
  return wire::AtDecodeEdge("the hint", [&] { return wire::Decode<Hint>(bytes); });
}

Bytes EncodeReceipt(const Receipt& receipt) {
  Receipt sorted = receipt;
  wire::SortLeaves(sorted.leaves);
  return wire::Encode(std::move(sorted));
}

Result<Receipt> DecodeReceipt(ByteView bytes) {
  return wire::AtDecodeEdge("a receipt", [&] { return wire::Decode<Receipt>(bytes); });
}

Bytes EncodePiece(const Piece& piece) {
  TRAM_ASSERT(wire::FitsTogether(piece));
  return wire::Encode(piece);
}

Result<Piece> DecodePiece(ByteView bytes) {
  return wire::AtDecodeEdge("a staged piece", [&] {
    Piece piece = wire::Decode<Piece>(bytes);
    if (!wire::FitsTogether(piece)) wire::Refuse("its parts do not fit together");
    return piece;
  });
}

}  // namespace tram
