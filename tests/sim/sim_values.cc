#include "tests/sim/sim_values.h"

#include <array>
#include <limits>
#include <string_view>

namespace tram::sim {
namespace {

constexpr std::uint32_t kNoCode = 77;  // stands in no list
constexpr std::size_t kLongText = 3000;
constexpr auto kTexts = std::to_array<std::string_view>(
    {"a", "Nguyễn Thị Hà", "Đỗ Văn Ước", "Xóm 2, xã Bản Lầu", "0901 234 567", "  hai  dấu cách ",
     "dòng 1\ndòng 2", "x|y=\"z\"", "👪 gia đình", "1", "yes", "Quyết định số 12/QĐ-UBND"});

/// `part` again and again, exactly so many characters.
std::string Repeated(const std::vector<std::string>& letters, std::size_t characters) {
  std::string text;
  for (std::size_t i = 0; i < characters; ++i) text += letters[i % letters.size()];
  return text;
}

std::int64_t AnyInteger(const Field& field, const Typist& typist) {
  const std::int64_t least = field.min.value_or(std::numeric_limits<std::int64_t>::min());
  const std::int64_t most = field.max.value_or(std::numeric_limits<std::int64_t>::max());
  if (typist.careless && field.min && typist.random.Chance(20)) return least - 1;
  if (typist.careless && field.max && typist.random.Chance(20)) return most + 1;
  switch (typist.random.Below(4)) {
    case 0:
      return least;
    case 1:
      return most;
    default:
      return (field.min ? least : 0) + static_cast<std::int64_t>(typist.random.Below(20));
  }
}

Decimal AnyDecimal(const Field& field, const Typist& typist) {
  if (typist.careless && typist.random.Chance(20)) return {1, 3};  // too many digits
  switch (typist.random.Below(5)) {
    case 0:
      return {field.min.value_or(-1), 0};
    case 1:
      return {field.max.value_or(1) * 100, 2};
    case 2:
      return {25, 1};
    case 3:
      return {250, 2};
    default:
      return {static_cast<std::int64_t>(typist.random.Below(100'000)), 2};
  }
}

Date AnyDate(const Typist& typist) {
  if (typist.careless && typist.random.Chance(20)) return {kDateDaysMax + 1};
  switch (typist.random.Below(6)) {
    case 0:
      return {kDateDaysMin};
    case 1:
      return {kDateDaysMax};
    case 2:
      return typist.today;
    default:
      return {typist.today.days + static_cast<std::int32_t>(typist.random.Below(400)) - 200};
  }
}

Code AnyCode(const Programme& programme, const Field& field, const Typist& typist) {
  std::vector<std::uint32_t> numbers;
  for (const CodeValue& code : programme.Codes(field.codes)->values) {
    if (!code.retired || typist.careless) numbers.push_back(code.number);
  }
  if (typist.careless) numbers.push_back(kNoCode);
  return {numbers[typist.random.Below(numbers.size())]};
}

}  // namespace

std::string AnyText(std::size_t length_max, SimRandom& random) {
  switch (random.Below(8)) {
    case 0:
      return Repeated({"ệ"}, length_max);
    case 1:
      return Repeated({"c", "h", "ữ", " "}, length_max);
    case 2:
    case 3:
      return "Số " + std::to_string(random.Below(100'000));
    default:
      return std::string(kTexts[random.Below(kTexts.size())]);
  }
}

Value AnyValue(const Programme& programme, const Field& field, const std::vector<RecordId>& records,
               const Typist& typist) {
  SimRandom& random = typist.random;
  if (random.Chance(15) && (!field.required || typist.careless)) return {};
  switch (field.type) {
    case FieldType::kBool:
      return random.Chance(50);
    case FieldType::kInt:
      return AnyInteger(field, typist);
    case FieldType::kDecimal:
      return AnyDecimal(field, typist);
    case FieldType::kDate:
      return AnyDate(typist);
    case FieldType::kText:
      return AnyText(
          field.max ? static_cast<std::size_t>(*field.max) + (typist.careless ? 1 : 0) : kLongText,
          random);
    case FieldType::kCode:
      return AnyCode(programme, field, typist);
    case FieldType::kRef:
      if (records.empty()) return {};
      return records[random.Below(records.size())];
    case FieldType::kSet:
      break;
  }
  return {};
}

std::vector<std::uint32_t> AnyElements(const Programme& programme, const Field& field,
                                       const Typist& typist) {
  std::vector<std::uint32_t> elements;
  for (const CodeValue& code : programme.Codes(field.codes)->values) {
    if (code.retired && !typist.careless) continue;
    if (typist.random.Chance(50)) elements.push_back(code.number);
  }
  if (typist.careless && typist.random.Chance(20)) elements.push_back(kNoCode);
  return elements;
}

}  // namespace tram::sim
