#include "tram/transport/backoff.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <set>

namespace tram {
namespace {

// Gives the same 64 bits again and again.
class FixedRandom : public Random {
 public:
  void Fill(std::span<std::uint8_t> bytes) override {
    ASSERT_EQ(bytes.size(), sizeof value);
    std::memcpy(bytes.data(), &value, sizeof value);
  }
  std::uint64_t value = 0;
};

// xorshift64* (Vigna 2016): the same numbers in every run.
class SeededRandom : public Random {
 public:
  void Fill(std::span<std::uint8_t> bytes) override {
    for (std::uint8_t& byte : bytes) {
      state_ ^= state_ >> 12;
      state_ ^= state_ << 25;
      state_ ^= state_ >> 27;
      byte = static_cast<std::uint8_t>((state_ * 0x2545F4914F6CDD1D) >> 56);
    }
  }

 private:
  std::uint64_t state_ = 2026;
};

TEST(BackOffTest, RangeDoublesUpToTheCap) {
  FixedRandom random;
  BackOff back_off(random, {.base_ms = 100, .cap_ms = 1000, .retry_after_ms_max = 5000});
  for (std::int64_t most : {100, 200, 400, 800, 1000, 1000, 1000}) {
    random.value = static_cast<std::uint64_t>(most);  // the largest draw of this range
    EXPECT_EQ(back_off.NextDelayMs(), most);
  }
  back_off.Reset();
  random.value = 101;  // one above the first range: comes round to its start
  EXPECT_EQ(back_off.NextDelayMs(), 0);
}

TEST(BackOffTest, LargestCapDoesNotOverflow) {
  FixedRandom random;
  random.value = UINT64_MAX;
  BackOff back_off(random, {.base_ms = 1, .cap_ms = INT64_MAX / 4, .retry_after_ms_max = 0});
  for (int i = 0; i < 100; ++i) {
    std::int64_t delay = back_off.NextDelayMs();
    ASSERT_GE(delay, 0);
    ASSERT_LE(delay, INT64_MAX / 4);
  }
}

TEST(BackOffTest, DelaysAreSpreadOverTheWholeRange) {
  SeededRandom random;
  std::int64_t lowest = 1000;
  std::int64_t highest = 0;
  std::int64_t sum = 0;
  std::set<std::int64_t> different;
  for (int i = 0; i < 2000; ++i) {
    BackOff back_off(random, {.base_ms = 1000, .cap_ms = 1000, .retry_after_ms_max = 0});
    std::int64_t delay = back_off.NextDelayMs();
    ASSERT_GE(delay, 0);
    ASSERT_LE(delay, 1000);
    lowest = std::min(lowest, delay);
    highest = std::max(highest, delay);
    sum += delay;
    different.insert(delay);
  }
  EXPECT_LT(lowest, 20);
  EXPECT_GT(highest, 980);
  EXPECT_NEAR(static_cast<double>(sum) / 2000, 500, 30);
  EXPECT_GT(different.size(), 700u);
}

TEST(BackOffTest, ServersDelayIsTheLeast) {
  FixedRandom random;
  BackOff back_off(random, {.base_ms = 100, .cap_ms = 1000, .retry_after_ms_max = 5000});
  EXPECT_EQ(back_off.NextDelayMs(3000), 3000);
  random.value = 150;
  EXPECT_EQ(back_off.NextDelayMs(3000), 3150);
  EXPECT_EQ(back_off.NextDelayMs(1'000'000), 5150);  // believed up to the limit only
  EXPECT_EQ(back_off.NextDelayMs(-1), 150);
}

}  // namespace
}  // namespace tram
