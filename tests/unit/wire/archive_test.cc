#include "wire/archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/wire/samples.h"
#include "tram/base/limits.h"

namespace tram::wire {

/// A list of itself, to any depth: none of the formats has one.
struct Nest {
  std::vector<Nest> inside;
};
template <class Archive>
void serialize(Archive& archive, Nest& nest) {
  archive(List(nest.inside, 4, 1));
}

namespace {

using testing::HasSubstr;

template <class T>
Result<T> Read(ByteView bytes) {
  return AtDecodeEdge("a test", [&] {
    CanonicalInput input(bytes);
    T value;
    input(value);
    input.ExpectEnd();
    return value;
  });
}

Result<std::uint64_t> ReadVarint(std::string_view hex) {
  Bytes bytes = Hex(hex);
  return AtDecodeEdge("a test", [&] {
    CanonicalInput input(bytes);
    std::uint64_t value = 0;
    input(Varint(value));
    input.ExpectEnd();
    return value;
  });
}

TEST(Archive, VarintsAreMinimalAndOf64Bits) {
  for (std::uint64_t value :
       {std::uint64_t{0}, std::uint64_t{127}, std::uint64_t{128}, std::uint64_t{16383},
        std::uint64_t{1} << 63, std::numeric_limits<std::uint64_t>::max()}) {
    Bytes bytes;
    CanonicalOutput output(bytes);
    output(Varint(value));
    auto back = ReadVarint(ToHex(bytes));
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, value);
  }
  for (const char* bad : {"8000", "ff00", "80808000", "ffffffffffffffffff02",
                          "ffffffffffffffffffff01", "80808080808080808000", "80", ""}) {
    EXPECT_FALSE(ReadVarint(bad)) << bad;
  }
}

TEST(Archive, ZigZagHasBothEnds) {
  for (std::int64_t value :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1},
        std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
    Bytes bytes;
    CanonicalOutput output(bytes);
    output.PutZigZag(value);
    CanonicalInput input(bytes);
    EXPECT_EQ(input.TakeZigZag(), value);
  }
  Bytes minus_one;
  CanonicalOutput(minus_one).PutZigZag(-1);
  EXPECT_EQ(minus_one, Hex("01"));
}

TEST(Archive, NestingHasALimit) {
  Bytes deep(kDepthMax - 1, 1);
  deep.push_back(0);
  EXPECT_TRUE(Read<Nest>(deep));
  deep.insert(deep.begin(), 1);
  auto refused = Read<Nest>(deep);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("too deeply"));
}

TEST(Archive, TextIsStrictUtf8) {
  for (const char* good : {"", "a", "trạm y tế", "\xf0\x9f\x98\x80", "\xef\xbf\xbf"}) {
    EXPECT_TRUE(IsText(AsBytes(good))) << good;
  }
  for (const char* bad : {"00", "80", "c1bf", "c3", "e08080", "eda080", "f08fbfbf", "f4908080",
                          "f5808080", "ff", "e1ba", "6100", "c328"}) {
    EXPECT_FALSE(IsText(Hex(bad))) << bad;
  }
}

}  // namespace
}  // namespace tram::wire
