// Releases: the tables about persons that everyone above the unit sees. With a published month's
// end each cohort's year that is mature by then is released, from that month's stored rows, and
// stays: Suppress (suppression.h) decides once, with everything of that year released before.
// Threads: the owner's.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "storage/server_state.h"

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
  std::vector<ReleasedPlaceTable> places;
};

/// Errors: corrupt | io.
Result<ReleasedTable> Released(ServerState& state, const std::string& indicator, int year,
                               ReleasedBy by);
/// The years of an indicator that are released.
Result<std::vector<int>> ReleasedYears(ServerState& state, const std::string& indicator);

/// Of a released curve, from its rounded counts: the chance to be without event at the end of each
/// step (kCurveDays) where the counts are known, by the actuarial method (a step's censored count
/// half).
std::vector<std::optional<double>> ReleasedCurve(const ReleasedLine& line);

}  // namespace tram::server
