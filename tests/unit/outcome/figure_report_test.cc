// Printed figures: text, curves, JSON and CSV, of exact, rounded and hidden counts.
#include "tram/outcome/figure_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "tests/unit/outcome/figure_programme.h"
#include "tram/base/text_table.h"

namespace tram::test {
namespace {

using testing::HasSubstr;
using testing::Not;

PlacedRows Rows() {
  PlacedRows rows{{"visits", {{{"24", "Bắc Ninh"}, {"2025-01", "all", "", 12, 0}}}},
                  {"on_time",
                   {{{"24", "Bắc Ninh"}, {"2025-01", "all", "", 3, 4}},
                    {{"24", "Bắc Ninh"}, {"2025-02", "all", "", 1, 4}}}},
                  {"each", {{{"24", "Bắc Ninh"}, {"2025-02", "all", "", 9, 6}}}},
                  {"fate",
                   {{{"24", "Bắc Ninh"}, {"2025-01", "all", "40:relapse", 2, 2}},
                    {{"24", "Bắc Ninh"}, {"2025-01", "all", "60:died", 1, 1}},
                    {{"24", "Bắc Ninh"}, {"2025-01", "all", "200", 0, 7}}}},
                  {"state",
                   {{{"24", "Bắc Ninh"}, {"2024-01", "all", "using", 3, 0}},
                    {{"24", "Bắc Ninh"}, {"2024-01", "all", "clean", 5, 0}}}},
                  {"no_use", {{{"24", "Bắc Ninh"}, {"2024-01", "all", "no_use", 2, 0}}}},
                  {"immature", {{{"24", "Bắc Ninh"}, {"2025-01", "all", "", 4, 0}}}},
                  {"delay",
                   {{{"24", "Bắc Ninh"}, {"2025-01", "all", "0", 3, 0}},
                    {{"24", "Bắc Ninh"}, {"2025-01", "all", "7", 1, 0}}}}};
  for (const char* code : {"24", "56"}) {
    for (int day = 0; day < 700; day += 35) {
      rows["free"].push_back({{code, code[0] == '2' ? "Bắc Ninh" : "Khánh Hòa"},
                              {"2025-01", "all", std::to_string(day), 1, 3}});
    }
  }
  return rows;
}

FigureReport Report(const std::vector<std::string>& indicators, const PlacedRows& rows = Rows()) {
  FigureReport report{&FigureProgramme(), QueryUpTo(2025, 2), {"Cả nước", "Country"}, {}};
  for (const std::string& name : indicators) {
    report.tables.push_back(TableOf(name, report.query, rows));
  }
  return report;
}

void ExpectNarrow(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(TextWidth(line), kReportColumns) << line;
    EXPECT_EQ(line.find_last_not_of(' ') + 1, line.size()) << line;
  }
}

TEST(FigureText, EveryShapeInBothLanguages) {
  std::vector<std::string> all;
  for (const Indicator& indicator : FigureProgramme().indicators) all.push_back(indicator.name);
  const FigureReport report = Report(all);
  const std::string en = FigureTablesText(report, Language::kEnglish);
  const std::string vi = FigureTablesText(report, Language::kVietnamese);
  ExpectNarrow(en);
  ExpectNarrow(vi);
  for (const char* words : {"24 Bắc Ninh", "Visits in the month.", "75.0 %", "30.1-95.4 %", "1.50",
                            "success, of the known", "30.6-86.3 %", "too early", "Relapse",
                            "between places", "no success, as in older figures", "at risk"}) {
    EXPECT_THAT(en, HasSubstr(words));
  }
  for (const char* words : {"Số lượt khám trong tháng.", "thành công, trên số đã rõ",
                            "chưa đủ thời gian", "Tái nghiện", "giữa các nơi", "còn theo dõi"}) {
    EXPECT_THAT(vi, HasSubstr(words));
  }
  EXPECT_THAT(vi, Not(HasSubstr("success")));
}

TEST(FigureText, ConstantsStandWhereTheyAreRead) {
  const std::string visits = FigureTablesText(Report({"visits"}), Language::kEnglish);
  EXPECT_THAT(visits, HasSubstr("At most: 3"));     // read by the derived rows
  EXPECT_THAT(visits, Not(HasSubstr("Not used")));  // :days is not :days_max
  EXPECT_THAT(FigureTablesText(Report({"on_time"}), Language::kEnglish), Not(HasSubstr("At most")));
}

TEST(FigureText, HiddenRoundedAndNotShown) {
  FigureReport report = Report({"state", "on_time", "visits"});
  StatesFigure states = std::get<StatesFigure>(*report.tables[0].lines[0].figure);
  states.states[0].persons = Shown::Hidden();
  states.states[0].share = {};
  states.states[1].persons = Shown::Rounded(5, 5);
  states.cohort = Shown::Rounded(10, 5);
  states.outcome = OutcomeOf(states.cohort, Shown::Hidden(), Shown::Rounded(5, 5));
  report.tables[0].lines[0].figure = states;
  report.tables[0].notes.push_back({"làm tròn đến 5", "rounded to 5"});
  report.tables[1].lines[0].figure.reset();
  report.tables[2].lines[0].figure.reset();
  const std::string text = FigureTablesText(report, Language::kEnglish);
  EXPECT_THAT(text, HasSubstr("*"));
  EXPECT_THAT(text, HasSubstr("rounded to 5"));
  EXPECT_THAT(text, HasSubstr("not shown"));
  EXPECT_THAT(text, Not(HasSubstr("37.5")));  // 3 of 8 exactly
  const auto json = FigureTablesJson(report, Language::kEnglish);
  const auto& row = json.at(0).at("rows").at(0);
  EXPECT_EQ(row.at("states").at("using").dump(), R"({"hidden":true})");
  EXPECT_EQ(row.at("states").at("clean").dump(), R"({"rounded":5,"to":5})");
  EXPECT_TRUE(row.at("outcome").at("of_known").at("share").is_null());
  EXPECT_EQ(json.at(1).at("rows").at(0).at("not_shown"), true);
  EXPECT_EQ(json.at(0).at("notes").at(0), "rounded to 5");
  const std::string csv = FigureTablesCsv(report);
  EXPECT_THAT(csv, HasSubstr("all,using,*,10,,\r\n"));
  EXPECT_THAT(csv, HasSubstr("not_shown"));
}

TEST(FigureText, ATableWithoutLinesSaysSo) {
  FigureReport report = Report({});
  report.tables.emplace_back();
  report.tables[0].indicator = FigureProgramme().IndicatorByName("state");
  report.tables[0].released = true;
  EXPECT_THAT(FigureTablesText(report, Language::kEnglish), HasSubstr("no data"));
  EXPECT_EQ(FigureTablesJson(report, Language::kEnglish).at(0).at("released"), true);
  EXPECT_EQ(FigureTablesCsv(report).find("state"), std::string::npos);
}

TEST(SurvivalPlot, IsAStepCurveWithNumbersAtRisk) {
  SurvivalFigure figure;
  for (int month = 0; month <= 3; ++month) {
    figure.months.push_back({month * 30, Shown::Exact(40 - month * 10), 1 - 0.25 * month, {}});
  }
  EXPECT_EQ(SurvivalPlot(figure, Language::kEnglish, ""),
            " 100 % |----\n"
            "  90 % |\n"
            "  80 % |    ____\n"
            "  70 % |\n"
            "  60 % |\n"
            "  50 % |        ----\n"
            "  40 % |\n"
            "  30 % |            ____\n"
            "  20 % |\n"
            "  10 % |\n"
            "   0 % |\n"
            "month   0   1   2   3\n"
            "at risk 40  30  20  10\n");
  figure.months.resize(1);
  EXPECT_EQ(SurvivalPlot(figure, Language::kEnglish, ""), "");
}

TEST(SurvivalPlot, FitsFiveYearsAndLargeCohorts) {
  SurvivalFigure figure;
  for (int month = 0; month <= kCurveMonthsMax; ++month) {
    figure.months.push_back({month * 30, Shown::Exact(250'000), 1 - month / 60.0, {}});
  }
  ExpectNarrow(SurvivalPlot(figure, Language::kVietnamese, "  "));
}

TEST(SurvivalPlot, ManyCurvesAreFiguresOnly) {
  PlacedRows rows;
  for (int i = 0; i <= static_cast<int>(kCurvesDrawnMax); ++i) {
    rows["free"].push_back({{std::to_string(i), "N"}, {"2025-01", "all", "400", 1, 3}});
  }
  const std::string text = FigureTablesText(Report({"free"}, rows), Language::kEnglish);
  EXPECT_THAT(text, Not(HasSubstr("100 % |")));
  EXPECT_THAT(text, HasSubstr("5 curves are not drawn"));
}

TEST(FigureJson, KeepsEveryDigit) {
  const auto json =
      FigureTablesJson(Report({"on_time", "fate", "delay", "free"}), Language::kEnglish);
  const auto& rate = json.at(0).at("rows").at(0);
  EXPECT_EQ(rate.at("numerator"), 3);
  EXPECT_EQ(nlohmann::json::parse(rate.dump()).at("low").get<double>(), WilsonInterval(3, 4)->low);
  const auto& fate = json.at(1).at("rows").at(0);
  EXPECT_EQ(fate.at("events").at("relapse"), 2);
  EXPECT_NEAR(fate.at("incidence").at(0).at("causes").at("relapse").at("probability"), 0.2, 1e-15);
  EXPECT_TRUE(fate.at("incidence").at(2).at("event_free").is_null());
  const auto& delay = json.at(2).at("rows").at(0);
  EXPECT_EQ(delay.at("records"), 4);
  EXPECT_EQ(delay.at("upper_quartile"), 1.75);
  const auto& test = json.at(3).at("log_rank").at(0);
  EXPECT_EQ(test.at("df"), 1);
  EXPECT_EQ(test.at("groups").at(1).at("label"), "56 Khánh Hòa");
}

TEST(FigureCsv, OneRowAFigure) {
  const std::string csv = FigureTablesCsv(Report({"visits", "on_time", "delay"}));
  EXPECT_THAT(csv, HasSubstr("2025-02-28,visits,24,Bắc Ninh,2025-01,all,count,12,,,\r\n"));
  EXPECT_THAT(csv, HasSubstr("2025-02-28,on_time,24,Bắc Ninh,2025-01,all,rate,3,4,0.30"));
  EXPECT_THAT(csv, HasSubstr("delay,24,Bắc Ninh,2025-01,all,median,0,4,0,1.75\r\n"));
}

}  // namespace
}  // namespace tram::test
