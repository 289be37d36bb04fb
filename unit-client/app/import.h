// import TYPE FILE.csv: rows become records. Columns: fields by name, `key` (the row's own key in
// the file, kept as the record's import key), `parent` (the parent row's key, or its record's id).
// An export's columns `id` and `parent_key` are understood too. Sets as a|b.
//
// A row whose key is here already edits what differs and is not empty; the same file again changes
// nothing. Bad rows go to FILE.rejected.csv with line, field and reason; the others are taken.
// Whoever was added and seems to be registered already, by the programme's checks, is named with
// his line, and stays added. Rows are made durable in blocks: a power cut costs the last block, and
// importing again mends it.
// Threads: the thread that owns the device.
#pragma once

#include <string>

#include "app/verb.h"

namespace tram::client {

inline constexpr std::size_t kImportBlockRows = 500;

struct ImportOptions {
  std::string type, file;
};

/// Errors: invalid (the file as a whole; or rows were rejected: the others are saved) | not_found |
/// denied | io (says up to where the rows are saved).
Status ImportFile(Call& call, const ImportOptions& options);

}  // namespace tram::client
