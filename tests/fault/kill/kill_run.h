// A run of kills: works with a server and its devices over bad links, kills them at moments drawn
// by seed, starts them again; then lets everything sync and compares what is there with what was
// acknowledged.
// Threads: one; it uses others.
#pragma once

#include <string>
#include <vector>

#include "tests/fault/kill/kill_world.h"

namespace tram::test {

struct KillOutcome {
  std::vector<std::string> problems;  // empty: nothing was lost
  std::size_t server_kills = 0, device_kills = 0;
  std::size_t acknowledged = 0, ops = 0;  // ops that were, and all that are there at the end
  LinkCounts links;                       // of all devices
  std::map<std::string, std::pair<std::size_t, std::size_t>> commands;  // done, and not
};

KillOutcome RunKills(const KillOptions& options);

/// For people.
std::string KillText(const KillOutcome& outcome);

}  // namespace tram::test
