// What every source of crypto/ needs of libsodium.
#pragma once

#include <sodium.h>

#include <initializer_list>
#include <type_traits>
#include <utility>

#include "tram/base/assert.h"
#include "tram/base/bytes.h"

namespace tram {

/// Lets libsodium choose this machine's fastest code; once per process, from any thread.
inline void PrepareSodium() {
  static const bool ready = sodium_init() >= 0;
  TRAM_ASSERT(ready);
}

/// Secret bytes of a call, wiped when it ends.
struct WipedBytes {
  Bytes bytes;
  explicit WipedBytes(Bytes from) : bytes(std::move(from)) {}
  WipedBytes(WipedBytes&&) = default;  // leaves nothing behind: the buffer itself moves
  WipedBytes& operator=(WipedBytes&&) = delete;
  ~WipedBytes() { sodium_memzero(bytes.data(), bytes.size()); }
};

/// The parts one after the other. Whoever signs or hashes it keeps them apart by fixed sizes.
inline Bytes Joined(std::initializer_list<ByteView> parts) {
  Bytes joined;
  for (ByteView part : parts) Extend(joined, part);
  return joined;
}

/// A number in a fixed number of bytes, lowest first.
template <class Number>
Bytes LittleEndian(Number number) {
  Bytes bytes;
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    bytes.push_back(
        static_cast<std::uint8_t>(static_cast<std::make_unsigned_t<Number>>(number) >> (8 * i)));
  }
  return bytes;
}

/// Needs exactly sizeof(Number) bytes.
template <class Number>
Number FromLittleEndian(ByteView bytes) {
  TRAM_ASSERT(bytes.size() == sizeof(Number));
  std::make_unsigned_t<Number> number = 0;
  for (std::size_t i = sizeof(Number); i-- > 0;) number = (number << 8) | bytes[i];
  return static_cast<Number>(number);
}

}  // namespace tram
