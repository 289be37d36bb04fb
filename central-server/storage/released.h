// Released tables: what everyone above the unit sees of persons. Written once for each cohort and
// year, and never changed: later data would be compared with earlier ones.
// Tables: libsync/docs/store.md. Threads: those of the connection.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "storage/units.h"

namespace tram::server {

/// A cohort's year is released in parts: who they are ("profile"), then what became of them.
struct ReleasedPart {
  std::string cohort;
  int year = 0;
  std::string part;
};

/// Sums over units that were released. `by`: "country", "then" (provinces at the year's end), "now"
/// (provinces at the release), "unit".
struct ReleasedPlace {
  std::string by, place;
  std::vector<UnitNumber> units;  // ascending
};

struct ReleasedSheet {
  std::string indicator, by, place;
  std::string dimension;  // "": everybody
  int step = 0;           // what its numbers are rounded to; 0: not drawn
};

struct ReleasedNumber {
  std::string indicator, by, place, stratum, item;
  std::optional<std::int64_t> shown;  // nothing: "*"
};

class ReleasedTables {
 public:
  explicit ReleasedTables(SqlDatabase& database) : database_(database) {}

  /// Of which month's end the part's figures are; nothing: it is not released.
  Result<std::optional<Date>> ReleasedOn(const ReleasedPart& part);
  /// Errors: exists (it is released: nothing was written) | io.
  Status Add(const ReleasedPart& part, Date as_of, const std::vector<ReleasedPlace>& places,
             const std::vector<ReleasedSheet>& sheets, const std::vector<ReleasedNumber>& numbers);

  /// `by`: of one kind only; "": of all.
  Result<std::vector<ReleasedPlace>> PlacesOf(const ReleasedPart& part, const std::string& by = "");
  Result<std::vector<int>> Years(const std::string& indicator);
  /// `place`: of one only; nothing: of all. In order of place and dimension.
  Result<std::vector<ReleasedSheet>> Sheets(const std::string& indicator, int year,
                                            const std::string& by,
                                            const std::optional<std::string>& place = {});
  /// The same, in order of place, stratum and item.
  Result<std::vector<ReleasedNumber>> Numbers(const std::string& indicator, int year,
                                              const std::string& by,
                                              const std::optional<std::string>& place = {});

 private:
  SqlDatabase& database_;
};

}  // namespace tram::server
