#include "tests/unit/central_server/made_up_data.h"

namespace tram::server {
namespace {

using Kind = FigureCell::Kind;

FigureCell Cell(Kind kind, std::string text, std::optional<double> number = std::nullopt) {
  return {kind, std::move(text), number, std::nullopt, false};
}

/// Of one row, made now.
DataTable Table(const PageCall& call, std::string name, std::vector<DataColumn> columns,
                std::vector<FigureCell> row) {
  DataTable table;
  table.name = std::move(name);
  table.title = call.Words("Bảng thử", "A test table");
  table.columns = std::move(columns);
  table.rows = {std::move(row)};
  table.about = {call.Words("lời giải thích", "an explanation")};
  table.age.made_ms = call.state.NowMs();
  return table;
}

Result<DataTable> Visits(PageCall& call) {
  TRAM_ASSIGN(const Permit permit, Authorise(*call.viewer, Right::kActivity));
  TRAM_ASSIGN(const Unit unit, call.state.store().units().ByCode(call.Query("unit")));
  TRAM_ASSIGN(const auto memberships, call.state.store().units().MembershipsOf(unit.number));
  const Place* place = call.state.store().places().Of(memberships, call.state.Today());
  if (!permit.CoversUnit(unit.number, place == nullptr ? "" : place->code)) {
    return call.Fail(ErrorCode::kDenied, "đơn vị này không thuộc phạm vi của bạn",
                     "this unit is not among yours");
  }
  return Table(call, "visits",
               {{"unit", call.Words("Đơn vị", "Unit"), Kind::kWords, ""},
                {"visits", call.Words("Lượt", "Visits"), Kind::kCount, "mỗi lần đến"}},
               {Cell(Kind::kWords, unit.code), Cell(Kind::kCount, "12", 12)});
}

Result<DataTable> States(PageCall& call) {
  TRAM_TRY(Authorise(*call.viewer, Right::kOutcomes));
  FigureCell interval = Cell(Kind::kShare, "40–75 %");
  interval.interval = Interval{0.4, 0.75};
  DataTable table = Table(call, "states",
                          {{"state", "State", Kind::kWords, ""},
                           {"persons", "Persons", Kind::kCount, ""},
                           {"died", "Died", Kind::kCount, ""},
                           {"share", "Share", Kind::kShare, ""},
                           {"interval", "95 %", Kind::kShare, ""},
                           {"days", "Days", Kind::kDecimal, ""},
                           {"note", "Note", Kind::kWords, ""}},
                          {Cell(Kind::kWords, "“quoted” <b>"), Cell(Kind::kCount, "35", 35),
                           Cell(Kind::kCount, "*"), Cell(Kind::kShare, "60 %", 0.6), interval,
                           Cell(Kind::kDecimal, "-"), Cell(Kind::kWords, "")});
  table.age.as_of = DateOf(2026, 10, 31);
  table.age.published_ms = call.state.NowMs();
  return table;
}

Result<DataTable> UnitList(PageCall& call) {
  TRAM_TRY(Authorise(*call.viewer, Right::kUnits));
  return Table(call, "unit_list", {{"code", "Code", Kind::kWords, ""}},
               {Cell(Kind::kWords, "BG01")});
}

Result<DataTable> People(PageCall& call) {
  return Table(call, "people", {{"name", "Name", Kind::kWords, ""}}, {Cell(Kind::kWords, "ai")});
}

}  // namespace

const std::vector<DataSet>& MadeUpDataSets() {
  static const std::vector<DataSet> sets = {
      {"visits",
       Right::kActivity,
       {"Lượt đến", "Visits"},
       {"Lượt đến của một đơn vị", "Visits of a unit"},
       {{"unit", "BG01", {"mã đơn vị", "the unit's code"}, true, {}},
        {"kind", "a", {"loại", "kind"}, false, {"a", "b"}}},
       &Visits},
      {"states", Right::kOutcomes, {"Trạng thái", "States"}, {"Thử", "A test"}, {}, &States},
      {"unit_list", Right::kUnits, {"Đơn vị", "Units"}, {"Thử", "A test"}, {}, &UnitList},
      {"people", Right::kAccounts, {"Người", "People"}, {"Thử", "A test"}, {}, &People}};
  return sets;
}

}  // namespace tram::server
