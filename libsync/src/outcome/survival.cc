#include "tram/outcome/survival.h"

#include <cmath>
#include <map>

#include "tram/outcome/proportion.h"

namespace tram {

Status CheckSurvivalRow(const SurvivalRow& row) {
  if (row.day >= 0 && row.events >= 0 && row.leaving >= row.events) return {};
  return MakeError(ErrorCode::kInvalid, "a survival row of day " + std::to_string(row.day) +
                                            " has " + std::to_string(row.events) + " events and " +
                                            std::to_string(row.leaving) +
                                            " leaving; correct the indicator");
}

Result<SurvivalCurve> SurvivalCurve::Fit(std::span<const SurvivalRow> rows) {
  std::map<std::int64_t, SurvivalRow> days;
  SurvivalCurve curve;
  for (const SurvivalRow& row : rows) {
    TRAM_TRY(CheckSurvivalRow(row));
    if (row.leaving == 0) continue;
    SurvivalRow& day = days[row.day];
    day.events += row.events;
    day.leaving += row.leaving;
    curve.cohort_ += row.leaving;
    curve.events_ += row.events;
  }
  std::int64_t at_risk = curve.cohort_;
  SurvivalStep step;
  for (const auto& [number, day] : days) {
    const auto n = static_cast<double>(at_risk);
    const auto d = static_cast<double>(day.events);
    step.day = number;
    step.at_risk = at_risk;
    step.events = day.events;
    step.survival *= 1 - d / n;
    if (day.events > 0) step.greenwood += d / (n * (n - d));
    curve.steps_.push_back(step);
    at_risk -= day.leaving;
  }
  return curve;
}

std::optional<SurvivalPoint> SurvivalCurve::At(std::int64_t day) const {
  if (steps_.empty() || day < 0 || day > steps_.back().day) return std::nullopt;
  SurvivalPoint point;
  point.day = day;
  point.at_risk = 0;
  const SurvivalStep* last = nullptr;
  for (const SurvivalStep& step : steps_) {
    if (step.day <= day) last = &step;
    if (step.day < day) continue;
    point.at_risk = step.at_risk;
    break;
  }
  if (last == nullptr) return point;  // before the first leaving
  point.survival = last->survival;
  if (point.survival <= 0 || last->greenwood <= 0) return point;
  const double log_survival = std::log(point.survival);
  const double width = kNormalQuantile975 * std::sqrt(last->greenwood) / log_survival;
  const double middle = std::log(-log_survival);
  // The width is negative here, for log S is: the lower bound is the one that subtracts it.
  point.lower = std::exp(-std::exp(middle - width));
  point.upper = std::exp(-std::exp(middle + width));
  return point;
}

}  // namespace tram
