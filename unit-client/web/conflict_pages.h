// One conflict with all its values, and the choice of a person: of a field or a group of fields, of
// the place where a record stands, of a deletion.
// Threads: the thread that owns the device.
#pragma once

#include "web/page.h"

namespace tram::client {

/// Where a record that one deleted and another changed is settled.
std::string DeletionConflictPath(const RecordId& record);

Result<Answer> ConflictPage(PageCall& call);
Result<Answer> SettleConflict(PageCall& call);

}  // namespace tram::client
