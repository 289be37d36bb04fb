// Data sets of the overview, and the list of indicators with their definitions.
#include "exports/activity_parts.h"
#include "exports/data_sets.h"
#include "tram/outcome/figure_sheet.h"
#include "web/overview_figures.h"

namespace tram::server {
namespace {

using Kind = FigureCell::Kind;

void AddSilence(const OverviewFigures& figures, DataTable& table) {
  const Silence silence = figures.Silent();
  table.age.units = silence.working;
  table.age.silent = silence.silent_7;
}

void AddPlaceColumns(const PageCall& call, std::vector<DataColumn>& columns) {
  columns.push_back({"place_code", call.Words("mã nơi", "code of the place"), Kind::kWords,
                     call.Words("Trống: mọi nơi được xem", "Empty: every place that is followed")});
  columns.push_back({"place", call.Words("nơi", "place")});
}

Result<DataTable> MakeOverview(PageCall& call) {
  TRAM_ASSIGN(const Permit permit, Authorise(*call.viewer, Right::kActivity));
  Json model;
  TRAM_ASSIGN(const FigureAsk ask, AskFigures(call, model));
  TRAM_ASSIGN(const OverviewFigures figures, OverviewFigures::Ask(call, permit, ask));
  TRAM_ASSIGN(const std::vector<HeadFigure> heads, figures.Heads());
  DataTable table = MonthTable(call, ask, "overview", figures.scope().title);
  AddPlaceColumns(call, table.columns);
  table.columns.push_back({"indicator", call.Words("chỉ số", "indicator")});
  table.columns.push_back({"label", call.Words("tên", "name")});
  table.columns.push_back({"month", call.Words("tháng", "month"), Kind::kWords,
                           call.Words("Trống: toàn bộ thời gian đến hết tháng",
                                      "Empty: the whole time up to the month's end")});
  AddValueColumns(call, "", table.columns);
  AddValueColumns(call, "before_", table.columns);
  for (const auto& [indicator, months] : heads) {
    const bool monthly = HasMonths(months);
    std::vector<FigureCell> row{WordsCell(figures.scope().code), WordsCell(figures.scope().title),
                                WordsCell(indicator->name), WordsCell(call.In(indicator->label)),
                                WordsCell(monthly ? ask.month : "")};
    AddValueCells(*indicator, Newest(months), row);
    if (monthly) {
      AddValueCells(*indicator, months.months[months.months.size() - 2], row);
    } else {
      row.insert(row.end(), 3, DecimalCell({}));
    }
    table.rows.push_back(std::move(row));
  }
  AddSilence(figures, table);
  return table;
}

Result<DataTable> MakeProvinces(PageCall& call) {
  TRAM_ASSIGN(const Permit permit, Authorise(*call.viewer, Right::kActivity));
  Json model;
  TRAM_ASSIGN(const FigureAsk ask, AskFigures(call, model));
  TRAM_ASSIGN(const OverviewFigures figures, OverviewFigures::Ask(call, permit, ask));
  TRAM_ASSIGN(const std::vector<ProvinceLine> lines, figures.Provinces());
  DataTable table =
      MonthTable(call, ask, "provinces", call.Words("Các tỉnh, thành phố", "Provinces"));
  table.columns = {{"province_code", call.Words("mã tỉnh", "code of the province")},
                   {"province", call.Words("tỉnh, thành phố", "province")}};
  const std::vector<const Indicator*> heads = ask.heads.Both();
  for (const Indicator* indicator : heads) AddFigureColumns(call, *indicator, table.columns);
  for (const ProvinceLine& line : lines) {
    std::vector<FigureCell> row{WordsCell(line.place.code), WordsCell(line.place.name)};
    for (std::size_t i = 0; i < heads.size(); ++i) AddFigureCells(*heads[i], line.figures[i], row);
    table.rows.push_back(std::move(row));
  }
  AddSilence(figures, table);
  return table;
}

Result<DataTable> MakeMonths(PageCall& call) {
  TRAM_ASSIGN(const Permit permit, Authorise(*call.viewer, Right::kActivity));
  Json model;
  TRAM_ASSIGN(const FigureAsk ask, AskFigures(call, model));
  TRAM_ASSIGN(const OverviewFigures figures, OverviewFigures::Ask(call, permit, ask));
  TRAM_ASSIGN(std::vector<HeadFigure> heads, figures.Heads());
  std::erase_if(heads, [](const HeadFigure& head) { return !OverviewFigures::HasTrend(head); });
  DataTable table = MonthTable(
      call, ask, "months", call.Words("{}, qua các tháng", "{}, by month", figures.scope().title));
  AddPlaceColumns(call, table.columns);
  table.columns.push_back({"month", call.Words("tháng", "month")});
  for (const HeadFigure& head : heads) AddFigureColumns(call, *head.indicator, table.columns);
  const int last = MonthNumber(ask.query.as_of);
  for (int back = kTrendMonths - 1; back >= 0; --back) {
    std::vector<FigureCell> row{WordsCell(figures.scope().code), WordsCell(figures.scope().title),
                                WordsCell(MonthText(EndOfMonthNumber(last - back)))};
    for (const HeadFigure& head : heads) {
      const auto& months = head.figures.months;
      AddFigureCells(*head.indicator, months[months.size() - 1 - static_cast<std::size_t>(back)],
                     row);
    }
    table.rows.push_back(std::move(row));
  }
  AddSilence(figures, table);
  return table;
}

/// What the names in other tables mean; no figures.
Result<DataTable> MakeIndicators(PageCall& call) {
  TRAM_TRY(Authorise(*call.viewer, Right::kActivity));
  const Programme& programme = *call.state.programme().programme;
  DataTable table{"indicators", call.Words("Các chỉ số", "Indicators")};
  table.age.made_ms = call.state.NowMs();
  table.columns = {{"indicator", call.Words("chỉ số", "indicator")},
                   {"label", call.Words("tên", "name")},
                   {"kind", call.Words("loại", "kind"), Kind::kWords,
                    call.Words("activity: hoạt động, chính xác; person: về từng người, làm tròn",
                               "activity: exact; person: about persons, rounded")},
                   {"shape", call.Words("dạng", "shape")},
                   {"definition", call.Words("định nghĩa", "definition")}};
  const FigureReport report{&programme, {}, {}, {}};
  for (const Indicator& indicator : programme.indicators) {
    FigureTable of;
    of.indicator = &indicator;
    std::string definition;
    for (const std::string& line : FigureDefinitions(report, of, call.language)) {
      definition += (definition.empty() ? "" : "\n") + line;
    }
    table.rows.push_back(
        {WordsCell(indicator.name), WordsCell(call.In(indicator.label)),
         WordsCell(indicator.kind == IndicatorKind::kActivity ? "activity" : "person"),
         WordsCell(std::string(ShapeName(indicator.shape))), WordsCell(std::move(definition))});
  }
  return table;
}

}  // namespace

std::vector<DataSet> OverviewSets() {
  std::vector<DataParameter> month = MonthParameters(), of_place = month;
  of_place.push_back({"place",
                      "24",
                      {"Mã tỉnh vào tháng đó; không ghi: mọi nơi được xem",
                       "Code of a province in that month; without: every place that is followed"}});
  return {{"overview",
           Right::kActivity,
           {"Số liệu chính", "Main figures"},
           {"Của cả nước hoặc một tỉnh trong một tháng, với tháng trước",
            "Of the country or a province in a month, with the month before"},
           of_place,
           &MakeOverview},
          {"provinces",
           Right::kActivity,
           {"Các tỉnh", "Provinces"},
           {"Mỗi tỉnh một dòng, trong một tháng", "A row for each province, in a month"},
           month,
           &MakeProvinces},
          {"months",
           Right::kActivity,
           {"Qua các tháng", "By month"},
           {"24 tháng của cả nước hoặc một tỉnh", "24 months of the country or a province"},
           of_place,
           &MakeMonths},
          {"indicators",
           Right::kActivity,
           {"Các chỉ số", "Indicators"},
           {"Tên và định nghĩa của mọi chỉ số trong các bảng khác",
            "Names and definitions of all indicators in the other tables"},
           {},
           &MakeIndicators}};
}

}  // namespace tram::server
