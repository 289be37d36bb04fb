// RequestRate: how often a token may ask: kRequestsAtOnce together, then one each kMsPerRequest.
// What is refused is not counted, so that who asks too often is let in as soon as it is his turn.
//
// Source: the virtual scheduling form of the leaky bucket (ITU-T I.371): a moment for each token
// instead of a count and a time. A token that has been quiet is forgotten.
// Threads: the owner's. Times are those of a clock that never jumps, in milliseconds.
#pragma once

#include <cstdint>
#include <map>

#include "storage/tokens.h"

namespace tram::server {

inline constexpr std::int64_t kRequestsAtOnce = 120;
inline constexpr std::int64_t kMsPerRequest = 1000;

class RequestRate {
 public:
  /// Counts a request; or says how long such a token has to wait. 0: it was counted.
  std::int64_t Take(TokenNumber token, std::int64_t now_ms);
  std::size_t size() const { return free_at_.size(); }

 private:
  void DropQuiet(std::int64_t now_ms);
  /// When all that was asked would be paid for.
  std::map<TokenNumber, std::int64_t> free_at_;
};

}  // namespace tram::server
