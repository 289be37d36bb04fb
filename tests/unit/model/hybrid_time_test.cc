#include "tram/model/hybrid_time.h"

#include <gtest/gtest.h>

#include "tram/base/limits.h"
#include "tram/model/value.h"

namespace tram {
namespace {

class HandClock : public Clock {
 public:
  std::int64_t WallMs() override { return wall; }
  std::int64_t SteadyMs() override { return steady; }
  void Pass(std::int64_t ms) {
    wall += ms;
    steady += ms;
  }
  std::int64_t wall = 1'700'000'000'000;
  std::int64_t steady = 5'000;
};

constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;

TEST(HybridTimeTest, NeverBehindItsOwnLastOrAParent) {
  HandClock clock;
  HybridClock time(clock);
  HybridTime first = time.Next({});
  EXPECT_EQ(first.ms, clock.wall);
  EXPECT_EQ(time.Next({}).ms, first.ms + 1);
  const HybridTime parent{clock.wall + 3'600'000};
  EXPECT_EQ(time.Next(std::span(&parent, 1)).ms, parent.ms + 1);
}

TEST(HybridTimeTest, AParentFarInTheFutureDragsNobody) {
  HandClock clock;
  HybridClock time(clock);
  const HybridTime in_2035{clock.wall + 9 * 365 * kDayMs};
  EXPECT_EQ(time.Next(std::span(&in_2035, 1)).ms, clock.wall);
  time.SetOwnLast(in_2035);
  EXPECT_EQ(time.Next({}).ms, clock.wall);
  const HybridTime within_a_day{clock.wall + kClockSlackMs};
  EXPECT_EQ(time.Next(std::span(&within_a_day, 1)).ms, within_a_day.ms + 1);
}

TEST(HybridTimeTest, TheOffsetIsDroppedWhenTheWallClockJumps) {
  HandClock clock;
  HybridClock time(clock);
  time.SetOffset(2 * kDayMs);
  clock.Pass(3'600'000);
  EXPECT_EQ(time.Estimate().ms, clock.wall + 2 * kDayMs);
  clock.wall -= kDayMs;
  EXPECT_EQ(time.OffsetMs(), std::nullopt);
  EXPECT_EQ(time.Estimate().ms, clock.wall);
}

TEST(HybridTimeTest, NeverBeforeTheLastReceipt) {
  HandClock clock;
  HybridClock time(clock);
  const HybridTime receipt{clock.wall + 400 * kDayMs};
  time.SetLastReceipt(receipt);
  EXPECT_EQ(time.Estimate(), receipt);
  time.SetLastReceipt({receipt.ms - 1});
  EXPECT_EQ(time.Estimate(), receipt);
}

TEST(DecimalTest, KeepsItsDigits) {
  EXPECT_EQ(DecimalText(*ParseDecimal("2.50")), "2.50");
  EXPECT_EQ(DecimalText(*ParseDecimal("2,5")), "2.5");
  EXPECT_EQ(DecimalText(*ParseDecimal("-0.05")), "-0.05");
  EXPECT_EQ(DecimalText(*ParseDecimal("7")), "7");
  EXPECT_EQ(DecimalText({INT64_MIN, 0}), "-9223372036854775808");
  for (const char* text : {"", "-", ".", "1.", "1.2.3", "12a", "1234567890123456789"}) {
    EXPECT_FALSE(ParseDecimal(text)) << text;
  }
}

}  // namespace
}  // namespace tram
