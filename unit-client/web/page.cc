#include "web/page.h"

#include "app/typed_values.h"

namespace tram::client {

Result<RecordId> RecordInPath(const PageCall& call, std::size_t part) {
  auto id = RecordId::FromHexText(call.parts[part]);
  if (id && call.call.device.view().Find(*id)) return *id;
  return call.call.out.Fail(ErrorCode::kNotFound, "không có hồ sơ này trên máy này",
                            "this record is not on this computer");
}

std::string RecordPath(const RecordId& record, std::string_view rest) {
  return "/record/" + record.Hex() + std::string(rest);
}

std::string DateText(Date date) { return TypedDate(date); }

std::string TimeText(std::int64_t wall_ms) {
  return DateText(LocalDate(wall_ms)) + LocalTimeText(wall_ms).substr(10);
}

}  // namespace tram::client
