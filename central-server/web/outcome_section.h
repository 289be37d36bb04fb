// The tables of one indicator on the page of outcomes, with their words and files.
// Threads: the owner's; for one request.
#pragma once

#include <vector>

#include "web/outcome_form.h"

namespace tram::server {

/// The model of a section of outcomes.html. `rows`: at least one, of what was asked for.
/// Errors: io.
Result<Json> OutcomeSection(const PageCall& call, const Indicator& indicator,
                            const OutcomesAsked& asked, const std::vector<ReleasedRow>& rows);

}  // namespace tram::server
