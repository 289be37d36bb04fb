#include "auth/sign_in_gate.h"

#include <algorithm>
#include <vector>

#include "storage/sql_rows.h"
#include "tram/base/hash.h"
#include "tram/web/guard.h"

namespace tram::server {
namespace {

constexpr char kCookieKeySetting[] = "key.device_cookies";
constexpr std::size_t kNonceBytes = 16;
constexpr std::size_t kGroups = 8, kGroupsOfHalf = 4;  // of an IPv6 address

std::string SignatureOf(const SecretKey& key, AccountNumber account, std::string_view nonce) {
  const std::string text = "device " + std::to_string(account) + " " + std::string(nonce);
  return ToHex(Blake2b160(key.view(), {AsBytes(text)}).view());
}

std::vector<std::string> GroupsOf(std::string_view text) {
  std::vector<std::string> groups;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(':'), text.size());
    groups.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return groups;
}

/// RFC 4291, section 2.2: "::" stands for as many groups of zeros as are missing.
std::string FirstHalf(std::string_view address) {
  const std::size_t gap = address.find("::");
  std::vector<std::string> groups = GroupsOf(address.substr(0, gap));
  if (gap != address.npos) {
    const std::vector<std::string> after = GroupsOf(address.substr(gap + 2));
    while (groups.size() + after.size() < kGroups) groups.emplace_back("0");
    groups.insert(groups.end(), after.begin(), after.end());
  }
  std::string half;
  for (std::size_t i = 0; i < std::min(kGroupsOfHalf, groups.size()); ++i) half += groups[i] + ":";
  return half;
}

}  // namespace

SignInGate::SignInGate(Random& random) : key_(SecretKey::Generate(random)) {}

SignInGate::Bucket SignInGate::BucketOf(std::string_view name) const {
  const Digest hash = Blake2b160(key_.view(), {AsBytes(name)});
  return {hash.view()[0] % Buckets::kThrottles, std::string(1, static_cast<char>(hash.view()[1]))};
}

template <class Gate, class Visit>
void SignInGate::Each(Gate& gate, const TryLanes& lanes, Visit visit) {
  const auto one = [&](auto& buckets, const std::string& lane) {
    if (lane.empty()) return;
    const Bucket bucket = gate.BucketOf(lane);
    visit(buckets.throttles[bucket.throttle], bucket.name);
  };
  one(gate.own_, lanes.own);
  one(gate.names_, lanes.name);
  one(gate.addresses_, lanes.address);
}

std::int64_t SignInGate::WaitMs(const TryLanes& lanes, std::int64_t now_ms) const {
  std::int64_t wait_ms = 0;
  Each(*this, lanes, [&](const Throttle& throttle, const std::string& name) {
    wait_ms = std::max(wait_ms, throttle.WaitMs(name, now_ms));
  });
  return wait_ms;
}

void SignInGate::Count(const TryLanes& lanes, std::int64_t now_ms) {
  Each(*this, lanes,
       [&](Throttle& throttle, const std::string& name) { throttle.CountWrong(name, now_ms); });
}

void SignInGate::Forget(const TryLanes& lanes) {
  Each(*this, lanes, [](Throttle& throttle, const std::string& name) { throttle.Forget(name); });
}

std::string AddressLane(std::string_view address) {
  if (address.find('.') != address.npos) {  // also "::ffff:192.0.2.1"
    if (const std::size_t colon = address.rfind(':'); colon != address.npos) {
      address.remove_prefix(colon + 1);
    }
    return address.starts_with("127.") ? "" : std::string(address);
  }
  return address == "::1" ? "" : FirstHalf(address);
}

Result<SecretKey> DeviceCookieKey(SqlDatabase& database, Random& random) {
  TRAM_ASSIGN(const std::optional<Bytes> stored, FindSetting(database, kCookieKeySetting));
  if (stored && stored->size() == SecretKey::kSize) return SecretKey::From(*stored);
  if (stored) {
    return DamagedTable("server_setting");
  }
  SecretKey made = SecretKey::Generate(random);
  TRAM_TRY(SetSetting(database, kCookieKeySetting, made.view()));
  return made;
}

std::string NewDeviceCookie(const SecretKey& key, AccountNumber account, Random& random) {
  Bytes nonce(kNonceBytes);
  random.Fill(nonce);
  const std::string text = ToHex(nonce);
  return text + "-" + SignatureOf(key, account, text);
}

std::string CheckDeviceCookie(const SecretKey& key, AccountNumber account,
                              std::string_view cookie) {
  const std::string_view nonce = cookie.substr(0, 2 * kNonceBytes);
  if (cookie.size() <= nonce.size() || cookie[nonce.size()] != '-') return "";
  const bool ours = SameSecret(cookie.substr(nonce.size() + 1), SignatureOf(key, account, nonce));
  return ours ? std::string(nonce) : "";
}

}  // namespace tram::server
