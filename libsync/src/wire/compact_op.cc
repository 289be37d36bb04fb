#include "wire/compact_op.h"

#include <algorithm>

#include "tram/base/limits.h"
#include "wire/edits.h"
#include "wire/envelope.h"

namespace tram::wire {
namespace {

// The head: 0 for an op whose body is not understood here, else kStructured and what is present.
constexpr std::uint8_t kOpaque = 0x00;
constexpr std::uint8_t kStructured = 0x01;
constexpr std::uint8_t kHasRecord = 0x02;
constexpr std::uint8_t kHasAuthor = 0x04;
constexpr std::uint8_t kHasNonce = 0x08;
constexpr std::uint8_t kHasSealed = 0x10;
constexpr int kParentsShift = 5;  // two bits: 0, 1, 2 parents, or 3 and more with a count
constexpr std::uint8_t kManyParents = 3;
constexpr std::uint8_t kUnused = 0x80;

constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;

/// Dates in an op are near the day of its time.
EditForm CompactForm(HybridTime time, IdCoder& ids) {
  std::int64_t day = time.ms / kDayMs;
  if (time.ms % kDayMs < 0) --day;
  return EditForm{&ids, day};
}

void PutParents(CanonicalOutput& output, const Op& op, IdCoder& ids) {
  if (op.parents.size() >= kManyParents) output.PutVarint(op.parents.size() - kManyParents);
  for (const OpId& parent : op.parents) PutReference(output, parent, ids);
}

void TakeParents(CanonicalInput& input, std::size_t count, Op& op, IdCoder& ids) {
  // A reference has at least one byte.
  if (count == kManyParents) count += input.TakeCount(kParentsMax - kManyParents, 1);
  op.parents.reserve(count);
  for (std::size_t i = 0; i < count; ++i) op.parents.push_back(TakeReference(input, ids));
  std::sort(op.parents.begin(), op.parents.end());
  if (std::adjacent_find(op.parents.begin(), op.parents.end()) != op.parents.end()) {
    Refuse("it names a parent twice");
  }
}

}  // namespace

void PutCompactOp(CanonicalOutput& output, const Op& op, IdCoder& ids) {
  Result<OpBody> body = DecodeBody(op.format, op.body);
  TRAM_ASSERT(op.parents.size() <= kParentsMax);
  if (!body) {
    Op opaque = op;
    output.PutByte(kOpaque);
    output(Varint(opaque.format), AfterDevice(opaque));
    ids.time_before = op.time;
    return;
  }
  const auto parents =
      static_cast<std::uint8_t>(std::min<std::size_t>(op.parents.size(), kManyParents));
  output.PutByte(static_cast<std::uint8_t>(
      kStructured | (op.record ? kHasRecord : 0) | (body->author ? kHasAuthor : 0) |
      (body->nonce ? kHasNonce : 0) | (body->sealed ? kHasSealed : 0) | parents << kParentsShift));
  if (op.record) PutReference(output, CreatingOp(*op.record), ids);
  PutParents(output, op, ids);
  output.PutZigZag(Minus(op.time.ms, ids.time_before.ms));
  if (body->author) PutReference(output, CreatingOp(*body->author), ids);
  output.PutVarint(body->type);
  if (body->nonce) output.PutFixed64(*body->nonce);
  output(Edits(body->edits, CompactForm(op.time, ids)));
  if (body->sealed) output.PutBlob(*body->sealed);
  ids.time_before = op.time;
}

Op TakeCompactOp(CanonicalInput& input, const DeviceId& device, IdCoder& ids) {
  Op op;
  op.device = device;
  const std::uint8_t head = input.TakeByte();
  if (head == kOpaque) {
    input(Varint(op.format), AfterDevice(op));
  } else {
    if ((head & kStructured) == 0 || (head & kUnused) != 0) {
      Refuse("an op has an unknown form");
    }
    OpBody body;
    if (head & kHasRecord) op.record = RecordOf(TakeReference(input, ids));
    TakeParents(input, head >> kParentsShift & kManyParents, op, ids);
    op.time.ms = Plus(input.TakeZigZag(), ids.time_before.ms);
    if (head & kHasAuthor) body.author = RecordOf(TakeReference(input, ids));
    input(Varint(body.type));
    if (head & kHasNonce) body.nonce = input.TakeFixed64();
    input(Edits(body.edits, CompactForm(op.time, ids)));
    if (head & kHasSealed) body.sealed = ToBytes(input.TakeBlob(kOpBytesMax));
    op.body = EncodeBody(body);
  }
  if (CanonicalBytes(op) > kOpBytesMax) Refuse("it is larger than an op may be");
  ids.time_before = op.time;
  return op;
}

}  // namespace tram::wire
