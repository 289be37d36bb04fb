// Devices of the units: those that have been silent for longest first.
#include <cstdlib>

#include "web/admin_lines.h"
#include "web/admin_parts.h"
#include "web/export_links.h"

namespace tram::server {
namespace {

constexpr std::size_t kDevicesPerPage = 50;
constexpr std::int64_t kMinuteMs = 60 * 1000;
constexpr std::int64_t kQuietDays = 7, kLostDays = 30;  // as DeviceCounts
constexpr std::int64_t kClockMinutesMax = 5;            // beyond it the clock is worth a word

/// How long nothing came from it, and how bad that is.
Json Silence(const PageCall& call, std::int64_t days) {
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

Json DeviceRow(const PageCall& call, const DeviceLine& line) {
  const Device& device = line.device;
  return {
      {"id", line.device_code},
      {"unit", line.unit_code},
      {"name", line.unit_name},
      {"since", TimeText(device.known_since_ms)},
      {"seen", device.seen_ms ? TimeText(*device.seen_ms) : call.Words("chưa lần nào", "never")},
      {"silence", Silence(call, line.days_silent)},
      {"clock", ClockText(call, device)},
      {"programme", line.programme_then}};
}

Result<Answer> ShowDevices(PageCall& call) {
  TRAM_ASSIGN(const Permit permit, Authorise(*call.viewer, Right::kUnits));
  TRAM_ASSIGN(const DeviceLines found, FindDevices(call, permit));
  const std::string wanted(call.Query("unit"));
  const std::string asked = "unit=" + PercentEncode(wanted);
  const ListPage page =
      PageOf(call, found.lines.size(), kDevicesPerPage, "/admin/devices?" + asked);
  Json rows = Json::array();
  for (std::size_t i = page.first; i < page.end; ++i) {
    rows.push_back(DeviceRow(call, found.lines[i]));
  }
  const bool any = !found.lines.empty();
  Page shown{"admin-devices", call.Words("Máy của các đơn vị", "Devices"), {}};
  shown.model = {
      {"unit", wanted}, {"unknown", !found.unit_known}, {"none", found.unit_known && !any},
      {"any", any},     {"rows", std::move(rows)},      {"links", page.links}};
  AddExportLinks(call, "devices", asked, call.Words("máy, mọi trang", "devices, all pages"),
                 shown.model);
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
