// What the programme's checks found, and what to do next with it.
// Threads: the thread that owns the device.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "web/page.h"

namespace tram::client {

struct FoundByCheck {
  const Check* check = nullptr;
  std::vector<RecordId> records;  // in order of creation; at least one
  bool compares = false;          // each seems to be the same person as another one of them
};

/// Checks that found something, in the programme's order. Errors: those of UnitView::Checks.
Result<std::vector<FoundByCheck>> FoundByChecks(PageCall& page);
/// {title, type, href} of a found record, `merge` where it is to be compared with others, and
/// `settle` (review_pages.h).
Json FoundLink(const PageCall& page, const FoundByCheck& found, const RecordId& record);
/// The model of templates/checks.html: one line per check, at most `lines_max`; null where nothing
/// was found. Errors: as FoundByChecks.
Result<Json> ChecksModel(PageCall& page, std::size_t lines_max);
/// GET /checks/{name}: everything that one check found.
Result<Answer> CheckPage(PageCall& call);

}  // namespace tram::client
