#include "rollup/unit_places.h"

#include <algorithm>

namespace tram::server {

Result<UnitPlaces> UnitPlaces::Load(ServerState& state) {
  UnitPlaces places;
  places.places_ = &state.store().places();
  places.today_ = state.Today();
  TRAM_ASSIGN(places.units_, state.store().units().All());
  TRAM_ASSIGN(places.memberships_, state.store().units().AllMemberships());
  for (std::size_t i = 0; i < places.units_.size(); ++i) {
    places.index_[places.units_[i].number] = i;
  }
  return places;
}

const Unit& UnitPlaces::UnitOn(UnitNumber unit, Date day) const {
  const Unit* at = &units_.at(index_.at(unit));
  // A merge goes into a unit that was open on that day, so there is no ring; the count is a guard.
  for (std::size_t steps = 0; steps < units_.size(); ++steps) {
    if (!at->merged_into || *at->closed_on > day) break;
    at = &units_.at(index_.at(*at->merged_into));
  }
  return *at;
}

const Place* UnitPlaces::PlaceOn(UnitNumber unit, Date day) const {
  const auto found = memberships_.find(UnitOn(unit, day).number);
  if (found == memberships_.end()) return nullptr;
  return places_->Of(found->second, day);
}

Date UnitPlaces::StaysUntil(UnitNumber unit, Date day) const {
  Date until{kDateDaysMax};
  const auto ends = [&](Date last) {
    if (last >= day) until = std::min(until, last);
  };
  const Place* place = PlaceOn(unit, day);
  if (place != nullptr && place->to) ends(*place->to);
  // Those of every unit that goes on with the work, on whatever day: too early is no mistake.
  const Unit* at = &units_.at(index_.at(unit));
  for (std::size_t steps = 0; steps < units_.size(); ++steps) {
    const auto found = memberships_.find(at->number);
    if (found != memberships_.end()) {
      for (const Membership& membership : found->second) {
        ends(Date{membership.from.days - 1});
        if (membership.to) ends(*membership.to);
      }
    }
    if (!at->merged_into) break;
    ends(Date{at->closed_on->days - 1});
    at = &units_.at(index_.at(*at->merged_into));
  }
  return until;
}

Date UnitPlaces::DayOf(PlaceTime time, const std::string& period, Date as_of) const {
  if (time == PlaceTime::kNow) return today_;
  const Result<Date> month = ParseMonth(period);
  return month ? std::min(MonthEnd(*month), as_of) : as_of;
}

}  // namespace tram::server
