// SecondSteps: who gave a right password and has a second factor: he is let in when he gives its
// code, within a few minutes and a few tries. In memory only.
// Threads: the owner's. Times are those of a clock that never jumps, in milliseconds.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "auth/sessions.h"

namespace tram::server {

inline constexpr std::int64_t kSecondStepMsMax = 5 * 60 * 1000;
inline constexpr int kSecondStepTriesMax = 5;
inline constexpr std::size_t kSecondStepsMax = 256;  // then the oldest goes

class SecondSteps {
 public:
  explicit SecondSteps(Random& random) : random_(random) {}

  /// The token that stands for `account`, for a cookie.
  std::string Begin(const Account& account, std::int64_t now_ms);
  /// Nothing where there is none (any more).
  std::optional<AccountNumber> Find(std::string_view token, std::int64_t now_ms);
  /// Takes one try. False: there is none left, or the account, as it is now, has changed since.
  bool Try(std::string_view token, const Account& account, std::int64_t now_ms);
  void End(std::string_view token);

 private:
  struct Step {
    std::string token;
    AccountNumber account = 0;
    Digest standing;
    std::int64_t until_ms = 0;
    int tries = 0;
  };
  Step* At(std::string_view token, std::int64_t now_ms);

  Random& random_;
  std::deque<Step> steps_;
};

}  // namespace tram::server
