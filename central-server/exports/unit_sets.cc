// Data sets of units: side by side, and one by one.
#include "exports/activity_parts.h"
#include "exports/data_sets.h"
#include "web/office.h"
#include "web/unit_figures.h"
#include "web/unit_lines.h"

namespace tram::server {
namespace {

using Kind = FigureCell::Kind;

// ---- side by side ----

const char* StateName(UnitState state) {
  switch (state) {
    case UnitState::kClosed:
      return "closed";
    case UnitState::kLost:
      return "silent_30";
    case UnitState::kQuiet:
      return "silent_7";
    case UnitState::kInTouch:
      break;
  }
  return "in_touch";
}

std::vector<DataColumn> UnitColumns(const PageCall& call, const FigureAsk& ask,
                                    const UnitLines& units) {
  std::vector<DataColumn> columns{{"code", call.Words("mã", "code")},
                                  {"name", call.Words("tên", "name")},
                                  {"province_code", call.Words("mã tỉnh", "code of the province")},
                                  {"province", call.Words("tỉnh", "province")}};
  for (const Indicator* indicator : units.figures()) AddFigureColumns(call, *indicator, columns);
  columns.push_back({"months_with_figures",
                     call.Words("tháng có số liệu, trong 12 tháng", "months with figures, of 12"),
                     Kind::kCount});
  if (ask.heads.days != nullptr) {
    columns.push_back(
        {"days_to_arrival",
         call.Words("số ngày đến khi về máy chủ (trung vị)", "days to arrival (median)"),
         Kind::kDecimal, call.In(ask.heads.days->definition)});
  }
  columns.push_back(
      {"last_sync", call.Words("lần gửi cuối", "last sync"), Kind::kWords,
       call.Words("Giờ Việt Nam; trống: chưa lần nào", "Viet Nam's time; empty: never")});
  columns.push_back(
      {"state", call.Words("tình trạng", "state"), Kind::kWords,
       call.Words("in_touch: còn liên lạc; silent_7, silent_30: im lặng từ 7, 30 ngày; closed: đã "
                  "đóng",
                  "in_touch; silent_7, silent_30: silent for 7, 30 days; closed")});
  return columns;
}

Result<DataTable> MakeUnits(PageCall& call) {
  TRAM_ASSIGN(const Permit permit, Authorise(*call.viewer, Right::kActivity));
  Json model;
  TRAM_ASSIGN(const FigureAsk ask, AskFigures(call, model));
  UnitLines units(call, permit, ask);
  TRAM_TRY(units.Read());
  TRAM_TRY(units.AddDays(0, units.lines().size()));
  DataTable table = MonthTable(call, ask, "units", call.Words("Các đơn vị", "Units"));
  table.columns = UnitColumns(call, ask, units);
  table.rows.reserve(units.lines().size());
  for (const UnitLine& line : units.lines()) {
    const Place* province = line.province;
    std::vector<FigureCell> row;
    row.reserve(table.columns.size());
    row.push_back(WordsCell(line.unit->code));
    row.push_back(WordsCell(line.unit->name));
    row.push_back(WordsCell(province == nullptr ? "" : province->code));
    row.push_back(WordsCell(province == nullptr ? "" : province->name));
    for (std::size_t i = 0; i < line.figures.size(); ++i) {
      AddFigureCells(*units.figures()[i], line.figures[i], row);
    }
    row.push_back(CountCell(line.months_with_figures));
    if (ask.heads.days != nullptr) row.push_back(DecimalCell(line.days));
    row.push_back(TimeCell(line.unit->synced_ms));
    const UnitState state = units.StateOf(*line.unit);
    row.push_back(WordsCell(StateName(state)));
    table.rows.push_back(std::move(row));
    table.age.units += state == UnitState::kClosed ? 0 : 1;
    table.age.silent += state == UnitState::kQuiet || state == UnitState::kLost;
  }
  return table;
}

// ---- one ----

/// The unit of the address, where the permit covers it. The board is as AskFigures left it.
Result<Unit> AskUnit(const PageCall& call, const Permit& permit) {
  TRAM_ASSIGN(const Unit unit, UnitCalled(call, call.Query("unit")));
  TRAM_TRY(call.office.figures.CheckUnit(permit, unit.number));
  return unit;
}

void CountUnit(const PageCall& call, const Unit& unit, DataTable& table) {
  if (!WorkedOn(unit, call.state.Today())) return;
  table.age.units = 1;
  table.age.silent = IsSilent(unit, call.state.NowMs(), kSilentShort) ? 1 : 0;
}

/// Adds rows of one unit: its code, an indicator, a month, and what it says.
class MonthRows {
 public:
  MonthRows(const PageCall& call, const Unit& unit, DataTable& table)
      : call_(call), unit_(unit), table_(table) {
    table.columns = {{"unit", call.Words("mã đơn vị", "code of the unit")},
                     {"indicator", call.Words("chỉ số", "indicator")},
                     {"label", call.Words("tên", "name")},
                     {"month", call.Words("tháng", "month"), Kind::kWords,
                      call.Words("Trống: toàn bộ thời gian", "Empty: the whole time")},
                     {"kind", call.Words("loại", "kind"), Kind::kWords,
                      call.Words("Trống: chỉ số không chia loại", "Empty: it has no kinds")},
                     {"kind_label", call.Words("tên loại", "name of the kind")}};
    AddValueColumns(call, "", table.columns);
    table.columns.push_back(
        {"lower", call.Words("tứ phân vị dưới", "lower quartile"), Kind::kDecimal});
    table.columns.push_back(
        {"upper", call.Words("tứ phân vị trên", "upper quartile"), Kind::kDecimal});
  }

  void Add(const Indicator& indicator, const std::string& month, const FigureSum::Counts& counts,
           const std::string& bin = "") {
    std::vector<FigureCell> row = Names(indicator, month, bin);
    AddValueCells(indicator, counts, row);
    row.insert(row.end(), 2, DecimalCell({}));
    table_.rows.push_back(std::move(row));
  }
  void Add(const Indicator& indicator, const FigureLine& line) {
    if (!line.figure) return;
    if (const auto* count = std::get_if<CountFigure>(&*line.figure)) {
      for (const CountFigure::Part& part : count->parts) {
        Add(indicator, line.period, {part.count.value().value_or(0), 0}, part.bin);
      }
    } else if (const auto* rate = std::get_if<RateFigure>(&*line.figure)) {
      for (const RateFigure::Part& part : rate->parts) {
        Add(indicator, line.period,
            {part.numerator.value().value_or(0), part.denominator.value().value_or(0)}, part.bin);
      }
    } else if (const auto* days = std::get_if<DaysFigure>(&*line.figure)) {
      std::vector<FigureCell> row = Names(indicator, line.period, "");
      const auto& of = days->quartiles;
      row.push_back(CountCell(days->records));
      row.push_back(DecimalCell({}));
      row.push_back(DecimalCell(of ? std::optional(of->median) : std::nullopt));
      row.push_back(DecimalCell(of ? std::optional(of->lower) : std::nullopt));
      row.push_back(DecimalCell(of ? std::optional(of->upper) : std::nullopt));
      table_.rows.push_back(std::move(row));
    }
  }

 private:
  std::vector<FigureCell> Names(const Indicator& indicator, const std::string& month,
                                const std::string& bin) const {
    std::string label = bin;
    for (const Bin& known : indicator.bins) {
      if (known.name == bin) label = call_.In(known.label);
    }
    return {WordsCell(unit_.code),
            WordsCell(indicator.name),
            WordsCell(call_.In(indicator.label)),
            WordsCell(month),
            WordsCell(bin),
            WordsCell(std::move(label))};
  }

  const PageCall& call_;
  const Unit& unit_;
  DataTable& table_;
};

Result<DataTable> MakeUnit(PageCall& call) {
  TRAM_ASSIGN(const Permit permit, Authorise(*call.viewer, Right::kActivity));
  Json model;
  TRAM_ASSIGN(const FigureAsk ask, AskFigures(call, model));
  TRAM_ASSIGN(const Unit unit, AskUnit(call, permit));
  TRAM_ASSIGN(const UnitFigures of, FiguresOfUnit(call, permit, ask, unit));
  DataTable table = MonthTable(call, ask, "unit", unit.code + " " + unit.name);
  MonthRows rows(call, unit, table);
  const int last = MonthNumber(ask.query.as_of);
  for (std::size_t i = 0; i < of.heads.size(); ++i) {
    const MonthFigures& figures = of.figures[i];
    const int months = HasMonths(figures) ? static_cast<int>(figures.months.size()) : 0;
    if (months == 0) rows.Add(*of.heads[i], "", figures.whole);
    for (int month = 0; month < months; ++month) {
      rows.Add(*of.heads[i], MonthText(EndOfMonthNumber(last - months + 1 + month)),
               figures.months[static_cast<std::size_t>(month)]);
    }
  }
  for (const FigureTable& other : of.others.tables) {
    for (const FigureLine& line : other.lines) rows.Add(*other.indicator, line);
  }
  CountUnit(call, unit, table);
  return table;
}

/// A table of now about the unit of the address.
Result<DataTable> UnitTableOf(PageCall& call, const char* name, Unit& unit) {
  TRAM_ASSIGN(const Permit permit, Authorise(*call.viewer, Right::kActivity));
  Json model;
  TRAM_TRY(AskFigures(call, model));
  TRAM_ASSIGN(unit, AskUnit(call, permit));
  DataTable table{name, unit.code + " " + unit.name};
  table.age.made_ms = call.state.NowMs();
  table.columns = {{"unit", call.Words("mã đơn vị", "code of the unit")}};
  CountUnit(call, unit, table);
  return table;
}

Result<DataTable> MakeUnitDevices(PageCall& call) {
  Unit unit;
  TRAM_ASSIGN(DataTable table, UnitTableOf(call, "unit-devices", unit));
  TRAM_ASSIGN(const std::vector<Device> devices, call.state.store().devices().OfUnit(unit.number));
  table.columns.push_back({"device", call.Words("máy", "device"), Kind::kCount});
  table.columns.push_back({"known_since", call.Words("biết từ", "known since")});
  table.columns.push_back({"last_seen", call.Words("gửi lần cuối", "last seen"), Kind::kWords,
                           call.Words("Trống: chưa lần nào", "Empty: never")});
  for (std::size_t i = 0; i < devices.size(); ++i) {
    table.rows.push_back({WordsCell(unit.code), CountCell(static_cast<std::int64_t>(i + 1)),
                          TimeCell(devices[i].known_since_ms), TimeCell(devices[i].seen_ms)});
  }
  return table;
}

Result<DataTable> MakeUnitProvinces(PageCall& call) {
  Unit unit;
  TRAM_ASSIGN(DataTable table, UnitTableOf(call, "unit-provinces", unit));
  TRAM_ASSIGN(const std::vector<UnitProvince> provinces, ProvincesOfUnit(call, unit));
  table.columns.push_back({"from", call.Words("từ ngày", "from")});
  table.columns.push_back({"to", call.Words("đến ngày", "to")});
  table.columns.push_back({"province_code", call.Words("mã tỉnh khi đó", "its code then")});
  table.columns.push_back({"province_then", call.Words("tỉnh khi đó", "province then")});
  table.columns.push_back({"province_now", call.Words("nay là", "today")});
  for (const UnitProvince& of : provinces) {
    table.rows.push_back({WordsCell(unit.code), DateCell(of.membership.from),
                          DateCell(of.membership.to), WordsCell(of.membership.province),
                          WordsCell(of.then), WordsCell(of.now)});
  }
  return table;
}

std::vector<DataParameter> UnitsParameters() {
  std::vector<DataParameter> parameters = MonthParameters();
  parameters.push_back({"q", "KH", {"Một phần của mã hoặc tên", "A part of the code or name"}});
  parameters.push_back({"place", "56", {"Mã tỉnh", "Code of a province"}});
  parameters.push_back(
      {"closed", "1", {"1: cả đơn vị đã đóng", "1: closed ones too"}, false, {"0", "1"}});
  parameters.push_back(
      {"sort",
       "code",
       {"Sắp theo: code, name, province, complete, days, synced, hoặc f0, f1 … của "
        "các số liệu",
        "Sorted by: code, name, province, complete, days, synced, or f0, f1 … of "
        "the figures"}});
  parameters.push_back({"desc", "1", {"1: giảm dần", "1: highest first"}, false, {"0", "1"}});
  return parameters;
}

}  // namespace

std::vector<DataSet> UnitSets() {
  const DataParameter unit{"unit", "KH-001", {"Mã đơn vị", "Code of the unit"}, true};
  std::vector<DataParameter> of_unit = MonthParameters();
  of_unit.insert(of_unit.begin(), unit);
  return {{"units",
           Right::kActivity,
           {"Các đơn vị", "Units"},
           {"Mỗi đơn vị một dòng: số liệu của một tháng, và dữ liệu có về đều không",
            "A row for each unit: figures of a month, and whether its data comes in"},
           UnitsParameters(),
           &MakeUnits},
          {"unit",
           Right::kActivity,
           {"Một đơn vị", "One unit"},
           {"Mọi số liệu hoạt động của một đơn vị qua các tháng",
            "All activity figures of a unit by month"},
           of_unit,
           &MakeUnit},
          {"unit-devices",
           Right::kActivity,
           {"Máy của một đơn vị", "A unit's devices"},
           {"Biết từ bao giờ, gửi lần cuối khi nào", "Known since when, last seen when"},
           {unit},
           &MakeUnitDevices},
          {"unit-provinces",
           Right::kActivity,
           {"Các tỉnh của một đơn vị", "A unit's provinces"},
           {"Thuộc tỉnh nào, từ ngày nào", "To which provinces it belonged, since when"},
           {unit},
           &MakeUnitProvinces}};
}

}  // namespace tram::server
