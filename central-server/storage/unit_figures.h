// What the figures in memory (rollup/figure_board.h) read from the store: all rows of a unit at
// once, what has changed since, and which months are published.
// Threads: those of the connection.
#pragma once

#include <string>
#include <vector>

#include "storage/units.h"

namespace tram::server {

/// From when and from what a unit's rows are: rows of the same stamp are the same.
struct UnitStamp {
  UnitNumber unit = 0;
  std::int64_t computed_ms = 0, entries = 0;
  friend bool operator==(const UnitStamp&, const UnitStamp&) = default;
};
/// Of all units that have rows of this month's end, by number.
Result<std::vector<UnitStamp>> UnitStamps(SqlDatabase& database, Date as_of);

/// An indicator's rows of one unit, packed (figure_rows.h).
struct PackedFigures {
  std::string indicator;
  Bytes rows;
};
Result<std::vector<PackedFigures>> FiguresOfUnit(SqlDatabase& database, UnitNumber unit,
                                                 Date as_of);

struct PublishedMonth {
  Date as_of;
  std::int64_t at_ms = 0;
};
/// Newest first.
Result<std::vector<PublishedMonth>> PublishedMonths(SqlDatabase& database);

/// The provinces that there are on a day, in order of their codes.
Result<std::vector<Place>> PlacesOn(SqlDatabase& database, Date day);

}  // namespace tram::server
