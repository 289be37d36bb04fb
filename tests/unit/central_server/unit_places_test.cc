#include "rollup/unit_places.h"

#include <gtest/gtest.h>

#include "app/verbs.h"
#include "tests/unit/central_server/server_fixture.h"

namespace tram::server {
namespace {

class UnitPlacesTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    first_ = AddTestUnit("BG01", "24");
    second_ = AddTestUnit("KH01", "56");
    third_ = AddTestUnit("HN01", "01");
  }
  UnitPlaces Loaded() {
    Result<UnitPlaces> places = UnitPlaces::Load(state());
    EXPECT_TRUE(places);
    return std::move(*places);
  }
  std::string On(const Unit& unit, Date day) {
    const UnitPlaces places = Loaded();
    const Place* place = places.PlaceOn(unit.number, day);
    return places.UnitOn(unit.number, day).code + " in " + (place ? place->code : "nowhere");
  }

  Unit first_, second_, third_;
};

TEST_F(UnitPlacesTest, AMergedUnitCountsForItsSuccessorSinceThatDay) {
  ASSERT_OK(store().units().Close(first_.number, DateOf(2024, 5, 1), second_.number));
  EXPECT_EQ(On(first_, DateOf(2024, 4, 30)), "BG01 in 24");
  EXPECT_EQ(On(first_, DateOf(2024, 5, 1)), "KH01 in 56");
  EXPECT_EQ(On(second_, DateOf(2024, 4, 30)), "KH01 in 56");
  // A chain, each part since its own day.
  ASSERT_OK(store().units().Close(second_.number, DateOf(2024, 8, 1), third_.number));
  EXPECT_EQ(On(first_, DateOf(2024, 7, 31)), "KH01 in 56");
  EXPECT_EQ(On(first_, DateOf(2024, 8, 1)), "HN01 in 01");
  ASSERT_OK(store().units().Reopen(first_.number));
  EXPECT_EQ(On(first_, DateOf(2024, 8, 1)), "BG01 in 24");
}

TEST_F(UnitPlacesTest, AClosedUnitStaysWhereItWas) {
  ASSERT_OK(store().units().Close(first_.number, DateOf(2024, 5, 1), std::nullopt));
  EXPECT_EQ(On(first_, DateOf(2024, 6, 1)), "BG01 in 24");
  EXPECT_EQ(On(first_, DateOf(2025, 7, 1)), "BG01 in 24");  // Bắc Giang is part of Bắc Ninh, 24
}

TEST_F(UnitPlacesTest, TheDayThatDecides) {
  clock_.Set(DateOf(2026, 11, 22));
  const UnitPlaces places = Loaded();
  const Date as_of = DateOf(2026, 10, 31);
  EXPECT_EQ(places.DayOf(PlaceTime::kThen, "2024-02", as_of), DateOf(2024, 2, 29));
  EXPECT_EQ(places.DayOf(PlaceTime::kThen, "", as_of), as_of);
  EXPECT_EQ(places.DayOf(PlaceTime::kNow, "2024-02", as_of), DateOf(2026, 11, 22));
}

}  // namespace
}  // namespace tram::server
