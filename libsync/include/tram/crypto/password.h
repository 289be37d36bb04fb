// Passwords of accounts: Argon2id hashes as text (RFC 9106; libsodium's "$argon2id$v=19$…", which
// carries its cost and salt).
// Threads: pure functions; each takes 64 MiB and a tenth of a second or more, on purpose.
#pragma once

#include <string>
#include <string_view>

#include "tram/base/result.h"

namespace tram {

inline constexpr std::size_t kPasswordCharactersMin = 10;
inline constexpr std::size_t kPasswordBytesMax = 1024;

/// Errors: invalid (shorter than kPasswordCharactersMin, longer than kPasswordBytesMax, not UTF-8).
Status CheckPassword(std::string_view password);
/// Of its NFC. Errors: those of CheckPassword | overloaded (not enough memory).
Result<std::string> HashPassword(std::string_view password);
/// False too where `hash` is none, or the password could not have been chosen.
bool IsPassword(std::string_view password, const std::string& hash);

}  // namespace tram
