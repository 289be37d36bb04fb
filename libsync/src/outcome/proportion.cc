#include "tram/outcome/proportion.h"

#include <cmath>

namespace tram {
namespace {

/// The value at a position from 0 of the values in order; between two of them, in proportion.
double ValueAt(const std::map<std::int64_t, std::int64_t>& counts, double position) {
  const auto below = static_cast<std::int64_t>(std::floor(position));
  const double share = position - std::floor(position);
  std::int64_t passed = 0;
  std::optional<double> low;
  for (const auto& [value, count] : counts) {
    passed += count;
    if (!low && passed > below) low = static_cast<double>(value);
    if (low && (share <= 0 || passed > below + 1)) {
      return *low + share * (static_cast<double>(value) - *low);
    }
  }
  return low.value_or(0);
}

}  // namespace

std::optional<Interval> WilsonInterval(std::int64_t part, std::int64_t whole) {
  if (whole <= 0 || part < 0 || part > whole) return std::nullopt;
  const auto n = static_cast<double>(whole);
  const double p = static_cast<double>(part) / n;
  const double z2 = kNormalQuantile975 * kNormalQuantile975;
  const double middle = p + z2 / (2 * n);
  const double width = kNormalQuantile975 * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n));
  const double scale = 1 + z2 / n;
  // The ends are exact where rounding would leave a trace of 0 or 1.
  return Interval{part == 0 ? 0 : (middle - width) / scale,
                  part == whole ? 1 : (middle + width) / scale};
}

std::optional<Quartiles> QuartilesOf(const std::map<std::int64_t, std::int64_t>& counts) {
  std::int64_t all = 0;
  for (const auto& [value, count] : counts) all += count;
  if (all <= 0) return std::nullopt;
  const auto last = static_cast<double>(all - 1);
  return Quartiles{ValueAt(counts, 0.25 * last), ValueAt(counts, 0.5 * last),
                   ValueAt(counts, 0.75 * last)};
}

}  // namespace tram
