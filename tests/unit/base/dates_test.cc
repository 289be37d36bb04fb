#include "tram/base/dates.h"

#include <gtest/gtest.h>

#include <limits>

namespace tram {
namespace {

TEST(DatesTest, IsoDatesGoBothWays) {
  for (const char* text : {"1970-01-01", "2026-11-21", "2024-02-29", "0001-01-01", "9999-12-31"}) {
    auto date = ParseIsoDate(text);
    ASSERT_TRUE(date) << text;
    EXPECT_EQ(IsoDate(*date), text);
  }
  EXPECT_EQ(ParseIsoDate("1970-01-02")->days, 1);
}

TEST(DatesTest, WhatIsNoDayIsRefused) {
  for (const char* text : {"2023-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "21/11/2026", "",
                           "2026-11-21x", "0000-01-01", "-001-01-01"}) {
    EXPECT_FALSE(ParseIsoDate(text)) << text;
  }
}

TEST(DatesTest, PeopleTypeDayMonthYear) {
  EXPECT_EQ(IsoDate(*ParsePersonDate("5/3/2026")), "2026-03-05");
  EXPECT_EQ(IsoDate(*ParsePersonDate("31/12/2026")), "2026-12-31");
  EXPECT_EQ(IsoDate(*ParsePersonDate("2026-12-31")), "2026-12-31");
  for (const char* text : {"31/02/2026", "1/1/26", "12/31/2026", "today", "//"}) {
    EXPECT_FALSE(ParsePersonDate(text)) << text;
  }
}

TEST(DatesTest, MonthsEndWhereTheyEnd) {
  EXPECT_EQ(IsoDate(AddMonths(DateOf(2026, 1, 31), 1)), "2026-02-28");
  EXPECT_EQ(IsoDate(AddMonths(DateOf(2026, 3, 31), -1)), "2026-02-28");
  EXPECT_EQ(IsoDate(AddMonths(DateOf(2025, 11, 30), 12)), "2026-11-30");
  EXPECT_EQ(IsoDate(MonthEnd(DateOf(2024, 2, 1))), "2024-02-29");
  EXPECT_EQ(MonthText(*ParseMonth("2026-11")), "2026-11");
  EXPECT_FALSE(ParseMonth("2026-11-01"));
}

TEST(DatesTest, TheLocalDayBeginsSevenHoursBeforeUtc) {
  const Date day = DateOf(2026, 11, 4);
  const std::int64_t start = StartOfLocalDay(day);
  EXPECT_EQ(LocalDate(start), day);
  EXPECT_EQ(LocalDate(start - 1), Date{day.days - 1});
  EXPECT_EQ(LocalTimeText(start), "2026-11-04 00:00");
  EXPECT_EQ(LocalTimeText(-1), "1970-01-01 06:59");
}

TEST(DatesTest, AnyMomentHasATextWithinTheYearsThatDatesHave) {
  EXPECT_EQ(LocalTimeText(std::numeric_limits<std::int64_t>::max()), "9999-12-31 23:59");
  EXPECT_EQ(LocalTimeText(std::numeric_limits<std::int64_t>::min()), "0001-01-01 00:00");
}

}  // namespace
}  // namespace tram
