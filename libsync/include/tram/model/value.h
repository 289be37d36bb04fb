// Value: what one edit sets a field to. Codes are numbers of the programme's code lists; a set's
// elements are codes too, added and removed one by one.
// Text is NFC, at most kTextBytesMax bytes. Wire form: libsync/docs/wire-format.md.
// Threads: values, no shared state.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "tram/base/dates.h"
#include "tram/base/ids.h"

namespace tram {

/// mantissa × 10^-scale; 2.50 and 2.5 are different decimals.
struct Decimal {
  std::int64_t mantissa = 0;
  std::uint8_t scale = 0;  // 0..18
  friend auto operator<=>(const Decimal&, const Decimal&) = default;
};
inline constexpr std::uint8_t kDecimalScaleMax = 18;

struct Code {
  std::uint32_t number = 0;
  friend auto operator<=>(const Code&, const Code&) = default;
};
/// Adds one element to a set field.
struct AddCode {
  std::uint32_t number = 0;
  friend auto operator<=>(const AddCode&, const AddCode&) = default;
};
/// Removes from a set field those adds of one element that the op has as parents.
struct RemoveCode {
  std::uint32_t number = 0;
  friend auto operator<=>(const RemoveCode&, const RemoveCode&) = default;
};

/// monostate is null: the field was set to nothing.
using Value = std::variant<std::monostate, bool, std::int64_t, Decimal, Date, std::string, Code,
                           AddCode, RemoveCode, RecordId>;

inline bool IsNull(const Value& value) { return std::holds_alternative<std::monostate>(value); }

/// One field set to one value. Edits of an op are sorted by field, then element, and unique.
struct Edit {
  std::uint32_t field = 0;
  Value value;
  friend auto operator<=>(const Edit&, const Edit&) = default;
};

/// "12", "2.50", "2026-11-21", "yes"/"no", text as it is, codes as "#7", "+#7", "-#7", ids as hex.
std::string ValueText(const Value& value);
/// Errors: invalid.
Result<Decimal> ParseDecimal(std::string_view text);
std::string DecimalText(Decimal decimal);

}  // namespace tram
