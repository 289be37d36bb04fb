// One unit's activity figures, exactly, straight from the stored rows: what its page shows beside
// the figures in memory, with the same code that makes reports.
// Threads: the owner's.
#pragma once

#include <span>

#include "auth/rights.h"
#include "rollup/unit_places.h"
#include "tram/outcome/figure_table.h"

namespace tram::server {

/// With those units whose work it went on with. Needs activity indicators.
/// Errors: denied | those of MakeFigureTable.
Result<std::vector<FigureTable>> UnitActivity(ServerState& state, const Permit& permit,
                                              const UnitPlaces& places, UnitNumber unit,
                                              PlaceTime time, const FigureQuery& query,
                                              std::span<const Indicator* const> indicators);

}  // namespace tram::server
