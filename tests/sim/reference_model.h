// An independent model of what a unit's records must be: simple, slow, no code of the engine's
// merge, view or wire. It works on what the witness saw people write.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "tests/sim/witness.h"
#include "tram/view/unit_view.h"

namespace tram::sim {

/// The state of all records after exactly these ops, as text: one line per field, set, deletion,
/// parent and merge, with candidates, values and conflicts; what is held (needs a later programme
/// than `programme`) is listed by id and otherwise ignored.
std::string ReferenceState(const Witness& witness, const std::set<OpId>& present, int programme);
/// The same lines from an engine's view. `unlocked` false: sealed fields are left out, and so they
/// are in ReferenceState's lines by LinesWithoutSealed.
std::string EngineState(const UnitView& view);
std::string LinesWithoutSealed(const std::string& lines, const Programme& programme);

/// Values that the view does not show although no present op replaced them whose writer saw them.
std::vector<std::string> LostValues(const Witness& witness, const std::set<OpId>& present,
                                    const UnitView& view);

}  // namespace tram::sim
