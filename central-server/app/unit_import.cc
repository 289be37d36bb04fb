#include "app/unit_import.h"

#include <algorithm>
#include <map>
#include "tram/base/csv.h"

namespace tram::server {
namespace {

constexpr const char* kColumns[] = {"code", "name", "province_code", "commune_code", "from", "to"};
constexpr std::size_t kRequiredColumns = 5;

/// What a file says about one unit. Name and commune are those of the latest membership.
struct UnitRows {
  std::string name, commune;
  std::map<Date, Membership> memberships;
};

/// Where each of kColumns is in the file.
using Columns = std::vector<std::optional<std::size_t>>;

Result<Columns> ReadHead(const std::vector<std::string>& head) {
  Columns columns;
  for (const char* name : kColumns) {
    auto found = std::find(head.begin(), head.end(), name);
    if (found == head.end() && columns.size() < kRequiredColumns) {
      return MakeError(ErrorCode::kInvalid,
                       std::string("the first line must name the columns code, name, "
                                   "province_code, commune_code and from; there is no ") +
                           name);
    }
    columns.push_back(found == head.end() ? std::nullopt
                                          : std::optional<std::size_t>(found - head.begin()));
  }
  return columns;
}

std::string Cell(const CsvRow& row, std::optional<std::size_t> column) {
  return column && *column < row.cells.size() ? row.cells[*column] : std::string();
}

Status TakeRow(const Places& places, const Columns& columns, const CsvRow& row,
               std::map<std::string, UnitRows>& units) {
  const std::string code = Cell(row, columns[0]);
  TRAM_TRY(CheckUnitCode(code));
  TRAM_ASSIGN(std::string name, CheckUnitName(Cell(row, columns[1])));
  const std::string commune = Cell(row, columns[3]);
  TRAM_TRY(CheckCommuneCode(commune));
  Membership membership{Cell(row, columns[2]), {}, std::nullopt};
  TRAM_ASSIGN(membership.from, ParsePersonDate(Cell(row, columns[4])));
  if (std::string to = Cell(row, columns[5]); !to.empty()) {
    TRAM_ASSIGN(membership.to, ParsePersonDate(to));
  }
  TRAM_TRY(CheckMembership(places, membership));
  UnitRows& unit = units[code];
  auto same_day = unit.memberships.find(membership.from);
  if (same_day != unit.memberships.end() && same_day->second != membership) {
    return MakeError(ErrorCode::kInvalid, "unit " + code + " has another row with the same from");
  }
  if (unit.memberships.empty() || unit.memberships.rbegin()->first <= membership.from) {
    unit.name = name;
    unit.commune = commune;
  }
  unit.memberships[membership.from] = membership;
  return {};
}

enum class Effect { kAdded, kChanged, kNone };

Result<Effect> WriteUnit(ServerState& state, const std::string& code, const UnitRows& rows) {
  UnitTable& table = state.store().units();
  Result<Unit> unit = table.ByCode(code);
  Effect effect = Effect::kNone;
  if (!unit) {
    if (unit.error().code != ErrorCode::kNotFound) return unit.error();
    unit = table.Add(state.random().NewId<UnitId>(), code, rows.name, rows.commune);
    if (!unit) return unit.error();
    effect = Effect::kAdded;
  } else if (unit->name != rows.name || unit->commune != rows.commune) {
    TRAM_TRY(table.Rename(unit->number, rows.name, rows.commune));
    effect = Effect::kChanged;
  }
  TRAM_ASSIGN(std::vector<Membership> known, table.MembershipsOf(unit->number));
  for (const auto& [from, membership] : rows.memberships) {
    if (std::find(known.begin(), known.end(), membership) != known.end()) continue;
    TRAM_TRY(table.SetMembership(unit->number, membership));
    if (effect == Effect::kNone) effect = Effect::kChanged;
  }
  return effect;
}

}  // namespace

Status CheckMembership(const Places& places, const Membership& membership) {
  if (places.At(membership.province, membership.from) == nullptr) {
    return MakeError(ErrorCode::kInvalid, "no province has the code '" + membership.province +
                                              "' on " + IsoDate(membership.from) +
                                              ": before 2025-07-01 the old codes count");
  }
  if (membership.to && *membership.to < membership.from) {
    return MakeError(ErrorCode::kInvalid, "the membership ends before it begins");
  }
  return {};
}

Result<Unit> AddUnit(ServerState& state, const std::string& code, const std::string& name,
                     const std::string& commune, const Membership& membership) {
  TRAM_TRY(CheckUnitCode(code));
  TRAM_ASSIGN(std::string good_name, CheckUnitName(name));
  TRAM_TRY(CheckCommuneCode(commune));
  TRAM_TRY(CheckMembership(state.store().places(), membership));
  UnitTable& table = state.store().units();
  TRAM_ASSIGN(Unit unit, table.Add(state.random().NewId<UnitId>(), code, good_name, commune));
  TRAM_TRY(table.SetMembership(unit.number, membership));
  TRAM_TRY(state.store().rollups().Mark(unit.number, state.NowMs()));
  return unit;
}

Result<ImportedUnits> ImportUnits(ServerState& state, const std::string& csv) {
  TRAM_ASSIGN(CsvTable table, ParseCsv(csv));
  TRAM_ASSIGN(Columns columns, ReadHead(table.header));
  ImportedUnits imported;
  std::map<std::string, UnitRows> units;
  for (const CsvRow& row : table.rows) {
    Status taken = row.problem.empty() ? TakeRow(state.store().places(), columns, row, units)
                                       : MakeError(ErrorCode::kInvalid, row.problem);
    if (!taken) imported.bad.push_back({row.line, taken.error().message});
  }
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(state.store().database()));
  for (const auto& [code, unit_rows] : units) {
    if (unit_rows.memberships.empty()) continue;
    TRAM_ASSIGN(Effect effect, WriteUnit(state, code, unit_rows));
    imported.added += effect == Effect::kAdded;
    imported.changed += effect == Effect::kChanged;
    imported.unchanged += effect == Effect::kNone;
  }
  if (imported.added > 0) TRAM_TRY(state.store().rollups().MarkAll(state.NowMs()));
  TRAM_TRY(transaction.Commit());
  return imported;
}

}  // namespace tram::server
