// One person registered twice: two records side by side, and which of them stays.
// Threads: the thread that owns the device.
#pragma once

#include "web/page.h"

namespace tram::client {

Result<Answer> MergePage(PageCall& call);
Result<Answer> MergeRecords(PageCall& call);
Result<Answer> UnmergeRecord(PageCall& call);

}  // namespace tram::client
