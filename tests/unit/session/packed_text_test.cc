#include "session/packed_text.h"

#include <gtest/gtest.h>

namespace tram {
namespace {

TEST(PackedText, ComesBackAndIsSmaller) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "name = \"thuốc lá " + std::to_string(i) + "\"\n";
  const Bytes packed = PackText(text);
  EXPECT_LT(packed.size() * 3, text.size());
  EXPECT_EQ(UnpackText(packed, text.size()).value(), text);
  EXPECT_EQ(UnpackText(PackText(""), 10).value(), "");
}

TEST(PackedText, DamageIsRefusedBeforeAnythingIsAllocated) {
  const std::string text(5000, 'a');
  const Bytes packed = PackText(text);
  EXPECT_EQ(UnpackText(packed, text.size() - 1).error().code, ErrorCode::kCorrupt);
  for (std::size_t size = 0; size < packed.size(); ++size) {
    EXPECT_FALSE(UnpackText(ByteView(packed).first(size), text.size())) << size;
  }
  Bytes longer = packed;
  longer.push_back(0);
  EXPECT_FALSE(UnpackText(longer, text.size()));
  // A frame that declares 2^31 - 1 bytes.
  EXPECT_FALSE(UnpackText(FromHex("28b52ffda0ffffff7f0300e000").value(), text.size()));
}

}  // namespace
}  // namespace tram
