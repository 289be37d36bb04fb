// Lines of the tables of administration: units, devices, programmes, accounts, the audit trail.
// What the pages show in pieces and their files hold whole. Threads: the owner's; for one request.
#pragma once

#include <string>
#include <vector>

#include "web/page.h"

namespace tram::server {

struct ManagedUnit {
  Unit unit;
  std::vector<Membership> memberships;
  const Place* province = nullptr;  // today; nothing: it belongs nowhere
  std::size_t devices = 0;
  bool closed = false;  // today
};
/// Those that the address asks for (q, show), in order of their codes. `permit`: Right::kUnits.
/// Errors: corrupt | io.
Result<std::vector<ManagedUnit>> FindManagedUnits(const PageCall& call, const Permit& permit);

struct DeviceLine {
  Device device;
  std::string device_code;  // the first digits of its key
  std::string unit_code, unit_name;
  std::int64_t days_silent = 0;
  /// The version that was the current one when the device became known; devices take later ones
  /// from files and do not say so.
  std::string programme_then;
};
struct DeviceLines {
  bool unit_known = true;  // the one that the address asks for; no unit is asked for: true
  std::vector<DeviceLine> lines;
};
/// Those that the address asks for (unit), silent for longest first. `permit`: Right::kUnits.
/// Errors: corrupt | io.
Result<DeviceLines> FindDevices(const PageCall& call, const Permit& permit);

struct ProgrammeLine {
  ProgrammeVersion version;
  bool current = false;
  std::size_t devices = 0, units = 0;  // that became known while it was the current one
};
/// Newest first. Errors: corrupt | io.
Result<std::vector<ProgrammeLine>> FindProgrammes(const PageCall& call);

enum class AccountState { kActive, kNoPassword, kDisabled };
AccountState StateOf(const Account& account);
std::string AccountStateText(const PageCall& call, AccountState state);

/// What the address asks for (who, text, before).
AuditFilter AuditFilterOf(const PageCall& call);

}  // namespace tram::server
