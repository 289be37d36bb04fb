// Devices, by the prefix that their requests begin with, and the one-time codes by which a unit's
// first device enrols. A code itself is never stored, only its hash.
// Threads: those of the connection.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/units.h"
#include "tram/wire/messages.h"

namespace tram::server {

struct Device {
  DeviceId key;
  UnitNumber unit = 0;
  UnitId unit_id;
  std::int64_t known_since_ms = 0;
  std::optional<std::int64_t> seen_ms;
  std::optional<std::int64_t> clock_difference_ms;  // its clock minus ours, when last seen
};

struct EnrolmentCode {
  UnitNumber unit = 0;
  std::int64_t expires_ms = 0;
  std::optional<DeviceId> used_by;
};

/// Of a code in its normal spelling (NormalSpokenCode).
Digest HashOfCode(std::string_view normal_code);

struct DeviceCounts {
  std::int64_t all = 0;
  std::int64_t silent_7_days = 0, silent_30_days = 0;  // no sync, or none since they were made
};

class DeviceTable {
 public:
  explicit DeviceTable(SqlDatabase& database) : database_(database) {}

  /// Nothing where no device has this prefix. Errors: corrupt | io.
  Result<std::optional<Device>> Find(const DevicePrefix& prefix);
  Result<std::vector<Device>> OfUnit(UnitNumber unit);
  /// Those that were never seen first, then those that were not seen for longest.
  Result<std::vector<Device>> SilentFirst();
  Result<DeviceCounts> Count(std::int64_t now_ms);
  /// A device that is known already stays as it is. Errors: exists (another device has the same
  /// prefix, or it belongs to another unit) | io.
  Status Add(const DeviceId& key, UnitNumber unit, std::int64_t at_ms);
  Status Seen(const DeviceId& key, std::int64_t at_ms, std::int64_t clock_difference_ms);

  /// Unused codes of the unit are dropped: the last one counts.
  Status SetCode(const Digest& hash, UnitNumber unit, std::int64_t expires_ms);
  Result<std::optional<EnrolmentCode>> FindCode(const Digest& hash);
  Status UseCode(const Digest& hash, const DeviceId& device);

 private:
  SqlDatabase& database_;
};

}  // namespace tram::server
