// Reading what was released: release.h.
#include <algorithm>

#include "rollup/person_tables.h"
#include "rollup/release.h"
#include "rollup/unit_places.h"

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

const CohortPlan* PlanOf(const std::vector<CohortPlan>& plans, const std::string& indicator,
                         bool& profile) {
  for (const CohortPlan& plan : plans) {
    profile = plan.profile != nullptr && plan.profile->name == indicator;
    auto is_it = [&](const PlannedTable& planned) { return planned.indicator->name == indicator; };
    if (profile || std::any_of(plan.tables.begin(), plan.tables.end(), is_it)) return &plan;
  }
  return nullptr;
}

/// Marks the places whose units are others today than at the release. A table for them would be a
/// new sum of the same persons, to be compared with the released ones: there is none.
Status MarkChanged(ServerState& state, ReleasedTable& table) {
  const std::shared_ptr<const Programme> programme = state.programme().programme;
  const std::vector<CohortPlan> plans = CohortPlans(*programme);
  bool profile = false;
  const CohortPlan* plan = PlanOf(plans, table.indicator, profile);
  if (plan == nullptr) return {};
  TRAM_ASSIGN(
      std::vector<ReleasedPlace> released,
      state.store().released().PlacesOf({plan->name, table.year, profile ? "profile" : "tables"}));
  TRAM_ASSIGN(UnitPlaces places, UnitPlaces::Load(state));
  std::map<std::string, std::vector<UnitNumber>> today;
  for (const ReleasedPlace& place : released) {
    if (place.by != "country") continue;
    for (UnitNumber unit : place.units) {
      const Place* province = places.PlaceOn(unit, state.Today());
      if (province != nullptr) today[province->code].push_back(unit);
    }
  }
  for (const ReleasedPlace& place : released) {
    if (place.by != "now" || today[place.place] == place.units) continue;
    for (ReleasedPlaceTable& drawn : table.places) {
      if (drawn.place != place.place) continue;
      drawn.changed = true;
      drawn.lines.clear();
    }
  }
  return {};
}

}  // namespace

Result<ReleasedTable> Released(ServerState& state, const std::string& indicator, int year,
                               ReleasedBy by) {
  ReleasedTable table{indicator, year, {}};
  ReleasedTables& released = state.store().released();
  TRAM_ASSIGN(std::vector<ReleasedSheet> sheets, released.Sheets(indicator, year, NameOf(by)));
  TRAM_ASSIGN(std::vector<ReleasedNumber> numbers, released.Numbers(indicator, year, NameOf(by)));
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
  if (by == ReleasedBy::kProvinceNow) TRAM_TRY(MarkChanged(state, table));
  return table;
}

Result<std::vector<int>> ReleasedYears(ServerState& state, const std::string& indicator) {
  return state.store().released().Years(indicator);
}

// Steps whose counts are suppressed are taken together with the next one that is known.
std::vector<std::optional<double>> ReleasedCurve(const ReleasedLine& line) {
  std::vector<std::optional<double>> curve;
  auto number = [&](const std::string& item) {
    auto found = line.numbers.find(item);
    return found == line.numbers.end() ? std::optional<std::int64_t>() : found->second;
  };
  const std::optional<std::int64_t> persons = number("persons");
  double survival = 1, events = 0, at_risk = static_cast<double>(persons.value_or(0));
  for (int day : kCurveDays) {
    const auto new_events = number("events_" + std::to_string(day));
    const auto new_at_risk = number("at_risk_" + std::to_string(day));
    curve.emplace_back();
    if (!persons || !new_events || !new_at_risk) continue;
    const double happened = std::max(0.0, static_cast<double>(*new_events) - events);
    const double left = std::max(0.0, at_risk - static_cast<double>(*new_at_risk) - happened);
    const double exposed = at_risk - left / 2;
    if (exposed > 0) survival *= std::max(0.0, 1 - happened / exposed);
    events = std::max(events, static_cast<double>(*new_events));
    at_risk = std::min(at_risk, static_cast<double>(*new_at_risk));
    curve.back() = survival;
  }
  return curve;
}

}  // namespace tram::server
