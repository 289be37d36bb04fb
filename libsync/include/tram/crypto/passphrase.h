// Wrapping a secret under a passphrase: Argon2id (RFC 9106, libsodium), then XChaCha20-Poly1305.
// The cost is stored with the wrap and can grow; less than kArgon2MemoryBytesMin is refused.
// Layout: format (1), passes (4), memory in bytes (8), salt (16), nonce (24), ciphertext and tag
// (16); numbers lowest byte first; all before the ciphertext is authenticated with it. Where wraps
// lie: libsync/docs/store.md, "unit key".
// Threads: pure functions; Wrap and Unwrap take 64 MiB and a tenth of a second or more, on purpose.
#pragma once

#include <string_view>

#include "tram/base/bytes.h"
#include "tram/base/clock.h"
#include "tram/crypto/seal.h"

namespace tram {

inline constexpr std::uint64_t kArgon2MemoryBytesMin = 64ull * 1024 * 1024;
inline constexpr std::uint32_t kArgon2PassesMin = 3;
inline constexpr std::uint64_t kArgon2MemoryBytesMax = 1024ull * 1024 * 1024;
inline constexpr std::uint32_t kArgon2PassesMax = 16;
inline constexpr std::size_t kPassphraseCharactersMin = 8;

/// Errors: invalid (shorter than kPassphraseCharactersMin, not UTF-8).
Status CheckPassphrase(std::string_view passphrase);

/// Any secret bytes. The passphrase is brought to NFC first.
/// Errors: invalid (as CheckPassphrase) | overloaded (not enough memory).
Result<Bytes> WrapSecret(ByteView secret, std::string_view passphrase, Random& random);
/// Pre:    the caller wipes what it gets.
/// Errors: denied (wrong passphrase, or changed bytes) | invalid (no wrap, or a cost out of bounds:
///         refused before anything is derived) | too_new | overloaded (not enough memory).
Result<Bytes> UnwrapSecret(ByteView wrap, std::string_view passphrase);
/// The same for a wrapped key; nothing is left to be wiped. Errors: also corrupt (not a key's
/// size).
Result<SecretKey> UnwrapKey(ByteView wrap, std::string_view passphrase);

/// A code to be spoken over the phone: 4 groups of 4 of Crockford's base 32, 80 bits. What a secret
/// is wrapped under is its normal form, on both sides.
std::string NewSpokenCode(Random& random);
/// Upper case, separators dropped, I and L as 1, O as 0. Errors: invalid.
Result<std::string> NormalSpokenCode(std::string_view code);

}  // namespace tram
