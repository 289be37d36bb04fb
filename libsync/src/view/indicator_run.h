// Running a programme's indicators over the rows of a sandbox, and adding their rows up.
// Threads: as SqlDatabase.
#pragma once

#include <vector>

#include "tram/programme/sandbox.h"

namespace tram {

/// One indicator over the derived rows as they are. Sorted; rows without persons are left out.
/// Errors: invalid | io (no memory).
Result<std::vector<IndicatorRow>> RunIndicator(Sandbox& sandbox, const Indicator& indicator,
                                               Date as_of);
/// Derives, then runs all of them, in the programme's order. Errors: as RunIndicator.
Result<std::vector<IndicatorFigures>> RunIndicators(Sandbox& sandbox, const Programme& programme,
                                                    Date as_of);

/// Adds `sign` times `change` to `rows`; both are and stay sorted, and without empty rows.
void AddRows(std::vector<IndicatorRow>& rows, const std::vector<IndicatorRow>& change, int sign);

}  // namespace tram
