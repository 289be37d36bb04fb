// An oracle for tests with several versions: no value is gone unless somebody who saw it answered
// it. Works from the ops of a log alone, field by field, and knows nothing of groups or of what a
// programme hides. Threads: one test.
#pragma once

#include <string>
#include <vector>

#include "tests/versions/version_world.h"

namespace tram::versions {

/// One line for each value that an op of the log wrote, that no op which had it as a parent
/// answered on the same field, and that the device does not show: neither as the value nor as a
/// candidate of a conflict. Needs an unlocked device that holds nothing back.
std::vector<std::string> LostValues(UnitDevice& device, const SecretKey& unit_key);

}  // namespace tram::versions
