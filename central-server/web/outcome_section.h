// The tables of one indicator on the page of outcomes, as its shape asks for.
// Threads: the owner's; for one request.
#pragma once

#include <vector>

#include "web/page.h"
#include "web/released_rows.h"

namespace tram::server {

/// The model of a section of outcomes.html. `rows`: at least one, of `years`. Errors: io.
Result<Json> OutcomeSection(const PageCall& call, const Indicator& indicator,
                            const std::vector<int>& years, const std::string& dimension,
                            const std::vector<ReleasedRow>& rows);

}  // namespace tram::server
