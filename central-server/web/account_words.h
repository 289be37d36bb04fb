// Words about accounts that several pages say. Threads: the owner's.
#pragma once

#include "web/page.h"

namespace tram::server {

std::string RoleText(const PageCall& call, Role role);
/// Where he may see something: "Bắc Ninh (24), Phú Thọ (25)", a unit, the whole country; "" for an
/// administrator. Errors: corrupt | io.
Result<std::string> PlacesText(const PageCall& call, const Account& account);
/// "3 giây"; rounded up.
std::string WaitText(const PageCall& call, std::int64_t wait_ms);

}  // namespace tram::server
