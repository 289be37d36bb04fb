// Lines of units by what is to be asked there: what the page of questions shows in pieces and its
// file holds whole. Counts only; no record is named. Threads: the owner's; for one request.
#pragma once

#include <vector>

#include "rollup/unit_places.h"
#include "web/page.h"

namespace tram::server {

/// By the province that the unit belongs to today.
bool CoversToday(const Permit& permit, const UnitPlaces& places, const Unit& unit, Date today);

struct QuestionLine {
  const Unit* unit = nullptr;
  std::optional<std::int64_t> findings;  // nothing: not counted yet
  QuestionCounts questions;
};
/// Of the units that `permit` (Right::kQuestions) covers; those with most to do come first. They
/// point into `places`. Errors: corrupt | io.
Result<std::vector<QuestionLine>> QuestionLines(const PageCall& call, const UnitPlaces& places,
                                                const Permit& permit);

}  // namespace tram::server
