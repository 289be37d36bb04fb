// Pieces of SQL over a programme's tables: names, the columns that every table has, and what a
// check finds. Tables: tram/programme/sandbox.h. Threads: pure functions.
#pragma once

#include <string>

#include "tram/programme/programme.h"

namespace tram {

/// The first columns of every record type's table; then come its fields.
inline constexpr const char* kOwnColumns[] = {"id",         "parent",     "author",   "device",
                                              "created_ms", "changed_ms", "conflict", "arrived_on"};

/// A table or a column, whatever SQL takes its name for.
std::string Quoted(const std::string& name);

/// SELECT of the ids of the records that `check` finds, each once, but for those that somebody has
/// looked at and left as they are (Programme::review).
std::string FindingsSql(const Programme& programme, const Check& check);

}  // namespace tram
