// The list of edits, in one grammar for bodies, sealed blobs and the compact form.
// Threads: pure functions.
#pragma once

#include <optional>
#include <vector>

#include "tram/model/value.h"
#include "tram/wire/op_codec.h"
#include "wire/archive.h"

namespace tram::wire {

/// The day that dates are counted from in canonical bytes: 2036-01-01. All dates from 2013-07-28 to
/// 2035-10-28 then take two bytes: the size of a sealed blob does not tell them apart.
inline constexpr std::int64_t kDayOrigin = 24106;

/// How texts stand in a sealed blob. Frozen: its first byte.
enum class TextCodec : std::uint8_t { kRaw = 0, kSyllables = 1 };

/// What differs between the canonical, the compact and the sealed form.
struct EditForm {
  IdCoder* ids = nullptr;             // none: ids in full
  std::int64_t day = kDayOrigin;      // dates are written as days from here
  std::optional<TextCodec> sealed{};  // no count, no size of a last text: the list fills its place
};

struct Edits {
  Edits(std::vector<Edit>& list, EditForm f) : edits(list), form(f) {}
  std::vector<Edit>& edits;
  EditForm form;
};
/// Needs CheckEdits(edits).
void save(CanonicalOutput& output, const Edits& edits);
void load(CanonicalInput& input, Edits& edits);

/// Writes a reference, or 0 and the full id.
void PutReference(CanonicalOutput& output, const OpId& id, IdCoder& ids);
/// Throws DecodeFailure with not_found where the reference does not resolve.
OpId TakeReference(CanonicalInput& input, IdCoder& ids);

}  // namespace tram::wire
