// What people and CSV files write for a field, and back.
#include <algorithm>
#include <charconv>
#include <optional>

#include "tram/base/limits.h"
#include "tram/base/vietnamese.h"
#include "tram/programme/programme.h"

namespace tram {
namespace {

Error Wrong(const Field& field, const std::string& what) {
  return MakeError(ErrorCode::kInvalid, field.name + ": " + what);
}

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string Range(const Field& field) {
  std::string from = field.min ? "from " + std::to_string(*field.min) : "";
  std::string to = field.max ? "up to " + std::to_string(*field.max) : "";
  return from + (from.empty() || to.empty() ? "" : " ") + to;
}

Result<Value> ParseBool(const Field& field, std::string_view text) {
  std::string folded = Fold(text);
  if (folded == "1" || folded == "yes" || folded == "true" || folded == "co") return Value(true);
  if (folded == "0" || folded == "no" || folded == "false" || folded == "khong") {
    return Value(false);
  }
  return Wrong(field, "'" + std::string(text) + "' is not one of: 1, 0, yes, no");
}

Result<Value> ParseInt(const Field& field, std::string_view text) {
  std::int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return Wrong(field, "'" + std::string(text) + "' is no whole number");
  }
  if ((field.min && value < *field.min) || (field.max && value > *field.max)) {
    return Wrong(field, std::string(text) + " is out of range: " + Range(field));
  }
  return Value(value);
}

/// The same value with `scale` digits after the point; nothing where digits would be lost or the
/// number is too large.
std::optional<std::int64_t> Rescaled(Decimal decimal, std::uint8_t scale) {
  for (; decimal.scale > scale; --decimal.scale) {
    if (decimal.mantissa % 10 != 0) return std::nullopt;
    decimal.mantissa /= 10;
  }
  for (; decimal.scale < scale; ++decimal.scale) {
    if (__builtin_mul_overflow(decimal.mantissa, 10, &decimal.mantissa)) return std::nullopt;
  }
  return decimal.mantissa;
}

Result<Value> ParseDecimalValue(const Field& field, std::string_view text) {
  // Vietnamese writes 2,5 where English writes 2.5; a separator of thousands is not taken.
  std::string with_point(text);
  if (std::count(text.begin(), text.end(), ',') == 1 && text.find('.') == std::string_view::npos) {
    std::replace(with_point.begin(), with_point.end(), ',', '.');
  }
  auto decimal = ParseDecimal(with_point);
  if (!decimal) return Wrong(field, "'" + std::string(text) + "' is no number");
  std::optional<std::int64_t> mantissa = Rescaled(*decimal, field.scale);
  if (!mantissa) {
    return Wrong(field, "'" + std::string(text) + "' has more than " + std::to_string(field.scale) +
                            " digits after the point");
  }
  // Equal numbers are equal values: all of a field have its scale.
  Decimal scaled{*mantissa, field.scale};
  auto low = field.min ? Rescaled({*field.min, 0}, field.scale) : std::nullopt;
  auto high = field.max ? Rescaled({*field.max, 0}, field.scale) : std::nullopt;
  if ((low && scaled.mantissa < *low) || (high && scaled.mantissa > *high)) {
    return Wrong(field, std::string(text) + " is out of range: " + Range(field));
  }
  return Value(scaled);
}

Result<Value> ParseText(const Field& field, std::string_view text) {
  auto normal = Nfc(text);
  if (!normal) return Wrong(field, "the text is not UTF-8");
  if (normal->size() > kTextBytesMax) return Wrong(field, "the text is longer than 64 KiB");
  auto characters = static_cast<std::int64_t>(
      std::count_if(normal->begin(), normal->end(), [](char c) { return (c & 0xc0) != 0x80; }));
  if ((field.min && characters < *field.min) || (field.max && characters > *field.max)) {
    return Wrong(field, "the text has " + std::to_string(characters) + " characters; allowed are " +
                            Range(field));
  }
  return Value(std::move(*normal));
}

enum class Retired { kRefused, kTaken };

Result<std::uint32_t> ParseCode(const Programme& programme, const Field& field,
                                std::string_view text, Retired retired) {
  const CodeList* list = programme.Codes(field.codes);
  if (list == nullptr) return Wrong(field, "the programme has no code list " + field.codes);
  const CodeValue* code = list->ByName(text);
  if (code != nullptr && (!code->retired || retired == Retired::kTaken)) return code->number;
  std::string allowed;
  for (const CodeValue& other : list->values) {
    if (other.retired) continue;
    allowed += (allowed.empty() ? "" : ", ") + other.name;
  }
  return Wrong(field, "'" + std::string(text) + "' is " +
                          (code != nullptr ? "no longer used; allowed: " : "not one of: ") +
                          allowed);
}

std::string CodeText(const Programme& programme, const Field& field, std::uint32_t number) {
  const CodeList* list = programme.Codes(field.codes);
  const CodeValue* code = list == nullptr ? nullptr : list->ByNumber(number);
  // A code of a newer programme: its number, so that nothing looks empty that is not.
  return code == nullptr ? "#" + std::to_string(number) : code->name;
}

}  // namespace

Result<Value> ParseValue(const Programme& programme, const Field& field, std::string_view text) {
  if (text.empty()) return Value();
  if (field.type == FieldType::kText) return ParseText(field, text);
  text = Trimmed(text);
  if (text.empty()) return Value();
  switch (field.type) {
    case FieldType::kBool:
      return ParseBool(field, text);
    case FieldType::kInt:
      return ParseInt(field, text);
    case FieldType::kDecimal:
      return ParseDecimalValue(field, text);
    case FieldType::kDate: {
      auto date = ParsePersonDate(text);
      if (date) return Value(*date);
      return Wrong(
          field, "'" + std::string(text) + "' is no date: write day/month/year or year-month-day");
    }
    case FieldType::kCode: {
      TRAM_ASSIGN(std::uint32_t number, ParseCode(programme, field, text, Retired::kRefused));
      return Value(Code{number});
    }
    case FieldType::kRef: {
      auto id = RecordId::FromHexText(text);
      if (id) return Value(*id);
      return Wrong(field, id.error().message);
    }
    case FieldType::kSet:
    case FieldType::kText:
      break;
  }
  return Wrong(field, "a set is given element by element");
}

Result<std::vector<std::uint32_t>> ParseSet(const Programme& programme, const Field& field,
                                            std::string_view text) {
  std::vector<std::uint32_t> elements;
  while (!text.empty()) {
    std::size_t end = std::min(text.find('|'), text.size());
    std::string_view element = Trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (element.empty()) continue;  // "|a|b|", as the tables and exports write sets
    TRAM_ASSIGN(std::uint32_t number, ParseCode(programme, field, element, Retired::kTaken));
    elements.push_back(number);
  }
  std::sort(elements.begin(), elements.end());
  elements.erase(std::unique(elements.begin(), elements.end()), elements.end());
  return elements;
}

std::string FieldText(const Programme& programme, const Field& field, const Value& value) {
  struct Writer {
    const Programme& programme;
    const Field& field;
    std::string operator()(std::monostate) const { return {}; }
    std::string operator()(bool flag) const { return flag ? "1" : "0"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(Decimal decimal) const { return DecimalText(decimal); }
    std::string operator()(Date date) const { return IsoDate(date); }
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(Code code) const { return CodeText(programme, field, code.number); }
    std::string operator()(AddCode code) const { return CodeText(programme, field, code.number); }
    std::string operator()(RemoveCode code) const {
      return CodeText(programme, field, code.number);
    }
    std::string operator()(const RecordId& id) const { return id.Hex(); }
  };
  return std::visit(Writer{programme, field}, value);
}

std::string StratumLabel(const Programme& programme, const std::string& stratum,
                         Language language) {
  const bool vi = language == Language::kVietnamese;
  if (stratum == "all") return vi ? "tất cả" : "all";
  const std::size_t sign = stratum.find('=');
  for (const Dimension& dimension : programme.dimensions) {
    if (sign == std::string::npos || dimension.name != stratum.substr(0, sign)) continue;
    const Field* field = programme.ByName(dimension.record)->ByName(dimension.field);
    const std::string name = stratum.substr(sign + 1);
    const CodeValue* code = programme.Codes(field->codes)->ByName(name);
    const std::string text = name.empty()      ? (vi ? "không ghi" : "not recorded")
                             : code == nullptr ? name
                                               : code->label.In(language);
    return field->label.In(language) + ": " + text;
  }
  return stratum;
}

}  // namespace tram
