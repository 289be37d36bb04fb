#include "tram/outcome/survival.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/support/paths.h"

namespace tram {
namespace {

std::vector<SurvivalRow> Small() {
  // R: Surv(c(5, 10, 20, 20, 30), c(0, 1, 1, 0, 1))
  return {{5, 0, 1}, {10, 1, 1}, {20, 1, 2}, {30, 1, 1}};
}

struct Expected {
  std::int64_t day, at_risk;
  double survival, lower, upper;  // lower < 0: no interval
};

void ExpectEqual(const SurvivalCurve& curve, const std::vector<Expected>& all) {
  for (const Expected& expected : all) {
    SCOPED_TRACE(expected.day);
    auto point = curve.At(expected.day);
    ASSERT_TRUE(point);
    EXPECT_EQ(point->at_risk, expected.at_risk);
    EXPECT_NEAR(point->survival, expected.survival, 1e-9);
    ASSERT_EQ(point->lower.has_value(), expected.lower >= 0);
    ASSERT_EQ(point->upper.has_value(), expected.lower >= 0);
    if (!point->lower) continue;
    EXPECT_NEAR(*point->lower, expected.lower, 1e-9);
    EXPECT_NEAR(*point->upper, expected.upper, 1e-9);
  }
}

TEST(Survival, EqualsRWithTiesAndEdges) {
  auto curve = SurvivalCurve::Fit(Small());
  ASSERT_TRUE(curve);
  EXPECT_EQ(curve->cohort(), 5);
  ExpectEqual(*curve, {{4, 5, 1, -1, -1},
                       {5, 5, 1, -1, -1},
                       {10, 4, 0.75, 0.1279469176, 0.9605486423},
                       {15, 3, 0.75, 0.1279469176, 0.9605486423},
                       {20, 3, 0.5, 0.0578470830, 0.8448612812},
                       {25, 1, 0.5, 0.0578470830, 0.8448612812},
                       {30, 1, 0, -1, -1}});
  EXPECT_FALSE(curve->At(31));
}

TEST(Survival, EventsAndCensoringsOnDayZero) {
  // R: Surv(c(0, 0, 10, 20, 20, 30), c(1, 0, 1, 1, 0, 0))
  auto curve =
      SurvivalCurve::Fit(std::vector<SurvivalRow>{{0, 1, 2}, {10, 1, 1}, {20, 1, 2}, {30, 0, 1}});
  ASSERT_TRUE(curve);
  ExpectEqual(*curve, {{0, 6, 0.833333333333, 0.2731228499284, 0.974712426691},
                       {10, 4, 0.625, 0.1418533899317, 0.893050604499},
                       {20, 3, 0.416666666667, 0.0559918648521, 0.766522219551},
                       {30, 1, 0.416666666667, 0.0559918648521, 0.766522219551}});
}

TEST(Survival, RowsOfSeveralUnitsAddUp) {
  std::vector<SurvivalRow> split;
  for (const SurvivalRow& row : Small()) {
    for (std::int64_t i = 0; i < row.leaving; ++i) {
      split.insert(split.begin(), {row.day, i < row.events ? 1 : 0, 1});
    }
  }
  auto whole = SurvivalCurve::Fit(Small()), parts = SurvivalCurve::Fit(split);
  ASSERT_TRUE(whole && parts);
  ASSERT_EQ(whole->steps().size(), parts->steps().size());
  for (std::size_t i = 0; i < whole->steps().size(); ++i) {
    EXPECT_EQ(whole->steps()[i].survival, parts->steps()[i].survival);
  }
}

TEST(Survival, NobodyIsNoCurve) {
  auto curve = SurvivalCurve::Fit({});
  ASSERT_TRUE(curve);
  EXPECT_EQ(curve->cohort(), 0);
  EXPECT_FALSE(curve->At(0));
}

TEST(Survival, ImpossibleRowsAreRefused) {
  EXPECT_FALSE(SurvivalCurve::Fit(std::vector<SurvivalRow>{{-1, 0, 1}}));
  EXPECT_FALSE(SurvivalCurve::Fit(std::vector<SurvivalRow>{{1, 2, 1}}));
  EXPECT_FALSE(SurvivalCurve::Fit(std::vector<SurvivalRow>{{1, -1, 1}}));
}

// 575 real clients; the figures are R 4.2's, survival 3.5.3.
TEST(Survival, EqualsROnRealClients) {
  const char* shared = std::getenv("TRAM_SHARED");
  const std::string path =
      (shared != nullptr ? std::string(shared) : test::InSource("../shared").string()) +
      "/data/uis.csv";
  std::ifstream file(path);
  if (!file) GTEST_SKIP() << "the file of real clients is not here: " << path;
  std::string line;
  std::getline(file, line);
  std::vector<SurvivalRow> rows;
  while (std::getline(file, line)) {
    std::vector<std::string> cells;
    std::istringstream in(line);
    for (std::string cell; std::getline(in, cell, ',');) cells.push_back(cell);
    ASSERT_EQ(cells.size(), 12u);
    rows.push_back({std::stoll(cells[10]), std::stoll(cells[11]), 1});
  }
  auto curve = SurvivalCurve::Fit(rows);
  ASSERT_TRUE(curve);
  EXPECT_EQ(curve->cohort(), 575);
  ExpectEqual(*curve, {{90, 418, 0.72, 0.681374875688, 0.754809247454},
                       {180, 279, 0.481739130435, 0.440322947688, 0.521883906408},
                       {365, 147, 0.255652173913, 0.220736318795, 0.291894670064},
                       {700, 6, 0.165270862195, 0.116938447500, 0.220911211381}});
}

}  // namespace
}  // namespace tram
