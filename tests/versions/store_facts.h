// What a store says, as lines of text: records with their values and conflicts, leaves, members,
// what is beside the log, figures, and what verify finds. Words of the program that may change
// (reasons, problems) are left out. Threads: one test.
#pragma once

#include <string>

#include "tests/versions/version_world.h"

namespace tram::versions {

/// Every record that is shown, deleted ones too, with every field.
std::string RecordFacts(UnitDevice& device);
/// A log's leaves, members, keys and what lies beside it.
std::string LogFacts(OpLog& log);
/// Records, log, what is held, this device's own figures on `as_of`.
std::string DeviceFacts(UnitDevice& device, Date as_of);
/// Units with their places and logs, devices, figures of every month from `from` to `to`, what was
/// published and released.
std::string ServerFacts(TestServer& server, Date from, Date to);

}  // namespace tram::versions
