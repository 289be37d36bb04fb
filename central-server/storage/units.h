// Units: their codes, names and communes, the provinces they belonged to since when, and when they
// last synced.
// Threads: those of the connection.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/places.h"
#include "tram/base/ids.h"
#include "tram/base/language.h"

namespace tram::server {

/// A unit's number in this store: local bookkeeping only.
using UnitNumber = std::int64_t;

struct Unit {
  UnitNumber number = 0;
  UnitId id;
  std::string code;  // what people and files name it by
  std::string name;
  std::string commune;                    // statistical code; may be empty
  std::int64_t entries = 0;               // of its log
  std::optional<std::int64_t> synced_ms;  // last accepted sync or bundle
  std::optional<Date> closed_on;          // its first day without work; it still syncs what it has
  std::optional<UnitNumber> merged_into;  // which goes on with its work since that day
};

inline constexpr std::size_t kUnitCodeBytesMax = 32;
inline constexpr std::size_t kUnitNameBytesMax = 200;

/// Letters, digits, '.', '_', '-'. Errors: invalid, said in `in`.
Status CheckUnitCode(std::string_view code, Language in = Language::kEnglish);
/// NFC, not empty. Errors: invalid.
Result<std::string> CheckUnitName(std::string_view name, Language in = Language::kEnglish);
/// Five digits, or nothing. Errors: invalid.
Status CheckCommuneCode(std::string_view code, Language in = Language::kEnglish);

class UnitTable {
 public:
  explicit UnitTable(SqlDatabase& database) : database_(database) {}

  /// Errors: exists (the code is taken) | io.
  Result<Unit> Add(const UnitId& id, const std::string& code, const std::string& name,
                   const std::string& commune);
  /// Errors: not_found | corrupt | io.
  Result<Unit> ByCode(std::string_view code);
  Result<Unit> ById(const UnitId& id);
  Result<Unit> ByNumber(UnitNumber number);
  /// In order of their codes.
  Result<std::vector<Unit>> All();
  Result<std::int64_t> Count();
  Status Rename(UnitNumber unit, const std::string& name, const std::string& commune);

  /// In order of `from`.
  Result<std::vector<Membership>> MembershipsOf(UnitNumber unit);
  Result<std::map<UnitNumber, std::vector<Membership>>> AllMemberships();
  /// Replaces the membership that begins on the same day.
  Status SetMembership(UnitNumber unit, const Membership& membership);

  /// Also changes the day or the successor of a unit that is closed.
  Status Close(UnitNumber unit, Date on, std::optional<UnitNumber> merged_into);
  Status Reopen(UnitNumber unit);

  Status AddEntries(UnitNumber unit, std::int64_t entries);
  Status Synced(UnitNumber unit, std::int64_t at_ms);

 private:
  SqlDatabase& database_;
};

}  // namespace tram::server
