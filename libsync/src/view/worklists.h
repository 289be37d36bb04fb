// The lines of a worklist and of what a check found, and how they are ordered.
// Rules: libsync/docs/programme.md ([[worklist]]). Threads: as RecordStore.
#pragma once

#include <tuple>
#include <vector>

#include "view/record_store.h"

namespace tram {

struct WorkLine {
  const Record* record = nullptr;
  std::int64_t rank = 0;
  WorkItem item;
  friend bool operator<(const WorkLine& a, const WorkLine& b) {
    return std::tie(a.rank, a.item.due, a.item.record) <
           std::tie(b.rank, b.item.due, b.item.record);
  }
};

/// In order of creation.
struct FoundLine {
  const Record* record = nullptr;
  friend bool operator<(const FoundLine& a, const FoundLine& b) {
    return CreatedOrder()(a.record, b.record);
  }
};

/// `table`: what the list's statement gives. Lines of records that are not here yet are left out.
/// Errors: invalid (a date that is none; a record of another type).
Result<std::vector<WorkLine>> WorkLines(const Worklist& list, const ViewTable& table,
                                        RecordStore& store);

}  // namespace tram
