#include "tram/model/hybrid_time.h"

#include <algorithm>
#include <cstdlib>

#include "tram/base/limits.h"

namespace tram {
namespace {
// The two clocks drift apart by parts per million; more than this between them is a jump.
constexpr std::int64_t kJumpMs = 5'000;
}  // namespace

bool HybridClock::WallJumped() const {
  std::int64_t wall = clock_.WallMs() - offset_wall_ms_;
  std::int64_t steady = clock_.SteadyMs() - offset_steady_ms_;
  return std::llabs(wall - steady) > kJumpMs + steady / 1000;
}

void HybridClock::SetOffset(std::int64_t offset_ms) {
  offset_ms_ = offset_ms;
  offset_wall_ms_ = clock_.WallMs();
  offset_steady_ms_ = clock_.SteadyMs();
}

std::optional<std::int64_t> HybridClock::OffsetMs() {
  if (offset_ms_ && WallJumped()) offset_ms_.reset();
  return offset_ms_;
}

HybridTime HybridClock::Estimate() {
  std::int64_t estimate = clock_.WallMs() + OffsetMs().value_or(0);
  return HybridTime{std::max(estimate, last_receipt_.ms)};
}

HybridTime HybridClock::Next(std::span<const HybridTime> parents) {
  const std::int64_t estimate = Estimate().ms;
  std::int64_t time = estimate;
  auto no_earlier_than = [&](std::int64_t seen) {
    if (seen <= estimate + kClockSlackMs) time = std::max(time, seen + 1);
  };
  no_earlier_than(own_last_.ms);
  for (HybridTime parent : parents) no_earlier_than(parent.ms);
  own_last_ = HybridTime{time};
  return own_last_;
}

}  // namespace tram
