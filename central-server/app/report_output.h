// A report as text, JSON or CSV. Labels and definitions come from the programme.
// Threads: pure functions.
#pragma once

#include <string>

#include "app/verbs.h"

namespace tram::server {

std::string ReportText(const Report& report, Language language);
Json ReportJson(const Report& report, Language language);
/// One line per figure: as_of, indicator, place, place_name, period, stratum, item, value, of, low,
/// high. Withheld indicators have no lines.
std::string ReportCsv(const Report& report);
/// When the figures are from, which units were silent, what is missing: lines for people.
std::vector<std::string> FreshnessLines(const Report& report, Language language);

}  // namespace tram::server
