#include "rollup/figure_board.h"

#include <gtest/gtest.h>

#include "rollup/unit_report.h"
#include "tests/unit/central_server/made_up_figures.h"
#include "tram/base/vietnamese.h"

namespace tram::server {
namespace {

constexpr int kAtOnce = 1000;  // ms; the test's clock stands still
const Date kOctober = DateOf(2026, 10, 31);
const Date kBeforeMerger = DateOf(2025, 5, 31);

class FigureBoardTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    figures_ = std::make_unique<MadeUpFigures>(state());
  }
  void Prepare(Date as_of) {
    const auto progress = board_.Prepare(state(), as_of, kAtOnce);
    ASSERT_TRUE(progress) << progress.error().message;
    ASSERT_TRUE(progress->Whole());
  }
  /// Units all over, some of which move, close or are merged into others.
  void MakeCountry() {
    for (const char* province : {"24", "27", "15", "10", "56", "01", "79", "38"}) {
      for (int i = 0; i < 3; ++i) {
        units_.push_back(AddTestUnit(std::string("U") + province + std::to_string(i), province,
                                     Day(DateOf(2022, 1, 1), 900)));
      }
    }
    for (int i = 0; i < 6; ++i) {
      const std::size_t mover = static_cast<std::size_t>(figures_->Below(24));
      ASSERT_OK(store().units().SetMembership(
          units_[mover].number,
          {i % 2 == 0 ? "56" : "01", Day(DateOf(2024, 8, 1), 600), std::nullopt}));
    }
    // Chains, too: 0 into 8, 8 into 16.
    ASSERT_OK(
        store().units().Close(units_[0].number, Day(DateOf(2024, 3, 1), 300), units_[8].number));
    ASSERT_OK(
        store().units().Close(units_[8].number, Day(DateOf(2025, 3, 1), 400), units_[16].number));
    ASSERT_OK(store().units().Close(units_[5].number, Day(DateOf(2025, 3, 1), 300), std::nullopt));
    for (const Unit& unit : units_) {
      figures_->Fill(unit, kOctober, 40);
      figures_->Fill(unit, kBeforeMerger, 25);
    }
  }
  Date Day(Date from, int within) { return Date{from.days + figures_->Below(within)}; }

  /// Of a report, kept: each place asks for its part of it.
  const std::vector<FigureLine>& LinesOf(const ReportQuery& query) {
    const auto key = std::tuple(*query.indicator, query.as_of, query.by, query.places);
    const auto [it, is_new] = reports_.try_emplace(key);
    if (!is_new) return it->second;
    const Result<Report> report = MakeReport(state(), query);
    EXPECT_TRUE(report) << report.error().message;
    if (report) it->second = report->figures.tables.at(0).lines;
    return it->second;
  }
  using Values = std::map<std::string, std::pair<std::int64_t, std::int64_t>>;
  static void AddLine(const FigureLine& line, Values& values) {
    auto& value = values[line.period];
    if (const auto* count = std::get_if<CountFigure>(&*line.figure)) {
      for (const auto& part : count->parts) value.first += *part.count.value();
      return;
    }
    for (const auto& part : std::get<RateFigure>(*line.figure).parts) {
      value.first += *part.numerator.value();
      value.second += *part.denominator.value();
    }
  }
  /// A report's figures by period, of the lines that `wanted` takes.
  Values OfReport(const Indicator& indicator, const BoardQuery& asked, GroupBy by,
                  const std::function<bool(const FigurePlace&)>& wanted) {
    ReportQuery query;
    query.as_of = asked.as_of;
    query.by = by;
    query.places = asked.places;
    query.indicator = indicator.name;
    Values values;
    for (const FigureLine& line : LinesOf(query)) {
      if (!wanted(line.place) || !line.figure) continue;
      AddLine(line, values);
    }
    std::erase_if(values, [](const auto& value) { return value.second == std::pair{0L, 0L}; });
    compared_ += values.size();
    return values;
  }
  static Values OfBoard(const MonthFigures& figures, Date as_of) {
    Values values;
    if (figures.whole != FigureSum::Counts()) {
      values[""] = {figures.whole.numerator, figures.whole.denominator};
    }
    const int last = MonthNumber(as_of), count = static_cast<int>(figures.months.size());
    for (int i = 0; i < count; ++i) {
      const auto& counts = figures.months[static_cast<std::size_t>(i)];
      if (counts == FigureSum::Counts()) continue;
      values[MonthText(EndOfMonthNumber(last - count + 1 + i))] = {counts.numerator,
                                                                   counts.denominator};
    }
    return values;
  }
  void CompareWithReports(const BoardQuery& query, const Indicator& indicator);

  std::unique_ptr<MadeUpFigures> figures_;
  FigureBoard board_;
  std::vector<Unit> units_;
  std::size_t compared_ = 0;
  std::map<std::tuple<std::string, Date, GroupBy, PlaceTime>, std::vector<FigureLine>> reports_;
};

void FigureBoardTest::CompareWithReports(const BoardQuery& query, const Indicator& indicator) {
  SCOPED_TRACE(indicator.name + (query.places == PlaceTime::kNow ? " now " : " then ") +
               IsoDate(query.as_of));
  const Permit country = PermitOf(Role::kManager);
  const auto all = [](const FigurePlace&) { return true; };
  EXPECT_EQ(OfBoard(*board_.OfCovered(country, query, indicator), query.as_of),
            OfReport(indicator, query, GroupBy::kCountry, all));
  const auto provinces = PlacesOn(store().database(), board_.DayOf(query));
  ASSERT_TRUE(provinces);
  for (const Place& province : *provinces) {
    const auto figures = board_.OfProvince(country, query, province.code, indicator);
    ASSERT_TRUE(figures) << figures.error().message;
    const auto is_it = [&](const FigurePlace& place) {
      return place.code == province.code && Fold(place.name) == Fold(province.name);
    };
    EXPECT_EQ(OfBoard(*figures, query.as_of), OfReport(indicator, query, GroupBy::kProvince, is_it))
        << province.code;
  }
  for (const Unit& unit : units_) {
    const Indicator* one[] = {&indicator};
    const auto figures = board_.OfUnit(country, query, unit.number, one);
    ASSERT_TRUE(figures) << figures.error().message;
    EXPECT_EQ(OfBoard(figures->at(0), query.as_of),
              OfReport(indicator, query, GroupBy::kUnit,
                       [&](const FigurePlace& place) { return place.code == unit.code; }))
        << unit.code;
    FigureQuery asked;
    asked.as_of = query.as_of;
    const auto tables =
        UnitActivity(state(), country, board_.places(), unit.number, query.places, asked, one);
    ASSERT_TRUE(tables) << tables.error().message;
    Values listed;
    for (const FigureLine& line : tables->at(0).lines) AddLine(line, listed);
    std::erase_if(listed, [](const auto& value) { return value.second == std::pair{0L, 0L}; });
    EXPECT_EQ(listed, OfBoard(figures->at(0), query.as_of)) << unit.code;
  }
}

TEST_F(FigureBoardTest, SumsAreThoseOfAReportOfTheSameQuery) {
  MakeCountry();
  for (const Date as_of : {kOctober, kBeforeMerger}) {
    Prepare(as_of);
    for (const PlaceTime time : {PlaceTime::kThen, PlaceTime::kNow}) {
      for (const Indicator* indicator : figures_->Counted()) {
        if (figures_->Below(3) == 0) CompareWithReports({as_of, time}, *indicator);
      }
    }
    // Each run takes some of them; these always.
    CompareWithReports({as_of, PlaceTime::kThen}, *figures_->Counted()[0]);
    CompareWithReports({as_of, PlaceTime::kThen}, *figures_->Counted()[1]);
    CompareWithReports({as_of, PlaceTime::kNow}, *figures_->Counted()[1]);
  }
  EXPECT_GT(compared_, 1000u);
}

TEST_F(FigureBoardTest, AUnitCountsForItsProvinceThenAndNowAcrossTheMerger) {
  const Unit giang = AddTestUnit("BG01", "24"), ninh = AddTestUnit("BN01", "27");
  figures_->FillWith(giang, kOctober, 5);
  figures_->FillWith(ninh, kOctober, 700);
  figures_->FillWith(giang, kBeforeMerger, 5);
  figures_->FillWith(ninh, kBeforeMerger, 700);
  const Permit country = PermitOf(Role::kManager);
  const Indicator& active = *figures_->Counted()[1];
  const auto month = [&](const BoardQuery& query, const char* code) {
    return board_.OfProvince(country, query, code, active)->months.back().numerator;
  };
  Prepare(kBeforeMerger);
  EXPECT_EQ(month({kBeforeMerger, PlaceTime::kThen}, "24"), 5);    // Bắc Giang
  EXPECT_EQ(month({kBeforeMerger, PlaceTime::kThen}, "27"), 700);  // Bắc Ninh
  EXPECT_EQ(month({kBeforeMerger, PlaceTime::kNow}, "24"), 705);   // Bắc Ninh as it is now
  EXPECT_EQ(board_.OfProvince(country, {kBeforeMerger, PlaceTime::kNow}, "27", active).error().code,
            ErrorCode::kNotFound);
  Prepare(kOctober);
  const auto trend = board_.OfProvince(country, {kOctober, PlaceTime::kThen}, "24", active);
  // 24 is Bắc Ninh today; what had this code before the merger was Bắc Giang.
  EXPECT_EQ(OfBoard(*trend, kOctober).count("2025-08"), 1u);
  EXPECT_EQ(OfBoard(*trend, kBeforeMerger).size(), OfBoard(*trend, kOctober).size());
  for (const auto& [period, value] : OfBoard(*trend, kOctober)) EXPECT_GE(period, "2025-07");
}

TEST_F(FigureBoardTest, WhatAPermitDoesNotCoverIsDenied) {
  const Unit ours = AddTestUnit("BG01", "24"), theirs = AddTestUnit("KH01", "56");
  figures_->FillWith(ours, kOctober, 5);
  figures_->FillWith(theirs, kOctober, 700);
  Prepare(kOctober);
  const BoardQuery query{kOctober, PlaceTime::kThen};
  const Indicator& active = *figures_->Counted()[1];
  const Indicator* one[] = {&active};
  const auto denied = [](const auto& result) {
    return !result && result.error().code == ErrorCode::kDenied;
  };
  const Permit province = PermitOf(Role::kProvince, {"24"});
  EXPECT_EQ(board_.OfProvince(province, query, "24", active)->months.back().numerator, 5);
  EXPECT_EQ(board_.OfCovered(province, query, active)->months.back().numerator, 5);
  EXPECT_TRUE(denied(board_.OfProvince(province, query, "56", active)));
  EXPECT_TRUE(denied(board_.OfUnit(province, query, theirs.number, one)));
  EXPECT_TRUE(denied(board_.DaysOfUnit(province, query, theirs.number,
                                       *figures_->programme().IndicatorByName("days_to_arrival"))));
  EXPECT_TRUE(denied(board_.UnitsWithFigures(province, query, "56", one)));
  EXPECT_EQ(board_.UnitsWithFigures(province, query, "", one).value(), 1u);
  ASSERT_EQ(board_.ByProvince(province, query, active)->size(), 1u);
  EXPECT_EQ(board_.ByProvince(province, query, active)->at(0).place.code, "24");
  EXPECT_TRUE(denied(UnitActivity(state(), province, board_.places(), theirs.number,
                                  PlaceTime::kThen, {kOctober, {}, {}, {}, "all"}, one)));
  // What released tables may be seen of is no right to exact figures.
  const Permit outcomes = PermitOf(Role::kProvince, {"24"}, std::nullopt, Right::kOutcomes);
  EXPECT_TRUE(denied(board_.OfCovered(outcomes, query, active)));
  EXPECT_TRUE(denied(board_.OfProvince(outcomes, query, "24", active)));
  EXPECT_TRUE(denied(board_.ByProvince(outcomes, query, active)));
  EXPECT_TRUE(denied(board_.OfUnit(outcomes, query, ours.number, one)));
  EXPECT_TRUE(denied(UnitActivity(state(), outcomes, board_.places(), ours.number, PlaceTime::kThen,
                                  {kOctober, {}, {}, {}, "all"}, one)));
  const Permit committee = PermitOf(Role::kCommittee, {}, ours.number);
  EXPECT_TRUE(board_.OfUnit(committee, query, ours.number, one));
  EXPECT_TRUE(denied(board_.OfUnit(committee, query, theirs.number, one)));
  EXPECT_TRUE(denied(board_.OfCovered(committee, query, active)));
  EXPECT_TRUE(denied(board_.OfProvince(committee, query, "24", active)));
  EXPECT_TRUE(denied(board_.ByProvince(committee, query, active)));
}

TEST_F(FigureBoardTest, AUnitThatWasComputedAgainIsReadAgain) {
  const Unit unit = AddTestUnit("BG01", "24");
  const Permit country = PermitOf(Role::kManager);
  const BoardQuery query{kOctober, PlaceTime::kThen};
  const Indicator& active = *figures_->Counted()[1];
  for (const std::int64_t figure : {5, 8, 2}) {
    figures_->FillWith(unit, kOctober, figure, figure);
    Prepare(kOctober);
    EXPECT_EQ(board_.OfCovered(country, query, active)->months.back().numerator, figure);
  }
  figures_->Publish(kOctober);
  Prepare(kOctober);
  EXPECT_EQ(board_.OfCovered(country, query, active)->months.back().numerator, 2);
}

TEST_F(FigureBoardTest, ItReadsInPiecesAndSaysHowFarItIs) {
  for (int i = 0; i < 9; ++i) {
    figures_->FillWith(AddTestUnit("U" + std::to_string(i), "24"), kOctober, 10);
  }
  auto progress = board_.Prepare(state(), kOctober, 0);
  ASSERT_TRUE(progress);
  EXPECT_EQ(progress->units, 9u);
  EXPECT_EQ(progress->read, 0u);
  const Indicator& active = *figures_->Counted()[1];
  const BoardQuery query{kOctober, PlaceTime::kThen};
  EXPECT_EQ(board_.OfCovered(PermitOf(Role::kManager), query, active)->months.back().numerator, 0);
  EXPECT_EQ(board_.Step(state(), 0).value(), true);
  EXPECT_EQ(board_.Step(state(), kAtOnce).value(), false);
  progress = board_.Prepare(state(), kOctober, 0);
  EXPECT_TRUE(progress->Whole());
  EXPECT_EQ(board_.OfCovered(PermitOf(Role::kManager), query, active)->months.back().numerator, 90);
}

TEST_F(FigureBoardTest, ItHoldsFewMonthsEnds) {
  const Unit unit = AddTestUnit("BG01", "24");
  std::size_t full = 0;
  for (int back = 0; back < 7; ++back) {
    const Date as_of = MonthEnd(AddMonths(kOctober, -back));
    figures_->FillWith(unit, as_of, 9);
    Prepare(as_of);
    if (back + 1 == static_cast<int>(kBoardSheets)) full = board_.bytes();
  }
  EXPECT_EQ(board_.bytes(), full);
}

TEST(FigureBlockTest, CellsComeBackAsTheyWerePutNewestFirst) {
  Indicator indicator;
  indicator.shape = IndicatorShape::kRate;
  FigureBlock block;
  block.Add({{"", "all", "", 1, 2},
             {"2019-01", "all", "", 9, 9},  // too old to be held
             {"2025-12", "all", "", 1'000'000'000'000, 3},
             {"2026-10", "all", "", -7, 0},
             {"2026-10", "sex=male", "", 4, 0},
             {"2026-12", "all", "", 5, 0}},  // after the month's end
            indicator, kOctober);
  std::vector<std::string> cells;
  block.ForEach(0, [&](const FigureBlock::Cell& cell) {
    cells.push_back((cell.month == 0 ? "" : MonthText(EndOfMonthNumber(cell.month))) + "=" +
                    std::to_string(cell.numerator) + "/" + std::to_string(cell.denominator));
    return true;
  });
  EXPECT_EQ(cells, (std::vector<std::string>{"=1/2", "2026-10=-7/0", "2025-12=1000000000000/3"}));
}

}  // namespace
}  // namespace tram::server
