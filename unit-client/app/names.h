// What people type for records, types and fields, and what they are shown: short ids, labels of
// codes, names of authors.
// Threads: the thread that owns the device.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/verb.h"

namespace tram::client {

/// "field=value", as typed.
struct Assignment {
  std::string name, value;
};
/// Errors: invalid (no '=' or no name before it).
Result<Assignment> ParseAssignment(std::string_view text);

inline constexpr std::size_t kPrefixDigitsMin = 6;

/// A full id, or at least kPrefixDigitsMin first digits of the only id that begins so.
/// Errors: invalid (too short, no hex digits, several) | not_found.
Result<RecordId> FindRecord(Call& call, std::string_view typed);
/// Errors: not_found (lists the types).
Result<const RecordType*> FindType(Call& call, std::string_view name);
/// Errors: not_found (lists the fields).
Result<const Field*> FindField(const Output& out, const RecordType& type, std::string_view name);
/// Nothing where the type has no such field.
const FieldView* FindFieldView(const RecordView& record, std::uint32_t number);

std::string ShortId(const RecordId& id);
std::string ShortDevice(const DeviceId& device);
/// The worker's name where it can be read, else the short id of his record, else "?".
std::string AuthorText(Call& call, const Provenance& by);
/// "by WHO, 2026-11-21 22:13, device 1234abcd", in the person's language.
std::string ProvenanceText(Call& call, const Provenance& by);
/// A value as a person reads it: codes by their label.
std::string ShownText(const Call& call, const Field& field, const Value& value);
std::string ShownElements(const Call& call, const Field& field,
                          const std::vector<std::uint32_t>& elements);
/// Names joined by '|', as ParseSet reads them.
std::string SetText(const Programme& programme, const Field& field,
                    const std::vector<std::uint32_t>& elements);

/// bool and int as they are, null, everything else as its text.
Json ValueJson(const Programme& programme, const Field& field, const Value& value);
Json ElementsJson(const Programme& programme, const Field& field,
                  const std::vector<std::uint32_t>& elements);
/// {author, device, time, time_ms, op}.
Json ProvenanceJson(Call& call, const Provenance& by);

}  // namespace tram::client
