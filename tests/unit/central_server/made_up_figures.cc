#include "tests/unit/central_server/made_up_figures.h"

#include <cstdlib>
#include <iostream>

#include "app/default_programme.h"

namespace tram::server {
namespace {

unsigned Seed() {
  const char* given = std::getenv("TRAM_SEED");
  return given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10))
                          : std::random_device()();
}

bool IsMonthly(const Indicator& indicator) {
  return indicator.name != "clients_ever" && indicator.name != "trained_staff" &&
         indicator.name != "conflicts";
}

}  // namespace

MadeUpFigures::MadeUpFigures(ServerState& state) : state_(state) {
  const unsigned seed = Seed();
  std::cout << "TRAM_SEED=" << seed << "\n";
  random_.seed(seed);
  auto programme = Programme::Load(DefaultProgramme(), "treatment.toml");
  EXPECT_TRUE(programme);
  EXPECT_TRUE(state_.UseProgramme(**programme, "test"));
}

std::vector<const Indicator*> MadeUpFigures::Counted() const {
  std::vector<const Indicator*> counted;
  for (const Indicator& indicator : programme().indicators) {
    if (FigureBoard::Holds(indicator) && indicator.shape != IndicatorShape::kDays) {
      counted.push_back(&indicator);
    }
  }
  return counted;
}

void MadeUpFigures::Fill(const Unit& unit, Date as_of, int months, std::int64_t computed_ms) {
  std::vector<IndicatorFigures> all;
  for (const Indicator& indicator : programme().indicators) {
    if (!FigureBoard::Holds(indicator)) continue;
    IndicatorFigures figures{indicator.name, {}};
    const bool days = indicator.shape == IndicatorShape::kDays;
    for (int back = months - 1; back >= 0; --back) {
      if (IsMonthly(indicator) && Below(5) == 0) continue;  // a month without anything
      IndicatorRow row{MonthText(AddMonths(as_of, -back)), "all", "", 0, 0};
      if (!IsMonthly(indicator)) row.period = "";
      row.numerator = Below(30);
      if (indicator.shape == IndicatorShape::kRate) row.denominator = row.numerator + Below(9);
      if (days) row.bin = "0";
      if (days || row.numerator + row.denominator > 0) figures.rows.push_back(row);
      if (days) {
        row.bin = std::to_string(3 + Below(40));
        row.numerator = 1 + Below(9);
        figures.rows.push_back(row);
      }
      if (row.period.empty()) break;
      // Strata stand beside everybody and are none of the board's.
      row.stratum = "sex=male";
      if (!days) figures.rows.push_back(row);
    }
    all.push_back(std::move(figures));
  }
  EXPECT_TRUE(state_.store().rollups().Replace(unit.number, as_of, all,
                                               {computed_ms, unit.entries, programme().digest}));
}

void MadeUpFigures::FillWith(const Unit& unit, Date as_of, std::int64_t figure,
                             std::int64_t computed_ms) {
  std::vector<IndicatorFigures> all;
  for (const Indicator* indicator : Counted()) {
    IndicatorFigures figures{indicator->name, {}};
    const std::int64_t whole = indicator->shape == IndicatorShape::kRate ? 2 * figure : 0;
    if (!IsMonthly(*indicator)) figures.rows.push_back({"", "all", "", figure, whole});
    for (int back = 14; back >= 0 && IsMonthly(*indicator); --back) {
      figures.rows.push_back({MonthText(AddMonths(as_of, -back)), "all", "", figure, whole});
    }
    all.push_back(std::move(figures));
  }
  EXPECT_TRUE(state_.store().rollups().Replace(unit.number, as_of, all,
                                               {computed_ms, unit.entries, programme().digest}));
}

void MadeUpFigures::Publish(Date as_of) {
  EXPECT_TRUE(state_.store().rollups().Publish(as_of, state_.NowMs()));
}

}  // namespace tram::server
