// Figures from rows: estimators at their edges, sums, periods, strata, cohorts.
#include "tram/outcome/figure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/outcome/figure_programme.h"

namespace tram::test {
namespace {

using testing::ElementsAre;

TEST(Proportion, NothingWhereThereIsNoProportion) {
  EXPECT_FALSE(WilsonInterval(0, 0));
  EXPECT_FALSE(WilsonInterval(3, 2));
  EXPECT_FALSE(WilsonInterval(-1, 2));
  EXPECT_EQ(WilsonInterval(0, 7)->low, 0);
  EXPECT_EQ(WilsonInterval(7, 7)->high, 1);
  EXPECT_NEAR(WilsonInterval(0, 7)->high, 0.3543, 1e-4);  // R: prop.test(0, 7, correct = FALSE)
}

TEST(Proportion, QuartilesLieBetweenValues) {
  EXPECT_FALSE(QuartilesOf({}));
  EXPECT_FALSE(QuartilesOf({{3, 0}}));
  EXPECT_EQ(QuartilesOf({{4, 1}}), (Quartiles{4, 4, 4}));
  EXPECT_EQ(QuartilesOf({{1, 1}, {2, 1}, {10, 2}}), (Quartiles{1.75, 6, 10}));
}

TEST(LogRank, NothingToCompare) {
  EXPECT_FALSE(LogRankTest({})->p);
  const std::vector<std::vector<SurvivalRow>> one{{{5, 1, 1}}, {}};
  auto test = LogRankTest(one);
  ASSERT_TRUE(test);
  EXPECT_FALSE(test->p);
  EXPECT_EQ(test->groups.size(), 2u);
  const std::vector<std::vector<SurvivalRow>> wrong{{{5, 2, 1}}};
  EXPECT_FALSE(LogRankTest(wrong));
}

TEST(Incidence, ImpossibleRowsAreRefusedAndNobodyIsNoCurve) {
  EXPECT_FALSE(IncidenceCurve::Fit(std::vector<CompetingRow>{{-1, {}, 1}}, 1));
  EXPECT_FALSE(IncidenceCurve::Fit(std::vector<CompetingRow>{{1, {}, -1}}, 1));
  EXPECT_FALSE(IncidenceCurve::Fit(std::vector<CompetingRow>{{1, 1, 1}}, 1));
  auto nobody = IncidenceCurve::Fit({}, 2);
  ASSERT_TRUE(nobody);
  EXPECT_FALSE(nobody->At(0));
  EXPECT_EQ(nobody->events().size(), 2u);
}

TEST(Incidence, PartsAddUpToTheWhole) {
  const std::vector<CompetingRow> parts{{3, 0, 1}, {3, 0, 1}, {3, 1, 1}, {9, {}, 1}, {9, {}, 2}};
  const std::vector<CompetingRow> whole{{9, {}, 3}, {3, 1, 1}, {3, 0, 2}};
  auto a = IncidenceCurve::Fit(parts, 2), b = IncidenceCurve::Fit(whole, 2);
  ASSERT_TRUE(a && b);
  auto at = a->At(5);
  ASSERT_TRUE(at);
  EXPECT_EQ(at->at_risk, 3);
  EXPECT_EQ(at->causes[0].probability, b->At(5)->causes[0].probability);
  EXPECT_EQ(at->causes[0].std_error, b->At(5)->causes[0].std_error);
  EXPECT_NEAR(at->event_free.probability + at->causes[0].probability + at->causes[1].probability, 1,
              1e-12);
  EXPECT_FALSE(a->At(10));
}

/// "period stratum value" of each line of a count.
std::vector<std::string> Counts(const FigureTable& table) {
  std::vector<std::string> lines;
  for (const FigureLine& line : table.lines) {
    lines.push_back(line.period + " " + line.stratum + " " +
                    std::get<CountFigure>(*line.figure).parts.at(0).count.Text());
  }
  return lines;
}

const PlacedRows& Rows() {
  static const PlacedRows rows{{"visits",
                                {{{}, {"2024-11", "all", "", 1, 0}},
                                 {{}, {"2024-12", "all", "", 2, 0}},
                                 {{}, {"2025-01", "all", "", 4, 0}},
                                 {{}, {"2025-01", "sex=female", "", 3, 0}},
                                 {{}, {"2025-01", "sex=", "", 1, 0}},
                                 {{}, {"2025-02", "sex=male", "", 8, 0}},
                                 {{}, {"2025-02", "all", "", 8, 0}}}},
                               {"active",
                                {{{}, {"2024-11", "all", "", 5, 0}},
                                 {{}, {"2024-12", "all", "", 6, 0}},
                                 {{}, {"2025-01", "all", "", 7, 0}}}}};
  return rows;
}

TEST(FigureTable, MonthsComeTogetherAsAskedFor) {
  FigureQuery query = QueryUpTo(2025, 2);
  EXPECT_THAT(Counts(TableOf("visits", query, Rows())),
              ElementsAre("2024-11 all 1", "2024-12 all 2", "2025-01 all 4", "2025-02 all 8"));
  query.per = Per::kQuarter;
  EXPECT_THAT(Counts(TableOf("visits", query, Rows())),
              ElementsAre("2024-Q4 all 3", "2025-Q1 all 12"));
  query.per = Per::kYear;
  EXPECT_THAT(Counts(TableOf("visits", query, Rows())), ElementsAre("2024 all 3", "2025 all 12"));
  query.per = Per::kAll;
  query.from = "2024-12";
  query.to = "2025-01";
  EXPECT_THAT(Counts(TableOf("visits", query, Rows())), ElementsAre(" all 6"));
}

TEST(FigureTable, MonthsThatDoNotAddUpHaveTheirLastOneOnly) {
  FigureQuery query = QueryUpTo(2025, 2);
  EXPECT_EQ(Counts(TableOf("active", query, Rows())).size(), 3u);
  // Nobody is active in 2025-02, the last month of 2025 so far: January's are not 2025's.
  query.per = Per::kYear;
  EXPECT_THAT(Counts(TableOf("active", query, Rows())), ElementsAre("2024-12 all 6"));
  query.to = "2025-01";
  EXPECT_THAT(Counts(TableOf("active", query, Rows())),
              ElementsAre("2024-12 all 6", "2025-01 all 7"));
  query.per = Per::kAll;
  EXPECT_THAT(Counts(TableOf("active", query, Rows())), ElementsAre("2025-01 all 7"));
}

TEST(FigureTable, StrataStandInTheOrderOfTheirCodes) {
  FigureQuery query = QueryUpTo(2025, 2);
  query.per = Per::kAll;
  query.stratum = "sex";
  EXPECT_THAT(Counts(TableOf("visits", query, Rows())),
              ElementsAre(" all 15", " sex=male 8", " sex=female 3", " sex= 1"));
  query.stratum = "sex=female";
  EXPECT_THAT(Counts(TableOf("visits", query, Rows())), ElementsAre(" sex=female 3"));
  const Programme& programme = FigureProgramme();
  EXPECT_TRUE(CheckStratum(programme, query, {}));
  query.stratum = "colour";
  Status refused = CheckStratum(programme, query, {});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("all, sex"), std::string::npos);
}

TEST(FigureTable, AYearThatIsNotOverMayStandAtItsLastMonth) {
  const PlacedRows rows{{"visits", {{{}, {"2025-12", "all", "", 40, 0}}}}};
  FigureQuery query = QueryUpTo(2025, 2);
  EXPECT_THAT(Counts(TableOf("visits", query, rows)), ElementsAre("2025-12 all 40"));
  query.per = Per::kYear;
  EXPECT_THAT(Counts(TableOf("visits", query, rows)), ElementsAre("2025 all 40"));
}

TEST(FigureTable, OrderAndSplitOfRowsDoNotMatter) {
  PlacedRows split;
  for (const PlacedRow& row : Rows().at("visits")) {
    for (std::int64_t i = 0; i < row.row.numerator; ++i) {
      PlacedRow one = row;
      one.row.numerator = 1;
      split["visits"].insert(split["visits"].begin(), one);
    }
  }
  FigureQuery query = QueryUpTo(2025, 2);
  query.stratum = "sex";
  EXPECT_EQ(Counts(TableOf("visits", query, split)), Counts(TableOf("visits", query, Rows())));
}

TEST(FigureTable, ARateIsOfTheSumsNotOfTheRates) {
  const PlacedRows rows{
      {"on_time", {{{}, {"2025-01", "all", "", 1, 2}}, {{}, {"2025-02", "all", "", 1, 8}}}},
      {"each", {{{}, {"2025-02", "all", "", 9, 6}}}}};
  FigureQuery query = QueryUpTo(2025, 2);
  query.per = Per::kYear;
  const FigureTable table = TableOf("on_time", query, rows);
  const auto& part = std::get<RateFigure>(*table.lines.at(0).figure).parts.at(0);
  EXPECT_EQ(part.share.value, 0.2);
  EXPECT_EQ(part.share.interval, WilsonInterval(2, 10));
  const FigureTable each = TableOf("each", query, rows);
  const auto& ratio = std::get<RateFigure>(*each.lines.at(0).figure).parts.at(0);
  EXPECT_EQ(ratio.share.value, 1.5);
  EXPECT_FALSE(ratio.share.interval);
}

PlacedRows StateRows() {
  return {{"state",
           {{{}, {"2024-01", "all", "using", 3, 0}},
            {{}, {"2024-01", "all", "clean", 5, 0}},
            {{}, {"2024-02", "all", "not_known", 2, 0}},
            {{}, {"2024-02", "sex=male", "clean", 1, 0}}}},
          {"immature", {{{}, {"2025-01", "all", "", 4, 0}}}}};
}

TEST(FigureTable, StatesGiveSuccessFromEverySide) {
  FigureQuery query = QueryUpTo(2025, 2);
  const FigureTable table = TableOf("state", query, StateRows());
  ASSERT_EQ(table.lines.size(), 1u);
  const auto& figure = std::get<StatesFigure>(*table.lines[0].figure);
  EXPECT_EQ(figure.cohort, Shown::Exact(10));
  EXPECT_EQ(figure.states.at(1).share.value, 0.5);
  ASSERT_TRUE(figure.outcome);
  EXPECT_EQ(figure.outcome->known, Shown::Exact(8));
  EXPECT_EQ(figure.outcome->low.value, 0.5);
  EXPECT_EQ(figure.outcome->of_known.value, 5.0 / 8);
  EXPECT_EQ(figure.outcome->of_known.interval, WilsonInterval(5, 8));
  EXPECT_EQ(figure.outcome->high.value, 0.7);
  EXPECT_EQ(figure.outcome->coverage.value, 0.8);
  EXPECT_EQ(figure.immature, Shown::Exact(4));
  // Who is too early stands apart by period and stratum, too; where they are not counted, not 0.
  query.per = Per::kYear;
  query.stratum = "sex";
  const FigureTable years = TableOf("state", query, StateRows());
  ASSERT_EQ(years.lines.size(), 3u);
  EXPECT_EQ(years.lines[0].period, "2024");
  EXPECT_EQ(std::get<StatesFigure>(*years.lines[0].figure).immature, Shown::Exact(0));
  EXPECT_EQ(years.lines[1].period, "2025");
  EXPECT_EQ(std::get<StatesFigure>(*years.lines[1].figure).cohort, Shown::Exact(0));
  EXPECT_EQ(std::get<StatesFigure>(*years.lines[1].figure).immature, Shown::Exact(4));
  EXPECT_EQ(years.lines[2].stratum, "sex=male");
  EXPECT_FALSE(std::get<StatesFigure>(*years.lines[2].figure).immature);
}

TEST(FigureTable, WhatCohortTablesCarryHasNoTableOfItsOwn) {
  auto names = [](const std::optional<std::string>& wanted) {
    std::vector<std::string> all;
    for (const Indicator* indicator : IndicatorsToShow(FigureProgramme(), wanted)) {
      all.push_back(indicator->name);
    }
    return all;
  };
  EXPECT_THAT(names(std::nullopt), testing::Not(testing::Contains("immature")));
  EXPECT_THAT(names("immature"), ElementsAre("immature"));
  EXPECT_THAT(names("nothing"), ElementsAre());
}

TEST(FigureTable, ComparesPlacesAndStrata) {
  PlacedRows rows;
  for (int i = 0; i < 2; ++i) {
    const FigurePlace place{std::to_string(i), "N"};
    const std::string day = std::to_string(10 + 20 * i);
    for (const char* stratum : {"all", "sex=male", "sex="}) {
      rows["free"].push_back({place, {"2025-01", stratum, day, 3, 4}});
    }
    rows["free"].push_back({place, {"2025-01", "sex=female", "50", 1, 2}});
  }
  FigureQuery query = QueryUpTo(2025, 2);
  EXPECT_EQ(TableOf("free", query, rows).comparisons.size(), 1u);
  query.stratum = "sex";
  const FigureTable table = TableOf("free", query, rows);
  int strata = 0;
  for (const Comparison& comparison : table.comparisons) {
    EXPECT_EQ(comparison.test.groups.size(), 2u);
    ASSERT_TRUE(comparison.test.p);
    if (comparison.of != Comparison::Of::kStrata) continue;
    ++strata;
    EXPECT_EQ(comparison.stratum, "sex");
    EXPECT_THAT(comparison.strata, ElementsAre("sex=male", "sex=female"));
  }
  EXPECT_EQ(strata, 2);  // one for each place; who has no code is no group, nor is everybody
  EXPECT_EQ(table.comparisons.size(), 6u);
}

TEST(FigureTable, RowsThatTheShapeDoesNotAllowAreNamed) {
  const Programme& programme = FigureProgramme();
  for (const auto& [indicator, bin] :
       std::vector<std::pair<std::string, std::string>>{{"free", "soon"},
                                                        {"fate", "3:moved"},
                                                        {"fate", ":died"},
                                                        {"state", "happy"},
                                                        {"delay", "1.5"}}) {
    const PlacedRows rows{{indicator, {{{}, {"2025-01", "all", bin, 1, 1}}}}};
    auto table = MakeFigureTable(programme, *programme.IndicatorByName(indicator),
                                 QueryUpTo(2025, 2), SourceOf(rows));
    ASSERT_FALSE(table) << indicator;
    EXPECT_EQ(table.error().message.find(indicator + ": "), 0u) << table.error().message;
    EXPECT_NE(table.error().message.find("'" + bin + "'"), std::string::npos);
  }
}

TEST(Periods, AreReadOrRefused) {
  FigureQuery query;
  EXPECT_TRUE(ReadPeriods(query, "2025-01", "2025-02", "quarter"));
  EXPECT_EQ(query.from, "2025-01");
  EXPECT_EQ(query.per, Per::kQuarter);
  EXPECT_FALSE(ReadPeriods(query, "2025-03", "2025-02", ""));
  EXPECT_FALSE(ReadPeriods(query, "2025", "", ""));
  EXPECT_FALSE(ReadPeriods(query, "", "", "week"));
}

TEST(Outcome, HiddenCountsGiveNoShares) {
  const OutcomeFigure outcome = OutcomeOf(Shown::Rounded(40, 5), Shown::Hidden(), Shown::Hidden());
  EXPECT_FALSE(outcome.low.value || outcome.of_known.value || outcome.high.value);
  EXPECT_EQ(ShareOf(Shown::Rounded(10, 5), Shown::Rounded(40, 5)).value, 0.25);
  EXPECT_EQ(ShareOf(Shown::Rounded(40, 20), Shown::Rounded(75, 5)).value, std::nullopt);
  EXPECT_TRUE(ShareOf(Shown::Rounded(40, 20), Shown::Rounded(80, 20)).value);
}

TEST(Outcome, APartThatIsRoundedUpPastItsWholeIsAllOfIt) {
  // 91 persons, all of them known: 90 to fives, 100 to twenties.
  const Share share = ShareOf(Shown::Rounded(100, 20), Shown::Rounded(90, 5));
  EXPECT_EQ(share.value, 1.0);
  ASSERT_TRUE(share.interval);
  EXPECT_EQ(share.interval->high, 1.0);
  const OutcomeFigure outcome =
      OutcomeOf(Shown::Rounded(90, 5), Shown::Rounded(100, 20), Shown::Rounded(100, 20));
  EXPECT_EQ(outcome.coverage.value, 1.0);
  EXPECT_EQ(outcome.low.value, 1.0);
  EXPECT_EQ(outcome.high.value, 1.0);
  // Exact numbers stay what they are: a rate may be above 1.
  EXPECT_EQ(ShareOf(Shown::Exact(9), Shown::Exact(6)).value, 1.5);
}

}  // namespace
}  // namespace tram::test
