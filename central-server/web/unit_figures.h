// One unit: its figures, provinces and devices, as its page shows them and its files hold them.
// Exact activity figures only. Threads: the owner's; for one request.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tram/outcome/figure_report.h"
#include "web/figure_page.h"

namespace tram::server {

/// Errors: not_found.
Result<Unit> UnitCalled(const PageCall& call, std::string_view code);

struct UnitFigures {
  std::vector<const Indicator*> heads;  // Headlines::Both
  std::vector<MonthFigures> figures;    // of them; 24 months
  FigureReport others;                  // all other activity indicators; 12 months
};
/// Errors: denied | corrupt | io.
Result<UnitFigures> FiguresOfUnit(PageCall& call, const Permit& permit, const FigureAsk& ask,
                                  const Unit& unit);

/// Where it belonged.
struct UnitProvince {
  Membership membership;
  std::string then, now;  // names; now: "" where it is no province any more
};
/// As of the board's last Prepare. Errors: io.
Result<std::vector<UnitProvince>> ProvincesOfUnit(const PageCall& call, const Unit& unit);

}  // namespace tram::server
