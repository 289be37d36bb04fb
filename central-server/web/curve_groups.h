// Curves that were chosen to stand beside each other, and what is worked out from their rounded
// counts alone: for the page of curves and its file. Threads: the owner's; for one request.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "exports/data_table.h"
#include "web/outcome_words.h"
#include "web/page.h"
#include "web/released_rows.h"

namespace tram::server {

/// What the form asks for, and what of it there is.
struct CurvesAsked {
  const Indicator* indicator = nullptr;  // nothing: no curve is released
  std::set<int> years;
  std::set<std::string> places;  // codes; "" is the country
  PlaceTime time = PlaceTime::kThen;

  /// Of links: "indicator=relapse_free&year=2024&place=country&places=then".
  std::string Link() const;
};
/// Reads the address, and fills the form's fields in `model` ("indicators", "years", "times"),
/// which are arrays.
CurvesAsked AskCurves(const PageCall& call, const ReleasedIndicators& indicators, Json& model);
/// Fills "places": those that have a row in one of the years, each once, by its name in the last.
void OfferCurvePlaces(const CurvesAsked& asked, const std::vector<ReleasedRow>& rows, Json& model);

/// Every released row of the chosen years: the country's, then the provinces'. Needs an indicator.
/// Errors: corrupt | io.
Result<std::vector<ReleasedRow>> CurveRows(const ReleasedReader& reader, const CurvesAsked& asked);

/// One curve.
struct CurveGroup {
  ReleasedRow row;
  std::string label;
  std::vector<ReleasedStep> steps;

  Shown Persons() const;
  Shown Of(const std::optional<std::int64_t>& number) const {
    return number ? Shown::Rounded(*number, row.step) : Shown::Hidden();
  }
};
/// What one line of its tables says: after a step, or at day 0.
struct CurveLine {
  int day = 0;
  FigureCell without_event, at_risk, events;
  FigureCell with_event;  // of all; leaving for another reason competes with it
  FigureCell followed;    // of all; whoever left counts as with the event
};
std::vector<CurveLine> LinesOf(const CurveGroup& group);

/// Those of the rows that were chosen; what of them is not drawn goes to `not_drawn`, with why.
std::vector<CurveGroup> ChosenCurves(const CurvesAsked& asked, std::vector<ReleasedRow> rows,
                                     std::vector<std::string>& not_drawn);

}  // namespace tram::server
