// What the two pages about outcomes say alike: which indicators are released, what they mean, and
// how fresh what the server knows is. Threads: the owner's.
#pragma once

#include <map>
#include <vector>

#include "rollup/unit_places.h"
#include "web/page.h"

namespace tram::server {

/// The programme's indicators about persons; which of them are found by their shape alone.
struct ReleasedIndicators {
  std::vector<const Indicator*> released;  // sooner or later; in the order of the programme
  std::vector<const Indicator*> never;     // above the unit
  std::map<const Indicator*, std::vector<int>> years;  // ascending
};
/// Errors: corrupt | io.
Result<ReleasedIndicators> IndicatorsOf(ServerState& state);

/// Sections "never" and "definitions" of released-about.html. `shown`: whose definitions.
void AddAbout(const PageCall& call, const ReleasedIndicators& indicators,
              const std::vector<const Indicator*>& shown, Json& model);
/// "Số liệu năm 2019: đến 28/02/2021, công bố ngày 04/03/2021; không thay đổi về sau."
Result<std::string> ReleasedText(const PageCall& call, int year, std::optional<Date> as_of);
/// Of the units at work whose activity the viewer follows: how many were heard of for kSilentDays.
struct UnitsHeard {
  std::size_t open = 0, heard = 0;
};
Result<UnitsHeard> HeardOf(const PageCall& call, const UnitPlaces& units);
/// Last published month, and how many units the server has heard of lately.
Result<std::string> FreshText(const PageCall& call, const UnitPlaces& units);

}  // namespace tram::server
