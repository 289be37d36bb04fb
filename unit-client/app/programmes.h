// programme check|use.
// Threads: check: any; use: the thread that owns the device.
#pragma once

#include <string>

#include "app/verb.h"

namespace tram::client {

/// Whether NEW may follow OLD on units that have not yet got it. Errors: denied (refused, or not
/// safe) | invalid (a file does not load).
Status CheckProgrammes(FolderCall& call, const std::string& before, const std::string& after);
Status UseProgrammeFile(Call& call, const std::string& file);

}  // namespace tram::client
