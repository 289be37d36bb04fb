#include "tram/base/hash.h"

#include <sodium.h>

namespace tram {
namespace {

std::array<std::uint8_t, 8> LittleEndian(std::uint64_t value) {
  std::array<std::uint8_t, 8> bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = (value >> (8 * i)) & 0xff;
  return bytes;
}

}  // namespace

Digest Blake2b160(ByteView key, std::initializer_list<ByteView> parts) {
  crypto_generichash_state state;
  crypto_generichash_init(&state, key.empty() ? nullptr : key.data(), key.size(), Digest::kSize);
  for (ByteView part : parts) crypto_generichash_update(&state, part.data(), part.size());
  Digest digest;
  crypto_generichash_final(&state, digest.data(), Digest::kSize);
  return digest;
}

OpId OpIdOf(const UnitId& unit, ByteView canonical) {
  return OpId::From(Blake2b160(unit.view(), {canonical}).view());
}

Chain FirstChain(const UnitId& unit, const FeedId& feed) {
  auto number = LittleEndian(feed.number);
  return Chain::From(
      Blake2b160(unit.view(), {AsBytes("feed"), feed.device.view(), ByteView(number)}).view());
}

Chain NextChain(const UnitId& unit, const Chain& previous, const OpId& op) {
  return Chain::From(Blake2b160(unit.view(), {AsBytes("next"), previous.view(), op.view()}).view());
}

}  // namespace tram
