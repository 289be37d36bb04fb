// A report as text, JSON or CSV: how old its figures are, and the tables of tram/outcome.
// Threads: pure functions.
#pragma once

#include <string>

#include "app/verbs.h"

namespace tram::server {

std::string ReportText(const Report& report, Language language);
Json ReportJson(const Report& report, Language language);
/// When the figures are from, which units were silent, what is missing: lines for people.
std::vector<std::string> FreshnessLines(const Report& report, Language language);

}  // namespace tram::server
