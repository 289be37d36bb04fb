#include "tram/programme/province.h"

#include <algorithm>

namespace tram {

Error WrittenByProvince(const RecordType& type, Language language) {
  const std::string name = "“" + type.label.In(language) + "”";
  return MakeError(ErrorCode::kInvalid,
                   language == Language::kVietnamese
                       ? name + " do tỉnh ghi: đơn vị chỉ trả lời, không thêm, xoá hay gộp được"
                       : name +
                             " is written by the province: a unit answers it and cannot add, "
                             "delete or merge it");
}

std::string FieldOfProvince(Language language) {
  return language == Language::kVietnamese
             ? "do tỉnh ghi, không sửa được ở đây"
             : "is written by the province and cannot be changed here";
}

bool ProvinceMayWrite(const RecordType& type, const OpBody& body) {
  if (!type.of_province || body.sealed) return false;
  return std::all_of(body.edits.begin(), body.edits.end(), [&](const Edit& edit) {
    if (edit.field == kFieldParent) return body.nonce.has_value();  // where it is created
    if (edit.field < kFieldFirstOwn) return false;
    const Field* field = type.ByNumber(edit.field);
    return field == nullptr || !field->answer;  // of a newer programme: nothing shows it here
  });
}

}  // namespace tram
