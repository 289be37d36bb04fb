// A record of the province for tests that need one on a device: written past the rules that keep a
// unit from writing it, on the device's own feed, so that syncing carries it on.
// Threads: one test.
#pragma once

#include <map>
#include <string>

#include "tram/session/unit_device.h"

namespace tram::test {

/// `values` by field, as in CSV; references as ids in hex. Needs values that fit; no key is needed.
RecordId WriteAsProvince(UnitDevice& device, const std::string& type,
                         const std::map<std::string, std::string>& values);

}  // namespace tram::test
