// Reading a unit's log from its store and finding what does not fit: shared by opening, which
// refuses a damaged log, and verifying, which lists all of the damage.
// Threads: those of OpLog.
#pragma once

#include <string>
#include <vector>

#include "log/log_tree.h"
#include "tram/log/log_store.h"

namespace tram {

struct CheckedLog {
  LogTree tree;
  StoredUnit unit;
  std::vector<std::string> problems;  // empty: gapless, and each leaf is that of its leaf row
};

/// Errors: corrupt (the store cannot read its own rows of a unit) | io | too_new.
Result<CheckedLog> ReadAndCheck(LogStore& store, const UnitId& unit);

/// ReadAndCheck, the store's own integrity and each checkpoint's signature. Post: damage is in
/// `problems`. Errors: io | too_new.
Result<CheckedLog> ReadAndVerify(LogStore& store, const UnitId& unit);

/// What the store holds but `acknowledged` does not, and the other way round, up to `committed`.
std::vector<std::string> Differences(const LogTree& stored, const LogTree& acknowledged,
                                     EntryNumber committed);

}  // namespace tram
