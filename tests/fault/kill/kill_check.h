// What has to be true when the killing is over and everything has synced. Needs no program to run.
// Threads: one.
#pragma once

#include "tests/fault/kill/kill_world.h"

namespace tram::test {

/// Syncs everything over good links, then compares logs, clients and figures of all devices and the
/// server with the ledger; what is wrong becomes a problem of the world. Returns how many ops there
/// are.
std::size_t CheckAfterKills(KillWorld& world);

}  // namespace tram::test
