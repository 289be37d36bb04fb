// FuzzInput: the bytes of an input read as decisions, from the front. Where they end, zeros follow.
// Threads: belongs to one input.
#pragma once

#include <algorithm>
#include <vector>

#include "tram/base/bytes.h"

namespace tram::fuzz {

class FuzzInput {
 public:
  explicit FuzzInput(ByteView bytes) : rest_(bytes) {}

  bool empty() const { return rest_.empty(); }
  std::uint8_t Byte() {
    if (rest_.empty()) return 0;
    const std::uint8_t byte = rest_.front();
    rest_ = rest_.subspan(1);
    return byte;
  }
  bool Flag() { return (Byte() & 1) != 0; }
  /// 0..n-1; n is at least 1.
  std::size_t Below(std::size_t n) {
    const std::size_t number = n <= 256 ? Byte() : Byte() * std::size_t{256} + Byte();
    return number % n;
  }
  template <class T>
  const T& One(const std::vector<T>& of) {
    return of[Below(of.size())];
  }
  std::uint64_t Number() {
    std::uint64_t number = 0;
    for (int i = 0; i < 8; ++i) number = number << 8 | Byte();
    return number;
  }
  ByteView Take(std::size_t bytes_max) {
    const ByteView taken = rest_.first(std::min(bytes_max, rest_.size()));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }
  /// A length in two bytes, then so many.
  ByteView Blob() {
    const std::size_t size = Byte() * std::size_t{256} + Byte();
    return Take(size);
  }
  ByteView Rest() { return Take(rest_.size()); }

 private:
  ByteView rest_;
};

/// Writes what FuzzInput::Blob reads, for seeds.
inline void PutBlob(Bytes& to, ByteView bytes) {
  to.push_back(static_cast<std::uint8_t>(bytes.size() >> 8));
  to.push_back(static_cast<std::uint8_t>(bytes.size()));
  Extend(to, bytes);
}

}  // namespace tram::fuzz
