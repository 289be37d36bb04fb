// Op: one immutable change to one record. Envelope in the clear and frozen for all versions; the
// body is opaque to those who do not understand it.
// Format: libsync/docs/wire-format.md. Canonical bytes and ids: wire/op_codec.h.
// Threads: values, no shared state.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tram/base/bytes.h"
#include "tram/base/ids.h"
#include "tram/model/hybrid_time.h"
#include "tram/model/value.h"

namespace tram {

inline constexpr std::uint32_t kOpFormat = 1;

/// The envelope. `record` empty: this op creates its record. `parents` sorted and unique.
struct Op {
  std::uint32_t format = kOpFormat;
  DeviceId device;
  std::optional<RecordId> record;
  std::vector<OpId> parents;
  HybridTime time;
  Bytes body;  // OpBody's canonical bytes where format is kOpFormat
  friend bool operator==(const Op&, const Op&) = default;
};

/// The body of format 1.
struct OpBody {
  std::optional<RecordId> author;      // a record of type worker; empty before the first one exists
  std::uint32_t type = 0;              // record type number in the programme
  std::optional<std::uint64_t> nonce;  // 64 random bits, in creating ops and only there
  std::vector<Edit> edits;             // clear fields; sorted, unique
  std::optional<Bytes> sealed;         // edits of sealed fields, sealed (crypto/seal.h)
  friend bool operator==(const OpBody&, const OpBody&) = default;
};

// Reserved field numbers 1..15, the same in every record type. A programme's fields start at 16.
inline constexpr std::uint32_t kFieldParent = 1;   // ref, clear
inline constexpr std::uint32_t kFieldDeleted = 2;  // bool, clear
inline constexpr std::uint32_t kFieldReason = 3;   // text, sealed: why it is deleted or corrected
inline constexpr std::uint32_t kFieldMergedInto = 4;  // ref, clear
inline constexpr std::uint32_t kFieldImportKey = 5;   // text, sealed
inline constexpr std::uint32_t kFieldOrigin = 6;      // text "unit/op" in hex, clear
inline constexpr std::uint32_t kFieldFirstOwn = 16;

/// Record types 1..15 are the project's own (written by the server's feed); programmes start at 16.
inline constexpr std::uint32_t kTypeFirstOwn = 16;

}  // namespace tram
