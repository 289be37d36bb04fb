// A folder of this process for targets that need files; in memory where the system has such a
// place. Removed at the end.
#pragma once

#include <filesystem>
#include <string>

namespace tram::fuzz {

std::filesystem::path ScratchFile(const std::string& name);

}  // namespace tram::fuzz
