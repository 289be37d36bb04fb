// The 58 units of the demonstration: where they are, since when, how big, and what befalls their
// devices. Calibrated to what is known of the field, 2016-2020; but for two units' names invented.
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tram/base/dates.h"

namespace tram::demo {

/// How it goes with the clients of a province: percent of them.
struct ProvinceOdds {
  std::string code;           // before 2025-07-01
  int relapse = 50;           // within about a year
  int lost = 20;              // nobody hears of them again
  int methamphetamine = 35;   // in 2016; rises from year to year
  int self_shift = 0;         // come by themselves: more or less than elsewhere
  int after_compulsory = 25;  // were in a compulsory centre before
};

/// What befalls a device; days are the unit's own.
struct Incident {
  enum class Kind { kLost, kRestored, kWrongClock };
  Kind kind = Kind::kLost;
  int device = 0;
  Date from;   // the backup is made; the clock goes wrong; the device is lost
  Date until;  // the backup is put back; the clock is set right
};

struct UnitPlan {
  std::string code, name, province;
  Date opened;
  int intakes_permille = 1500;  // a month, in thousandths
  int devices = 1;
  bool invented = true;
  bool government = false;  // pays the running costs from 2019 on
  bool bundles = false;     // no network: records travel on a USB stick
  std::optional<Date> silent_from;
  std::vector<Incident> incidents;
  std::uint64_t seed = 1;
};

/// The months that the demonstration tells, and the day on which its clock stops: December is
/// published by then.
inline Date DemoBegin() { return DateOf(2016, 3, 1); }
inline Date DemoEnd() { return DateOf(2021, 1, 1); }
inline Date DemoToday() { return DateOf(2021, 1, 5); }

/// In order of their opening.
const std::vector<UnitPlan>& DemoUnits();
/// Those of the whole for a province that has none of its own.
const ProvinceOdds& OddsOf(const std::string& province);
/// When a unit's device begins to be used; the first one at the opening.
Date DeviceFrom(const UnitPlan& plan, int device);

}  // namespace tram::demo
