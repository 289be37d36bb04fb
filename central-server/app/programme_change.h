// Another programme becomes the current one, by a command or on a page.
// Threads: the owner's.
#pragma once

#include <span>
#include <string>

#include "storage/server_state.h"

namespace tram::server {

/// `differences`: CompareProgrammes of the current one and `programme`. Writes the audit trail.
/// Errors: denied (devices will refuse it; says why) | io.
Status AdoptProgramme(ServerState& state, const Programme& programme,
                      std::span<const ProgrammeDifference> differences, const std::string& who);

}  // namespace tram::server
