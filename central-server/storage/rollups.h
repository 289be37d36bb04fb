// Rollups: the figures of each unit for each month's end, which units have to be computed again,
// and which months are published. Only unit rows are stored; provinces and the country are sums.
// Threads: those of the connection.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "storage/units.h"
#include "tram/view/unit_view.h"

namespace tram::server {

/// From when and from what a unit's rows of one month's end are.
struct Computed {
  std::int64_t at_ms = 0;
  std::int64_t entries = 0;  // of its log, taken into account
  Digest programme;
};

struct DirtyUnit {
  UnitNumber unit = 0;
  std::int64_t since_ms = 0;
};

class RollupTable {
 public:
  explicit RollupTable(SqlDatabase& database) : database_(database) {}

  // --- dirty marks ---
  /// A unit that is marked already keeps its mark's time.
  Status Mark(UnitNumber unit, std::int64_t at_ms);
  Status MarkAll(std::int64_t at_ms);
  Status Unmark(UnitNumber unit);
  /// Oldest first.
  Result<std::vector<DirtyUnit>> Dirty();

  // --- figures; `as_of` is a month's end ---
  Status Replace(UnitNumber unit, Date as_of, const std::vector<IndicatorFigures>& figures,
                 const Computed& computed);
  Result<std::vector<IndicatorRow>> Rows(UnitNumber unit, Date as_of, const std::string& indicator);
  Result<std::map<UnitNumber, Computed>> ComputedUnits(Date as_of);
  Result<std::optional<Computed>> ComputedOf(UnitNumber unit, Date as_of);

  // --- published months ---
  Result<std::optional<std::int64_t>> PublishedAt(Date as_of);
  Result<std::optional<Date>> LastPublished();
  Status Publish(Date as_of, std::int64_t at_ms);
  /// A unit whose rows of `as_of` do not hold all that came before `deadline_ms`; nothing: all do.
  Result<std::optional<UnitNumber>> UnitToFinish(Date as_of, std::int64_t deadline_ms);

 private:
  SqlDatabase& database_;
};

}  // namespace tram::server
