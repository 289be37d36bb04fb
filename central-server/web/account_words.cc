#include "web/account_words.h"

namespace tram::server {

std::string RoleText(const PageCall& call, Role role) {
  switch (role) {
    case Role::kAdministrator:
      return call.Words("quản trị viên", "administrator");
    case Role::kManager:
      return call.Words("quản lý chương trình", "programme manager");
    case Role::kProvince:
      return call.Words("cán bộ tỉnh", "provincial staff");
    case Role::kCommittee:
      break;
  }
  return call.Words("ban quản lý đơn vị", "committee of a unit");
}

Result<std::string> PlacesText(const PageCall& call, const Account& account) {
  if (account.unit) {
    TRAM_ASSIGN(const Unit unit, call.state.store().units().ByNumber(*account.unit));
    return unit.name + " (" + unit.code + ")";
  }
  if (account.role == Role::kManager && account.provinces.empty()) {
    return call.Words("cả nước", "the whole country");
  }
  std::string text;
  for (const std::string& code : account.provinces) {
    const Place* place = call.state.store().places().At(code, call.state.Today());
    text +=
        (text.empty() ? "" : ", ") + (place == nullptr ? "" : place->name + " ") + "(" + code + ")";
  }
  return text;
}

std::string WaitText(const PageCall& call, std::int64_t wait_ms) {
  const std::int64_t seconds = (wait_ms + 999) / 1000;
  if (seconds == 1) return call.Words("1 giây", "1 second");
  return call.Words("{} giây", "{} seconds", seconds);
}

}  // namespace tram::server
