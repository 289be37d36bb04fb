// Releases: the tables about persons that everyone above the unit sees. With a published month's
// end each cohort's year that is mature by then is released, from that month's stored rows, and
// stays: Suppress (suppression.h) decides once, with everything of that year released before.
// Threads: the owner's.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "rollup/unit_places.h"
#include "storage/server_state.h"
#include "tram/outcome/proportion.h"

namespace tram::server {

/// Releases what the month's end `as_of`, being published, makes due. Belongs into the transaction
/// of the publication. A cohort whose rows do not fit its tables waits for the next month.
/// Errors: corrupt | io.
Status ReleaseDue(ServerState& state, Date as_of);

enum class ReleasedBy { kCountry, kProvinceThen, kProvinceNow, kUnit };

struct ReleasedLine {
  std::string stratum;
  /// By item; nothing: "*". "persons" is how many they are in all.
  std::map<std::string, std::optional<std::int64_t>> numbers;
};

struct ReleasedPlaceTable {
  std::string place;  // code of the province or unit; "" for the country
  /// Its units are others today than when it was released (as now only): it is not drawn.
  bool changed = false;
  /// By dimension, "" for everybody: what numbers are rounded to; 0: not drawn.
  std::map<std::string, int> steps;
  std::vector<ReleasedLine> lines;
};

/// One indicator's year. No places: it is not released (yet, or never: docs/suppression.md).
struct ReleasedTable {
  std::string indicator;
  int year = 0;
  std::optional<Date> as_of;  // the month's end that its numbers are of
  std::vector<ReleasedPlaceTable> places;
};

/// Errors: corrupt | io.
Result<ReleasedTable> Released(ServerState& state, const std::string& indicator, int year,
                               ReleasedBy by);
/// The same for many tables: `units` is read once. `only`: of these places, by code; nothing: of
/// all. A few of many places cost what they are.
Result<ReleasedTable> Released(ServerState& state, const UnitPlaces& units,
                               const std::string& indicator, int year, ReleasedBy by,
                               const std::optional<std::set<std::string>>& only = std::nullopt);
/// Of which month's end its numbers are, without reading one; nothing: it is not released.
Result<std::optional<Date>> ReleasedAsOf(ServerState& state, const std::string& indicator,
                                         int year);
/// The years of an indicator that are released.
Result<std::vector<int>> ReleasedYears(ServerState& state, const std::string& indicator);

/// The earliest day on which an indicator's year is published; nothing: it never is above the unit
/// (docs/suppression.md).
std::optional<Date> ReleaseDay(const Programme& programme, const std::string& indicator, int year);

/// A released curve after one of its steps (kCurveDays), from its rounded counts alone.
struct ReleasedStep {
  int day = 0;
  std::optional<std::int64_t> events;   // so far; nothing: "*"
  std::optional<std::int64_t> at_risk;  // still followed and without event; nothing: "*"
  /// The chance to be without event, by the actuarial method (a step's censored count half).
  /// Nothing where the counts are not known: that step is taken together with the next one.
  std::optional<double> survival;
  /// 95 %, log-log, of Greenwood's variance of these counts. Nothing where the curve is 1 or 0.
  std::optional<Interval> interval;
};
std::vector<ReleasedStep> ReleasedCurve(const ReleasedLine& line);

}  // namespace tram::server
