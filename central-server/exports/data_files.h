// Data tables as files: CSV for programs, and a workbook for people. What stands in them:
// libsync/docs/exports.md. Threads: pure functions, but for the workbook's file in `scratch`.
#pragma once

#include <filesystem>
#include <string>

#include "exports/data_table.h"
#include "tram/base/language.h"

namespace tram::server {

/// A row for each of the table's, and a first one of names; behind its columns of when the figures
/// are, where the table has none of that name. Numbers have every digit; a hidden one is "*", what
/// there is none of is empty. Words are never a formula (MarkedAsText of tram/base/csv.h). Begins
/// with a byte order mark, so that spreadsheets read the letters as UTF-8.
std::string DataCsv(const DataTable& table);

/// Two sheets: the table, and how old it is and what its columns mean. Errors: io.
Result<std::string> DataXlsx(const DataTable& table, Language language,
                             const std::filesystem::path& scratch);

}  // namespace tram::server
