#include <gtest/gtest.h>

#include "rollup/release.h"
#include "tests/unit/central_server/server_fixture.h"
#include "tram/outcome/survival.h"

namespace tram::server {
namespace {

const Date kYearEnd = DateOf(2025, 12, 31);
const Date kMonthAfter = DateOf(2026, 1, 31);

class ReleaseTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    first_ = AddTestUnit("A", "56");
    second_ = AddTestUnit("B", "56");
  }
  void Store(const Unit& unit, Date as_of, std::int64_t used, std::int64_t all) {
    ASSERT_OK(store().rollups().Replace(
        unit.number, as_of,
        {{"used_share", {{"2025-03", "all", "", used, all}, {"2026-01", "all", "", 9, 40}}}},
        {clock_.ms, 1, state().programme().programme->digest}));
  }
  ReleasedTable Table(ReleasedBy by) {
    auto table = Released(state(), "used_share", 2025, by);
    EXPECT_TRUE(table) << table.error().message;
    return *table;
  }

  Unit first_, second_;
};

TEST_F(ReleaseTest, AYearIsReleasedOnceAndStays) {
  Store(first_, kYearEnd, 21, 62);
  Store(second_, kYearEnd, 33, 78);
  ASSERT_OK(ReleaseDue(state(), kYearEnd));
  ReleasedTable country = Table(ReleasedBy::kCountry);
  ASSERT_EQ(country.places.size(), 1u);
  ASSERT_EQ(country.places[0].lines.size(), 1u);
  const auto before = country.places[0].lines[0].numbers;
  EXPECT_EQ(before.at("persons"), 140);
  EXPECT_EQ(before.at("yes"), 55);  // 54
  EXPECT_EQ(before.at("no"), 85);   // 86
  Store(first_, kMonthAfter, 2, 20);
  Store(second_, kMonthAfter, 2, 30);
  ASSERT_OK(ReleaseDue(state(), kMonthAfter));
  EXPECT_EQ(Table(ReleasedBy::kCountry).places[0].lines[0].numbers, before);
  auto years = ReleasedYears(state(), "used_share");
  ASSERT_OK(years);
  EXPECT_EQ(*years, std::vector<int>{2025});  // 2026 is not over
}

TEST_F(ReleaseTest, SmallNumbersAndSmallCohortsAreNotShown) {
  Store(first_, kYearEnd, 3, 40);
  Store(second_, kYearEnd, 2, 6);
  ASSERT_OK(ReleaseDue(state(), kYearEnd));
  const ReleasedTable units = Table(ReleasedBy::kUnit);
  ASSERT_EQ(units.places.size(), 2u);
  EXPECT_EQ(units.places[1].place, "B");
  EXPECT_EQ(units.places[1].steps.at(""), 0);
  EXPECT_TRUE(units.places[1].lines.empty());
  for (ReleasedBy by : {ReleasedBy::kUnit, ReleasedBy::kProvinceThen, ReleasedBy::kCountry}) {
    for (const ReleasedPlaceTable& place : Table(by).places) {
      for (const ReleasedLine& line : place.lines) EXPECT_EQ(line.numbers.at("yes"), std::nullopt);
    }
  }
}

TEST_F(ReleaseTest, AProvinceWhoseUnitsChangedIsNotDrawnAsNow) {
  Store(first_, kYearEnd, 21, 62);
  Store(second_, kYearEnd, 33, 78);
  clock_.Set(DateOf(2026, 1, 4));
  ASSERT_OK(ReleaseDue(state(), kYearEnd));
  ASSERT_EQ(Table(ReleasedBy::kProvinceNow).places.size(), 1u);
  EXPECT_FALSE(Table(ReleasedBy::kProvinceNow).places[0].changed);
  ASSERT_OK(store().units().SetMembership(second_.number, {"24", DateOf(2026, 1, 2), {}}));
  EXPECT_TRUE(Table(ReleasedBy::kProvinceNow).places[0].changed);
  EXPECT_TRUE(Table(ReleasedBy::kProvinceNow).places[0].lines.empty());
  EXPECT_FALSE(Table(ReleasedBy::kProvinceThen).places[0].lines.empty());
}

TEST_F(ReleaseTest, PublishingAMonthReleasesWhatItMakesDue) {
  auto device = Enrolled(first_);
  const Date month = MonthEnd(LocalDate(clock_.ms));
  const Date last_year = AddMonths(month, -12);
  for (int i = 0; i < 30; ++i) device->Visit(last_year, i % 2 == 0, i);
  Sync(*device);
  Work();
  clock_.Set(Date{month.days + 4});
  Work();
  auto years = ReleasedYears(state(), "used_share");
  ASSERT_OK(years);
  EXPECT_EQ(years->size(), 1u);
}

TEST(ReleasedCurveTest, StepsWithSuppressedCountsAreTakenTogether) {
  ReleasedLine line{"all", {{"persons", 100}}};
  line.numbers["events_30"] = std::nullopt;
  line.numbers["at_risk_30"] = 95;
  line.numbers["events_60"] = 10;
  line.numbers["at_risk_60"] = 80;
  const auto curve = ReleasedCurve(line);
  ASSERT_EQ(curve.size(), 12u);
  EXPECT_FALSE(curve[0].survival);
  EXPECT_EQ(curve[0].at_risk, 95);
  ASSERT_TRUE(curve[1].survival);
  EXPECT_NEAR(*curve[1].survival, 1 - 10 / 95.0, 1e-12);
  EXPECT_FALSE(curve[2].survival);
}

TEST(ReleasedCurveTest, WithoutLeaversItIsTheKaplanMeierCurveWithItsInterval) {
  ReleasedLine line{"all", {{"persons", 200}}};
  std::vector<SurvivalRow> rows;
  std::int64_t events = 0;
  for (int day : {30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 330, 365}) {
    const std::int64_t happened = day % 4 == 2 ? 20 : 5;
    events += happened;
    line.numbers["events_" + std::to_string(day)] = events;
    line.numbers["at_risk_" + std::to_string(day)] = 200 - events;
    rows.push_back({day, happened, happened});
  }
  rows.push_back({400, 0, 200 - events});
  const auto exact = SurvivalCurve::Fit(rows);
  ASSERT_OK(exact);
  for (const ReleasedStep& step : ReleasedCurve(line)) {
    const auto point = exact->At(step.day);
    ASSERT_TRUE(step.survival && step.interval && point && point->lower);
    EXPECT_NEAR(*step.survival, point->survival, 1e-12) << step.day;
    EXPECT_NEAR(step.interval->low, *point->lower, 1e-12) << step.day;
    EXPECT_NEAR(step.interval->high, *point->upper, 1e-12) << step.day;
  }
}

TEST(ReleasedCurveTest, WhoLeavesWithinAStepCountsHalf) {
  ReleasedLine line{"all", {{"persons", 100}}};
  line.numbers["events_30"] = 10;
  line.numbers["at_risk_30"] = 80;
  line.numbers["events_60"] = 25;
  line.numbers["at_risk_60"] = 50;
  const auto curve = ReleasedCurve(line);
  // By hand: 10 of 95, then 15 of 72.5; the interval by R from the same numbers.
  ASSERT_TRUE(curve[0].survival && curve[0].interval && curve[1].survival && curve[1].interval);
  EXPECT_NEAR(*curve[0].survival, 0.8947368421, 1e-9);
  EXPECT_NEAR(curve[0].interval->low, 0.8131951668, 1e-9);
  EXPECT_NEAR(curve[0].interval->high, 0.9419280782, 1e-9);
  EXPECT_NEAR(*curve[1].survival, 0.7096188748, 1e-9);
  EXPECT_NEAR(curve[1].interval->low, 0.6002616372, 1e-9);
  EXPECT_NEAR(curve[1].interval->high, 0.7941008393, 1e-9);
}

TEST(ReleasedCurveTest, NumbersThatWereRoundedApartGiveNoChanceAboveOneOrBelowNone) {
  ReleasedLine line{"all", {{"persons", 50}}};
  line.numbers["events_30"] = 0;
  line.numbers["at_risk_30"] = 60;  // 51 to twenties
  line.numbers["events_60"] = 60;
  line.numbers["at_risk_60"] = 0;
  const auto curve = ReleasedCurve(line);
  EXPECT_EQ(curve[0].survival, 1.0);
  EXPECT_FALSE(curve[0].interval);
  EXPECT_EQ(curve[1].survival, 0.0);
  EXPECT_FALSE(curve[1].interval);
}

}  // namespace
}  // namespace tram::server
