// An independent model of what a unit's records must be: simple, slow, no code of the engine's
// merge, view or wire. It works on what the witness saw people write.
//
// A state is a text, one line per fact, sorted:
//   RECORD TYPE g16 | OP 16="Hà" | OP 16="Hòa" | conflict     a group: its candidates
//   RECORD TYPE s22 1 2 | OP OP                               a set: elements, live adds
//   RECORD TYPE ops OP OP …                                   all that is shown of the record
//   RECORD TYPE deleted · deletion in conflict · waits for 2 · sealed parts unread
//   RECORD TYPE below RECORD · listed                         its place; "?" where time decides it
//   held OP · unborn RECORD
// Ids are cut to ten digits. Time never enters a state, but EngineState checks by the engine's own
// times that of several candidates the latest is shown, and adds a line WRONG where it is not.
// Threads: pure functions.
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
/// The first lines that only one of two states has, marked with the state's name; "" where none.
std::string DifferenceOf(const std::string& engine, const std::string& reference);

/// Values that the view does not show although no present op replaced them whose writer saw them.
std::vector<std::string> LostValues(const Witness& witness, const std::set<OpId>& present,
                                    const UnitView& view);

}  // namespace tram::sim
