#include "session/packed_text.h"

#include <zstd.h>

namespace tram {
namespace {

constexpr int kLevel = 19;  // written once, when a unit is founded or its programme changes

}  // namespace

Bytes PackText(std::string_view text) {
  Bytes packed(ZSTD_compressBound(text.size()));
  const std::size_t size =
      ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), kLevel);
  TRAM_ASSERT(!ZSTD_isError(size));
  packed.resize(size);
  return packed;
}

Result<std::string> UnpackText(ByteView packed, std::size_t bytes_max) {
  const auto damaged =
      MakeError(ErrorCode::kCorrupt, "a packed text is damaged: put the unit back from a backup");
  const unsigned long long declared = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (declared == ZSTD_CONTENTSIZE_ERROR || declared == ZSTD_CONTENTSIZE_UNKNOWN ||
      declared > bytes_max) {
    return damaged;
  }
  std::string text(static_cast<std::size_t>(declared), '\0');
  const std::size_t size = ZSTD_decompress(text.data(), text.size(), packed.data(), packed.size());
  if (ZSTD_isError(size) || size != text.size()) return damaged;
  return text;
}

}  // namespace tram
