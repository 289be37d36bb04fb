// Data sets of the tests' own, for the interface for programs: one of activity that asks about a
// unit, one of outcomes with a hidden count, one of units and one that is for people alone.
// Threads: pure functions.
#pragma once

#include "exports/data_sets.h"

namespace tram::server {

/// "visits?unit=CODE" (needed; `kind`: a or b), "states", "unit_list", "people".
const std::vector<DataSet>& MadeUpDataSets();

}  // namespace tram::server
