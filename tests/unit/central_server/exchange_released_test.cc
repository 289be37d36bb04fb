// Documents about persons: what was released, and nothing else.
#include <gmock/gmock.h>

#include "rollup/release.h"
#include "rollup/suppression.h"
#include "tests/unit/central_server/exchange_fixture.h"
#include "tests/unit/central_server/released_year.h"

namespace tram::server {
namespace {

struct Level {
  ExchangeBy by;
  PlaceTime time;
  ReleasedBy released;
};
constexpr Level kLevels[] = {
    {ExchangeBy::kCountry, PlaceTime::kThen, ReleasedBy::kCountry},
    {ExchangeBy::kProvince, PlaceTime::kThen, ReleasedBy::kProvinceThen},
    {ExchangeBy::kProvince, PlaceTime::kNow, ReleasedBy::kProvinceNow},
    {ExchangeBy::kUnit, PlaceTime::kThen, ReleasedBy::kUnit},
};

class ExchangeReleasedTest : public ReleasedYearTest {
 protected:
  /// The same persons each time: there must be numbers to be hidden.
  ExchangeReleasedTest() { seed_ = 10228; }
  void SetUp() override {
    ReleasedYearTest::SetUp();
    csv_ = FilledMapping(state());
    auto mapping = ReadMapping(state(), csv_, Language::kEnglish);
    ASSERT_TRUE(mapping);
    mapping_ = std::move(*mapping);
  }
  static ExchangeQuery Asked(const Level& level, Date as_of = kReleased) {
    ExchangeQuery query;
    query.part = ExchangePart::kReleased;
    query.board = {as_of, level.time};
    query.by = level.by;
    return query;
  }
  ExchangeFigures Collect(const ExchangeQuery& query) {
    FigureBoard board;
    auto figures = CollectExchange(
        state(), board, PermitOf(Role::kManager, {"56"}, std::nullopt, Right::kOutcomes), query);
    EXPECT_TRUE(figures) << (figures ? "" : figures.error().message);
    return figures ? std::move(*figures) : ExchangeFigures();
  }
  DataValueSet SetOf(const ExchangeFigures& figures) {
    auto set = MakeDataValueSet(figures, mapping_, Language::kEnglish);
    EXPECT_TRUE(set);
    return std::move(*set);
  }
  ReleasedTable TableOf(const std::string& indicator, int year, ReleasedBy by) {
    const auto table = Released(state(), indicator, year, by);
    EXPECT_TRUE(table);
    return *table;
  }
  /// Where the mapping sends a place of a released table.
  const std::string& OrgUnit(const Level& level, const std::string& code, int year) const {
    if (level.by == ExchangeBy::kCountry) return mapping_.country;
    if (level.by == ExchangeBy::kUnit) return mapping_.units.at(code);
    const bool now = level.time == PlaceTime::kNow;
    const Place* place =
        state_->store().places().At(code, now ? state_->Today() : DateOf(year, 12, 31));
    return mapping_.provinces.at({code, place->from});
  }
  /// All numbers of the released tables; "*" for hidden ones.
  Said ReleasedNumbers(const Level& level) {
    Said said;
    for (const Indicator& indicator : programme().indicators) {
      if (indicator.kind != IndicatorKind::kPerson) continue;
      for (int year : {2023, 2024}) {
        for (const auto& place : TableOf(indicator.name, year, level.released).places) {
          if (place.changed) continue;
          for (const ReleasedLine& line : place.lines) {
            if (place.steps.at(DimensionOfStratum(line.stratum)) == 0) continue;
            for (const auto& [item, shown] : line.numbers) {
              const Dhis2Value* to = mapping_.Value(indicator.name, item, line.stratum);
              EXPECT_NE(to, nullptr) << indicator.name << " " << item << " " << line.stratum;
              if (to == nullptr) continue;
              said[{to->data_element, OrgUnit(level, place.place, year), std::to_string(year)}] =
                  shown ? std::to_string(*shown) : "*";
            }
          }
        }
      }
    }
    return said;
  }

  std::string csv_;
  Dhis2Mapping mapping_;
};

TEST_F(ExchangeReleasedTest, ADocumentHoldsEachReleasedNumberAndNoOther) {
  std::size_t numbers = 0, hidden = 0;
  for (const Level& level : kLevels) {
    Said expected = ReleasedNumbers(level);
    const std::size_t all = expected.size();
    std::erase_if(expected, [](const auto& number) { return number.second == "*"; });
    const DataValueSet set = SetOf(Collect(Asked(level)));
    EXPECT_EQ(ValuesOf(set.document), expected);
    EXPECT_EQ(set.hidden, all - expected.size());
    EXPECT_TRUE(set.unmapped_places.empty() && set.unmapped_values.empty());
    EXPECT_EQ(set.document.at("dataSet"), mapping_.year_data_set);
    EXPECT_FALSE(set.document.contains("completeDate"));
    for (const auto& value : set.document.at("dataValues")) {
      EXPECT_THAT(value.at("comment").get<std::string>(), testing::StartsWith("rounded to "));
    }
    numbers += expected.size();
    hidden += set.hidden;
  }
  EXPECT_GT(numbers, 300u);
  EXPECT_GT(hidden, 5u);
}

TEST_F(ExchangeReleasedTest, DocumentsDoNotChangeWithTheExactRows) {
  const auto all = [&] {
    std::string text;
    for (const Level& level : kLevels) {
      const ExchangeFigures figures = Collect(Asked(level));
      text += SetOf(figures).document.dump() + "\n";
      text += MakeMeasureReports(figures, Language::kEnglish)->dump() + "\n";
    }
    return text;
  };
  const std::string before = all();
  StoreRows(seed_ + 1, kReleased);
  StoreRows(seed_ + 2, DateOf(2026, 10, 31));
  ASSERT_OK(ReleaseDue(state(), DateOf(2026, 10, 31)));
  EXPECT_TRUE(all() == before);
}

/// What an attacker knows who has every document and each unit's cohort exactly (the sum of its new
/// clients is in the documents of activity).
TEST_F(ExchangeReleasedTest, TotalMinusPartsBoundsNoHiddenNumber) {
  const std::map<std::string, std::vector<std::size_t>> provinces{
      {"56", {0, 1, 2}}, {"24", {3, 4}}, {"27", {5}}, {"01", {6}}};
  const auto cohort = [&](const std::vector<std::size_t>& units, int year) {
    std::int64_t persons = 0;
    for (const std::size_t unit : units) {
      for (const IndicatorRow& row : Rows(units_[unit], kReleased, "new_profile")) {
        if (row.stratum == "all" && row.period.starts_with(std::to_string(year))) {
          persons += row.numerator;
        }
      }
    }
    return persons;
  };
  std::size_t attacked = 0;
  for (const Level& level : kLevels) {
    if (level.time == PlaceTime::kNow) continue;
    const ExchangeFigures figures = Collect(Asked(level));
    for (const ExchangeReport& report : figures.reports) {
      const std::string& name = report.indicator->name;
      if (name != "state_12m" && name != "no_use_12m") continue;
      const std::string& code = figures.places[report.place].code;
      std::vector<std::size_t> units{0, 1, 2, 3, 4, 5, 6};
      if (level.by == ExchangeBy::kProvince) units = provinces.at(code);
      if (level.by == ExchangeBy::kUnit) units = {static_cast<std::size_t>(code.at(1) - '1')};
      const std::int64_t persons = cohort(units, std::stoi(report.period));
      const ExchangeLine& line = report.lines.at(0);
      const auto coarseness = line.rounded_to == 5    ? Coarseness::kFive
                              : line.rounded_to == 10 ? Coarseness::kTen
                                                      : Coarseness::kTwenty;
      std::int64_t low = 0, high = 0;  // of all parts together
      const auto is_part = [](const ExchangeNumber& number) {
        return number.item != "persons" && number.item != "known";
      };
      for (const ExchangeNumber& number : line.numbers) {
        if (!is_part(number)) continue;
        const CountBounds bounds = BoundsOf(number.shown.value(), coarseness);
        low += bounds.low;
        high += bounds.high;
      }
      for (const ExchangeNumber& number : line.numbers) {
        if (!is_part(number) || !number.shown.hidden()) continue;
        const CountBounds own = BoundsOf(std::nullopt, coarseness);
        const std::int64_t least = std::max(own.low, persons - (high - own.high));
        const std::int64_t most = std::min(own.high, persons - (low - own.low));
        EXPECT_GE(most - least, kWidthMin) << name << " " << code << " " << number.item;
        ++attacked;
      }
    }
  }
  EXPECT_GT(attacked, 3u);
}

/// One group of a report against the released line that it is drawn from.
void ExpectGroup(const FhirJson& group, const ExchangeLine& line, const Indicator& indicator) {
  std::string code = kPersonsItem;
  if (group.contains("code")) code = group.at("code").at("coding").at(0).at("code");
  const auto text = [&](const std::string& item) {
    const Shown* shown = line.Find(item);
    return shown == nullptr ? std::string("none") : shown->Text();
  };
  EXPECT_EQ(group.at("extension").at(0).at("valueInteger"), line.rounded_to);
  std::optional<double> score;
  if (indicator.shape == IndicatorShape::kCount) {
    EXPECT_EQ(PopulationIn(group, "initial-population"), text("persons"));
  } else if (indicator.shape == IndicatorShape::kStates) {
    EXPECT_EQ(PopulationIn(group, "initial-population"), text("persons"));
    EXPECT_EQ(PopulationIn(group, "denominator"), text("persons"));
    EXPECT_EQ(PopulationIn(group, "numerator"), text(code));
    score = ShareOf(*line.Find(code), *line.Find("persons")).value;
  } else if (indicator.shape == IndicatorShape::kSurvival) {
    const std::string day = code.substr(4);
    EXPECT_EQ(PopulationIn(group, "measure-population"), text("at_risk_" + day));
    if (const auto at = line.survival.find(std::stoi(day)); at != line.survival.end()) {
      score = at->second;
    }
  } else {
    const Shown yes = *line.Find(code), no = *line.Find("no" + code.substr(3));
    EXPECT_EQ(PopulationIn(group, "numerator"), yes.Text());
    Shown whole = Shown::Hidden();
    if (!yes.hidden() && !no.hidden()) {
      whole = Shown::Rounded(*yes.value() + *no.value(), line.rounded_to);
    }
    EXPECT_EQ(PopulationIn(group, "denominator"), whole.Text());
    score = ShareOf(yes, whole).value;
  }
  ASSERT_EQ(group.contains("measureScore"), score.has_value()) << indicator.name << code;
  if (!score) return;
  EXPECT_EQ(group.at("measureScore").at("value").get<double>(), *score);
}

TEST_F(ExchangeReleasedTest, FhirReportsAreOfReleasedNumbersAloneAndFitThePublishedSchema) {
  std::size_t masked = 0, strata = 0;
  std::vector<FhirJson> bundles;
  for (const Level& level : kLevels) {
    const ExchangeFigures figures = Collect(Asked(level));
    const auto bundle = MakeMeasureReports(figures, Language::kVietnamese);
    ASSERT_TRUE(bundle);
    const std::vector<FhirJson> reports = ReportsOf(*bundle);
    ASSERT_EQ(reports.size(), figures.reports.size());
    for (std::size_t i = 0; i < reports.size(); ++i) {
      const ExchangeReport& of = figures.reports[i];
      EXPECT_EQ(reports[i].at("period").at("end"), of.period + "-12-31");
      EXPECT_EQ(reports[i].at("status"), "complete");
      for (const FhirJson& group : reports[i].at("group")) {
        const std::string text = group.dump();
        for (std::size_t at = 0; (at = text.find("masked", at)) != std::string::npos; ++at) {
          ++masked;
        }
        for (const ExchangeLine& line : of.lines) {
          if (line.stratum == "all") ExpectGroup(group, line, *of.indicator);
        }
        if (!group.contains("stratifier")) continue;
        std::set<std::string> said;
        for (const FhirJson& stratifier : group.at("stratifier")) {
          for (const FhirJson& stratum : stratifier.at("stratum")) {
            const std::string code = stratum.at("value").at("coding").at(0).at("code");
            for (const ExchangeLine& line : of.lines) {
              if (line.stratum == code) ExpectGroup(stratum, line, *of.indicator);
            }
            said.insert(code);
            ++strata;
          }
        }
        std::set<std::string> lines;
        for (const ExchangeLine& line : of.lines) {
          if (line.stratum != "all") lines.insert(line.stratum);
        }
        EXPECT_EQ(said, lines);
      }
    }
    bundles.push_back(*bundle);
  }
  EXPECT_GT(masked, 5u);
  EXPECT_GT(strata, 20u);
  if (!FhirSchemaMissing().empty()) GTEST_SKIP() << FhirSchemaMissing();
  ExpectFhirSchema(bundles, outside_.path());
}

TEST_F(ExchangeReleasedTest, AYearStandsInTheMonthThatItWasReleasedWith) {
  const auto months = ReleaseMonths(state());
  ASSERT_TRUE(months);
  ASSERT_EQ(months->size(), 1u);
  EXPECT_EQ(months->begin()->first, kReleased);
  EXPECT_EQ(months->begin()->second, (std::vector<int>{2023, 2024}));
  for (const Level& level : kLevels) {
    EXPECT_TRUE(Collect(Asked(level, DateOf(2026, 4, 30))).reports.empty());
  }
}

TEST_F(ExchangeReleasedTest, AProvinceIsTheOneOfThatMonth) {
  for (const Level& level : kLevels) {
    if (level.by == ExchangeBy::kCountry) continue;
    ExchangeQuery query = Asked(level);
    query.province = "24";  // Bắc Ninh since 2025: with what was Bắc Giang in those years
    std::set<std::string> codes;
    for (const ExchangePlace& place : Collect(query).places) codes.insert(place.code);
    const std::set<std::string> units{"U4", "U5", "U6"}, then{"24", "27"};
    for (const std::string& code : codes) {
      EXPECT_TRUE(level.by == ExchangeBy::kUnit    ? units.contains(code)
                  : level.time == PlaceTime::kThen ? then.contains(code)
                                                   : code == "24")
          << code;
    }
    EXPECT_FALSE(codes.empty());
  }
}

TEST_F(ExchangeReleasedTest, AUnitThatMovedLaterIsOfTheProvinceOfThatMonth) {
  const Date later{kReleased.days + 1};
  ASSERT_OK(store().units().SetMembership(units_[3].number, {"56", later, std::nullopt}));
  for (const auto& [province, moved_is_there] : {std::pair("24", true), std::pair("56", false)}) {
    ExchangeQuery query = Asked(kLevels[3]);
    query.province = province;
    std::set<std::string> codes;
    for (const ExchangePlace& place : Collect(query).places) codes.insert(place.code);
    EXPECT_EQ(codes.contains("U4"), moved_is_there) << province;
    EXPECT_GT(codes.size(), moved_is_there ? 1u : 0u) << province;
  }
}

}  // namespace
}  // namespace tram::server
