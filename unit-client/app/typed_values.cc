#include "app/typed_values.h"

#include <algorithm>
#include <charconv>

#include "tram/base/dates.h"
#include "tram/base/limits.h"

namespace tram::client {
namespace {

constexpr int kYearsAheadMax = 20;  // of a year of two digits

bool AllDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

int Number(std::string_view digits) {
  int number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

int YearOf(Date date) { return Number(IsoDate(date).substr(0, 4)); }

/// The parts of a date in the order of writing; empty where it is not made of three numbers.
std::vector<std::string> DateParts(std::string_view text) {
  if (AllDigits(text) && text.size() == 8) {
    return {std::string(text.substr(0, 2)), std::string(text.substr(2, 2)),
            std::string(text.substr(4))};
  }
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == '/' || c == '.' || c == '-') {
      parts.emplace_back();
    } else if (c != ' ') {
      parts.back() += c;
    }
  }
  if (parts.size() != 3 || !std::all_of(parts.begin(), parts.end(), AllDigits)) return {};
  return parts;
}

std::string RangeWords(const Output& out, const Field& field) {
  if (field.min && field.max) {
    return out.Words(" từ {} đến {}", " from {} to {}", *field.min, *field.max);
  }
  if (field.min) return out.Words(" từ {} trở lên", " of at least {}", *field.min);
  if (field.max) return out.Words(" không quá {}", " of at most {}", *field.max);
  return {};
}

std::string LengthWords(const Output& out, const Field& field) {
  if (field.max) {
    return out.Words("cần từ {} đến {} ký tự", "needs {} to {} characters", field.min.value_or(0),
                     *field.max);
  }
  if (field.min) {
    return out.Words("cần ít nhất {} ký tự", "needs at least {} characters", *field.min);
  }
  return out.Words("dài quá hoặc có ký tự không đọc được, hãy viết lại",
                   "is too long or not readable as text, write it again");
}

/// What is wrong with a text that ParseValue refuses.
Error Wrong(const Output& out, const Field& field) {
  std::string what;
  switch (field.type) {
    case FieldType::kInt:
      what = out.Words("hãy ghi một số nguyên{}", "write a whole number{}", RangeWords(out, field));
      break;
    case FieldType::kDecimal:
      what = out.Words("hãy ghi một số{}, nhiều nhất {} chữ số sau dấu phẩy",
                       "write a number{}, with at most {} digits after the point",
                       RangeWords(out, field), int{field.scale});
      break;
    case FieldType::kDate:
      what = out.Words("hãy ghi ngày/tháng/năm, ví dụ 22/11/2026",
                       "write day/month/year, as 22/11/2026");
      break;
    case FieldType::kText:
      what = LengthWords(out, field);
      break;
    case FieldType::kBool:
    case FieldType::kCode:
    case FieldType::kSet:
    case FieldType::kRef:
      what = out.Words("hãy chọn một mục trong danh sách", "choose one of the list");
      break;
  }
  return MakeError(ErrorCode::kInvalid, std::move(what));
}

}  // namespace

std::string TypedDate(Date date) {
  const std::string iso = IsoDate(date);
  return iso.substr(8, 2) + "/" + iso.substr(5, 2) + "/" + iso.substr(0, 4);
}

Result<Date> ParseTypedDate(std::string_view text, Date today) {
  if (auto iso = ParseIsoDate(text)) return iso;
  std::vector<std::string> parts = DateParts(text);
  if (parts.empty()) return ParsePersonDate(text);
  if (parts[2].size() == 2) {
    const int this_year = YearOf(today);
    int year = this_year / 100 * 100 + Number(parts[2]);
    if (year > this_year + kYearsAheadMax) year -= 100;
    parts[2] = std::to_string(year);
  }
  return ParsePersonDate(parts[0] + "/" + parts[1] + "/" + parts[2]);
}

std::string Tidy(std::string_view text) {
  std::string tidy;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r') {
      tidy += text[i];
    } else if (i + 1 == text.size() || text[i + 1] != '\n') {
      tidy += '\n';
    }
  }
  constexpr std::string_view kSpace = " \t\n";
  const std::size_t first = tidy.find_first_not_of(kSpace);
  if (first == std::string::npos) return {};
  return tidy.substr(first, tidy.find_last_not_of(kSpace) - first + 1);
}

std::string TypedText(const Programme& programme, const Field& field, const Value& value,
                      Language language) {
  if (const auto* date = std::get_if<Date>(&value)) return TypedDate(*date);
  std::string text = FieldText(programme, field, value);
  if (field.type == FieldType::kDecimal && language == Language::kVietnamese) {
    std::replace(text.begin(), text.end(), '.', ',');
  }
  return text;
}

Result<Value> ParseTyped(const Output& out, const Programme& programme, const Field& field,
                         std::string_view text, Date today) {
  std::string tidy = Tidy(text);
  if (tidy.empty()) return Value();
  if (field.type == FieldType::kDate) {
    const Result<Date> date = ParseTypedDate(tidy, today);
    if (!date) return Wrong(out, field);
    return Value(*date);
  }
  Result<Value> value = ParseValue(programme, field, tidy);
  if (!value) return Wrong(out, field);
  return value;
}

Result<Value> ParseHeld(const Output& out, const Programme& programme, const Field& field,
                        std::string_view text, Date today) {
  if (field.type == FieldType::kCode && !text.empty()) {
    const CodeList* codes = programme.Codes(field.codes);
    const CodeValue* code = codes == nullptr ? nullptr : codes->ByName(text);
    if (code != nullptr) return Value(Code{code->number});
    if (text.front() == '#' && AllDigits(text.substr(1))) {
      return Value(Code{static_cast<std::uint32_t>(Number(text.substr(1)))});
    }
  }
  return ParseTyped(out, programme, field, text, today);
}

}  // namespace tram::client
