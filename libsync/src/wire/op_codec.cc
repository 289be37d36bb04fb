#include "tram/wire/op_codec.h"

#include <algorithm>

#include "tram/base/limits.h"
#include "wire/archive.h"
#include "wire/compact_op.h"
#include "wire/edits.h"
#include "wire/envelope.h"

namespace tram {
namespace wire {

/// The body of format 1.
template <class Archive>
void serialize(Archive& archive, OpBody& body) {
  archive(Maybe(body.author), Varint(body.type),
          Maybe(body.nonce, [](std::uint64_t& nonce) { return Fixed64(nonce); }),
          Edits(body.edits, EditForm{}),
          Maybe(body.sealed, [](Bytes& sealed) { return Blob(sealed, kOpBytesMax); }));
}

}  // namespace wire
namespace {

Bytes SealedEditsIn(wire::TextCodec codec, const std::vector<Edit>& edits) {
  Bytes bytes{static_cast<std::uint8_t>(codec)};
  wire::CanonicalOutput output(bytes);
  std::vector<Edit> list = edits;
  output(wire::Edits(list, wire::EditForm{.sealed = codec}));
  return bytes;
}

std::size_t VarintBytes(std::uint64_t value) {
  std::size_t bytes = 1;
  for (; value >= 0x80; value >>= 7) ++bytes;
  return bytes;
}

}  // namespace

std::size_t CanonicalBytes(const Op& op) {
  const auto time = static_cast<std::uint64_t>(op.time.ms);
  return VarintBytes(op.format) + DeviceId::kSize + 1 + (op.record ? RecordId::kSize : 0) +
         VarintBytes(op.parents.size()) + op.parents.size() * OpId::kSize +
         VarintBytes((time << 1) ^ (op.time.ms < 0 ? ~std::uint64_t{0} : 0)) +
         VarintBytes(op.body.size()) + op.body.size();
}

Bytes EncodeOp(const Op& op) {
  Bytes bytes;
  bytes.reserve(CanonicalBytes(op));
  wire::CanonicalOutput output(bytes);
  output(op);
  return bytes;
}

Result<Op> DecodeOp(ByteView canonical) {
  return wire::AtDecodeEdge("an op", [&] {
    if (canonical.size() > kOpBytesMax) wire::Refuse("it is larger than an op may be");
    wire::CanonicalInput input(canonical);
    Op op;
    input(op);
    input.ExpectEnd();
    return op;
  });
}

Bytes EncodeBody(const OpBody& body) {
  TRAM_ASSERT(CheckEdits(body.edits));
  Bytes bytes;
  wire::CanonicalOutput output(bytes);
  output(body);
  return bytes;
}

Result<OpBody> DecodeBody(std::uint32_t format, ByteView body) {
  return wire::AtDecodeEdge("the body of an op", [&] {
    if (format != kOpFormat) {
      throw wire::DecodeFailure{ErrorCode::kTooNew, "its format is " + std::to_string(format)};
    }
    wire::CanonicalInput input(body);
    OpBody decoded;
    input(decoded);
    input.ExpectEnd();
    return decoded;
  });
}

Bytes ClearPart(const Op& op, const OpBody& body) {
  OpBody clear = body;
  clear.sealed.reset();
  Op whole = op;
  whole.body = EncodeBody(clear);
  return EncodeOp(whole);
}

Bytes EncodeSealedEdits(const std::vector<Edit>& edits) {
  TRAM_ASSERT(CheckEdits(edits));
  Bytes raw = SealedEditsIn(wire::TextCodec::kRaw, edits);
  Bytes syllables = SealedEditsIn(wire::TextCodec::kSyllables, edits);
  return syllables.size() < raw.size() ? syllables : raw;
}

Result<std::vector<Edit>> DecodeSealedEdits(ByteView plain) {
  return wire::AtDecodeEdge("a sealed part", [&] {
    wire::CanonicalInput input(plain);
    const std::uint8_t codec = input.TakeByte();
    if (codec > static_cast<std::uint8_t>(wire::TextCodec::kSyllables)) {
      throw wire::DecodeFailure{ErrorCode::kTooNew, "its text codec is " + std::to_string(codec)};
    }
    std::vector<Edit> edits;
    input(wire::Edits(edits, wire::EditForm{.sealed = wire::TextCodec{codec}}));
    input.ExpectEnd();
    // One form for a list: neither the longer codec, nor a text's bytes in another way.
    const Bytes canonical = EncodeSealedEdits(edits);
    if (!std::equal(canonical.begin(), canonical.end(), plain.begin(), plain.end())) {
      wire::Refuse("it could be written in another way");
    }
    return edits;
  });
}

Bytes EncodeCompactOp(const Op& op, IdCoder& coder) {
  Bytes bytes;
  wire::CanonicalOutput output(bytes);
  wire::PutCompactOp(output, op, coder);
  return bytes;
}

Result<Op> DecodeCompactOp(ByteView& input, const DeviceId& device, IdCoder& coder) {
  return wire::AtDecodeEdge("an op", [&] {
    wire::CanonicalInput archive(input);
    Op op = wire::TakeCompactOp(archive, device, coder);
    input = archive.rest();
    return op;
  });
}

}  // namespace tram
