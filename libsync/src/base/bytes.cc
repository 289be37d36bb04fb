#include "tram/base/bytes.h"

#include <sodium.h>

namespace tram {

std::string ToHex(ByteView bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

Result<Bytes> FromHex(std::string_view hex) {
  auto digit = [](char c) -> int {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  if (hex.size() % 2 != 0) {
    return MakeError(ErrorCode::kInvalid, "hexadecimal text has an even number of digits");
  }
  Bytes bytes;
  bytes.reserve(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    int high = digit(hex[i]);
    int low = digit(hex[i + 1]);
    if (high < 0 || low < 0) {
      return MakeError(ErrorCode::kInvalid,
                       "'" + std::string(hex.substr(i, 2)) + "' is not hexadecimal");
    }
    bytes.push_back(static_cast<std::uint8_t>(high * 16 + low));
  }
  return bytes;
}

std::string ToBase64(ByteView bytes) {
  constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), kVariant);
  text.pop_back();  // the terminating zero that libsodium counts
  return text;
}

Result<Bytes> FromBase64(std::string_view text) {
  if (text.empty()) return Bytes{};
  Bytes bytes(text.size());
  std::size_t size = 0;
  if (sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &size,
                        nullptr, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0) {
    return MakeError(ErrorCode::kInvalid, "this text is not base64");
  }
  bytes.resize(size);
  // libsodium takes some bytes beyond ASCII for digits.
  if (ToBase64(bytes) != text) return MakeError(ErrorCode::kInvalid, "this text is not base64");
  return bytes;
}

}  // namespace tram
