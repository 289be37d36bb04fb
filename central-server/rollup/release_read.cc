// Reading what was released: release.h.
#include <algorithm>
#include <cmath>

#include "rollup/months.h"
#include "rollup/person_tables.h"
#include "rollup/release.h"

namespace tram::server {
namespace {

const char* NameOf(ReleasedBy by) {
  switch (by) {
    case ReleasedBy::kCountry:
      return "country";
    case ReleasedBy::kProvinceThen:
      return "then";
    case ReleasedBy::kProvinceNow:
      return "now";
    case ReleasedBy::kUnit:
      break;
  }
  return "unit";
}

/// Which part of which cohort's release an indicator is in.
struct PartOf {
  std::string cohort, part;
  int matures_days = 0;
};

/// Nothing: it is never released.
std::optional<PartOf> PartWith(const Programme& programme, const std::string& indicator) {
  for (const CohortPlan& plan : CohortPlans(programme)) {
    if (plan.profile != nullptr && plan.profile->name == indicator) {
      return PartOf{plan.name, "profile", plan.profile->matures_days};
    }
    const auto is_it = [&](const PlannedTable& planned) {
      return planned.indicator->name == indicator;
    };
    if (std::any_of(plan.tables.begin(), plan.tables.end(), is_it)) {
      return PartOf{plan.name, "tables", plan.matures_days};
    }
  }
  return std::nullopt;
}

std::optional<ReleasedPart> PartOfYear(ServerState& state, const std::string& indicator, int year) {
  const auto in = PartWith(*state.programme().programme, indicator);
  if (!in) return std::nullopt;
  return ReleasedPart{in->cohort, year, in->part};
}

/// Marks the places whose units are others today than at the release. A table for them would be a
/// new sum of the same persons, to be compared with the released ones: there is none.
Status MarkChanged(ServerState& state, const UnitPlaces& places, const ReleasedPart& part,
                   ReleasedTable& table) {
  ReleasedTables& tables = state.store().released();
  TRAM_ASSIGN(const std::vector<ReleasedPlace> country, tables.PlacesOf(part, "country"));
  TRAM_ASSIGN(const std::vector<ReleasedPlace> released, tables.PlacesOf(part, "now"));
  std::map<std::string, std::vector<UnitNumber>> today;
  for (const ReleasedPlace& place : country) {
    for (UnitNumber unit : place.units) {
      const Place* province = places.PlaceOn(unit, state.Today());
      if (province != nullptr) today[province->code].push_back(unit);
    }
  }
  for (const ReleasedPlace& place : released) {
    if (today[place.place] == place.units) continue;
    for (ReleasedPlaceTable& drawn : table.places) {
      if (drawn.place != place.place) continue;
      drawn.changed = true;
      drawn.lines.clear();
    }
  }
  return {};
}

/// Adds the sheets and numbers of one place, or of all.
Status AddPlaces(ReleasedTables& released, const std::optional<std::string>& place, ReleasedBy by,
                 ReleasedTable& table) {
  TRAM_ASSIGN(const std::vector<ReleasedSheet> sheets,
              released.Sheets(table.indicator, table.year, NameOf(by), place));
  TRAM_ASSIGN(const std::vector<ReleasedNumber> numbers,
              released.Numbers(table.indicator, table.year, NameOf(by), place));
  std::map<std::string, std::size_t> index;
  for (const ReleasedSheet& sheet : sheets) {
    auto [it, is_new] = index.emplace(sheet.place, table.places.size());
    if (is_new) table.places.push_back({sheet.place, false, {}, {}});
    table.places[it->second].steps[sheet.dimension] = sheet.step;
  }
  for (const ReleasedNumber& number : numbers) {
    auto found = index.find(number.place);
    if (found == index.end()) continue;
    std::vector<ReleasedLine>& lines = table.places[found->second].lines;
    if (lines.empty() || lines.back().stratum != number.stratum) {
      lines.push_back({number.stratum, {}});
    }
    lines.back().numbers[number.item] = number.shown;
  }
  return {};
}

/// The actuarial estimate over the steps whose counts are known.
class CurveEstimate {
 public:
  explicit CurveEstimate(std::int64_t persons) : at_risk_(static_cast<double>(persons)) {}

  void Add(std::int64_t events_so_far, std::int64_t still_there) {
    // Rounded counts need not fit together: a step has no fewer than nothing.
    const double events = std::max(events_, static_cast<double>(events_so_far));
    const double there = std::min(at_risk_, static_cast<double>(still_there));
    const double happened = events - events_;
    const double left = std::max(0.0, at_risk_ - there - happened);
    const double exposed = at_risk_ - left / 2;
    if (exposed > happened) {
      survival_ *= 1 - happened / exposed;
      greenwood_ += happened / (exposed * (exposed - happened));
    } else if (happened > 0) {
      survival_ = 0;
    }
    events_ = events;
    at_risk_ = there;
  }

  double survival() const { return survival_; }
  std::optional<Interval> interval() const {
    if (survival_ <= 0 || greenwood_ <= 0) return std::nullopt;
    const double log_survival = std::log(survival_);
    const double width = kNormalQuantile975 * std::sqrt(greenwood_) / -log_survival;
    const double middle = std::log(-log_survival);
    return Interval{std::exp(-std::exp(middle + width)), std::exp(-std::exp(middle - width))};
  }

 private:
  double survival_ = 1, greenwood_ = 0, events_ = 0, at_risk_ = 0;
};

}  // namespace

Result<ReleasedTable> Released(ServerState& state, const std::string& indicator, int year,
                               ReleasedBy by) {
  TRAM_ASSIGN(const UnitPlaces units, UnitPlaces::Load(state));
  return Released(state, units, indicator, year, by);
}

Result<ReleasedTable> Released(ServerState& state, const UnitPlaces& units,
                               const std::string& indicator, int year, ReleasedBy by,
                               const std::optional<std::set<std::string>>& only) {
  ReleasedTable table{indicator, year, {}, {}};
  ReleasedTables& released = state.store().released();
  if (only) {
    for (const std::string& place : *only) {
      TRAM_TRY(AddPlaces(released, place, by, table));
    }
  } else {
    TRAM_TRY(AddPlaces(released, std::nullopt, by, table));
  }
  const auto part = PartOfYear(state, indicator, year);
  if (!part) return table;
  TRAM_ASSIGN(table.as_of, released.ReleasedOn(*part));
  if (by == ReleasedBy::kProvinceNow) TRAM_TRY(MarkChanged(state, units, *part, table));
  return table;
}

Result<std::optional<Date>> ReleasedAsOf(ServerState& state, const std::string& indicator,
                                         int year) {
  const auto part = PartOfYear(state, indicator, year);
  if (!part) return std::optional<Date>();
  return state.store().released().ReleasedOn(*part);
}

Result<std::vector<int>> ReleasedYears(ServerState& state, const std::string& indicator) {
  return state.store().released().Years(indicator);
}

std::optional<Date> ReleaseDay(const Programme& programme, const std::string& indicator, int year) {
  const auto part = PartWith(programme, indicator);
  if (!part) return std::nullopt;
  const Date mature{DateOf(year, 12, 31).days + part->matures_days};
  return LocalDate(PublicationMs(MonthEnd(mature)));
}

std::vector<ReleasedStep> ReleasedCurve(const ReleasedLine& line) {
  const auto number = [&](const std::string& item) {
    auto found = line.numbers.find(item);
    return found == line.numbers.end() ? std::optional<std::int64_t>() : found->second;
  };
  const std::optional<std::int64_t> persons = number("persons");
  CurveEstimate estimate(persons.value_or(0));
  std::vector<ReleasedStep> curve;
  for (int day : kCurveDays) {
    ReleasedStep step;
    step.day = day;
    step.events = number("events_" + std::to_string(day));
    step.at_risk = number("at_risk_" + std::to_string(day));
    if (persons && step.events && step.at_risk) {
      estimate.Add(*step.events, *step.at_risk);
      step.survival = estimate.survival();
      step.interval = estimate.interval();
    }
    curve.push_back(step);
  }
  return curve;
}

}  // namespace tram::server
