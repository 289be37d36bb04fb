#include "tram/crypto/passphrase.h"

#include <algorithm>

#include "crypto/wrap.h"
#include "tram/base/vietnamese.h"

namespace tram {
namespace {

static_assert(crypto_pwhash_argon2id_SALTBYTES == 16);
static_assert(SecretKey::kSize == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

// Douglas Crockford's base 32: no I, L, O, U.
constexpr std::string_view kSpokenAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kSpokenCharacters = 16;
constexpr std::size_t kSpokenGroup = 4;

/// What the derivation reads: one passphrase, however the keyboard composes its accents.
Result<std::string> NormalPassphrase(std::string_view passphrase) {
  auto normal = Nfc(passphrase);
  if (!normal) {
    return MakeError(ErrorCode::kInvalid,
                     "the passphrase is not UTF-8 text; type it again in a UTF-8 terminal");
  }
  return normal;
}

std::size_t Characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

}  // namespace

Status CheckPassphrase(std::string_view passphrase) {
  TRAM_ASSIGN(std::string normal, NormalPassphrase(passphrase));
  bool enough = Characters(normal) >= kPassphraseCharactersMin;
  sodium_memzero(normal.data(), normal.size());
  if (enough) return {};
  return MakeError(ErrorCode::kInvalid, "the passphrase is too short; use at least " +
                                            std::to_string(kPassphraseCharactersMin) +
                                            " characters, better four words");
}

Status CheckWrap(ByteView wrap) {
  if (!wrap.empty() && wrap.front() > kWrapFormat) {
    return MakeError(ErrorCode::kTooNew,
                     "this key file was written by a newer version; update this program");
  }
  if (wrap.size() < kWrapHeadBytes + kWrapTagBytes || wrap.front() != kWrapFormat) {
    return MakeError(ErrorCode::kInvalid,
                     "this is no wrapped key: it was cut or changed; restore it from a backup");
  }
  // A peer's wrap must not choose a cost that is cheap to guess at or that this machine cannot pay.
  auto passes = FromLittleEndian<std::uint32_t>(wrap.subspan(1, 4));
  auto memory = FromLittleEndian<std::uint64_t>(wrap.subspan(5, 8));
  if (passes < kArgon2PassesMin || passes > kArgon2PassesMax || memory < kArgon2MemoryBytesMin ||
      memory > kArgon2MemoryBytesMax) {
    return MakeError(ErrorCode::kInvalid,
                     "the wrapped key asks for a cost out of bounds: it was changed; restore it "
                     "from a backup");
  }
  return {};
}

Result<SecretKey> DeriveWrapKey(ByteView head, std::string_view passphrase) {
  PrepareSodium();
  TRAM_ASSIGN(std::string normal, NormalPassphrase(passphrase));
  std::array<std::uint8_t, SecretKey::kSize> derived{};
  int failed = crypto_pwhash(
      derived.data(), derived.size(), normal.data(), normal.size(), head.data() + kWrapSaltAt,
      FromLittleEndian<std::uint32_t>(head.subspan(1, 4)),
      FromLittleEndian<std::uint64_t>(head.subspan(5, 8)), crypto_pwhash_ALG_ARGON2ID13);
  sodium_memzero(normal.data(), normal.size());
  if (failed != 0) {
    return MakeError(ErrorCode::kOverloaded,
                     "not enough memory to open the key; close other programs and try again");
  }
  SecretKey key = SecretKey::From(derived);
  sodium_memzero(derived.data(), derived.size());
  return key;
}

Result<Bytes> OpenWrap(ByteView wrap, const SecretKey& key) {
  ByteView head = wrap.first(kWrapHeadBytes);
  ByteView ciphertext = wrap.subspan(kWrapHeadBytes);
  WipedBytes opened{Bytes(ciphertext.size() - kWrapTagBytes)};
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          opened.bytes.data(), nullptr, nullptr, ciphertext.data(), ciphertext.size(), head.data(),
          head.size(), head.data() + kWrapNonceAt, key.view().data()) != 0) {
    return MakeError(ErrorCode::kDenied, "the passphrase is wrong; try again");
  }
  return std::move(opened.bytes);
}

Result<Bytes> WrapSecret(ByteView secret, std::string_view passphrase, Random& random) {
  TRAM_TRY(CheckPassphrase(passphrase));
  Bytes wrap = {kWrapFormat};
  Extend(wrap, LittleEndian(kArgon2PassesMin));
  Extend(wrap, LittleEndian(kArgon2MemoryBytesMin));
  wrap.resize(kWrapHeadBytes + secret.size() + kWrapTagBytes);
  random.Fill(std::span(wrap).subspan(kWrapSaltAt, kWrapHeadBytes - kWrapSaltAt));
  TRAM_ASSIGN(SecretKey key, DeriveWrapKey(wrap, passphrase));
  crypto_aead_xchacha20poly1305_ietf_encrypt(wrap.data() + kWrapHeadBytes, nullptr, secret.data(),
                                             secret.size(), wrap.data(), kWrapHeadBytes, nullptr,
                                             wrap.data() + kWrapNonceAt, key.view().data());
  return wrap;
}

Result<Bytes> UnwrapSecret(ByteView wrap, std::string_view passphrase) {
  TRAM_TRY(CheckWrap(wrap));
  TRAM_ASSIGN(SecretKey key, DeriveWrapKey(wrap, passphrase));
  return OpenWrap(wrap, key);
}

Result<SecretKey> UnwrapKey(ByteView wrap, std::string_view passphrase) {
  TRAM_ASSIGN(Bytes opened, UnwrapSecret(wrap, passphrase));
  const WipedBytes secret(std::move(opened));
  if (secret.bytes.size() != SecretKey::kSize) {
    return MakeError(ErrorCode::kCorrupt, "the wrapped key has a wrong size; restore a backup");
  }
  return SecretKey::From(secret.bytes);
}

std::string NewSpokenCode(Random& random) {
  std::array<std::uint8_t, kSpokenCharacters> bytes;
  random.Fill(bytes);
  std::string code;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i > 0 && i % kSpokenGroup == 0) code += '-';
    code += kSpokenAlphabet[bytes[i] % kSpokenAlphabet.size()];  // 256 is a multiple of 32
  }
  sodium_memzero(bytes.data(), bytes.size());
  return code;
}

Result<std::string> NormalSpokenCode(std::string_view code) {
  constexpr std::string_view kSeparators = " -._\t\r\n";
  std::string normal;
  for (char c : code) {
    if (kSeparators.find(c) != kSeparators.npos) continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == 'I' || c == 'L') c = '1';
    if (c == 'O') c = '0';
    if (kSpokenAlphabet.find(c) == kSpokenAlphabet.npos) {
      return MakeError(ErrorCode::kInvalid,
                       "the code holds a sign that no code has; type its letters and digits only");
    }
    normal += c;
  }
  if (normal.size() != kSpokenCharacters) {
    return MakeError(ErrorCode::kInvalid,
                     "the code has " + std::to_string(normal.size()) + " letters and digits, not " +
                         std::to_string(kSpokenCharacters) + "; ask for it again");
  }
  return normal;
}

}  // namespace tram
