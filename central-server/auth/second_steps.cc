#include "auth/second_steps.h"

#include <algorithm>

#include "tram/base/bytes.h"
#include "tram/web/guard.h"

namespace tram::server {
namespace {

constexpr std::size_t kTokenBytes = 32;

}  // namespace

std::string SecondSteps::Begin(const Account& account, std::int64_t now_ms) {
  Bytes token(kTokenBytes);
  random_.Fill(token);
  steps_.push_back(
      {ToHex(token), account.number, StandingOf(account), now_ms + kSecondStepMsMax, 0});
  if (steps_.size() > kSecondStepsMax) steps_.pop_front();
  return steps_.back().token;
}

SecondSteps::Step* SecondSteps::At(std::string_view token, std::int64_t now_ms) {
  std::erase_if(steps_, [now_ms](const Step& step) { return now_ms >= step.until_ms; });
  const auto found = std::find_if(steps_.begin(), steps_.end(), [token](const Step& step) {
    return SameSecret(step.token, token);
  });
  return found == steps_.end() ? nullptr : &*found;
}

std::optional<AccountNumber> SecondSteps::Find(std::string_view token, std::int64_t now_ms) {
  const Step* step = At(token, now_ms);
  return step == nullptr ? std::nullopt : std::optional(step->account);
}

bool SecondSteps::Try(std::string_view token, const Account& account, std::int64_t now_ms) {
  Step* step = At(token, now_ms);
  if (step == nullptr) return false;
  if (step->standing == StandingOf(account) && ++step->tries <= kSecondStepTriesMax) return true;
  End(token);
  return false;
}

void SecondSteps::End(std::string_view token) {
  std::erase_if(steps_, [token](const Step& step) { return SameSecret(step.token, token); });
}

}  // namespace tram::server
