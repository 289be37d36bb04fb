// The log-rank test: whether several groups' times to the event differ, from rows as indicators of
// the shape "survival" return them.
//
// Source: Mantel 1966, Peto & Peto 1972, with the hypergeometric variance of ties (Kalbfleisch &
// Prentice 2002, section 1.5). Equal to R's survdiff (rho = 0) of the package survival 3.5. The
// chi-square's tail is Boost.Math's regularised incomplete gamma function.
// Threads: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "tram/base/result.h"
#include "tram/outcome/survival.h"

namespace tram {

struct LogRank {
  struct Group {
    std::int64_t persons = 0, observed = 0;
    double expected = 0;
  };
  std::vector<Group> groups;  // as they were given, the empty ones too
  /// Groups of which an event could be expected, less one. 0: nothing to compare, no test.
  int degrees = 0;
  /// Nothing where there is no test: fewer than two groups, no event, or only events at which
  /// everybody left.
  std::optional<double> chi_square, p;
};

/// Each group's rows in any order; rows of one day add up.
/// Errors: invalid (a negative day or count, or more events than leaving).
Result<LogRank> LogRankTest(std::span<const std::vector<SurvivalRow>> groups);

}  // namespace tram
