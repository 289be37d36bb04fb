#include "web/admin_lines.h"

#include <charconv>
#include <map>
#include <set>

#include "tram/base/vietnamese.h"
#include "web/admin_parts.h"

namespace tram::server {
namespace {

constexpr std::int64_t kDayMs = 24LL * 60 * 60 * 1000;
constexpr std::size_t kCodeDigits = 8;

/// By unit; those without a membership are not there.
using Memberships = std::map<UnitNumber, std::vector<Membership>>;

const Place* ProvinceToday(const PageCall& call, const Memberships& memberships, UnitNumber unit) {
  const auto of = memberships.find(unit);
  if (of == memberships.end()) return nullptr;
  return call.state.store().places().Of(of->second, call.state.Today());
}

/// Nothing where it was known before all of them.
const ProgrammeVersion* CurrentAt(const std::vector<ProgrammeVersion>& newest_first,
                                  std::int64_t at_ms) {
  for (const ProgrammeVersion& version : newest_first) {
    if (version.added_ms <= at_ms) return &version;
  }
  return nullptr;
}

}  // namespace

Result<std::vector<ManagedUnit>> FindManagedUnits(const PageCall& call, const Permit& permit) {
  ServerStore& store = call.state.store();
  TRAM_ASSIGN(std::vector<Unit> units, store.units().All());
  TRAM_ASSIGN(Memberships memberships, store.units().AllMemberships());
  TRAM_ASSIGN(const std::vector<Device> devices, store.devices().SilentFirst());
  std::map<UnitNumber, std::size_t> devices_of;
  for (const Device& device : devices) ++devices_of[device.unit];
  const std::string folded = Fold(call.Query("q"));
  const std::string_view show = call.Query("show");
  std::vector<ManagedUnit> found;
  for (Unit& unit : units) {
    const Place* place = ProvinceToday(call, memberships, unit.number);
    if (!permit.CoversUnit(unit.number, place == nullptr ? "" : place->code)) continue;
    const bool closed = unit.closed_on && *unit.closed_on <= call.state.Today();
    if (show != "all" && closed != (show == "closed")) continue;
    const std::string text = Fold(unit.code + " " + unit.name + " " + ProvinceText(call, place));
    if (text.find(folded) == text.npos) continue;
    const UnitNumber number = unit.number;
    found.push_back(
        {std::move(unit), std::move(memberships[number]), place, devices_of[number], closed});
  }
  return found;
}

Result<DeviceLines> FindDevices(const PageCall& call, const Permit& permit) {
  ServerStore& store = call.state.store();
  TRAM_ASSIGN(const std::vector<Unit> units, store.units().All());
  TRAM_ASSIGN(const Memberships memberships, store.units().AllMemberships());
  TRAM_ASSIGN(const std::vector<ProgrammeVersion> versions, store.programmes().All());
  TRAM_ASSIGN(const std::vector<Device> devices, store.devices().SilentFirst());
  const std::string_view wanted = call.Query("unit");
  DeviceLines found{wanted.empty(), {}};
  std::map<UnitNumber, const Unit*> unit_of;
  for (const Unit& unit : units) {
    const Place* place = ProvinceToday(call, memberships, unit.number);
    if (!permit.CoversUnit(unit.number, place == nullptr ? "" : place->code)) continue;
    if (!wanted.empty() && unit.code != wanted) continue;
    found.unit_known = true;
    unit_of.emplace(unit.number, &unit);
  }
  for (const Device& device : devices) {
    const auto unit = unit_of.find(device.unit);
    if (unit == unit_of.end()) continue;
    const ProgrammeVersion* then = CurrentAt(versions, device.known_since_ms);
    found.lines.push_back(
        {device, device.key.Hex().substr(0, kCodeDigits), unit->second->code, unit->second->name,
         (call.state.NowMs() - device.seen_ms.value_or(device.known_since_ms)) / kDayMs,
         then == nullptr ? "" : then->name + " " + std::to_string(then->version)});
  }
  return found;
}

Result<std::vector<ProgrammeLine>> FindProgrammes(const PageCall& call) {
  ServerStore& store = call.state.store();
  TRAM_ASSIGN(const std::vector<ProgrammeVersion> versions, store.programmes().All());
  TRAM_ASSIGN(const std::vector<Device> devices, store.devices().SilentFirst());
  std::map<const ProgrammeVersion*, std::size_t> devices_of;
  std::map<const ProgrammeVersion*, std::set<UnitNumber>> units_of;
  for (const Device& device : devices) {
    const ProgrammeVersion* then = CurrentAt(versions, device.known_since_ms);
    ++devices_of[then];
    units_of[then].insert(device.unit);
  }
  std::vector<ProgrammeLine> lines;
  for (const ProgrammeVersion& version : versions) {
    lines.push_back({version, version.digest == call.state.programme().programme->digest,
                     devices_of[&version], units_of[&version].size()});
  }
  return lines;
}

AccountState StateOf(const Account& account) {
  if (account.disabled) return AccountState::kDisabled;
  return account.password_hash.empty() ? AccountState::kNoPassword : AccountState::kActive;
}

std::string AccountStateText(const PageCall& call, AccountState state) {
  switch (state) {
    case AccountState::kDisabled:
      return call.Words("đã khoá", "disabled");
    case AccountState::kNoPassword:
      return call.Words("chưa chọn mật khẩu", "no password yet");
    case AccountState::kActive:
      break;
  }
  return call.Words("đang dùng", "active");
}

AuditFilter AuditFilterOf(const PageCall& call) {
  AuditFilter filter{std::string(call.Query("who")), std::string(call.Query("text")), std::nullopt};
  const std::string_view before = call.Query("before");
  std::int64_t number = 0;
  const auto read = std::from_chars(before.data(), before.data() + before.size(), number);
  if (read.ec == std::errc() && number > 0) filter.before = number;
  return filter;
}

}  // namespace tram::server
