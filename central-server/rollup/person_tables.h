// Person tables: which tables about persons are released for everyone above the unit, which of them
// describe the same persons and are therefore decided together, and how an indicator's rows fill
// them. What is not released at all, and why: libsync/docs/suppression.md.
// Threads: pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rollup/cohort.h"
#include "tram/programme/programme.h"

namespace tram::server {

/// Ends of a curve's steps, in days; a step begins after the one before it.
inline constexpr int kCurveDays[] = {30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 330, 365};
inline constexpr std::size_t kCurveSteps = std::size(kCurveDays);

/// A table, and the rows that fill it.
struct PlannedTable {
  const Indicator* indicator = nullptr;
  PersonTable table;
  std::string rate_bin;  // of a rate with bins: whose
};

/// Tables of the same persons, released together.
struct CohortPlan {
  std::string name;
  const Indicator* profile = nullptr;  // persons by row; released first, on its own
  std::vector<PlannedTable> tables;
  std::vector<Inequality> inequalities;
  std::vector<RowRange> dimensions;
  int matures_days = 0;  // of its tables
};

/// Of all person indicators that are released. Pre: `programme` outlives them.
std::vector<CohortPlan> CohortPlans(const Programme& programme);

/// Adds rows of one unit and one year to persons by row.
void AddProfileRows(const CohortPlan& plan, const std::vector<IndicatorRow>& rows,
                    std::vector<std::int64_t>& persons);
/// Adds rows of one unit and one year to [row * bins + bin]. Errors: invalid (a bin that the shape
/// cannot have).
Status AddTableRows(const CohortPlan& plan, const PlannedTable& planned,
                    const std::vector<IndicatorRow>& rows, std::vector<std::int64_t>& counts);

}  // namespace tram::server
