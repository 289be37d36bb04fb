// Units that were founded once in a process: to found one takes Argon2 a tenth of a second, so the
// devices of all simulated worlds begin as copies of these files, with settings of their own.
// Threads: one.
#pragma once

#include <string>

#include "tram/base/ids.h"
#include "tram/crypto/seal.h"

namespace tram::sim {

/// Units are numbered from 0 and are the same in all worlds.
UnitId SimUnitId(std::size_t unit);
const SecretKey& SimUnitKey(std::size_t unit);
/// The bytes of a new unit.db of this unit, as UnitDevice::Found makes it (programme version 1),
/// but for the server and the device's own seed.
const std::string& FoundedUnitFile(std::size_t unit);

}  // namespace tram::sim
