// What data sets of activity share: parameters, columns of the figures that pages begin with, and
// how old the figures are. Threads: the owner's; for one request.
#pragma once

#include <vector>

#include "exports/data_sets.h"
#include "web/figure_page.h"

namespace tram::server {

/// "month" and "places".
std::vector<DataParameter> MonthParameters();

/// A count has one column; a rate three: "name" (the share), "name_count", "name_of".
void AddFigureColumns(const PageCall& call, const Indicator& indicator,
                      std::vector<DataColumn>& columns);
void AddFigureCells(const Indicator& indicator, const FigureSum::Counts& counts,
                    std::vector<FigureCell>& row);

/// "numerator", "denominator", "value" of any indicator, in a table with a row for each.
void AddValueColumns(const PageCall& call, const char* prefix, std::vector<DataColumn>& columns);
void AddValueCells(const Indicator& indicator, const FigureSum::Counts& counts,
                   std::vector<FigureCell>& row);

/// A table of a month: its title, period, age (without units) and how places are counted.
DataTable MonthTable(const PageCall& call, const FigureAsk& ask, const char* name,
                     const std::string& title);

}  // namespace tram::server
