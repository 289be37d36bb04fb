#include "app/names.h"

#include <algorithm>

namespace tram::client {
namespace {

constexpr std::size_t kShortDigits = 10;

bool IsHex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

}  // namespace

Result<Assignment> ParseAssignment(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == 0 || equals == std::string_view::npos) {
    return MakeError(ErrorCode::kInvalid,
                     "'" + OneLine(text.substr(0, 60)) + "' is not of the form field=value");
  }
  return Assignment{std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

Result<RecordId> FindRecord(Call& call, std::string_view typed) {
  const std::string hex = Lower(typed);
  const std::string shown = OneLine(typed.substr(0, 60));
  if (!IsHex(hex) || hex.size() < kPrefixDigitsMin || hex.size() > RecordId::kSize * 2) {
    return call.out.Fail(ErrorCode::kInvalid,
                         "'{}' không phải mã hồ sơ: cần {} đến {} chữ số thập lục phân",
                         "'{}' is no record id: give {} to {} hexadecimal digits", shown,
                         kPrefixDigitsMin, RecordId::kSize * 2);
  }
  if (hex.size() == RecordId::kSize * 2) {
    TRAM_ASSIGN(RecordId id, RecordId::FromHexText(hex));
    if (call.device.view().Find(id)) return id;
  } else {
    const std::vector<RecordId> found = call.device.view().ByPrefix(hex);
    if (found.size() == 1) return found[0];
    if (found.size() > 1) {
      return call.out.Fail(ErrorCode::kInvalid, "có {} hồ sơ bắt đầu bằng {}: hãy cho thêm chữ số",
                           "{} records begin with {}: give more digits", found.size(), hex);
    }
  }
  return call.out.Fail(ErrorCode::kNotFound, "ở đây không có hồ sơ {}",
                       "there is no record {} here", hex);
}

Result<const RecordType*> FindType(Call& call, std::string_view name) {
  const Programme& programme = call.device.programme();
  if (const RecordType* type = programme.ByName(name)) return type;
  std::string known;
  for (const RecordType& type : programme.records) {
    known += (known.empty() ? "" : ", ") + type.name;
  }
  return call.out.Fail(ErrorCode::kNotFound, "không có loại hồ sơ '{}'; hiện có: {}",
                       "there is no record type '{}'; there are: {}", OneLine(name.substr(0, 60)),
                       known);
}

Result<const Field*> FindField(const Output& out, const RecordType& type, std::string_view name) {
  if (const Field* field = type.ByName(name); field != nullptr && field->number >= kFieldFirstOwn) {
    return field;
  }
  std::string known;
  for (const Field& field : type.fields) {
    if (!field.retired) known += (known.empty() ? "" : ", ") + field.name;
  }
  return out.Fail(ErrorCode::kNotFound, "{} không có mục '{}'; hiện có: {}",
                  "{} has no field '{}'; there are: {}", type.name, OneLine(name.substr(0, 60)),
                  known);
}

const FieldView* FindFieldView(const RecordView& record, std::uint32_t number) {
  auto found = std::find_if(record.fields.begin(), record.fields.end(),
                            [&](const FieldView& view) { return view.field->number == number; });
  return found == record.fields.end() ? nullptr : &*found;
}

std::string ShortId(const RecordId& id) { return id.Hex().substr(0, kShortDigits); }
std::string ShortDevice(const DeviceId& device) { return device.Hex().substr(0, 8); }

std::string AuthorText(Call& call, const Provenance& by) {
  if (!by.author) return "?";
  auto worker = call.device.view().Find(*by.author);
  if (worker) {
    for (const FieldView& field : worker->fields) {
      const auto* name = std::get_if<std::string>(&field.value);
      if (name != nullptr && !name->empty()) return *name;
    }
  }
  return ShortId(*by.author);
}

std::string ProvenanceText(Call& call, const Provenance& by) {
  return call.out.Words("do {}, {}, máy {}", "by {}, {}, device {}", AuthorText(call, by),
                        LocalTimeText(by.time.ms), ShortDevice(by.device));
}

std::string ShownText(const Call& call, const Field& field, const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) {
    return *flag ? call.out.Words("có", "yes") : call.out.Words("không", "no");
  }
  if (const auto* code = std::get_if<Code>(&value)) {
    return ShownElements(call, field, {code->number});
  }
  return FieldText(call.device.programme(), field, value);
}

std::string ShownElements(const Call& call, const Field& field,
                          const std::vector<std::uint32_t>& elements) {
  const Programme& programme = call.device.programme();
  const CodeList* list = programme.Codes(field.codes);
  std::string text;
  for (std::uint32_t element : elements) {
    const CodeValue* code = list == nullptr ? nullptr : list->ByNumber(element);
    if (!text.empty()) text += ", ";
    text += code == nullptr ? FieldText(programme, field, Code{element})
                            : call.out.In(code->label) + " (" + code->name + ")";
  }
  return text;
}

std::string SetText(const Programme& programme, const Field& field,
                    const std::vector<std::uint32_t>& elements) {
  std::string text;
  for (std::uint32_t element : elements) {
    text += (text.empty() ? "" : "|") + FieldText(programme, field, Code{element});
  }
  return text;
}

Json ValueJson(const Programme& programme, const Field& field, const Value& value) {
  if (IsNull(value)) return nullptr;
  if (const auto* flag = std::get_if<bool>(&value)) return *flag;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  return FieldText(programme, field, value);
}

Json ElementsJson(const Programme& programme, const Field& field,
                  const std::vector<std::uint32_t>& elements) {
  Json names = Json::array();
  for (std::uint32_t element : elements)
    names.push_back(FieldText(programme, field, Code{element}));
  return names;
}

Json ProvenanceJson(Call& call, const Provenance& by) {
  return {{"author", by.author ? Json(AuthorText(call, by)) : Json(nullptr)},
          {"author_id", by.author ? Json(by.author->Hex()) : Json(nullptr)},
          {"device", by.device.Hex()},
          {"time", LocalTimeText(by.time.ms)},
          {"time_ms", by.time.ms},
          {"op", by.op.Hex()}};
}

}  // namespace tram::client
