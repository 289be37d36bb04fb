// An independent model of what must hold after healing. Simple and slow; shares no code with the
// engine's merge.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/sim_machine.h"

namespace tram::sim {

/// What a writer had before him when he opened the form, by op.
using SeenBy = std::map<OpId, std::set<OpId>>;

/// The state of all records as the rules say, as text: one line per field, set and deletion.
std::string ReferenceState(const HeldOps& held);
/// The same lines from the engine's merge.
std::string EngineState(const HeldOps& held);
/// Values that the engine does not show although no present op replaced them whose writer saw them.
std::vector<std::string> LostValues(const HeldOps& held, const SeenBy& seen);

}  // namespace tram::sim
