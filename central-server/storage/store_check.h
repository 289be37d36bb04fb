// Is everything in a server's store as it was written? For verify, and for a copy before it counts.
// Nothing is written. Threads: those of the store.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "storage/server_store.h"

namespace tram::server {

/// What was found so far; `problems` empty means that all of it fits.
struct StoreCheck {
  std::size_t units = 0, entries = 0, checkpoints = 0;
  std::vector<std::string> problems;
};

/// What stands beside the logs: SQLite's own integrity, the audit trail. Errors: io.
Status CheckTables(ServerStore& store, StoreCheck& check);
/// One unit's log: every id, chain, leaf and signature, and how many entries were counted.
/// Errors: io.
Status CheckUnit(ServerStore& store, const Unit& unit, StoreCheck& check);
/// All of it. `go_on` is asked before each unit; where it says no the check ends with overloaded.
/// Errors: io | overloaded.
Result<StoreCheck> CheckStore(ServerStore& store,
                              const std::function<bool(std::size_t done, std::size_t all)>& go_on);

}  // namespace tram::server
