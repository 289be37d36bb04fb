#include "storage/devices.h"

#include "storage/sql_rows.h"
#include "tram/base/hash.h"

namespace tram::server {
namespace {

constexpr char kColumns[] =
    "SELECT key, unit, unit.id, known_since_ms, seen_ms, clock_difference_ms FROM device"
    " JOIN unit ON unit.number = device.unit ";

Result<Device> ReadDevice(const SqlStatement& row) {
  Device device;
  TRAM_ASSIGN(device.key, ReadIdColumn<DeviceId>(row, 0, "device"));
  device.unit = row.Int(1);
  TRAM_ASSIGN(device.unit_id, ReadIdColumn<UnitId>(row, 2, "unit"));
  device.known_since_ms = row.Int(3);
  device.seen_ms = OptionalInt(row, 4);
  device.clock_difference_ms = OptionalInt(row, 5);
  return device;
}

Result<EnrolmentCode> ReadCode(const SqlStatement& row) {
  EnrolmentCode code{row.Int(0), row.Int(1), std::nullopt};
  if (!row.IsNull(2)) {
    TRAM_ASSIGN(code.used_by, ReadIdColumn<DeviceId>(row, 2, "enrolment_code"));
  }
  return code;
}

Result<DeviceCounts> ReadCounts(const SqlStatement& row) {
  return DeviceCounts{row.Int(0), row.Int(1), row.Int(2)};
}

}  // namespace

Digest HashOfCode(std::string_view normal_code) {
  return Blake2b160(AsBytes("tram enrolment code"), {AsBytes(normal_code)});
}

Result<std::optional<Device>> DeviceTable::Find(const DevicePrefix& prefix) {
  return FirstRow(database_, std::string(kColumns) + "WHERE prefix = ?1", &ReadDevice, prefix);
}

Result<std::vector<Device>> DeviceTable::OfUnit(UnitNumber unit) {
  return AllRows(database_, std::string(kColumns) + "WHERE unit = ?1 ORDER BY known_since_ms, key",
                 &ReadDevice, unit);
}

Result<std::vector<Device>> DeviceTable::SilentFirst() {
  return AllRows(database_,
                 std::string(kColumns) + "ORDER BY seen_ms IS NOT NULL, seen_ms, known_since_ms",
                 &ReadDevice);
}

Result<DeviceCounts> DeviceTable::Count(std::int64_t now_ms) {
  constexpr std::int64_t kDayMs = 24 * 60 * 60 * 1000;
  TRAM_ASSIGN(std::optional<DeviceCounts> counts,
              FirstRow(database_,
                       "SELECT count(*), total(coalesce(seen_ms, known_since_ms) < ?1),"
                       " total(coalesce(seen_ms, known_since_ms) < ?2) FROM device",
                       &ReadCounts, now_ms - 7 * kDayMs, now_ms - 30 * kDayMs));
  return counts.value_or(DeviceCounts());
}

Status DeviceTable::Add(const DeviceId& key, UnitNumber unit, std::int64_t at_ms) {
  TRAM_ASSIGN(std::optional<Device> known, Find(PrefixOf(key)));
  if (known && (known->key != key || known->unit != unit)) {
    return MakeError(ErrorCode::kExists,
                     "this device, or one with a similar key, belongs to a unit already: start "
                     "again in an empty folder");
  }
  if (known) return {};
  return RunSql(database_,
                "INSERT INTO device(prefix, key, unit, known_since_ms) VALUES(?1, ?2, ?3, ?4)",
                PrefixOf(key), key, unit, at_ms);
}

Status DeviceTable::Seen(const DeviceId& key, std::int64_t at_ms,
                         std::int64_t clock_difference_ms) {
  return RunSql(database_,
                "UPDATE device SET seen_ms = ?2, clock_difference_ms = ?3 WHERE prefix = ?1",
                PrefixOf(key), at_ms, clock_difference_ms);
}

Status DeviceTable::SetCode(const Digest& hash, UnitNumber unit, std::int64_t expires_ms) {
  TRAM_TRY(
      RunSql(database_, "DELETE FROM enrolment_code WHERE unit = ?1 AND used_by IS NULL", unit));
  return RunSql(database_, "INSERT INTO enrolment_code(hash, unit, expires_ms) VALUES(?1, ?2, ?3)",
                hash, unit, expires_ms);
}

Result<std::optional<EnrolmentCode>> DeviceTable::FindCode(const Digest& hash) {
  return FirstRow(database_, "SELECT unit, expires_ms, used_by FROM enrolment_code WHERE hash = ?1",
                  &ReadCode, hash);
}

Status DeviceTable::UseCode(const Digest& hash, const DeviceId& device) {
  return RunSql(database_, "UPDATE enrolment_code SET used_by = ?2 WHERE hash = ?1", hash, device);
}

}  // namespace tram::server
