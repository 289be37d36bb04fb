#include "tram/crypto/seal.h"

#include <algorithm>
#include <optional>

#include "crypto/sodium.h"

namespace tram {
namespace {

constexpr std::size_t kNonceBytes = crypto_stream_xchacha20_NONCEBYTES;
static_assert(SecretKey::kSize == crypto_stream_xchacha20_KEYBYTES);
static_assert(kNonceBytes == kSealTagBytes + 8);

// What a derived key is for: no two purposes may share a label.
constexpr std::string_view kClientKeyLabel = "tram-client-key-1";
constexpr std::string_view kLocalKeyLabel = "tram-local-key-1";
constexpr std::string_view kMacKeyLabel = "tram-seal-mac-1";
constexpr std::string_view kCipherKeyLabel = "tram-seal-cipher-1";

SecretKey DeriveKey(const SecretKey& key, std::string_view label, ByteView context) {
  std::array<std::uint8_t, SecretKey::kSize> derived;
  crypto_generichash_state state;
  crypto_generichash_init(&state, key.view().data(), SecretKey::kSize, derived.size());
  crypto_generichash_update(&state, AsBytes(label).data(), label.size());
  crypto_generichash_update(&state, context.data(), context.size());
  crypto_generichash_final(&state, derived.data(), derived.size());
  SecretKey result = SecretKey::From(derived);
  sodium_memzero(derived.data(), derived.size());
  sodium_memzero(&state, sizeof state);
  return result;
}

using Nonce = std::array<std::uint8_t, kNonceBytes>;

/// The tag over everything, and 8 zero bytes. The clear part's size stands in front, so that no
/// byte can move from the clear part to the text.
Nonce SyntheticNonce(const SecretKey& client_key, const UnitId& unit, ByteView clear_part,
                     ByteView padded) {
  SecretKey mac_key = DeriveKey(client_key, kMacKeyLabel, {});
  Bytes clear_size = LittleEndian(static_cast<std::uint64_t>(clear_part.size()));
  std::array<std::uint8_t, 32> hash;
  crypto_generichash_state state;
  crypto_generichash_init(&state, mac_key.view().data(), SecretKey::kSize, hash.size());
  for (ByteView part : {ByteView(clear_size), clear_part, unit.view(), padded}) {
    crypto_generichash_update(&state, part.data(), part.size());
  }
  crypto_generichash_final(&state, hash.data(), hash.size());
  sodium_memzero(&state, sizeof state);
  Nonce nonce{};
  std::copy_n(hash.begin(), kSealTagBytes, nonce.begin());
  return nonce;
}

void Cipher(const SecretKey& client_key, const Nonce& nonce, ByteView from, std::uint8_t* to) {
  SecretKey cipher_key = DeriveKey(client_key, kCipherKeyLabel, {});
  crypto_stream_xchacha20_xor(to, from.data(), from.size(), nonce.data(), cipher_key.view().data());
}

WipedBytes Padded(ByteView plain) {
  TRAM_ASSERT(!plain.empty() && plain[0] < kSealFirstByteEnd);
  const std::size_t zeros = (kSealPadding - plain.size() % kSealPadding) % kSealPadding;
  WipedBytes padded{Bytes(plain.size() + zeros)};
  std::copy(plain.begin(), plain.end(), padded.bytes.begin());
  padded.bytes[0] |= static_cast<std::uint8_t>(zeros * kSealFirstByteEnd);
  return padded;
}

/// Nothing: not what Padded gives.
std::optional<Bytes> Unpadded(ByteView padded) {
  const std::size_t zeros = padded[0] / kSealFirstByteEnd;
  const ByteView plain = padded.first(padded.size() - zeros);
  const ByteView rest = padded.subspan(plain.size());
  if (std::any_of(rest.begin(), rest.end(), [](std::uint8_t byte) { return byte != 0; })) {
    return std::nullopt;
  }
  Bytes bytes = ToBytes(plain);
  bytes[0] %= kSealFirstByteEnd;
  return bytes;
}

}  // namespace

SecretKey SecretKey::From(ByteView bytes) {
  TRAM_ASSERT(bytes.size() == kSize);
  SecretKey key;
  std::copy(bytes.begin(), bytes.end(), key.bytes_.begin());
  return key;
}

SecretKey SecretKey::Generate(Random& random) {
  SecretKey key;
  random.Fill(key.bytes_);
  return key;
}

SecretKey::SecretKey(SecretKey&& other) noexcept : bytes_(other.bytes_) {
  sodium_memzero(other.bytes_.data(), kSize);
}

SecretKey& SecretKey::operator=(SecretKey&& other) noexcept {
  if (this != &other) {
    bytes_ = other.bytes_;
    sodium_memzero(other.bytes_.data(), kSize);
  }
  return *this;
}

SecretKey::~SecretKey() { sodium_memzero(bytes_.data(), kSize); }

Seed UnitSeed() { return Seed::From(AsBytes("tram-unit-seed-1")); }

SecretKey DeriveClientKey(const SecretKey& unit_key, const Seed& seed) {
  return DeriveKey(unit_key, kClientKeyLabel, seed.view());
}

SecretKey DeriveLocalKey(const SecretKey& unit_key) {
  return DeriveKey(unit_key, kLocalKeyLabel, {});
}

Bytes Seal(const SecretKey& client_key, const UnitId& unit, ByteView clear_part, ByteView plain) {
  PrepareSodium();
  WipedBytes padded = Padded(plain);
  Nonce nonce = SyntheticNonce(client_key, unit, clear_part, padded.bytes);
  Bytes sealed(kSealTagBytes + padded.bytes.size());
  std::copy_n(nonce.begin(), kSealTagBytes, sealed.begin());
  Cipher(client_key, nonce, padded.bytes, sealed.data() + kSealTagBytes);
  return sealed;
}

Result<Bytes> Unseal(const SecretKey& client_key, const UnitId& unit, ByteView clear_part,
                     ByteView sealed) {
  if (sealed.size() < kSealTagBytes + kSealPadding ||
      (sealed.size() - kSealTagBytes) % kSealPadding != 0) {
    return MakeError(ErrorCode::kInvalid,
                     "a sealed part has an impossible size: it was cut or changed; verify the log");
  }
  PrepareSodium();
  Nonce nonce{};
  std::copy_n(sealed.begin(), kSealTagBytes, nonce.begin());
  ByteView ciphertext = sealed.subspan(kSealTagBytes);
  WipedBytes padded{Bytes(ciphertext.size())};
  Cipher(client_key, nonce, ciphertext, padded.bytes.data());
  Nonce expected = SyntheticNonce(client_key, unit, clear_part, padded.bytes);
  if (sodium_memcmp(expected.data(), nonce.data(), nonce.size()) != 0) {
    return MakeError(ErrorCode::kDenied,
                     "a sealed part does not open: it was sealed with another key, or changed");
  }
  std::optional<Bytes> plain = Unpadded(padded.bytes);
  if (!plain) {
    return MakeError(ErrorCode::kInvalid,
                     "a sealed part opens but is not padded as it must be; update this program");
  }
  return std::move(*plain);
}

}  // namespace tram
