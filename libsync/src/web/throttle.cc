#include "tram/web/throttle.h"

#include <algorithm>
#include <tuple>

namespace tram {

std::int64_t Throttle::WaitMs(std::string_view name, std::int64_t now_ms) const {
  auto found = tries_.find(name);
  if (found == tries_.end() || found->second.wrong < kFreeTries) return 0;
  std::int64_t wait = kWaitMsFirst;
  for (int wrong = kFreeTries; wrong < found->second.wrong && wait < kWaitMsMax; ++wrong) wait *= 2;
  return std::max<std::int64_t>(0, found->second.last_ms + std::min(wait, kWaitMsMax) - now_ms);
}

void Throttle::CountWrong(std::string_view name, std::int64_t now_ms) {
  auto found = tries_.find(name);
  if (found == tries_.end()) {
    MakeRoom();
    found = tries_.try_emplace(std::string(name)).first;
  }
  ++found->second.wrong;
  found->second.last_ms = now_ms;
}

void Throttle::Forget(std::string_view name) {
  if (auto found = tries_.find(name); found != tries_.end()) tries_.erase(found);
}

Error Throttle::TooEarly(std::string_view name, std::int64_t now_ms) const {
  const std::int64_t seconds = (WaitMs(name, now_ms) + 999) / 1000;
  return MakeError(ErrorCode::kOverloaded, "it was wrong several times; try again in " +
                                               std::to_string(seconds) +
                                               (seconds == 1 ? " second" : " seconds"));
}

void Throttle::MakeRoom() {
  if (tries_.size() < kNamesMax) return;
  tries_.erase(std::min_element(tries_.begin(), tries_.end(), [](const auto& a, const auto& b) {
    return std::tie(a.second.wrong, a.second.last_ms) < std::tie(b.second.wrong, b.second.last_ms);
  }));
}

}  // namespace tram
