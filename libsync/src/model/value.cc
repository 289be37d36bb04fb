#include "tram/model/value.h"

#include <cstdlib>

namespace tram {
namespace {

struct TextOf {
  std::string operator()(std::monostate) const { return ""; }
  std::string operator()(bool value) const { return value ? "yes" : "no"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(Decimal value) const { return DecimalText(value); }
  std::string operator()(Date value) const { return IsoDate(value); }
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(Code value) const { return "#" + std::to_string(value.number); }
  std::string operator()(AddCode value) const { return "+#" + std::to_string(value.number); }
  std::string operator()(RemoveCode value) const { return "-#" + std::to_string(value.number); }
  std::string operator()(const RecordId& value) const { return value.Hex(); }
};

}  // namespace

std::string ValueText(const Value& value) { return std::visit(TextOf{}, value); }

std::string DecimalText(Decimal decimal) {
  bool negative = decimal.mantissa < 0;
  std::uint64_t magnitude = negative ? 0 - static_cast<std::uint64_t>(decimal.mantissa)
                                     : static_cast<std::uint64_t>(decimal.mantissa);
  std::string digits = std::to_string(magnitude);
  if (decimal.scale > 0) {
    if (digits.size() <= decimal.scale) digits.insert(0, decimal.scale + 1 - digits.size(), '0');
    digits.insert(digits.size() - decimal.scale, ".");
  }
  return negative ? "-" + digits : digits;
}

Result<Decimal> ParseDecimal(std::string_view text) {
  Error error = MakeError(ErrorCode::kInvalid,
                          "'" + std::string(text) + "' is not a number; write for example 2.5");
  std::string_view rest = text;
  bool negative = !rest.empty() && rest[0] == '-';
  if (negative) rest.remove_prefix(1);
  Decimal decimal;
  std::size_t digits = 0;
  bool point = false;
  for (char c : rest) {
    if ((c == '.' || c == ',') && !point && digits > 0) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9' || ++digits > kDecimalScaleMax) return error;
    decimal.mantissa = decimal.mantissa * 10 + (c - '0');
    if (point) ++decimal.scale;
  }
  if (digits == 0 || (point && decimal.scale == 0)) return error;
  if (negative) decimal.mantissa = -decimal.mantissa;
  return decimal;
}

}  // namespace tram
