// Who tries wrong secrets waits: how long, and that nothing is checked meanwhile.
#include "tram/web/throttle.h"

#include <gtest/gtest.h>

namespace tram {
namespace {

Status Wrong() { return MakeError(ErrorCode::kDenied, "wrong"); }

TEST(ThrottleTest, ThreeWrongTriesAreFreeAndThenTheWaitDoublesToAMinute) {
  Throttle throttle;
  std::int64_t now = 1'000'000;
  std::vector<std::int64_t> waits;
  for (int i = 0; i < 12; ++i) {
    EXPECT_EQ(throttle.Try("mai", now, Wrong).error().code, ErrorCode::kDenied);
    waits.push_back(throttle.WaitMs("mai", now));
    now += waits.back();
  }
  EXPECT_EQ(waits, (std::vector<std::int64_t>{0, 0, 1000, 2000, 4000, 8000, 16000, 32000, 60000,
                                              60000, 60000, 60000}));
}

TEST(ThrottleTest, ATryThatComesTooEarlyIsNotEvenChecked) {
  Throttle throttle;
  for (int i = 0; i < 5; ++i) throttle.CountWrong("mai", 0);
  int checked = 0;
  auto check = [&]() -> Result<int> { return ++checked; };
  for (std::int64_t now : {0, 1, 2000, 3999}) {
    auto tried = throttle.Try("mai", now, check);
    ASSERT_FALSE(tried);
    EXPECT_EQ(tried.error().code, ErrorCode::kOverloaded);
    EXPECT_EQ(throttle.WaitMs("mai", now), 4000 - now);
  }
  EXPECT_EQ(checked, 0);
  EXPECT_EQ(throttle.Try("mai", 2001, check).error().message,
            "it was wrong several times; try again in 2 seconds");
  EXPECT_EQ(*throttle.Try("mai", 4000, check), 1) << "a try before its time does not add to it";
}

TEST(ThrottleTest, ARightOneForgetsTheWrongOnesOfThisNameOnly) {
  Throttle throttle;
  for (int i = 0; i < 4; ++i) {
    throttle.CountWrong("mai", 0);
    throttle.CountWrong("lan", 0);
  }
  EXPECT_EQ(throttle.WaitMs("hoa", 0), 0);
  EXPECT_TRUE(throttle.Try("mai", 2000, [] { return Status(); }));
  EXPECT_FALSE(throttle.Try("mai", 2000, Wrong));
  EXPECT_FALSE(throttle.Try("mai", 2000, Wrong));
  EXPECT_EQ(throttle.WaitMs("mai", 2000), 0);
  EXPECT_EQ(throttle.WaitMs("lan", 0), 2000);
}

TEST(ThrottleTest, WhatIsNoGuessDoesNotCount) {
  Throttle throttle;
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(throttle.Try(
        "mai", 0, []() -> Status { return MakeError(ErrorCode::kOverloaded, "no memory"); }));
  }
  EXPECT_EQ(throttle.WaitMs("mai", 0), 0);
}

TEST(ThrottleTest, ManyOtherNamesDoNotMakeItForgetWhoIsGuessedAt) {
  Throttle throttle;
  for (int i = 0; i < 9; ++i) throttle.CountWrong("mai", 0);
  for (std::size_t i = 0; i < 10 * Throttle::kNamesMax; ++i) {
    throttle.CountWrong("name " + std::to_string(i), static_cast<std::int64_t>(i));
  }
  EXPECT_EQ(throttle.WaitMs("mai", 0), Throttle::kWaitMsMax);
  // Bounded: the first of the others are gone, the last one is there.
  throttle.CountWrong("name 0", 10'000);
  throttle.CountWrong("name 0", 10'000);
  EXPECT_EQ(throttle.WaitMs("name 0", 10'000), 0) << "two wrong ones, not three";
  const std::string last = "name " + std::to_string(10 * Throttle::kNamesMax - 1);
  throttle.CountWrong(last, 10'000);
  throttle.CountWrong(last, 10'000);
  EXPECT_EQ(throttle.WaitMs(last, 10'000), Throttle::kWaitMsFirst) << "three wrong ones";
}

}  // namespace
}  // namespace tram
