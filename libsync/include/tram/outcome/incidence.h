// Cumulative incidence with competing events: the Aalen–Johansen estimate over rows
// (day, cause or censored, leaving), as indicators of the shape "competing" return them. Rows of
// several units add up exactly.
//
// Sources: Aalen & Johansen 1978; the variance is the infinitesimal jackknife (Therneau, Crowson &
// Atkinson, "Multi-state models and competing risks", of the package survival), the interval on the
// log scale. Equal to R's survfit(Surv(day, factor(cause)) ~ 1) of survival 3.5: pstate, std.err
// and the confidence interval that it gives by default.
// Threads: values, no shared state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "tram/base/result.h"
#include "tram/outcome/proportion.h"

namespace tram {

/// Who leaves observation on one day in one way. Events count before censorings of the day.
struct CompetingRow {
  std::int64_t day = 0;
  std::optional<std::size_t> cause;  // nothing: censored
  std::int64_t leaving = 0;
};

/// The probability of one state on one day.
struct StateProbability {
  double probability = 0;
  double std_error = 0;
  std::optional<Interval> interval;  // nothing where the probability is 0
};

struct IncidencePoint {
  std::int64_t day = 0;
  std::int64_t at_risk = 0;  // observed on that day or later
  StateProbability event_free;
  std::vector<StateProbability> causes;  // cumulative incidence, by cause
};

class IncidenceCurve {
 public:
  /// Rows in any order; rows of one day and cause add up.
  /// Errors: invalid (a negative day or count, or a cause that is none of `causes`).
  static Result<IncidenceCurve> Fit(std::span<const CompetingRow> rows, std::size_t causes);

  /// Persons under observation at the start.
  std::int64_t cohort() const { return cohort_; }
  /// By cause, over the whole time.
  const std::vector<std::int64_t>& events() const { return events_; }
  /// Ascending by day: after each day on which somebody left; at_risk is just before it.
  const std::vector<IncidencePoint>& steps() const { return steps_; }
  /// The day's events counted. Nothing beyond the last day on which anybody was observed.
  std::optional<IncidencePoint> At(std::int64_t day) const;

 private:
  std::vector<IncidencePoint> steps_;
  std::vector<std::int64_t> events_;
  std::int64_t cohort_ = 0;
};

}  // namespace tram
