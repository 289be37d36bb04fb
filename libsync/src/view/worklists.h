// The lines of a worklist, from what its statement gives.
// Rules: libsync/docs/programme.md ([[worklist]]). Threads: as RecordStore.
#pragma once

#include <vector>

#include "view/record_store.h"

namespace tram {

/// `table`: what the list's statement gives, in its order. Lines of records that are not here yet
/// are left out.
/// Errors: invalid (a date that is none; a record of another type).
Result<std::vector<WorkItem>> WorkItems(const Worklist& list, const ViewTable& table,
                                        RecordStore& store);

}  // namespace tram
