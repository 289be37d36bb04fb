// The tables of the SQLite log store, their keys, and typed reading of columns.
// Format: libsync/docs/store.md. Threads: none of its own.
#pragma once

#include <cstdint>
#include <string>

#include "tram/base/ids.h"
#include "tram/base/result.h"
#include "tram/programme/sql.h"

namespace tram {

inline constexpr std::int64_t kStoreFormat = 1;                // PRAGMA user_version
inline constexpr std::int64_t kStoreApplication = 0x5472616d;  // PRAGMA application_id: "Tram"

/// Keys are (unit number << kRowBits) + the row's own number; units count from 0, so that on a
/// device, which has one unit, keys are small and take one to three bytes.
inline constexpr int kRowBits = 36;
inline constexpr std::int64_t kRowMask = (std::int64_t{1} << kRowBits) - 1;

/// The keys of one unit, or of none (`known` false: the unit was never written).
struct UnitKeys {
  bool known = false;
  std::int64_t first = 0;
  std::int64_t last = -1;
  std::int64_t Of(std::uint64_t number) const { return first + static_cast<std::int64_t>(number); }
};

/// The statements that make the tables of format kStoreFormat, and how many tables these are.
extern const char kCreateTables[];
inline constexpr std::int64_t kTableCount = 9;

Error DamagedRow(const std::string& table, std::int64_t key, const std::string& what);

/// Errors: corrupt (the column is not exactly one id long).
template <class IdType>
Result<IdType> ReadId(const SqlStatement& row, int column, const std::string& table) {
  Bytes bytes = row.Blob(column);
  if (bytes.size() != IdType::kSize) {
    return DamagedRow(table, row.Int(0) & kRowMask,
                      "a value of " + std::to_string(bytes.size()) + " bytes where " +
                          std::to_string(IdType::kSize) + " belong");
  }
  return IdType::From(bytes);
}

}  // namespace tram
