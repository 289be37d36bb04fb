// Ed25519 signatures (RFC 8032, libsodium). A device's id is its public key.
// Threads: pure functions.
#pragma once

#include "tram/base/bytes.h"
#include "tram/base/clock.h"
#include "tram/base/ids.h"
#include "tram/crypto/seal.h"

namespace tram {

class SigningKey {
 public:
  static SigningKey Generate(Random& random);
  /// From the 32-byte seed of RFC 8032.
  static SigningKey FromSeed(SecretKey seed);
  const DeviceId& id() const { return id_; }
  /// The 32-byte seed, to be stored with mode 0600.
  const SecretKey& seed() const { return seed_; }
  Signature Sign(ByteView message) const;

 private:
  SecretKey seed_;
  DeviceId id_;
};

bool VerifySignature(const DeviceId& signer, ByteView message, const Signature& signature);

}  // namespace tram
