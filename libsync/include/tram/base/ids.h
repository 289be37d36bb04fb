// Ids as strong types of fixed size. Text form: lower-case hex.
//
// Identity is content: an op's id is the keyed hash of its canonical bytes, a record's id is the id
// of the op that created it, a device's id is its Ed25519 public key.
// Threads: values, no shared state.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>

#include "tram/base/bytes.h"

namespace tram {

template <class Tag, std::size_t kBytes>
class Id {
 public:
  static constexpr std::size_t kSize = kBytes;

  constexpr Id() = default;
  /// Needs exactly kSize bytes.
  static Id From(ByteView bytes) {
    TRAM_ASSERT(bytes.size() == kSize);
    Id id;
    std::copy(bytes.begin(), bytes.end(), id.bytes_.begin());
    return id;
  }
  /// Errors: invalid (wrong length or no hex).
  static Result<Id> FromHexText(std::string_view hex) {
    if (hex.size() != kSize * 2) {
      return MakeError(ErrorCode::kInvalid, "an id here has " + std::to_string(kSize * 2) +
                                                " hexadecimal digits, not " +
                                                std::to_string(hex.size()));
    }
    TRAM_ASSIGN(Bytes bytes, FromHex(hex));
    return From(bytes);
  }

  std::string Hex() const { return ToHex(view()); }
  ByteView view() const { return bytes_; }
  std::uint8_t* data() { return bytes_.data(); }
  const std::uint8_t* data() const { return bytes_.data(); }
  bool IsZero() const {
    return std::all_of(bytes_.begin(), bytes_.end(), [](std::uint8_t b) { return b == 0; });
  }
  friend constexpr auto operator<=>(const Id&, const Id&) = default;

 private:
  std::array<std::uint8_t, kSize> bytes_{};
};

/// BLAKE2b-160 of an op's canonical bytes, keyed with the unit id.
using OpId = Id<struct OpIdTag, 20>;
/// Equal in bytes to the id of the op that created the record.
using RecordId = Id<struct RecordIdTag, 20>;
/// One treatment unit: 16 random bytes given by the server.
using UnitId = Id<struct UnitIdTag, 16>;
/// Ed25519 public key of a device (or of the server).
using DeviceId = Id<struct DeviceIdTag, 32>;
/// BLAKE2b-160 over a feed up to one entry.
using Chain = Id<struct ChainTag, 20>;
using Digest = Id<struct DigestTag, 20>;
using Signature = Id<struct SignatureTag, 64>;
/// A client's erasable seed (crypto/keys.h).
using Seed = Id<struct SeedTag, 16>;

inline RecordId RecordOf(const OpId& creating) { return RecordId::From(creating.view()); }
inline OpId CreatingOp(const RecordId& record) { return OpId::From(record.view()); }

/// A feed: a device's key and 64 random bits; never a counter.
struct FeedId {
  DeviceId device;
  std::uint64_t number = 0;
  friend auto operator<=>(const FeedId&, const FeedId&) = default;
};

}  // namespace tram

template <class Tag, std::size_t kBytes>
struct std::hash<tram::Id<Tag, kBytes>> {
  std::size_t operator()(const tram::Id<Tag, kBytes>& id) const {
    std::size_t value = 0;
    std::memcpy(&value, id.data(), sizeof value);  // ids are hashes or keys: any eight bytes do
    return value;
  }
};
template <>
struct std::hash<tram::FeedId> {
  std::size_t operator()(const tram::FeedId& feed) const {
    return std::hash<tram::DeviceId>()(feed.device) ^ static_cast<std::size_t>(feed.number);
  }
};
