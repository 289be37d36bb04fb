// Totp: the second factor, a code of six digits that changes every 30 seconds (RFC 6238, SHA-1, as
// every authenticator app knows it; the arithmetic is liboath's).
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tram/base/bytes.h"
#include "tram/base/clock.h"

namespace tram::server {

inline constexpr std::size_t kTotpSecretBytes = 20;
inline constexpr int kTotpStepSeconds = 30;
inline constexpr int kTotpDigits = 6;

Bytes NewTotpSecret(Random& random);
/// In groups of four letters and digits (base32), to be typed where no picture can be taken.
std::string TotpSecretText(const Bytes& secret);
/// What the picture says: otpauth://totp/… (Key Uri Format of Google Authenticator).
std::string TotpUri(const Bytes& secret, std::string_view account);
/// The code of one step; "" where the library fails.
std::string TotpCode(const Bytes& secret, std::int64_t step);

/// The step that `code` belongs to: this one, or its neighbour where clocks differ. Nothing where
/// it is none of these, or not after `last_step`: no code serves twice. Spaces do not matter.
std::optional<std::int64_t> MatchTotp(const Bytes& secret, std::string_view code,
                                      std::int64_t now_ms, std::int64_t last_step);

}  // namespace tram::server
