#include "rollup/control_limits.h"

#include <algorithm>
#include <cmath>

#include "tram/base/assert.h"

namespace tram::server {
namespace {

/// The chance of exactly `count` of `persons`.
double Chance(std::int64_t count, std::int64_t persons, double share) {
  if (share <= 0) return count == 0 ? 1 : 0;
  if (share >= 1) return count == persons ? 1 : 0;
  const auto n = static_cast<double>(persons), k = static_cast<double>(count);
  return std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) +
                  k * std::log(share) + (n - k) * std::log1p(-share));
}

/// The share below which a part `level` of all units of this size lies.
double LimitAt(double level, std::int64_t persons, double share) {
  double below = 0;
  for (std::int64_t count = 0; count <= persons; ++count) {
    const double chance = Chance(count, persons, share);
    if (below + chance < level && count < persons) {
      below += chance;
      continue;
    }
    // From the step to where it passes `level`.
    const double over = chance <= 0 ? 0 : (below + chance - level) / chance;
    const double limit = (static_cast<double>(count) - over) / static_cast<double>(persons);
    return std::clamp(limit, 0.0, 1.0);
  }
  return 1;
}

}  // namespace

Interval ControlLimits(std::int64_t persons, double share, double tail) {
  TRAM_ASSERT(persons > 0 && share >= 0 && share <= 1);
  return {LimitAt(tail, persons, share), LimitAt(1 - tail, persons, share)};
}

}  // namespace tram::server
