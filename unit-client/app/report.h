// report: the programme's indicators over this unit's records, exact, as tables with their
// definitions. Clear fields only, so it needs no passphrase and agrees with the province's figures.
// Threads: the thread that owns the device.
#pragma once

#include <string>

#include "app/verb.h"

namespace tram::client {

struct ReportOptions {
  std::string as_of;      // a day, or a month (its end); "" is the end of this month
  std::string indicator;  // "" is all
};

Status ShowReport(Call& call, const ReportOptions& options);

}  // namespace tram::client
