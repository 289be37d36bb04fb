#include "auth/totp.h"

#include <liboath/oath.h>

#include <cstdlib>

#include "tram/web/guard.h"
#include "tram/web/http.h"

namespace tram::server {
namespace {

constexpr char kIssuer[] = "Tram";

std::string Base32(const Bytes& secret) {
  char* text = nullptr;
  std::size_t length = 0;
  const int done = oath_base32_encode(reinterpret_cast<const char*>(secret.data()), secret.size(),
                                      &text, &length);
  const std::string encoded = done == OATH_OK ? std::string(text, length) : "";
  std::free(text);
  return encoded.substr(0, encoded.find('='));
}

}  // namespace

Bytes NewTotpSecret(Random& random) {
  Bytes secret(kTotpSecretBytes);
  random.Fill(secret);
  return secret;
}

std::string TotpSecretText(const Bytes& secret) {
  std::string grouped;
  for (const char c : Base32(secret)) {
    if (grouped.size() % 5 == 4) grouped += ' ';
    grouped += c;
  }
  return grouped;
}

std::string TotpUri(const Bytes& secret, std::string_view account) {
  return std::string("otpauth://totp/") + kIssuer + ":" + PercentEncode(account) +
         "?secret=" + Base32(secret) + "&issuer=" + kIssuer +
         "&algorithm=SHA1&digits=" + std::to_string(kTotpDigits) +
         "&period=" + std::to_string(kTotpStepSeconds);
}

std::string TotpCode(const Bytes& secret, std::int64_t step) {
  static const bool ready = oath_init() == OATH_OK;
  char code[kTotpDigits + 1] = {};
  const bool made =
      ready && oath_totp_generate(reinterpret_cast<const char*>(secret.data()), secret.size(),
                                  static_cast<time_t>(step * kTotpStepSeconds), kTotpStepSeconds,
                                  OATH_TOTP_DEFAULT_START_TIME, kTotpDigits, code) == OATH_OK;
  return made ? code : "";
}

std::optional<std::int64_t> MatchTotp(const Bytes& secret, std::string_view code,
                                      std::int64_t now_ms, std::int64_t last_step) {
  std::string typed;
  for (const char c : code) {
    if (c != ' ') typed += c;
  }
  if (secret.empty() || typed.size() != kTotpDigits) return std::nullopt;
  const std::int64_t now = now_ms / 1000 / kTotpStepSeconds;
  std::optional<std::int64_t> matched;
  for (const std::int64_t step : {now - 1, now, now + 1}) {
    if (SameSecret(TotpCode(secret, step), typed) && step > last_step && !matched) matched = step;
  }
  return matched;
}

}  // namespace tram::server
