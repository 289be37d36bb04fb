// HybridTime: the time of an op, in milliseconds since 1970-01-01 UTC, never behind what its writer
// had seen. Merge reads it only for what is shown meanwhile; acceptance never does.
// Rule: est = max(wall + offset, last receipt); time = max(est, own last + 1, parents + 1), where
// own last or a parent more than 24 h beyond est is ignored (one computer set to 2035 must not drag
// its unit there for ever). Source: the protocol's rule on time; hybrid logical clocks (Kulkarni
// et al. 2014).
// Threads: HybridClock belongs to the thread that owns the log.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>

#include "tram/base/clock.h"

namespace tram {

struct HybridTime {
  std::int64_t ms = 0;
  friend auto operator<=>(const HybridTime&, const HybridTime&) = default;
};

class HybridClock {
 public:
  explicit HybridClock(Clock& clock) : clock_(clock) {}

  /// The server's time minus ours, from an accepted reply with a round trip below a minute.
  /// Dropped by itself when the wall clock jumps; not kept over a restart.
  void SetOffset(std::int64_t offset_ms);
  std::optional<std::int64_t> OffsetMs();
  /// The time in the last receipt: est is never before it.
  void SetLastReceipt(HybridTime time) { last_receipt_ = std::max(last_receipt_, time); }

  /// The best estimate of the true time.
  HybridTime Estimate();
  /// The time for a new op. Own last is kept inside and starts from SetOwnLast.
  HybridTime Next(std::span<const HybridTime> parents);
  void SetOwnLast(HybridTime time) { own_last_ = time; }

 private:
  bool WallJumped() const;

  Clock& clock_;
  std::optional<std::int64_t> offset_ms_;
  std::int64_t offset_wall_ms_ = 0;  // both clocks when the offset was set
  std::int64_t offset_steady_ms_ = 0;
  HybridTime last_receipt_{};
  HybridTime own_last_{};
};

}  // namespace tram
