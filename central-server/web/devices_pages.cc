// Devices of the units: those that have been silent for longest first.
#include <algorithm>
#include <cstdlib>
#include <map>

#include "web/admin_parts.h"

namespace tram::server {
namespace {

constexpr std::size_t kDevicesPerPage = 50;
constexpr std::int64_t kMinuteMs = 60 * 1000, kDayMs = 24 * 60 * kMinuteMs;
constexpr std::int64_t kQuietDays = 7, kLostDays = 30;  // as DeviceCounts
constexpr std::int64_t kClockMinutesMax = 5;            // beyond it the clock is worth a word

/// How long nothing came from it, and how bad that is.
Json Silence(const PageCall& call, const Device& device) {
  const std::int64_t since = device.seen_ms.value_or(device.known_since_ms);
  const std::int64_t days = (call.state.NowMs() - since) / kDayMs;
  const char* look = days < kQuietDays ? "good" : days < kLostDays ? "warn" : "bad";
  return {{"look", look},
          {"text", days < kQuietDays ? call.Words("còn liên lạc", "in touch")
                                     : call.Words("im lặng {} ngày", "silent for {} days", days)}};
}

std::string ClockText(const PageCall& call, const Device& device) {
  if (!device.clock_difference_ms) return call.Words("chưa biết", "not known");
  const std::int64_t minutes = *device.clock_difference_ms / kMinuteMs;
  if (std::abs(minutes) < kClockMinutesMax) return call.Words("đúng giờ", "right");
  return minutes > 0 ? call.Words("nhanh {} phút", "{} minutes fast", minutes)
                     : call.Words("chậm {} phút", "{} minutes slow", -minutes);
}

/// The version that was the current one when the device became known; devices take later ones from
/// files and do not say so.
std::string ProgrammeThen(const std::vector<ProgrammeVersion>& newest_first, std::int64_t at_ms) {
  for (const ProgrammeVersion& version : newest_first) {
    if (version.added_ms <= at_ms) return version.name + " " + std::to_string(version.version);
  }
  return "";
}

Result<Answer> ShowDevices(PageCall& call) {
  ServerStore& store = call.state.store();
  TRAM_ASSIGN(const Permit permit, Authorise(*call.viewer, Right::kUnits));
  TRAM_ASSIGN(const std::vector<Unit> units, store.units().All());
  TRAM_ASSIGN(const auto memberships, store.units().AllMemberships());
  TRAM_ASSIGN(const std::vector<ProgrammeVersion> versions, store.programmes().All());
  TRAM_ASSIGN(std::vector<Device> devices, store.devices().SilentFirst());
  std::map<UnitNumber, const Unit*> unit_of;
  const std::string wanted(call.Query("unit"));
  bool known = wanted.empty();
  for (const Unit& unit : units) {
    const auto of = memberships.find(unit.number);
    const Place* place =
        of == memberships.end() ? nullptr : store.places().Of(of->second, call.state.Today());
    if (!permit.CoversUnit(unit.number, place == nullptr ? "" : place->code)) continue;
    if (!wanted.empty() && unit.code != wanted) continue;
    known = true;
    unit_of.emplace(unit.number, &unit);
  }
  std::erase_if(devices, [&](const Device& device) { return unit_of.count(device.unit) == 0; });
  const ListPage page =
      PageOf(call, devices.size(), kDevicesPerPage, "/admin/devices?unit=" + PercentEncode(wanted));
  Json rows = Json::array();
  for (std::size_t i = page.first; i < page.end; ++i) {
    const Device& device = devices[i];
    const Unit& unit = *unit_of.at(device.unit);
    rows.push_back(
        {{"id", device.key.Hex().substr(0, 8)},
         {"unit", unit.code},
         {"name", unit.name},
         {"since", TimeText(device.known_since_ms)},
         {"seen", device.seen_ms ? TimeText(*device.seen_ms) : call.Words("chưa lần nào", "never")},
         {"silence", Silence(call, device)},
         {"clock", ClockText(call, device)},
         {"programme", ProgrammeThen(versions, device.known_since_ms)}});
  }
  Page shown{"admin-devices", call.Words("Máy của các đơn vị", "Devices"), {}};
  shown.model = {
      {"unit", wanted},          {"unknown", !known},       {"none", known && devices.empty()},
      {"any", !devices.empty()}, {"rows", std::move(rows)}, {"links", page.links}};
  return Answer(std::move(shown));
}

}  // namespace

std::span<const Route> DevicesRoutes() {
  static constexpr Route kRoutes[] = {
      {"GET", "/admin/devices", Access::kRight, Right::kUnits, &ShowDevices},
  };
  return kRoutes;
}

}  // namespace tram::server
