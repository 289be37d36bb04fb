// One person registered twice: two records side by side, and which of them stays.
// Threads: the thread that owns the device.
#pragma once

#include "web/page.h"

namespace tram::client {

/// Whether a check's findings are worth comparing with one another: it is about persons, reads what
/// tells them apart, and holds one record against others (`id <> `), not a record against itself.
bool ComparesPersons(const Programme& programme, const Check& check);

Result<Answer> MergePage(PageCall& call);
Result<Answer> MergeRecords(PageCall& call);
Result<Answer> UnmergeRecord(PageCall& call);

}  // namespace tram::client
