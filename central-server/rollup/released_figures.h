// Released tables as figures: what a report shows of persons to whoever is not at the console.
// Threads: the owner's.
#pragma once

#include "rollup/report.h"

namespace tram::server {

/// The released years of an indicator, each a line of its own for every place and stratum; what is
/// not released or not drawn is said in the table's notes. Errors: corrupt | io.
Result<FigureTable> ReleasedFigures(ServerState& state, const Indicator& indicator,
                                    const ReportQuery& query);

}  // namespace tram::server
