// Success between units: each unit's released numbers beside the limits of what chance alone
// explains, for the page with the funnel and its file. A unit whose numbers are suppressed is not
// in it. Threads: values; the owner's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tram/outcome/figure_table.h"
#include "web/page.h"

namespace tram::server {

/// How far from the others' mean.
enum class Distance { kFar, kNear, kWithin };

struct SuccessPoint {
  FigurePlace unit;
  std::int64_t known = 0, success = 0;
  Distance distance = Distance::kWithin;
  bool above = false;
  Interval limits_95, limits_998;  // for as many persons
  double Share() const { return static_cast<double>(success) / static_cast<double>(known); }
};

struct Success {
  std::vector<SuccessPoint> points;
  std::size_t not_drawn = 0;  // units that are released without numbers
  double mean = 0;
  std::int64_t largest = 0;
};

/// What the address asks for, of what is released.
struct SuccessAsked {
  const Indicator* indicator = nullptr;  // the first table of states that has a success
  std::vector<int> years;                // released
  int year = 0;                          // 0: none is released
};
/// Without a year, or with one that is not released, the last one. Errors: io.
Result<SuccessAsked> AskSuccess(const PageCall& call);
/// Who is outside comes first, then the largest. Errors: corrupt | io.
Result<Success> ReadSuccess(ServerState& state, const Indicator& indicator, int year);

/// What pages read again and again: released numbers stay, a unit's new name follows in a minute.
struct KeptSuccess {
  std::int64_t made_ms = 0;  // by the steady clock
  std::shared_ptr<const Success> success;
};
inline constexpr std::int64_t kSuccessKeptMs = 60'000;
inline constexpr std::size_t kSuccessKeptMax = 8;
/// As ReadSuccess, of the last minute.
Result<std::shared_ptr<const Success>> RecentSuccess(PageCall& call, const Indicator& indicator,
                                                     int year);
/// "below the 95 % limit".
std::string DistanceText(const PageCall& call, const SuccessPoint& point);

}  // namespace tram::server
