// Released tables as figures: what a report shows of persons to whoever is not at the console.
// Threads: the owner's.
#pragma once

#include "rollup/release.h"
#include "rollup/report.h"

namespace tram::server {

/// What one released line says. `step`: what its numbers are rounded to, not 0. Nothing for shapes
/// that are not released.
std::optional<Figure> ReleasedFigure(const Indicator& indicator, const ReleasedLine& line,
                                     int step);

/// The released years of an indicator, each a line of its own for every place and stratum; what is
/// not released or not drawn is said in the table's notes. Errors: corrupt | io.
Result<FigureTable> ReleasedFigures(ServerState& state, const Indicator& indicator,
                                    const ReportQuery& query);

}  // namespace tram::server
