// Throttle: who tries wrong secrets waits, longer each time; nothing sleeps.
//
// The first kFreeTries wrong ones cost nothing, then the next try has to wait 1, 2, 4 … kWaitMsMax;
// a try before that is refused unchecked. A right one forgets them.
// Threads: one at a time. Times are those of a clock that never jumps, in milliseconds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "tram/base/result.h"

namespace tram {

class Throttle {
 public:
  static constexpr int kFreeTries = 3;
  static constexpr std::int64_t kWaitMsFirst = 1000;
  static constexpr std::int64_t kWaitMsMax = 60 * 1000;
  /// Names remembered; then the one with the fewest wrong tries, and of these the oldest, is
  /// forgotten.
  static constexpr std::size_t kNamesMax = 256;

  /// How long `name` has to wait; 0: he may try.
  std::int64_t WaitMs(std::string_view name, std::int64_t now_ms) const;
  void CountWrong(std::string_view name, std::int64_t now_ms);
  void Forget(std::string_view name);

  /// `check`, a function that returns a Result or Status, unless `name` has to wait; it counts as
  /// wrong where it answers denied. Errors: overloaded (too early: WaitMs() says how long; `check`
  /// was not called) | those of `check`.
  template <class Check>
  auto Try(std::string_view name, std::int64_t now_ms, Check check) -> decltype(check()) {
    if (WaitMs(name, now_ms) > 0) return TooEarly(name, now_ms);
    auto checked = check();
    if (checked) {
      Forget(name);
    } else if (checked.error().code == ErrorCode::kDenied) {
      CountWrong(name, now_ms);
    }
    return checked;
  }

 private:
  struct Tries {
    int wrong = 0;
    std::int64_t last_ms = 0;
  };
  Error TooEarly(std::string_view name, std::int64_t now_ms) const;
  void MakeRoom();

  std::map<std::string, Tries, std::less<>> tries_;
};

}  // namespace tram
