// Reports: the unit's own exact figures, from the same code as the command `report`, as pages that
// stand and print without script, as CSV and as a workbook.
#include <algorithm>

#include "app/report.h"
#include "tram/outcome/figure_sheet.h"
#include "web/page.h"

namespace tram::client {
namespace {

constexpr std::string_view kEverybody = "all";  // instead of a group
constexpr int kMonthsShown = 6;    // the month and those before it: what fits across A4
constexpr int kMonthsOfYear = 12;  // of counts beside the outcomes

/// One of the two reports.
struct Kind {
  const char* path;
  const char* file;  // of downloads
  IndicatorKind indicators;
  Label title;
};
const Kind& MonthKind() {
  static const Kind kind{"/reports/month",
                         "thang",
                         IndicatorKind::kActivity,
                         {"Báo cáo hoạt động theo tháng", "Activity by month"}};
  return kind;
}
const Kind& OutcomesKind() {
  static const Kind kind{"/reports/outcomes",
                         "ket-qua",
                         IndicatorKind::kPerson,
                         {"Kết quả điều trị", "Outcomes of treatment"}};
  return kind;
}

struct MadeReport {
  FigureReport figures;
  std::string month;  // "2026-11"
  std::vector<std::string> about;
};

/// What was asked for, or this month. Also "11/2026", where a browser has no control for months.
Result<Date> MonthAsked(const PageCall& call) {
  const std::string text(call.Query("month"));
  if (text.empty()) return MonthEnd(call.call.Today());
  if (auto month = ParseMonth(text)) return MonthEnd(*month);
  if (auto first = ParsePersonDate("1/" + text)) return MonthEnd(*first);
  return call.call.out.Fail(ErrorCode::kInvalid, "Viết tháng như 11/2026",
                            "Write the month as 11/2026");
}

bool IsCohort(const Indicator& indicator) {
  return indicator.shape == IndicatorShape::kSurvival ||
         indicator.shape == IndicatorShape::kCompeting ||
         indicator.shape == IndicatorShape::kStates;
}

Result<MadeReport> MakeReport(PageCall& call, const Kind& kind) {
  TRAM_ASSIGN(const Date as_of, MonthAsked(call));
  const Programme& programme = call.device().programme();
  MadeReport made{{&programme, {}, {}, {}}, MonthText(as_of), {}};
  made.figures.query.as_of = as_of;
  if (!call.Query("stratum").empty()) made.figures.query.stratum = call.Query("stratum");
  std::vector<const Indicator*> cohorts, others;
  for (const Indicator* indicator : IndicatorsToShow(programme, std::nullopt)) {
    if (indicator->kind != kind.indicators) continue;
    (IsCohort(*indicator) ? cohorts : others).push_back(indicator);
  }
  TRAM_ASSIGN(made.figures.tables, UnitFigures(call.call, made.figures.query, cohorts));
  FigureQuery recent = made.figures.query;
  const int months = kind.indicators == IndicatorKind::kActivity ? kMonthsShown : kMonthsOfYear;
  recent.from = MonthText(AddMonths(*ParseMonth(made.month), 1 - months));
  recent.to = made.month;
  TRAM_ASSIGN(std::vector<FigureTable> counts, UnitFigures(call.call, recent, others));
  std::move(counts.begin(), counts.end(), std::back_inserter(made.figures.tables));
  if (!CheckStratum(programme, made.figures.query, made.figures.tables)) {
    return call.call.out.Fail(ErrorCode::kInvalid, "Không có nhóm đó", "There is no such group");
  }
  made.about = {call.In(kind.title), call.device().unit_name(),
                call.Words("Tính đến {}", "As of {}", DateText(as_of)),
                call.Words("Số liệu chính xác của riêng đơn vị này; chỉ dùng trong đơn vị.",
                           "Exact figures of this unit only, for use within the unit.")};
  return made;
}

Json CellModel(const FigureCell& cell) {
  const bool number = cell.kind != FigureCell::Kind::kWords;
  Json json{{"text", cell.text}, {"number", number}, {"value", ""}};
  if (cell.number) json["value"] = Json(*cell.number).dump();
  return json;
}

Json SheetModel(const FigureSheet& sheet, const std::string& label) {
  Json model{{"name", sheet.name.empty() ? label : label + ": " + sheet.name},
             {"head", Json::array()},
             {"rows", Json::array()},
             {"names", sheet.names},
             {"plain", sheet.name.empty()},
             {"curve", sheet.chart == FigureSheet::Chart::kCurve},
             {"chart", sheet.chart == FigureSheet::Chart::kCurve     ? "curve"
                       : sheet.chart == FigureSheet::Chart::kPeriods ? "periods"
                                                                     : ""}};
  for (std::size_t i = 0; i < sheet.head.size(); ++i) {
    model["head"].push_back({{"text", sheet.head[i]}, {"number", i >= sheet.names}});
  }
  for (const std::vector<FigureCell>& row : sheet.rows) {
    Json cells = Json::array();
    for (std::size_t i = 0; i < row.size(); ++i) {
      cells.push_back(CellModel(row[i]));
      cells.back()["names"] = i < sheet.names;
    }
    model["rows"].push_back({{"cells", std::move(cells)}});
  }
  return model;
}

Json TableModel(const PageCall& call, const FigureReport& report, const FigureTable& table) {
  const std::string label = call.In(table.indicator->label);
  Json model{{"id", table.indicator->name},
             {"label", label},
             {"definitions", FigureDefinitions(report, table, call.language())},
             {"notes", Json::array()},
             {"sheets", Json::array()}};
  for (const Label& note : table.notes) model["notes"].push_back(call.In(note));
  for (const FigureSheet& sheet : FigureSheets(report, table, call.language())) {
    model["sheets"].push_back(SheetModel(sheet, label));
  }
  model["shown"] = !model["sheets"].empty();
  return model;
}

void AddStrata(const PageCall& call, const std::string& chosen, Json& model) {
  const Programme& programme = call.device().programme();
  model["strata"].push_back({{"value", "all"},
                             {"label", call.Words("tất cả", "everybody")},
                             {"chosen", chosen == "all"}});
  for (const Dimension& dimension : programme.dimensions) {
    std::string label = dimension.name;
    if (const RecordType* type = programme.ByName(dimension.record)) {
      if (const Field* field = type->ByName(dimension.field)) label = call.In(field->label);
    }
    model["strata"].push_back(
        {{"value", dimension.name}, {"label", label}, {"chosen", chosen == dimension.name}});
  }
}

bool IsDivided(const FigureReport& report) {
  const auto divided = [](const FigureLine& line) {
    return !line.stratum.empty() && line.stratum != kEverybody;
  };
  return std::any_of(report.tables.begin(), report.tables.end(), [&](const FigureTable& table) {
    return std::any_of(table.lines.begin(), table.lines.end(), divided);
  });
}

/// All tables; those without a figure are only named by the page.
void AddTables(const PageCall& call, const FigureReport& report, Json& model) {
  Json without = Json::array();
  for (const FigureTable& table : report.tables) {
    model["tables"].push_back(TableModel(call, report, table));
    const Json& added = model["tables"].back();
    if (!added["shown"]) without.push_back(added["label"]);
  }
  model["some_without"] = !without.empty();
  model["without"] = std::move(without);
  model["undivided"] = report.query.stratum != kEverybody && !IsDivided(report);
}

Result<Answer> ReportPage(PageCall& call, const Kind& kind) {
  Page page{"report", call.In(kind.title), Json::object()};
  page.model = {{"title", call.In(kind.title)},
                {"path", kind.path},
                {"month", std::string(call.Query("month"))},
                {"tables", Json::array()}};
  const std::string_view stratum = call.Query("stratum");
  AddStrata(call, stratum.empty() ? "all" : std::string(stratum), page.model);
  auto made = MakeReport(call, kind);
  if (!made) {
    if (made.error().code != ErrorCode::kInvalid) return made.error();
    page.model["error"] = made.error().message;
    page.status = HttpStatusOf(ErrorCode::kInvalid);
    return Answer(std::move(page));
  }
  page.model["month"] = made->month;
  page.model["about"] = made->about;
  page.model["about"].erase(0);  // its title, which stands above
  page.model["made"] = true;
  page.model["query"] =
      "month=" + made->month + "&stratum=" + PercentEncode(made->figures.query.stratum);
  AddTables(call, made->figures, page.model);
  return Answer(std::move(page));
}

HttpResponse Download(const Kind& kind, const MadeReport& made, const char* extension,
                      const char* type, std::string body) {
  HttpResponse response;
  response.content_type = type;
  response.headers.emplace_back("Content-Disposition", std::string("attachment; filename=\"tram-") +
                                                           kind.file + "-" + made.month +
                                                           extension + "\"");
  response.body = std::move(body);
  return response;
}

Result<Answer> ReportCsv(PageCall& call, const Kind& kind) {
  TRAM_ASSIGN(const MadeReport made, MakeReport(call, kind));
  return Answer(
      Download(kind, made, ".csv", "text/csv; charset=utf-8", FigureTablesCsv(made.figures)));
}

Result<Answer> ReportXlsx(PageCall& call, const Kind& kind) {
  TRAM_ASSIGN(const MadeReport made, MakeReport(call, kind));
  TRAM_ASSIGN(std::string workbook,
              FigureTablesXlsx(made.figures, call.language(), made.about, call.device().folder()));
  return Answer(Download(kind, made, ".xlsx",
                         "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                         std::move(workbook)));
}

Result<Answer> ReportsPage(PageCall& call) {
  Page page{"reports", call.Words("Báo cáo", "Reports"), Json::object()};
  for (const Kind* kind : {&MonthKind(), &OutcomesKind()}) {
    Json names = Json::array(), elsewhere = Json::array();
    for (const Indicator* indicator : IndicatorsToShow(call.device().programme(), std::nullopt)) {
      if (indicator->kind != kind->indicators) continue;
      (indicator->server_only ? elsewhere : names).push_back(call.In(indicator->label));
    }
    page.model["reports"].push_back({{"title", call.In(kind->title)},
                                     {"href", kind->path},
                                     {"names", std::move(names)},
                                     {"elsewhere", std::move(elsewhere)}});
  }
  return Answer(std::move(page));
}

Result<Answer> MonthPage(PageCall& call) { return ReportPage(call, MonthKind()); }
Result<Answer> MonthCsv(PageCall& call) { return ReportCsv(call, MonthKind()); }
Result<Answer> MonthXlsx(PageCall& call) { return ReportXlsx(call, MonthKind()); }
Result<Answer> OutcomesPage(PageCall& call) { return ReportPage(call, OutcomesKind()); }
Result<Answer> OutcomesCsv(PageCall& call) { return ReportCsv(call, OutcomesKind()); }
Result<Answer> OutcomesXlsx(PageCall& call) { return ReportXlsx(call, OutcomesKind()); }

}  // namespace

std::span<const Route> ReportRoutes() {
  // Clear fields only, and counts: the committee reads them too.
  static const Route routes[] = {
      {"GET", "/reports", Access::kSignedIn, ReportsPage},
      {"GET", "/reports/month", Access::kSignedIn, MonthPage},
      {"GET", "/reports/month.csv", Access::kSignedIn, MonthCsv},
      {"GET", "/reports/month.xlsx", Access::kSignedIn, MonthXlsx},
      {"GET", "/reports/outcomes", Access::kSignedIn, OutcomesPage},
      {"GET", "/reports/outcomes.csv", Access::kSignedIn, OutcomesCsv},
      {"GET", "/reports/outcomes.xlsx", Access::kSignedIn, OutcomesXlsx},
  };
  return routes;
}

}  // namespace tram::client
