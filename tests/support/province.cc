#include "tests/support/province.h"

#include <stdexcept>

#include "tram/session/province_record.h"

namespace tram::test {
namespace {

template <class T>
T Must(Result<T> result) {
  if (!result) throw std::runtime_error("a record of the province: " + result.error().message);
  return *std::move(result);
}

}  // namespace

RecordId WriteAsProvince(UnitDevice& device, const std::string& type,
                         const std::map<std::string, std::string>& values) {
  const Programme& programme = device.programme();
  ProvinceRecord record;
  record.type = programme.ByName(type);
  for (const auto& [name, text] : values) {
    const Field& field = *record.type->ByName(name);
    record.values[field.number] = field.type == FieldType::kRef
                                      ? Value(Must(RecordId::FromHexText(text)))
                                      : Must(ParseValue(programme, field, text));
  }
  const Op op =
      Must(CreatingOpOf(record, device.device(), device.time().Next({}), device.own().NewNonce()));
  const OpId id = device.log().entry(device.own().Append(op)).op;
  const Status committed = device.log().Commit();
  const Status refreshed = device.RefreshView();
  if (!committed || !refreshed) throw std::runtime_error("a record of the province: not written");
  return RecordOf(id);
}

}  // namespace tram::test
