// From the ops of one record to what is shown: the summary and row for lists and tables, and the
// whole RecordView for a form.
// Threads: pure functions over a record.
#pragma once

#include "view/record_store.h"

namespace tram {

/// Post: record.summary and record.row are those of its shown ops.
/// `unlocked`: false hides every sealed field, whatever the ops hold.
/// Pre:  record.shown().
void Summarise(Record& record, bool unlocked);

/// Leaves `parent` as the record itself shows it, and `waits_for` to the caller.
/// Pre: record.shown().
RecordView Describe(const Record& record, bool unlocked);

/// Its shown ops, oldest first. `unlocked` and Pre: as Summarise.
std::vector<RecordChange> HistoryOf(const Record& record, bool unlocked);

}  // namespace tram
