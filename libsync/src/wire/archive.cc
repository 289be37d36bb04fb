#include "wire/archive.h"

namespace tram::wire {
namespace {

/// Bytes of the UTF-8 character that begins `rest`, 0 where there is none (RFC 3629, section 4).
std::size_t CharacterBytes(ByteView rest) {
  const std::uint8_t lead = rest[0];
  if (lead == 0) return 0;
  if (lead < 0x80) return 1;
  const std::size_t size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (lead < 0xc2 || lead > 0xf4 || rest.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((rest[i] & 0xc0) != 0x80) return 0;
  }
  const std::uint8_t second = rest[1];
  const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
  const bool surrogate = lead == 0xed && second >= 0xa0;
  const bool beyond = lead == 0xf4 && second >= 0x90;
  return overlong || surrogate || beyond ? 0 : size;
}

}  // namespace

void Refuse(std::string reason) { throw DecodeFailure{ErrorCode::kInvalid, std::move(reason)}; }

bool IsText(ByteView bytes) {
  while (!bytes.empty()) {
    const std::size_t size = CharacterBytes(bytes);
    if (size == 0) return false;
    bytes = bytes.subspan(size);
  }
  return true;
}

void CanonicalOutput::PutVarint(std::uint64_t value) {
  while (value >= 0x80) {
    PutByte(static_cast<std::uint8_t>(value | 0x80));
    value >>= 7;
  }
  PutByte(static_cast<std::uint8_t>(value));
}

void CanonicalOutput::PutZigZag(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  PutVarint((bits << 1) ^ (value < 0 ? ~std::uint64_t{0} : 0));
}

void CanonicalOutput::PutFixed64(std::uint64_t value) {
  for (int shift = 0; shift < 64; shift += 8) PutByte((value >> shift) & 0xff);
}

void CanonicalOutput::PutBlob(ByteView bytes) {
  PutVarint(bytes.size());
  PutRaw(bytes);
}

std::uint8_t CanonicalInput::TakeByte() { return TakeRaw(1)[0]; }

ByteView CanonicalInput::TakeRaw(std::size_t size) {
  if (size > rest_.size()) Refuse("the bytes end too early");
  ByteView taken = rest_.first(size);
  rest_ = rest_.subspan(size);
  return taken;
}

std::uint64_t CanonicalInput::TakeVarint(std::uint64_t max) {
  std::uint64_t value = 0;
  for (int shift = 0;; shift += 7) {
    const std::uint8_t byte = TakeByte();
    if (shift == 63 && byte > 1) Refuse("a number has more than 64 bits");
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) {
      if (byte == 0 && shift > 0) Refuse("a number is not in its shortest form");
      break;
    }
  }
  if (value > max) Refuse("a number is beyond its limit");
  return value;
}

std::int64_t CanonicalInput::TakeZigZag() {
  const std::uint64_t bits = TakeVarint(std::numeric_limits<std::uint64_t>::max());
  return static_cast<std::int64_t>((bits >> 1) ^ (0 - (bits & 1)));
}

std::uint64_t CanonicalInput::TakeFixed64() {
  ByteView bytes = TakeRaw(8);
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) value |= std::uint64_t{bytes[i]} << (8 * i);
  return value;
}

ByteView CanonicalInput::TakeBlob(std::size_t bytes_max) {
  return TakeRaw(static_cast<std::size_t>(TakeVarint(bytes_max)));
}

std::size_t CanonicalInput::TakeCount(std::size_t max, std::size_t element_bytes_min) {
  TRAM_ASSERT(element_bytes_min > 0);
  const auto count = static_cast<std::size_t>(TakeVarint(max));
  if (count > rest_.size() / element_bytes_min)
    Refuse("a list is longer than the bytes that remain");
  return count;
}

void CanonicalInput::ExpectEnd() const {
  if (!rest_.empty()) Refuse("bytes follow after its end");
}

CanonicalInput::Nested::Nested(CanonicalInput& input) : input_(input) {
  if (input_.depth_ >= kDepthMax) Refuse("lists are nested too deeply");
  ++input_.depth_;
}

Error DecodeError(std::string_view what, const DecodeFailure& failure) {
  const std::string name(what);
  if (failure.code == ErrorCode::kTooNew) {
    return MakeError(failure.code, name + " was written by a newer version (" + failure.reason +
                                       "): update this program");
  }
  if (failure.code == ErrorCode::kNotFound) {
    return MakeError(failure.code, name + " needs what is not here yet (" + failure.reason +
                                       "): get what was written before it first");
  }
  return MakeError(failure.code, name + " cannot be read (" + failure.reason +
                                     "): it was damaged or changed; get it again");
}

}  // namespace tram::wire
