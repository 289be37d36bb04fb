// Proportions, and the quartiles of counted days.
//
// Sources: Wilson 1927 (the score interval without correction; equal to R's
// prop.test(correct = FALSE)); Hyndman & Fan 1996, type 7 (R's quantile() as it is called without a
// type). Threads: pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

namespace tram {

/// The 0.975 quantile of the standard normal distribution: all intervals are 95 % intervals.
inline constexpr double kNormalQuantile975 = 1.959963984540054;  // R's qnorm(0.975)

struct Interval {
  double low = 0, high = 1;
  friend bool operator==(const Interval&, const Interval&) = default;
};

/// Wilson's 95 % interval of part / whole. Nothing where there is no whole, or where the part is
/// no part of it (below 0, or more than the whole): that is no proportion.
std::optional<Interval> WilsonInterval(std::int64_t part, std::int64_t whole);

/// Lower quartile, median, upper quartile.
struct Quartiles {
  double lower = 0, median = 0, upper = 0;
  friend bool operator==(const Quartiles&, const Quartiles&) = default;
};

/// Of a histogram: value → how many had it (0 and above). Nothing where nobody had any.
std::optional<Quartiles> QuartilesOf(const std::map<std::int64_t, std::int64_t>& counts);

}  // namespace tram
