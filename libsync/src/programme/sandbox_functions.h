// The functions that expressions of a programme may call, and their registration.
#pragma once

#include <string_view>

struct sqlite3;

namespace tram {

/// Adds ours: days, date_of, add_days, add_months, month_of, month_end, age_years, has, fold.
/// False: SQLite had no memory for them.
bool AddSandboxFunctions(sqlite3* database);

/// Whether an expression may call it: ours, and those of SQLite that know no time, no chance and no
/// way to large memory.
bool IsSandboxFunction(std::string_view name);

}  // namespace tram
