#include "wire/packing.h"

#include <zstd.h>

#include <array>

#include "tram/base/limits.h"
#include "wire/archive.h"

namespace tram::wire {
namespace {

constexpr int kLevel = 9;  // 64 KB in a few milliseconds; higher levels gain about a hundredth
constexpr std::array<std::uint8_t, 4> kMagic = {0x28, 0xb5, 0x2f, 0xfd};

}  // namespace

std::optional<Bytes> Pack(ByteView raw) {
  Bytes frame(ZSTD_compressBound(raw.size()));
  const std::size_t size =
      ZSTD_compress(frame.data(), frame.size(), raw.data(), raw.size(), kLevel);
  TRAM_ASSERT(!ZSTD_isError(size));
  if (size - kMagic.size() >= raw.size()) return std::nullopt;
  return Bytes(frame.begin() + kMagic.size(), frame.begin() + static_cast<std::ptrdiff_t>(size));
}

Bytes Unpack(ByteView packed) {
  Bytes frame(kMagic.begin(), kMagic.end());
  Extend(frame, packed);
  const unsigned long long declared = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (declared == ZSTD_CONTENTSIZE_ERROR || declared == ZSTD_CONTENTSIZE_UNKNOWN) {
    Refuse("its packed part does not say how large it is");
  }
  if (declared > kMessageBytesMax) Refuse("it unpacks to more than a message may hold");
  if (ZSTD_findFrameCompressedSize(frame.data(), frame.size()) != frame.size()) {
    Refuse("its packed part is cut, or bytes follow it");
  }
  Bytes raw(static_cast<std::size_t>(declared));
  const std::size_t size = ZSTD_decompress(raw.data(), raw.size(), frame.data(), frame.size());
  if (ZSTD_isError(size) || size != raw.size()) Refuse("its packed part is damaged");
  return raw;
}

}  // namespace tram::wire
