// Where a unit's figures count: for itself or for the unit that it was merged into, and for the
// province that this one belongs to, as it was on a day or as it is today.
// Threads: immutable after Load.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "storage/server_state.h"

namespace tram::server {

enum class PlaceTime { kThen, kNow };

class UnitPlaces {
 public:
  /// Errors: corrupt | io.
  static Result<UnitPlaces> Load(ServerState& state);

  /// In order of their codes.
  const std::vector<Unit>& units() const { return units_; }
  /// The unit that does the work of `unit` on `day`: follows merges up to that day.
  const Unit& UnitOn(UnitNumber unit, Date day) const;
  /// The province of UnitOn(unit, day) on that day; nothing where it belonged nowhere then.
  const Place* PlaceOn(UnitNumber unit, Date day) const;
  /// A day, `day` or later, up to which UnitOn and PlaceOn give what they give on `day`.
  Date StaysUntil(UnitNumber unit, Date day) const;

  /// The province that has this code on `day`; nothing where none has it.
  const Place* ProvinceAt(std::string_view code, Date day) const { return places_->At(code, day); }
  /// What a province, of whatever time, is today.
  const Place* Today(const Place& province) const {
    return places_->Follow(province.code, province.from, today_);
  }

  /// The day that decides for a row: the end of its period (a month; "" is the whole time), not
  /// after `as_of`; today where places are drawn as now.
  Date DayOf(PlaceTime time, const std::string& period, Date as_of) const;

 private:
  UnitPlaces() = default;
  const Places* places_ = nullptr;
  Date today_;
  std::vector<Unit> units_;
  std::map<UnitNumber, std::size_t> index_;  // in units_
  std::map<UnitNumber, std::vector<Membership>> memberships_;
};

}  // namespace tram::server
