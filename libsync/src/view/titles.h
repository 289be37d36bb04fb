// What records are called, and which of them are called by some words.
// Rules: libsync/docs/programme.md (shown_as, search). Threads: as SqlDatabase.
#pragma once

#include <string>
#include <vector>

#include "view/expressions.h"
#include "view/tables.h"

namespace tram {

/// By the type's shown_as, or by the first digits of its id.
/// Errors: invalid (an expression that cannot be evaluated over this row).
Result<TitledRecord> TitleOf(Sandbox& sandbox, SandboxMode mode, const NewRow& row, Date as_of);

/// Records of the type's table in whose readable `search` fields every word occurs; those changed
/// last first. Errors: invalid (`words` is no proper text).
Result<std::vector<RecordId>> RecordsWith(Tables& tables, const RecordType& type,
                                          const std::string& words, SandboxMode mode, Date as_of);

}  // namespace tram
