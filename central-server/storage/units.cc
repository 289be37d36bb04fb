#include "storage/units.h"

#include <algorithm>
#include <cctype>

#include "storage/sql_rows.h"
#include "tram/base/vietnamese.h"

namespace tram::server {
namespace {

constexpr char kColumns[] =
    "SELECT number, id, code, name, commune, entries, synced_ms, closed_on, merged_into FROM unit";

Result<Unit> ReadUnit(const SqlStatement& row) {
  Unit unit{row.Int(0),          {},           row.Text(2),
            row.Text(3),         row.Text(4),  row.Int(5),
            OptionalInt(row, 6), std::nullopt, OptionalInt(row, 8)};
  if (!row.IsNull(7)) {
    TRAM_ASSIGN(unit.closed_on, ParseIsoDate(row.Text(7)));
  }
  TRAM_ASSIGN(unit.id, ReadIdColumn<UnitId>(row, 1, "unit"));
  return unit;
}

Result<std::pair<UnitNumber, Membership>> ReadMembership(const SqlStatement& row) {
  std::pair<UnitNumber, Membership> read{row.Int(0), {row.Text(1), {}, std::nullopt}};
  TRAM_ASSIGN(read.second.from, ParseIsoDate(row.Text(2)));
  if (!row.IsNull(3)) {
    TRAM_ASSIGN(read.second.to, ParseIsoDate(row.Text(3)));
  }
  return read;
}

Result<Unit> Found(Result<std::optional<Unit>> unit, const std::string& what) {
  if (!unit) return unit.error();
  if (*unit) return std::move(**unit);
  return MakeError(ErrorCode::kNotFound,
                   "there is no unit " + what + "; unit list shows all of them");
}

}  // namespace

Status CheckUnitCode(std::string_view code, Language in) {
  const bool good = !code.empty() && code.size() <= kUnitCodeBytesMax &&
                    std::all_of(code.begin(), code.end(), [](unsigned char c) {
                      return c < 128 && (std::isalnum(c) || c == '.' || c == '_' || c == '-');
                    });
  if (good) return {};
  const std::string most = std::to_string(kUnitCodeBytesMax);
  return MakeError(
      ErrorCode::kInvalid,
      in == Language::kVietnamese
          ? "mã đơn vị có từ 1 đến " + most +
                " chữ cái không dấu, chữ số, dấu chấm, gạch ngang hoặc gạch dưới"
          : "a unit's code has 1 to " + most + " letters, digits, dots, hyphens or underscores");
}

Result<std::string> CheckUnitName(std::string_view name, Language in) {
  TRAM_ASSIGN(std::string text, Nfc(name));
  const bool control =
      std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 32 || c == 127; });
  if (text.empty() || text.size() > kUnitNameBytesMax || control) {
    const std::string most = std::to_string(kUnitNameBytesMax);
    return MakeError(ErrorCode::kInvalid,
                     in == Language::kVietnamese
                         ? "tên đơn vị viết trên một dòng, dài nhất " + most + " byte"
                         : "a unit's name is one line of at most " + most + " bytes");
  }
  return text;
}

Status CheckCommuneCode(std::string_view code, Language in) {
  if (code.empty() || (code.size() == 5 && std::all_of(code.begin(), code.end(), [](char c) {
                         return c >= '0' && c <= '9';
                       }))) {
    return {};
  }
  return MakeError(ErrorCode::kInvalid, in == Language::kVietnamese
                                            ? "mã xã có đúng năm chữ số, hoặc để trống"
                                            : "a commune's code has five digits");
}

Result<Unit> UnitTable::Add(const UnitId& id, const std::string& code, const std::string& name,
                            const std::string& commune) {
  Status added = RunSql(
      database_, "INSERT INTO unit(id, code, name, commune, entries) VALUES(?1, ?2, ?3, ?4, 0)", id,
      code, name, commune);
  if (!added && added.error().code == ErrorCode::kExists) {
    return MakeError(ErrorCode::kExists, "there is a unit " + code + " already");
  }
  TRAM_TRY(std::move(added));
  return ByNumber(database_.LastInsertRowId());
}

Result<Unit> UnitTable::ByCode(std::string_view code) {
  return Found(FirstRow(database_, std::string(kColumns) + " WHERE code = ?1", &ReadUnit, code),
               std::string(code));
}

Result<Unit> UnitTable::ById(const UnitId& id) {
  return Found(FirstRow(database_, std::string(kColumns) + " WHERE id = ?1", &ReadUnit, id),
               id.Hex());
}

Result<Unit> UnitTable::ByNumber(UnitNumber number) {
  return Found(FirstRow(database_, std::string(kColumns) + " WHERE number = ?1", &ReadUnit, number),
               std::to_string(number));
}

Result<std::vector<Unit>> UnitTable::All() {
  return AllRows(database_, std::string(kColumns) + " ORDER BY code", &ReadUnit);
}

Result<std::int64_t> UnitTable::Count() {
  TRAM_ASSIGN(std::optional<std::int64_t> count,
              FirstRow(database_, "SELECT count(*) FROM unit", &ReadNumber));
  return count.value_or(0);
}

Status UnitTable::Rename(UnitNumber unit, const std::string& name, const std::string& commune) {
  return RunSql(database_, "UPDATE unit SET name = ?2, commune = ?3 WHERE number = ?1", unit, name,
                commune);
}

Result<std::vector<Membership>> UnitTable::MembershipsOf(UnitNumber unit) {
  TRAM_ASSIGN(auto rows, AllRows(database_,
                                 "SELECT unit, province, valid_from, valid_to FROM membership"
                                 " WHERE unit = ?1 ORDER BY valid_from",
                                 &ReadMembership, unit));
  std::vector<Membership> memberships;
  for (auto& [number, membership] : rows) memberships.push_back(std::move(membership));
  return memberships;
}

Result<std::map<UnitNumber, std::vector<Membership>>> UnitTable::AllMemberships() {
  TRAM_ASSIGN(auto rows, AllRows(database_,
                                 "SELECT unit, province, valid_from, valid_to FROM membership"
                                 " ORDER BY unit, valid_from",
                                 &ReadMembership));
  std::map<UnitNumber, std::vector<Membership>> memberships;
  for (auto& [number, membership] : rows) memberships[number].push_back(std::move(membership));
  return memberships;
}

Status UnitTable::SetMembership(UnitNumber unit, const Membership& membership) {
  return RunSql(database_,
                "REPLACE INTO membership(unit, valid_from, valid_to, province)"
                " VALUES(?1, ?2, ?3, ?4)",
                unit, membership.from, membership.to, membership.province);
}

Status UnitTable::Close(UnitNumber unit, Date on, std::optional<UnitNumber> merged_into) {
  return RunSql(database_, "UPDATE unit SET closed_on = ?2, merged_into = ?3 WHERE number = ?1",
                unit, on, merged_into);
}

Status UnitTable::Reopen(UnitNumber unit) {
  return RunSql(database_, "UPDATE unit SET closed_on = NULL, merged_into = NULL WHERE number = ?1",
                unit);
}

Status UnitTable::AddEntries(UnitNumber unit, std::int64_t entries) {
  return RunSql(database_, "UPDATE unit SET entries = entries + ?2 WHERE number = ?1", unit,
                entries);
}

Status UnitTable::Synced(UnitNumber unit, std::int64_t at_ms) {
  return RunSql(database_, "UPDATE unit SET synced_ms = ?2 WHERE number = ?1", unit, at_ms);
}

}  // namespace tram::server
