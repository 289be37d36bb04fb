#include "tram/programme/province.h"

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

}  // namespace tram
