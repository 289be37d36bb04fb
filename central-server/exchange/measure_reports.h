// MeasureReports: exchange figures as HL7 FHIR R4 (4.0.1) has them, in one Bundle (collection): the
// Measure of each indicator, and a MeasureReport (summary) of it for each place. A hidden count is
// not there; in its place stands the extension data-absent-reason, `masked`. The status of an open
// month is `pending`. Codes, and what is in which population: libsync/docs/exchange.md.
// Threads: pure functions.
#pragma once

#include "exchange/exchange_figures.h"
#include "exchange/measure_parts.h"

namespace tram::server {

/// More is refused: choose a province.
inline constexpr std::size_t kMeasureReportsMax = 10'000;

/// Errors: invalid (more reports than kMeasureReportsMax).
Result<FhirJson> MakeMeasureReports(const ExchangeFigures& figures, Language in);

}  // namespace tram::server
