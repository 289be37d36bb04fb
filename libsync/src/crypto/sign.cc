#include "tram/crypto/sign.h"

#include <algorithm>

#include "crypto/sodium.h"

namespace tram {

static_assert(SecretKey::kSize == crypto_sign_SEEDBYTES);
static_assert(DeviceId::kSize == crypto_sign_PUBLICKEYBYTES);
static_assert(Signature::kSize == crypto_sign_BYTES);

SigningKey SigningKey::Generate(Random& random) { return FromSeed(SecretKey::Generate(random)); }

SigningKey SigningKey::FromSeed(SecretKey seed) {
  PrepareSodium();
  std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES> secret;
  SigningKey key;
  crypto_sign_seed_keypair(key.id_.data(), secret.data(), seed.view().data());
  sodium_memzero(secret.data(), secret.size());
  key.seed_ = std::move(seed);
  return key;
}

Signature SigningKey::Sign(ByteView message) const {
  PrepareSodium();
  // libsodium's secret key is the seed followed by the public key.
  std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES> secret;
  std::copy(seed_.view().begin(), seed_.view().end(), secret.begin());
  std::copy(id_.view().begin(), id_.view().end(), secret.begin() + SecretKey::kSize);
  Signature signature;
  crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(), secret.data());
  sodium_memzero(secret.data(), secret.size());
  return signature;
}

bool VerifySignature(const DeviceId& signer, ByteView message, const Signature& signature) {
  PrepareSodium();
  return crypto_sign_verify_detached(signature.data(), message.data(), message.size(),
                                     signer.data()) == 0;
}

}  // namespace tram
