#include "tram/transport/backoff.h"

#include <algorithm>

#include "tram/base/assert.h"

namespace tram {

BackOff::BackOff(Random& random, BackOffOptions options)
    : random_(random), options_(options), range_ms_(options.base_ms) {
  TRAM_ASSERT(options.base_ms > 0 && options.base_ms <= options.cap_ms);
  TRAM_ASSERT(options.retry_after_ms_max >= 0);
}

std::int64_t BackOff::NextDelayMs(std::optional<std::int64_t> retry_after_ms) {
  // The remainder of 64 random bits favours small delays by less than one in 2^30.
  auto choices = static_cast<std::uint64_t>(range_ms_) + 1;
  auto drawn = static_cast<std::int64_t>(random_.Uint64() % choices);
  range_ms_ = range_ms_ > options_.cap_ms / 2 ? options_.cap_ms : range_ms_ * 2;
  return drawn +
         std::clamp<std::int64_t>(retry_after_ms.value_or(0), 0, options_.retry_after_ms_max);
}

}  // namespace tram
