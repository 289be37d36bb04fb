// What the page of outcomes, and the files of its tables, are asked for: years, places, a group.
// Threads: the owner's; for one request.
#pragma once

#include <string>
#include <vector>

#include "web/outcome_words.h"
#include "web/page.h"
#include "web/released_rows.h"

namespace tram::server {

struct OutcomesAsked {
  std::vector<int> years;  // ascending
  PlacesAsked places;
  std::string by_name;
  std::string year_name, dimension;      // "": everybody
  const Indicator* indicator = nullptr;  // one alone; null: as many as fit on a page
  std::string wrong;  // what the first choice that does not fit asks for; "": all do

  /// Of links, without the indicator: "year=2024&by=then".
  std::string Link() const;
};

/// Reads the address, and fills the form's fields in `model` ("years", "bys", "provinces",
/// "strata", "indicators"), which are arrays. Errors: corrupt | io.
Result<OutcomesAsked> AskOutcomes(const PageCall& call, const ReleasedReader& reader,
                                  const ReleasedIndicators& indicators, Json& model);

/// Of all years asked for; the country before provinces. What is not there is said in `absent`.
Result<std::vector<ReleasedRow>> OutcomeRows(const PageCall& call, const ReleasedReader& reader,
                                             const ReleasedIndicators& indicators,
                                             const Indicator& indicator, const OutcomesAsked& asked,
                                             std::vector<std::string>& absent);

}  // namespace tram::server
