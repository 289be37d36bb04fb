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

Result<Columns> ReadHead(const std::vector<std::string>& head, Language in) {
  Columns columns;
  for (const char* name : kColumns) {
    auto found = std::find(head.begin(), head.end(), name);
    if (found == head.end() && columns.size() < kRequiredColumns) {
      return MakeError(
          ErrorCode::kInvalid,
          (in == Language::kVietnamese
               ? std::string("dòng đầu phải có tên các cột code, name, province_code, "
                             "commune_code và from; không thấy cột ")
               : std::string("the first line must name the columns code, name, province_code, "
                             "commune_code and from; there is no ")) +
              name);
    }
    columns.push_back(found == head.end() ? std::nullopt
                                          : std::optional<std::size_t>(found - head.begin()));
  }
  return columns;
}

std::string Cell(const CsvRow& row, std::optional<std::size_t> column) {
  // A file that was taken from the server's pages and is imported again.
  return column && *column < row.cells.size() ? WithoutTextMark(row.cells[*column]) : std::string();
}

Result<Date> ReadDay(const std::string& text, Language in) {
  Result<Date> date = ParsePersonDate(text);
  if (date || in == Language::kEnglish) return date;
  return MakeError(ErrorCode::kInvalid, "“" + text + "” không phải là một ngày");
}

Status TakeRow(const Places& places, const Columns& columns, const CsvRow& row, Language in,
               std::map<std::string, UnitRows>& units) {
  const std::string code = Cell(row, columns[0]);
  TRAM_TRY(CheckUnitCode(code, in));
  TRAM_ASSIGN(std::string name, CheckUnitName(Cell(row, columns[1]), in));
  const std::string commune = Cell(row, columns[3]);
  TRAM_TRY(CheckCommuneCode(commune, in));
  Membership membership{Cell(row, columns[2]), {}, std::nullopt};
  TRAM_ASSIGN(membership.from, ReadDay(Cell(row, columns[4]), in));
  if (std::string to = Cell(row, columns[5]); !to.empty()) {
    TRAM_ASSIGN(membership.to, ReadDay(to, in));
  }
  TRAM_TRY(CheckMembership(places, membership, in));
  UnitRows& unit = units[code];
  auto same_day = unit.memberships.find(membership.from);
  if (same_day != unit.memberships.end() && same_day->second != membership) {
    return MakeError(ErrorCode::kInvalid,
                     in == Language::kVietnamese
                         ? "đơn vị " + code + " đã có một dòng khác với cùng ngày ở cột from"
                         : "unit " + code + " has another row with the same from");
  }
  if (unit.memberships.empty() || unit.memberships.rbegin()->first <= membership.from) {
    unit.name = name;
    unit.commune = commune;
  }
  unit.memberships[membership.from] = membership;
  return {};
}

/// What a file says, before it is compared with what is there.
struct UnitFile {
  std::map<std::string, UnitRows> units;
  std::vector<BadRow> bad;
  std::vector<std::string> header;
};

Result<UnitFile> ReadUnitFile(const Places& places, const std::string& csv, Language in) {
  Result<CsvTable> parsed = ParseCsv(csv);
  if (!parsed && in == Language::kVietnamese) {
    return MakeError(parsed.error().code, "tệp này không phải là bảng CSV có dòng tên cột");
  }
  TRAM_ASSIGN(CsvTable table, std::move(parsed));
  TRAM_ASSIGN(const Columns columns, ReadHead(table.header, in));
  UnitFile file;
  for (CsvRow& row : table.rows) {
    if (!row.problem.empty()) {
      file.bad.push_back({row.line,
                          in == Language::kVietnamese
                              ? "dòng này không đúng cách viết CSV: xem lại các dấu ngoặc kép"
                              : row.problem,
                          {std::string(row.raw)}});
    } else if (Status taken = TakeRow(places, columns, row, in, file.units); !taken) {
      file.bad.push_back({row.line, taken.error().message, std::move(row.cells)});
    }
  }
  file.header = std::move(table.header);
  return file;
}

/// Nothing where the unit stays as it is.
Result<std::optional<PlannedUnit>> PlanUnit(ServerState& state, const std::string& code,
                                            const UnitRows& rows) {
  UnitTable& table = state.store().units();
  const Result<Unit> unit = table.ByCode(code);
  if (!unit && unit.error().code != ErrorCode::kNotFound) return unit.error();
  PlannedUnit planned{code, rows.name, rows.commune, !unit, "", "", {}};
  std::vector<Membership> known;
  if (unit) {
    planned.old_name = unit->name;
    planned.old_commune = unit->commune;
    TRAM_ASSIGN(known, table.MembershipsOf(unit->number));
  }
  for (const auto& [from, membership] : rows.memberships) {
    if (std::find(known.begin(), known.end(), membership) != known.end()) continue;
    planned.memberships.push_back(membership);
  }
  const bool same = unit && unit->name == rows.name && unit->commune == rows.commune &&
                    planned.memberships.empty();
  if (same) return std::optional<PlannedUnit>();
  return std::optional<PlannedUnit>(std::move(planned));
}

Status WriteUnit(ServerState& state, const PlannedUnit& planned) {
  UnitTable& table = state.store().units();
  TRAM_ASSIGN(const Unit unit, planned.added
                                   ? table.Add(state.random().NewId<UnitId>(), planned.code,
                                               planned.name, planned.commune)
                                   : table.ByCode(planned.code));
  if (unit.name != planned.name || unit.commune != planned.commune) {
    TRAM_TRY(table.Rename(unit.number, planned.name, planned.commune));
  }
  for (const Membership& membership : planned.memberships) {
    TRAM_TRY(table.SetMembership(unit.number, membership));
  }
  return {};
}

}  // namespace

Status CheckMembership(const Places& places, const Membership& membership, Language in) {
  const bool vi = in == Language::kVietnamese;
  if (places.At(membership.province, membership.from) == nullptr) {
    const std::string day = IsoDate(membership.from);
    return MakeError(ErrorCode::kInvalid,
                     vi ? "không có tỉnh nào mang mã “" + membership.province + "” vào ngày " +
                              day + ": trước 2025-07-01 dùng các mã cũ"
                        : "no province has the code '" + membership.province + "' on " + day +
                              ": before 2025-07-01 the old codes count");
  }
  if (membership.to && *membership.to < membership.from) {
    return MakeError(ErrorCode::kInvalid, vi ? "ngày kết thúc đứng trước ngày bắt đầu"
                                             : "the membership ends before it begins");
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

Result<ImportPlan> PlanImport(ServerState& state, const std::string& csv, Language in) {
  TRAM_ASSIGN(UnitFile file, ReadUnitFile(state.store().places(), csv, in));
  ImportPlan plan;
  for (const auto& [code, rows] : file.units) {
    TRAM_ASSIGN(std::optional<PlannedUnit> planned, PlanUnit(state, code, rows));
    plan.unchanged += !planned;
    if (planned) plan.units.push_back(std::move(*planned));
  }
  plan.bad = std::move(file.bad);
  plan.header = std::move(file.header);
  return plan;
}

Result<ImportedUnits> ImportUnits(ServerState& state, const std::string& csv,
                                  const std::string& who) {
  TRAM_ASSIGN(ImportPlan plan, PlanImport(state, csv, Language::kEnglish));
  ImportedUnits imported{0, 0, plan.unchanged, std::move(plan.bad)};
  TRAM_ASSIGN(SqlTransaction transaction, SqlTransaction::Begin(state.store().database()));
  for (const PlannedUnit& planned : plan.units) {
    TRAM_TRY(WriteUnit(state, planned));
    ++(planned.added ? imported.added : imported.changed);
  }
  if (imported.added > 0) TRAM_TRY(state.store().rollups().MarkAll(state.NowMs()));
  TRAM_TRY(state.store().audit().Append(state.NowMs(), who,
                                        "unit import: " + std::to_string(imported.added) +
                                            " added, " + std::to_string(imported.changed) +
                                            " changed"));
  TRAM_TRY(transaction.Commit());
  return imported;
}

}  // namespace tram::server
