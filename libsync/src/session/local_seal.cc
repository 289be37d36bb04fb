// What a device seals for itself: see UnitDevice::SealLocal. Format: libsync/docs/store.md.
#include <algorithm>

#include "session/device_state.h"

namespace tram {
namespace {

/// In front of each blob: equal texts must not give equal blobs.
constexpr std::size_t kFreshBytes = 16;
/// First byte of the plaintext: what Seal wants there, and the format.
constexpr std::uint8_t kLocalFormat = 1;

Bytes ClearPartOf(std::string_view purpose, ByteView fresh) {
  Bytes clear = ToBytes(fresh);
  Extend(clear, AsBytes(purpose));
  return clear;
}

Error Locked() {
  return MakeError(ErrorCode::kDenied, "this unit is locked; unlock it with its passphrase");
}

}  // namespace

Result<Bytes> UnitDevice::SealLocal(std::string_view purpose, ByteView plain) const {
  if (!unlocked()) return Locked();
  Bytes blob(kFreshBytes);
  state_->random.Fill(blob);
  Bytes with_format{kLocalFormat};
  Extend(with_format, plain);
  const SecretKey key = DeriveLocalKey(state_->unsealer->unit_key());
  Extend(blob, Seal(key, unit(), ClearPartOf(purpose, blob), with_format));
  std::fill(with_format.begin(), with_format.end(), std::uint8_t{0});
  return blob;
}

Result<Bytes> UnitDevice::OpenLocal(std::string_view purpose, ByteView sealed) const {
  if (!unlocked()) return Locked();
  if (sealed.size() < kFreshBytes) {
    return MakeError(ErrorCode::kInvalid, "a sealed part of this device was cut");
  }
  const SecretKey key = DeriveLocalKey(state_->unsealer->unit_key());
  TRAM_ASSIGN(Bytes plain, Unseal(key, unit(), ClearPartOf(purpose, sealed.first(kFreshBytes)),
                                  sealed.subspan(kFreshBytes)));
  if (plain.empty() || plain[0] != kLocalFormat) {
    return MakeError(ErrorCode::kInvalid,
                     "a sealed part of this device has another format: update this program");
  }
  plain.erase(plain.begin());
  return plain;
}

}  // namespace tram
