// A DataTable (exports/data_table.h) as programs get it: rows as objects by column name. What a
// page does not show is not here either: a hidden count is null, and the row's "hidden" names its
// column. Threads: pure functions.
#pragma once

#include "exports/data_table.h"
#include "web/page.h"

namespace tram::server {

/// In every row's object beside the columns, where something is hidden.
inline constexpr std::string_view kHiddenKey = "hidden";

/// No column is named kHiddenKey, and each row has as many cells as there are columns.
Json TableJson(const DataTable& table);
/// JSON Schemas, by name: DataTable and what it refers to ("#/components/schemas/…").
Json TableSchemas(Language in);

}  // namespace tram::server
