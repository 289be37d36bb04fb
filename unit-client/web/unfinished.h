// What the signed-in person has half typed, to go on with or to throw away.
// Threads: the thread that owns the device.
#pragma once

#include <cstddef>
#include <string>

#include "web/page.h"

namespace tram::client {

/// The model of templates/drafts.html: this person's drafts, touched last first, at most
/// `lines_max` of them; null where there are none. `back` is where throwing one away leads.
/// Errors: denied (locked).
Result<Json> UnfinishedModel(PageCall& page, std::size_t lines_max, const std::string& back);
/// GET /unfinished: all of them.
Result<Answer> UnfinishedPage(PageCall& call);

}  // namespace tram::client
