// Sealing: one blob per op, readable only with the unit key and the client's seed.
//
// XChaCha20 with a synthetic IV, after jedisct1's libsodium-xchacha20-siv: tag = keyed BLAKE2b-256
// over (size of the clear part in 8 bytes, lowest first; clear part; unit; padded plaintext) cut to
// 16 bytes; nonce = tag and 8 zero bytes; separate keys for MAC and cipher, both derived from the
// client's key. Nothing else is transmitted, and two copies of a device cannot reuse a nonce. The
// plaintext is padded with zeros to a multiple of 8 bytes before sealing; how many they are, 0 to
// 7, is in the upper three bits of its first byte. (ISO 7816-4 padding would cost a byte more a
// blob.) Keys: unit key (random) → client key = BLAKE2b-256 keyed with the unit key over
// "tram-client-key-1" and the client's erasable seed → MAC and cipher key = BLAKE2b-256 keyed with
// the client key over "tram-seal-mac-1" and "tram-seal-cipher-1".
// Threat model: libsync/docs/threat-model.md.
// Threads: pure functions; keys are wiped when destroyed.
#pragma once

#include "tram/base/bytes.h"
#include "tram/base/clock.h"
#include "tram/base/ids.h"

namespace tram {

/// 32 secret bytes, wiped on destruction. Copies are deliberate: use Copy().
class SecretKey {
 public:
  static constexpr std::size_t kSize = 32;
  SecretKey() = default;
  static SecretKey From(ByteView bytes);  // needs exactly kSize bytes
  static SecretKey Generate(Random& random);
  SecretKey(SecretKey&& other) noexcept;
  SecretKey& operator=(SecretKey&& other) noexcept;
  SecretKey(const SecretKey&) = delete;
  SecretKey& operator=(const SecretKey&) = delete;
  ~SecretKey();
  SecretKey Copy() const { return From(view()); }
  ByteView view() const { return bytes_; }

 private:
  std::array<std::uint8_t, kSize> bytes_{};
};

inline constexpr std::size_t kSealTagBytes = 16;
inline constexpr std::size_t kSealPadding = 8;
inline constexpr std::uint8_t kSealFirstByteEnd = 32;

/// The seed of records that belong to no client (workers, stock): fixed, never erased.
Seed UnitSeed();

SecretKey DeriveClientKey(const SecretKey& unit_key, const Seed& seed);

/// The key of what a device seals for itself and never sends: keyed BLAKE2b-256 over
/// "tram-local-key-1".
SecretKey DeriveLocalKey(const SecretKey& unit_key);

/// tag (16 bytes) and ciphertext. Equal inputs give equal blobs, so a clear part that differs from
/// op to op (random bytes, parents, time) hides equal texts; nothing else repeats.
/// Needs a plaintext of at least one byte, the first below kSealFirstByteEnd.
Bytes Seal(const SecretKey& client_key, const UnitId& unit, ByteView clear_part, ByteView plain);
/// The plaintext without its padding; the caller wipes it where that matters.
/// Errors: denied (wrong key, or the op was changed) | invalid (cannot be a sealed blob).
Result<Bytes> Unseal(const SecretKey& client_key, const UnitId& unit, ByteView clear_part,
                     ByteView sealed);

}  // namespace tram
