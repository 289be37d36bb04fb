#include "wire/bit_coder.h"

#include <gtest/gtest.h>

#include <limits>

#include "wire/archive.h"

namespace tram::wire {
namespace {

/// A mixture of numbers, the same for each run: short ones, long ones, and the largest.
std::vector<std::uint64_t> Numbers() {
  std::vector<std::uint64_t> numbers = {
      0, 1, 255, 256, std::numeric_limits<std::uint64_t>::max(), std::uint64_t{1} << 63};
  std::uint64_t state = 1;
  for (int i = 0; i < 2000; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    numbers.push_back(state >> (state % 64));
  }
  return numbers;
}

Bytes Written(const std::vector<std::uint64_t>& numbers) {
  BitModels models;
  Bytes bytes;
  BitCoder writer(models, bytes);
  for (std::uint64_t number : numbers) writer.Number(ContextOf(1, number % 3), number);
  writer.Finish();
  return bytes;
}

TEST(BitCoder, WhatWasWrittenIsRead) {
  const std::vector<std::uint64_t> numbers = Numbers();
  const Bytes bytes = Written(numbers);
  BitModels models;
  BitCoder reader(models, ByteView(bytes));
  for (std::uint64_t number : numbers) {
    ASSERT_EQ(reader.Number(ContextOf(1, number % 3), 0), number);
  }
  EXPECT_NO_THROW(reader.Finish());
}

TEST(BitCoder, SignedNumbersAndTreesAndBits) {
  const std::vector<std::int64_t> values = {0,
                                            -1,
                                            1,
                                            99,
                                            -100,
                                            std::numeric_limits<std::int64_t>::min(),
                                            std::numeric_limits<std::int64_t>::max()};
  Bytes bytes;
  for (bool reads : {false, true}) {
    BitModels models;
    BitCoder coder = reads ? BitCoder(models, ByteView(bytes)) : BitCoder(models, bytes);
    for (std::int64_t value : values) {
      EXPECT_EQ(coder.Signed(ContextOf(2), reads ? 0 : value), value);
      EXPECT_EQ(coder.Tree(ContextOf(3), 8, reads ? 0 : value & 255),
                static_cast<std::uint32_t>(value & 255));
      EXPECT_EQ(coder.Bit(ContextOf(4), !reads && value > 0), value > 0);
    }
    coder.Finish();
  }
}

// What always goes the same way costs next to nothing; what is even costs a bit.
TEST(BitCoder, CostsWhatSurprises) {
  auto bytes_of = [](auto value_at) {
    std::vector<std::uint64_t> numbers;
    for (std::uint64_t i = 0; i < 8000; ++i) numbers.push_back(value_at(i));
    BitModels models;
    Bytes bytes;
    BitCoder writer(models, bytes);
    for (std::uint64_t number : numbers) writer.Number(ContextOf(9), number);
    writer.Finish();
    return bytes.size();
  };
  EXPECT_LT(bytes_of([](std::uint64_t) { return 7; }), 40u);
  // Four values, each as likely: two bits.
  const std::size_t four =
      bytes_of([](std::uint64_t i) { return 4 + (i * 2654435761u >> 13) % 4; });
  EXPECT_GT(four, 1990u);
  EXPECT_LT(four, 2100u);
}

TEST(BitCoder, CutBytesAndBytesBehindAreNoticed) {
  const std::vector<std::uint64_t> numbers = Numbers();
  const Bytes bytes = Written(numbers);
  auto read = [&](ByteView from) {
    BitModels models;
    BitCoder reader(models, from);
    bool same = true;
    for (std::uint64_t number : numbers) {
      same &= reader.Number(ContextOf(1, number % 3), 0) == number;
    }
    reader.Finish();
    return same;
  };
  EXPECT_TRUE(read(bytes));
  for (std::size_t size = 0; size < bytes.size(); size += size < 16 ? 1 : 97) {
    try {
      EXPECT_FALSE(read(ByteView(bytes).first(size))) << size;
    } catch (const DecodeFailure&) {
    }
  }
  Bytes longer = bytes;
  longer.resize(bytes.size() + 5);
  EXPECT_THROW(read(longer), DecodeFailure);
}

TEST(BitCoder, EndlessReadingOfNothingIsRefused) {
  BitModels models;
  BitCoder reader(models, ByteView());
  EXPECT_THROW(for (std::uint64_t i = 0;; ++i) reader.Number(ContextOf(i), 0), DecodeFailure);
}

}  // namespace
}  // namespace tram::wire
