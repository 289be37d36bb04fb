// BackOff: how long to wait before the next try, so that a thousand units whose server went away
// do not all come back in the same second.
//
// Exponential with full jitter: each delay is drawn evenly from 0 to min(cap, base * 2^n).
// Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <optional>

#include "tram/base/clock.h"

namespace tram {

struct BackOffOptions {
  std::int64_t base_ms = 2 * 1000;                // upper end of the first delay
  std::int64_t cap_ms = 15 * 60 * 1000;           // upper end of every delay
  std::int64_t retry_after_ms_max = 3600 * 1000;  // believed of a server that names a delay
};

class BackOff {
 public:
  /// Needs 0 < base_ms <= cap_ms and retry_after_ms_max >= 0. `random` must outlive it.
  explicit BackOff(Random& random, BackOffOptions options = {});

  /// The delay before the next try, in milliseconds. Each call doubles the range, up to the cap.
  /// `retry_after_ms`: what the server asked for; the delay is then not shorter, and the draw is
  /// added to it.
  std::int64_t NextDelayMs(std::optional<std::int64_t> retry_after_ms = std::nullopt);
  /// After a success: the next range is the first again.
  void Reset() { range_ms_ = options_.base_ms; }

 private:
  Random& random_;
  BackOffOptions options_;
  std::int64_t range_ms_;
};

}  // namespace tram
