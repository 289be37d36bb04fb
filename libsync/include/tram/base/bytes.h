// Bytes, and their text forms (lower-case hex, base64url without padding).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tram/base/result.h"

namespace tram {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

inline ByteView AsBytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view AsText(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes ToBytes(ByteView view) { return {view.begin(), view.end()}; }
inline void Extend(Bytes& to, ByteView from) { to.insert(to.end(), from.begin(), from.end()); }

std::string ToHex(ByteView bytes);
/// Errors: invalid (odd length, or a character that is no hex digit).
Result<Bytes> FromHex(std::string_view hex);

std::string ToBase64(ByteView bytes);
/// Errors: invalid.
Result<Bytes> FromBase64(std::string_view text);

}  // namespace tram
