// The tables of one indicator about persons, as its shape asks for, of released rows alone: what
// the page of outcomes draws and its files hold. Threads: values; for one request.
#pragma once

#include <string>
#include <vector>

#include "exports/data_table.h"
#include "web/page.h"
#include "web/released_rows.h"

namespace tram::server {

struct OutcomeColumn {
  std::string name, label;
  FigureCell::Kind kind = FigureCell::Kind::kCount;
  /// What its cells hold: a number, an interval, or a number with one.
  enum class Holds { kNumber, kInterval, kBoth } holds = Holds::kNumber;
};

struct OutcomeLine {
  const ReleasedRow* row = nullptr;  // names it
  std::vector<FigureCell> cells;     // empty: not drawn, as row->why says
};

struct OutcomeTable {
  std::string name;  // of its data set: "states", "success", "shares", "persons", "survival"
  std::string caption;
  std::vector<OutcomeColumn> columns;
  std::vector<OutcomeLine> lines;  // in the order of the rows
};

/// Those that have lines. `rows` outlive them.
std::vector<OutcomeTable> OutcomeTables(const PageCall& call, const Indicator& indicator,
                                        const std::vector<ReleasedRow>& rows);

}  // namespace tram::server
