// Findings that are right as they are: settling one, who settled which, and taking that back.
// What it writes: app/reviews.h. Threads: the thread that owns the device.
#pragma once

#include <string>

#include "web/page.h"

namespace tram::client {

/// The model of templates/settle.html: {check, record, what, back, note}; null where the programme
/// keeps no reviews.
Json SettleModel(const PageCall& page, const Check& check, const RecordId& record);
/// What checks find about this record, and of a person about the records below: {items}; null where
/// they find nothing. Errors: those of UnitView::Checks.
Result<Json> FindingsModel(PageCall& page, const RecordId& record);
/// What was looked at of the same, for templates/looked-at.html: {items}; null where nothing was.
Json LookedAtModel(const PageCall& page, const RecordId& record);
/// How many findings of this check ("": of all) were looked at; null where none was.
Json CountOfLookedAt(const PageCall& page, const std::string& check);

/// GET /reviews: all that was looked at, newest first.
Result<Answer> ReviewsPage(PageCall& page);
/// POST /checks/{name}/settle: record, why, back.
Result<Answer> SettleFound(PageCall& page);
/// POST /checks/{name}/reopen: record, back.
Result<Answer> ReopenFound(PageCall& page);

}  // namespace tram::client
