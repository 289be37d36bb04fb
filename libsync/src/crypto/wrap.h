// A wrap's parts: the slow derivation apart from the opening, so that tests can change every byte.
// Layout: format 1 byte · passes 4 · memory in bytes 8 (numbers lowest byte first) · salt 16 ·
// nonce 24 · ciphertext and tag. Everything before the ciphertext is authenticated with it.
#pragma once

#include <string_view>

#include "crypto/sodium.h"
#include "tram/base/bytes.h"
#include "tram/crypto/seal.h"

namespace tram {

inline constexpr std::uint8_t kWrapFormat = 1;
inline constexpr std::size_t kWrapSaltAt = 1 + 4 + 8;
inline constexpr std::size_t kWrapNonceAt = kWrapSaltAt + crypto_pwhash_argon2id_SALTBYTES;
inline constexpr std::size_t kWrapHeadBytes =
    kWrapNonceAt + crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
inline constexpr std::size_t kWrapTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

/// Form and cost, without deriving anything. Errors: invalid | too_new.
Status CheckWrap(ByteView wrap);
/// Needs at least the head of a wrap that CheckWrap takes. Errors: invalid | overloaded.
Result<SecretKey> DeriveWrapKey(ByteView head, std::string_view passphrase);
/// Needs a wrap that CheckWrap takes. Errors: denied.
Result<Bytes> OpenWrap(ByteView wrap, const SecretKey& key);

}  // namespace tram
