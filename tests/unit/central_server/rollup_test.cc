#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rollup/months.h"
#include "rollup/report.h"
#include "tests/unit/central_server/server_fixture.h"

namespace tram::server {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Date kOctober = DateOf(2026, 10, 31);
const Date kNovember = DateOf(2026, 11, 30);

class RollupTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    unit_ = AddTestUnit("BG01", "24");
    device_ = Enrolled(unit_);
  }
  void VisitsOfNovember() {
    device_->Visit(DateOf(2026, 10, 5), false, 100);
    device_->Visit(DateOf(2026, 11, 1), true, 30);
    device_->Visit(DateOf(2026, 11, 2), false, 60);
    device_->Visit(DateOf(2026, 11, 3), false, 60);
    device_->Visit(DateOf(2026, 12, 24), true, 5);  // after the month: does not count
    Sync(*device_);
  }

  Unit unit_;
  std::unique_ptr<TestDevice> device_;
};

TEST(MonthsTest, AMonthIsOpenUntilTheFourth) {
  EXPECT_THAT(OpenMonths(StartOfLocalDay(DateOf(2026, 12, 4)) - 1),
              ElementsAre(DateOf(2026, 12, 31), kNovember));
  EXPECT_THAT(OpenMonths(StartOfLocalDay(DateOf(2026, 12, 4))), ElementsAre(DateOf(2026, 12, 31)));
  EXPECT_EQ(PublicationMs(DateOf(2026, 12, 31)), StartOfLocalDay(DateOf(2027, 1, 4)));
}

TEST_F(RollupTest, FiguresEqualAHandCount) {
  VisitsOfNovember();
  Work();
  EXPECT_THAT(Rows(unit_, kNovember, "visits"),
              ElementsAre(IndicatorRow{"2026-10", "all", "", 1, 0},
                          IndicatorRow{"2026-11", "all", "", 3, 0}));
  EXPECT_THAT(Rows(unit_, kNovember, "used_share"),
              ElementsAre(IndicatorRow{"2026-10", "all", "", 0, 1},
                          IndicatorRow{"2026-11", "all", "", 1, 3}));
  EXPECT_THAT(Rows(unit_, kNovember, "free"),
              ElementsAre(IndicatorRow{"2026-10", "all", "100", 0, 1},
                          IndicatorRow{"2026-11", "all", "30", 1, 1},
                          IndicatorRow{"2026-11", "all", "60", 0, 2}));
}

TEST_F(RollupTest, APushIsFollowedByItsUnitOnly) {
  const Unit other = AddTestUnit("KH01", "56");
  VisitsOfNovember();
  Work();
  auto before = store().rollups().ComputedOf(other.number, kNovember);
  ASSERT_OK(before);
  ASSERT_TRUE(*before);
  clock_.ms += 1000;
  device_->Visit(DateOf(2026, 11, 4), true, 1);
  Sync(*device_);
  Work();
  EXPECT_EQ(Rows(unit_, kNovember, "visits").back().numerator, 4);
  EXPECT_EQ((*store().rollups().ComputedOf(other.number, kNovember))->at_ms, (*before)->at_ms);
}

TEST_F(RollupTest, FiguresOutliveARestartAndAWarmViewGivesTheSame) {
  VisitsOfNovember();
  Work();
  device_->Visit(DateOf(2026, 11, 9), true, 1);
  Sync(*device_);
  Work();
  const auto warm = Rows(unit_, kNovember, "free");
  Reopen();
  ASSERT_OK(store().rollups().MarkAll(clock_.ms));
  Work();
  EXPECT_EQ(Rows(unit_, kNovember, "free"), warm);
}

TEST_F(RollupTest, EveryUnitIsComputedWhenAMonthEnds) {
  VisitsOfNovember();
  Work();
  clock_.Set(DateOf(2026, 12, 1), 0);
  Work();
  EXPECT_EQ(Rows(unit_, DateOf(2026, 12, 31), "visits").size(), 3u);
  auto dirty = store().rollups().Dirty();
  ASSERT_OK(dirty);
  EXPECT_THAT(*dirty, IsEmpty());
}

TEST_F(RollupTest, UntilTheFourthThePreviousMonthFollows) {
  VisitsOfNovember();
  Work();
  clock_.Set(DateOf(2026, 12, 3), 23);
  device_->Visit(DateOf(2026, 11, 30), true, 1);
  Sync(*device_);
  Work();
  EXPECT_EQ(Rows(unit_, kNovember, "visits").back().numerator, 4);
  EXPECT_FALSE(*store().rollups().PublishedAt(kNovember));
}

TEST_F(RollupTest, APublishedMonthStays) {
  VisitsOfNovember();
  Work();
  clock_.Set(DateOf(2026, 12, 4), 0);
  Work();
  EXPECT_EQ(*store().rollups().PublishedAt(kNovember), clock_.ms);
  device_->Visit(DateOf(2026, 11, 30), true, 1);
  Sync(*device_);
  Work();
  EXPECT_EQ(Rows(unit_, kNovember, "visits").back().numerator, 3);
  ASSERT_OK(worker_->EnsureComputed(*store().units().ByNumber(unit_.number), kNovember));
  EXPECT_EQ(Rows(unit_, kNovember, "visits").back().numerator, 3);
  // The next month's table shows what came late.
  EXPECT_EQ(Rows(unit_, DateOf(2026, 12, 31), "visits")[1].numerator, 4);
}

TEST_F(RollupTest, WhatWasKnownByADateLeavesOutWhatArrivedLater) {
  VisitsOfNovember();
  clock_.Set(DateOf(2026, 12, 9), 23);
  device_->Visit(DateOf(2026, 11, 30), true, 1);
  Sync(*device_);
  const Unit unit = *store().units().ByNumber(unit_.number);
  const auto visits = [&](Date known_by) {
    auto figures = worker_->KnownBy(unit, kNovember, known_by);
    EXPECT_TRUE(figures);
    return figures->front().rows.empty() ? 0 : figures->front().rows.back().numerator;
  };
  EXPECT_EQ(visits(DateOf(2026, 1, 1)), 0);
  EXPECT_EQ(visits(DateOf(2026, 12, 8)), 3);
  EXPECT_EQ(visits(DateOf(2026, 12, 9)), 4);  // until the end of that day
  Work();
  EXPECT_EQ(Rows(unit_, DateOf(2026, 12, 31), "visits")[1].numerator, 4);  // nothing was stored
}

TEST_F(RollupTest, AClockThatGoesBackDoesNotReopenAPublishedMonth) {
  VisitsOfNovember();
  clock_.Set(DateOf(2026, 12, 4), 1);
  Work();
  clock_.Set(DateOf(2026, 12, 3), 12);
  device_->Visit(DateOf(2026, 11, 30), true, 1);
  Sync(*device_);
  Work();
  EXPECT_EQ(Rows(unit_, kNovember, "visits").back().numerator, 3);
}

TEST_F(RollupTest, APublicationHoldsWhatCameBeforeItAndNothingLater) {
  VisitsOfNovember();
  Work();
  clock_.Set(DateOf(2026, 12, 3), 23);
  device_->Visit(DateOf(2026, 11, 28), true, 1);
  Sync(*device_);  // in time, and the worker has no time for it before midnight
  clock_.Set(DateOf(2026, 12, 4), 1);
  device_->Visit(DateOf(2026, 11, 29), true, 1);
  Sync(*device_);  // too late
  Work();
  EXPECT_EQ(Rows(unit_, kNovember, "visits").back().numerator, 4);
  EXPECT_EQ(Rows(unit_, DateOf(2026, 12, 31), "visits")[1].numerator, 5);
}

TEST_F(RollupTest, AServerThatWasOffPublishesEachMonthAsItWas) {
  VisitsOfNovember();
  clock_.Set(DateOf(2027, 2, 20));
  Reopen();
  device_->Visit(DateOf(2026, 11, 29), true, 1);
  Sync(*device_);
  Work();
  for (Date month : {kNovember, DateOf(2026, 12, 31), DateOf(2027, 1, 31)}) {
    EXPECT_TRUE(*store().rollups().PublishedAt(month)) << IsoDate(month);
    EXPECT_EQ(Rows(unit_, month, "visits")[1].numerator, 3) << IsoDate(month);
  }
  EXPECT_FALSE(*store().rollups().PublishedAt(DateOf(2027, 2, 28)));
  EXPECT_EQ(Rows(unit_, DateOf(2027, 2, 28), "visits")[1].numerator, 4);
}

TEST_F(RollupTest, AMonthBeforeTheServerIsComputedOnDemandAndFollows) {
  VisitsOfNovember();
  Work();
  EXPECT_THAT(Rows(unit_, kOctober, "visits"), IsEmpty());
  auto ensure = [&] {
    ASSERT_OK(worker_->EnsureComputed(*store().units().ByNumber(unit_.number), kOctober));
  };
  ensure();
  EXPECT_EQ(Rows(unit_, kOctober, "visits").size(), 1u);
  device_->Visit(DateOf(2026, 10, 6), true, 1);
  Sync(*device_);
  ensure();
  EXPECT_EQ(Rows(unit_, kOctober, "visits").at(0).numerator, 2);
}

TEST_F(RollupTest, AnotherProgrammeComputesAllAgain) {
  VisitsOfNovember();
  Work();
  std::string text = kTestProgramme;
  text.replace(text.find("version = 1"), 11, "version = 2");
  text.replace(text.find("count(*), 0"), 11, "2 * count(*), 0");
  auto programme = Programme::Load(text, "test.toml");
  ASSERT_OK(programme);
  ASSERT_OK(state().UseProgramme(**programme, "test"));
  Work();
  EXPECT_EQ(Rows(unit_, kNovember, "visits").back().numerator, 6);
  Reopen();
  EXPECT_EQ(state().programme().programme->version, 2u);
}

TEST_F(RollupTest, ADamagedUnitDoesNotHoldUpTheOthers) {
  const Unit other = AddTestUnit("KH01", "56");
  auto second = Enrolled(other);
  VisitsOfNovember();
  second->Visit(DateOf(2026, 11, 5), false, 7);
  Sync(*second);
  ASSERT_OK(store().database().Execute(
      "DELETE FROM log_entry WHERE key = (SELECT min(key) FROM log_entry)"));
  Reopen();
  Work();
  EXPECT_EQ(Rows(other, kNovember, "visits").size(), 1u);
  ASSERT_EQ(worker_->failures().size(), 1u);
  EXPECT_EQ(worker_->failures().begin()->first, unit_.number);
  clock_.Set(DateOf(2026, 12, 4), 1);
  Work();
  EXPECT_TRUE(*store().rollups().PublishedAt(kNovember));
}

class ReportTest : public RollupTest {
 protected:
  /// Bắc Giang (24), Bắc Ninh (27, before and since 24), with visits before and after the merger.
  void SetUp() override {
    RollupTest::SetUp();
    other_ = AddTestUnit("BN01", "27");
    second_ = Enrolled(other_);
    for (TestDevice* device : {device_.get(), second_.get()}) {
      device->Visit(DateOf(2025, 6, 30), true, 90);
      device->Visit(DateOf(2025, 7, 1), false, 200);
      device->Visit(DateOf(2025, 7, 2), false, 400);
      Sync(*device);
    }
    Work();
  }
  Report Make(ReportQuery query) {
    query.as_of = kNovember;
    Result<Report> report = MakeReport(state(), query);
    EXPECT_TRUE(report) << (report ? "" : report.error().message);
    return report ? *report : Report();
  }
  static ReportQuery Query(GroupBy by, PlaceTime places, const char* indicator) {
    ReportQuery query;
    query.by = by;
    query.places = places;
    query.indicator = indicator;
    query.exact = true;
    return query;
  }
  /// "code name period=numerator" per line.
  static std::vector<std::string> Lines(const Report& report) {
    std::vector<std::string> lines;
    for (const FigureLine& line : report.figures.tables.at(0).lines) {
      const auto& figure = std::get<CountFigure>(line.figure.value());
      lines.push_back(line.place.code + " " + line.place.name + " " + line.period + "=" +
                      figure.parts.at(0).count.Text());
    }
    return lines;
  }
  template <class F>
  static const F& First(const Report& report) {
    return std::get<F>(report.figures.tables.at(0).lines.at(0).figure.value());
  }

  Unit other_;
  std::unique_ptr<TestDevice> second_;
};

TEST_F(ReportTest, AsThenAndAsNow) {
  EXPECT_THAT(
      Lines(Make(Query(GroupBy::kProvince, PlaceTime::kThen, "visits"))),
      ElementsAre("24 Bắc Giang 2025-06=1", "24 Bắc Ninh 2025-07=4", "27 Bắc Ninh 2025-06=1"));
  EXPECT_THAT(Lines(Make(Query(GroupBy::kProvince, PlaceTime::kNow, "visits"))),
              ElementsAre("24 Bắc Ninh 2025-06=2", "24 Bắc Ninh 2025-07=4"));
}

TEST_F(ReportTest, ByUnitAndCountry) {
  EXPECT_EQ(Lines(Make(Query(GroupBy::kUnit, PlaceTime::kThen, "visits"))).size(), 4u);
  EXPECT_THAT(Lines(Make(Query(GroupBy::kCountry, PlaceTime::kThen, "visits"))),
              ElementsAre("  2025-06=2", "  2025-07=4"));
  ReportQuery query = Query(GroupBy::kCountry, PlaceTime::kThen, "visits");
  query.from = query.to = "2025-07";
  EXPECT_THAT(Lines(Make(query)), ElementsAre("  2025-07=4"));
}

TEST_F(ReportTest, PersonsAreShownAsReleasedUnlessExact) {
  ReportQuery query = Query(GroupBy::kCountry, PlaceTime::kThen, "state");
  query.exact = false;
  Report report = Make(query);
  EXPECT_TRUE(report.figures.tables.at(0).released);
  EXPECT_EQ(report.figures.tables.at(0).notes.size(), 1u);  // nothing is, in so small a world
  EXPECT_TRUE(report.figures.tables.at(0).lines.empty());
}

TEST_F(ReportTest, StatesCountACohortOnce) {
  device_->Visit(DateOf(2025, 7, 20), true, 7);  // the second state of that unit and month
  Sync(*device_);
  Work();
  Report report = Make(Query(GroupBy::kCountry, PlaceTime::kThen, "state"));
  const auto& figure = First<StatesFigure>(report);
  EXPECT_EQ(figure.cohort, Shown::Exact(7));
  ASSERT_EQ(figure.states.size(), 2u);
  EXPECT_EQ(figure.states[0].bin, "using");
  EXPECT_EQ(figure.states[0].persons, Shown::Exact(3));
  EXPECT_EQ(figure.states[1].persons, Shown::Exact(4));
}

TEST_F(ReportTest, SurvivalIsOfTheSumsOfAllUnits) {
  Report report = Make(Query(GroupBy::kCountry, PlaceTime::kThen, "free"));
  const auto& figure = First<SurvivalFigure>(report);
  EXPECT_EQ(figure.cohort, Shown::Exact(6));
  ASSERT_EQ(figure.at.size(), 3u);
  ASSERT_TRUE(figure.at[0].survival && figure.at[2].survival);
  EXPECT_EQ(figure.at[0].at_risk, Shown::Exact(6));
  EXPECT_NEAR(*figure.at[0].survival, 4.0 / 6, 1e-12);
  EXPECT_EQ(figure.at[2].at_risk, Shown::Exact(2));
}

TEST_F(ReportTest, SaysHowOldItsFiguresAre) {
  const ReportQuery query = Query(GroupBy::kCountry, PlaceTime::kThen, "visits");
  EXPECT_TRUE(Make(query).silent.empty());
  const Unit silent = AddTestUnit("ZZ01", "56");
  clock_.ms += 1000;
  device_->Visit(DateOf(2026, 11, 1), true, 1);
  Sync(*device_);
  Report report = Make(query);
  ASSERT_EQ(report.silent.size(), 1u);
  EXPECT_EQ(report.silent[0].code, "ZZ01");
  EXPECT_FALSE(report.silent[0].synced_ms);
  EXPECT_EQ(report.units_missing, 1u);
  EXPECT_EQ(report.units_behind, 1u);
  EXPECT_EQ(report.behind_since_ms, clock_.ms);
  Work();
  report = Make(query);
  EXPECT_EQ(report.units_missing + report.units_behind, 0u);
}

TEST_F(ReportTest, NamesTheIndicatorsThereAre) {
  ReportQuery query = Query(GroupBy::kCountry, PlaceTime::kThen, "nothing");
  query.as_of = kNovember;
  Result<Report> report = MakeReport(state(), query);
  ASSERT_FALSE(report);
  EXPECT_NE(report.error().message.find("used_share"), std::string::npos);
}

}  // namespace
}  // namespace tram::server
