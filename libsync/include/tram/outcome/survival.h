// Survival: the Kaplan–Meier estimate over rows (day, events, leaving), as indicators of the shape
// "survival" return them. Rows of several units add up exactly, so the same code serves a unit's
// report and a country's.
//
// Source: Kaplan & Meier 1958; Greenwood's variance; the log-log interval of Kalbfleisch & Prentice
// 2002, chapter 1. Equal to R's survfit(conf.type = "log-log"), of the package survival 3.5.
// Threads: values, no shared state.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "tram/base/result.h"

namespace tram {

/// Who leaves observation on one day after t0. Censored on that day: leaving - events; events count
/// before censorings.
struct SurvivalRow {
  std::int64_t day = 0;
  std::int64_t events = 0;
  std::int64_t leaving = 0;  // events among them
};

/// Errors: invalid (a negative day or count, or more events than leaving).
Status CheckSurvivalRow(const SurvivalRow& row);

/// The curve after one day on which somebody left.
struct SurvivalStep {
  std::int64_t day = 0;
  std::int64_t at_risk = 0;  // just before the day
  std::int64_t events = 0;
  double survival = 1;
  double greenwood = 0;  // sum of d / (n (n - d)); infinite where the curve has reached 0
};

/// The curve on one day, the events of that day counted.
struct SurvivalPoint {
  std::int64_t day = 0;
  std::int64_t at_risk = 0;  // observed on that day or later
  double survival = 1;
  /// Nothing where the curve is still 1 or has reached 0: there is no log-log interval then.
  std::optional<double> lower, upper;
};

class SurvivalCurve {
 public:
  /// Rows in any order; rows of one day add up.
  /// Errors: invalid (a negative day or count, or more events than leaving).
  static Result<SurvivalCurve> Fit(std::span<const SurvivalRow> rows);

  /// Persons under observation at the start.
  std::int64_t cohort() const { return cohort_; }
  /// Persons with the event, over the whole time.
  std::int64_t events() const { return events_; }
  /// Nothing beyond the last day on which anybody was observed: nothing is known there.
  std::optional<SurvivalPoint> At(std::int64_t day) const;
  /// Ascending by day.
  const std::vector<SurvivalStep>& steps() const { return steps_; }

 private:
  std::vector<SurvivalStep> steps_;
  std::int64_t cohort_ = 0;
  std::int64_t events_ = 0;
};

}  // namespace tram
