#include "web/question_lines.h"

#include <algorithm>

#include "rollup/asked.h"
#include "rollup/months.h"

namespace tram::server {
namespace {

/// As the last figures of the running month say.
Result<std::optional<std::int64_t>> FindingsOf(const PageCall& call, const Unit& unit,
                                               const Indicator& indicator) {
  RollupTable& rollups = call.state.store().rollups();
  const Date as_of = OpenMonths(call.state.NowMs()).front();
  TRAM_ASSIGN(const std::optional<Computed> computed, rollups.ComputedOf(unit.number, as_of));
  if (!computed) return std::optional<std::int64_t>();
  TRAM_ASSIGN(const std::vector<IndicatorRow> rows,
              rollups.Rows(unit.number, as_of, indicator.name));
  std::int64_t findings = 0;
  for (const IndicatorRow& row : rows) {
    if (row.stratum == "all") findings += row.numerator;
  }
  return std::optional<std::int64_t>(findings);
}

}  // namespace

bool CoversToday(const Permit& permit, const UnitPlaces& places, const Unit& unit, Date today) {
  const Place* province = places.PlaceOn(unit.number, today);
  return permit.CoversUnit(unit.number, province == nullptr ? "" : province->code);
}

Result<std::vector<QuestionLine>> QuestionLines(const PageCall& call, const UnitPlaces& places,
                                                const Permit& permit) {
  TRAM_ASSIGN(const auto questions, call.state.store().questions().Counts());
  const Indicator* indicator = FindingsIndicator(*call.state.programme().programme);
  std::vector<QuestionLine> lines;
  for (const Unit& unit : places.units()) {
    if (!CoversToday(permit, places, unit, call.state.Today())) continue;
    QuestionLine line{&unit, std::nullopt, {}};
    if (const auto found = questions.find(unit.number); found != questions.end()) {
      line.questions = found->second;
    }
    if (indicator != nullptr) {
      TRAM_ASSIGN(line.findings, FindingsOf(call, unit, *indicator));
    }
    lines.push_back(line);
  }
  const auto work = [](const QuestionLine& line) {
    return std::pair(line.questions.answered, line.findings.value_or(0));
  };
  std::stable_sort(lines.begin(), lines.end(),
                   [&](const QuestionLine& a, const QuestionLine& b) { return work(a) > work(b); });
  return lines;
}

}  // namespace tram::server
