#include "tram/outcome/incidence.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace tram {
namespace {

/// Leaving on one day: censored, and by cause.
struct Day {
  std::int64_t censored = 0;
  std::vector<std::int64_t> events;
};

/// The estimate and the influence of each person on it. State 0 is free of events; state k + 1 is
/// cause k. Persons under observation have all had the same past, hence one influence; that of
/// those who left is needed only as the sum of their products, which each day maps on.
class Jackknife {
 public:
  Jackknife(std::int64_t persons, std::size_t causes)
      : at_risk_(persons),
        probability_(causes + 1),
        influence_(causes + 1),
        left_(causes + 1, std::vector<double>(causes + 1)) {
    probability_[0] = 1;
  }

  void Pass(const Day& day) {
    const auto n = static_cast<double>(at_risk_);
    // Of leaving state 0 at all, then by cause. From the sum of the events: it is 1 where all have
    // one.
    std::vector<double> hazard{0};
    std::int64_t all = 0;
    for (std::int64_t events : day.events) {
      hazard.push_back(static_cast<double>(events) / n);
      all += events;
    }
    hazard[0] = static_cast<double>(all) / n;
    const double before = probability_[0];
    MapLeft(hazard);
    // The influence of one who is at risk and has no event today.
    for (std::size_t k = 1; k < hazard.size(); ++k) {
      influence_[k] += (influence_[0] - before / n) * hazard[k];
      probability_[k] += before * hazard[k];
    }
    influence_[0] = influence_[0] * (1 - hazard[0]) + before / n * hazard[0];
    probability_[0] = before * (1 - hazard[0]);
    for (std::size_t k = 1; k < hazard.size(); ++k) {
      const std::int64_t events = day.events[k - 1];
      if (events == 0) continue;
      std::vector<double> influence = influence_;
      influence[0] -= before / n;
      influence[k] += before / n;
      Leave(influence, events);
    }
    if (day.censored > 0) Leave(influence_, day.censored);
  }

  std::int64_t at_risk() const { return at_risk_; }

  StateProbability Of(std::size_t state) const {
    StateProbability of;
    of.probability = probability_[state];
    of.std_error =
        std::sqrt(std::max(0.0, left_[state][state] + static_cast<double>(at_risk_) *
                                                          influence_[state] * influence_[state]));
    if (of.probability <= 0) return of;
    const double width = kNormalQuantile975 * of.std_error / of.probability;
    of.interval = Interval{of.probability * std::exp(-width),
                           std::min(1.0, of.probability * std::exp(width))};
    return of;
  }

 private:
  /// left ← B'·left·B, where B takes the share `hazard` of state 0 to the causes.
  void MapLeft(const std::vector<double>& hazard) {
    const std::size_t states = hazard.size();
    for (std::vector<double>& row : left_) {
      for (std::size_t k = 1; k < states; ++k) row[k] += row[0] * hazard[k];
      row[0] *= 1 - hazard[0];
    }
    for (std::size_t column = 0; column < states; ++column) {
      for (std::size_t k = 1; k < states; ++k) left_[k][column] += left_[0][column] * hazard[k];
      left_[0][column] *= 1 - hazard[0];
    }
  }

  void Leave(const std::vector<double>& influence, std::int64_t persons) {
    at_risk_ -= persons;
    for (std::size_t i = 0; i < influence.size(); ++i) {
      for (std::size_t j = 0; j < influence.size(); ++j) {
        left_[i][j] += static_cast<double>(persons) * influence[i] * influence[j];
      }
    }
  }

  std::int64_t at_risk_;
  std::vector<double> probability_, influence_;
  std::vector<std::vector<double>> left_;
};

IncidencePoint PointOf(const Jackknife& jackknife, std::size_t causes) {
  IncidencePoint point;
  point.event_free = jackknife.Of(0);
  for (std::size_t k = 0; k < causes; ++k) point.causes.push_back(jackknife.Of(k + 1));
  return point;
}

}  // namespace

Result<IncidenceCurve> IncidenceCurve::Fit(std::span<const CompetingRow> rows, std::size_t causes) {
  IncidenceCurve curve;
  curve.events_.resize(causes);
  std::map<std::int64_t, Day> days;
  for (const CompetingRow& row : rows) {
    if (row.day < 0 || row.leaving < 0 || (row.cause && *row.cause >= causes)) {
      return MakeError(ErrorCode::kInvalid, "a row of competing events of day " +
                                                std::to_string(row.day) + " has " +
                                                std::to_string(row.leaving) +
                                                " leaving, or an unknown cause; correct the "
                                                "indicator");
    }
    if (row.leaving == 0) continue;
    Day& day = days[row.day];
    day.events.resize(causes);
    (row.cause ? day.events[*row.cause] : day.censored) += row.leaving;
    if (row.cause) curve.events_[*row.cause] += row.leaving;
    curve.cohort_ += row.leaving;
  }
  Jackknife jackknife(curve.cohort_, causes);
  for (const auto& [number, day] : days) {
    const std::int64_t at_risk = jackknife.at_risk();
    jackknife.Pass(day);
    curve.steps_.push_back(PointOf(jackknife, causes));
    curve.steps_.back().day = number;
    curve.steps_.back().at_risk = at_risk;
  }
  return curve;
}

std::optional<IncidencePoint> IncidenceCurve::At(std::int64_t day) const {
  if (steps_.empty() || day < 0 || day > steps_.back().day) return std::nullopt;
  IncidencePoint point;
  point.event_free = {1, 0, Interval{1, 1}};
  point.causes.resize(events_.size());
  // The first step on that day or later says how many are at risk; the last one up to it, the rest.
  auto next = std::lower_bound(
      steps_.begin(), steps_.end(), day,
      [](const IncidencePoint& step, std::int64_t wanted) { return step.day < wanted; });
  const std::int64_t at_risk = next->at_risk;
  if (next->day == day) {
    point = *next;
  } else if (next != steps_.begin()) {
    point = *std::prev(next);
  }
  point.day = day;
  point.at_risk = at_risk;
  return point;
}

}  // namespace tram
