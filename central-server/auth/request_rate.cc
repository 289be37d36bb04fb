#include "auth/request_rate.h"

#include <algorithm>

namespace tram::server {
namespace {

constexpr std::size_t kTokensKept = 1000;  // then those that were quiet are looked for

}  // namespace

std::int64_t RequestRate::Take(TokenNumber token, std::int64_t now_ms) {
  if (free_at_.size() >= kTokensKept) DropQuiet(now_ms);
  const auto [place, first] = free_at_.try_emplace(token, now_ms);
  const std::int64_t begins = std::max(place->second, now_ms);
  const std::int64_t ahead = begins - now_ms;
  if (ahead > (kRequestsAtOnce - 1) * kMsPerRequest) {
    return ahead - (kRequestsAtOnce - 1) * kMsPerRequest;
  }
  place->second = begins + kMsPerRequest;
  return 0;
}

void RequestRate::DropQuiet(std::int64_t now_ms) {
  std::erase_if(free_at_, [now_ms](const auto& one) { return one.second <= now_ms; });
}

}  // namespace tram::server
