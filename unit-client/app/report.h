// report: the programme's indicators over this unit's records, exact, as tables with their
// definitions. Clear fields only, so it needs no passphrase; summed and printed by the same code as
// the province's figures (tram/outcome). What only the server can know is left out.
// Threads: the thread that owns the device.
#pragma once

#include <string>
#include <vector>

#include "app/verb.h"
#include "tram/outcome/figure_report.h"

namespace tram::client {

struct ReportOptions {
  std::string as_of;      // a day, or a month (its end); "" is the end of this month
  std::string from, to;   // months; "": from the first, to the last one
  std::string per;        // month, quarter, year, all; "": as each indicator has it
  std::string indicator;  // "" is all
  std::string stratum;    // "all", a dimension, or one stratum; "" is all
};

/// The tables of some indicators, exactly; those that exist at the server only are left out.
/// Errors: invalid.
Result<std::vector<FigureTable>> UnitFigures(Call& call, const FigureQuery& query,
                                             const std::vector<const Indicator*>& indicators);

Status ShowReport(Call& call, const ReportOptions& options);

}  // namespace tram::client
