// SignInGate: who guesses passwords waits, and nobody is locked out by it: device cookies (OWASP,
// "Slow Down Online Guessing Attacks with Device Cookies").
//
// Who signed in once has a signed cookie for that account. Tries with it count for that cookie
// alone; all others of an account count together, and for the address that they come from. A try is
// counted before its password is looked at, so that many at once are no way around; a right one
// forgets them.
//
// Names and addresses fall into a fixed number of buckets, by a hash with a key of this process:
// the memory is bounded, no flood of made-up names makes an earlier one forgotten, and names that
// exist are treated as others are. Who shares a bucket waits with the others.
// Threads: one at a time. Times are those of a clock that never jumps, in milliseconds.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "storage/accounts.h"
#include "storage/settings.h"
#include "tram/crypto/seal.h"
#include "tram/web/throttle.h"

namespace tram::server {

/// Where a try counts; "": not there.
struct TryLanes {
  std::string own;  // of a device cookie, or of who is signed in
  std::string name;
  std::string address;
};

class SignInGate {
 public:
  explicit SignInGate(Random& random);

  /// How long such a try has to wait; 0: it may be made.
  std::int64_t WaitMs(const TryLanes& lanes, std::int64_t now_ms) const;
  void Count(const TryLanes& lanes, std::int64_t now_ms);
  void Forget(const TryLanes& lanes);

 private:
  /// Throttles that never forget a name by themselves: none is given more names than it keeps.
  struct Buckets {
    static constexpr std::size_t kThrottles = 16, kNames = 256;
    static_assert(kNames <= Throttle::kNamesMax);
    std::array<Throttle, kThrottles> throttles;
  };
  struct Bucket {
    std::size_t throttle;
    std::string name;
  };
  Bucket BucketOf(std::string_view name) const;
  /// Calls `visit` with the throttle and the name in it of each lane that is there.
  template <class Gate, class Visit>
  static void Each(Gate& gate, const TryLanes& lanes, Visit visit);

  SecretKey key_;
  Buckets own_, names_, addresses_;
};

/// What addresses count as one: an IPv4 address, the first half of an IPv6 one (a household has
/// that many). "" for this machine's own: a proxy on it stands for everybody.
std::string AddressLane(std::string_view address);

inline constexpr std::int64_t kDeviceCookieSeconds = 365 * 24 * 3600;
/// The key that signs device cookies; made when it is first asked for. Errors: corrupt | io.
Result<SecretKey> DeviceCookieKey(SqlDatabase& database, Random& random);
std::string NewDeviceCookie(const SecretKey& key, AccountNumber account, Random& random);
/// What tells this cookie from others; "" where it is none of ours for this account.
std::string CheckDeviceCookie(const SecretKey& key, AccountNumber account, std::string_view cookie);

}  // namespace tram::server
