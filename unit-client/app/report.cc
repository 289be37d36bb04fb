#include "app/report.h"

#include <algorithm>
#include <set>

namespace tram::client {
namespace {

Result<Date> ReadAsOf(Call& call, const std::string& text) {
  if (text.empty()) return MonthEnd(call.Today());
  if (auto month = ParseMonth(text)) return MonthEnd(*month);
  auto date = ParsePersonDate(text);
  if (date) return *date;
  return call.out.Fail(ErrorCode::kInvalid, "--as-of '{}': viết YYYY-MM-DD hoặc YYYY-MM",
                       "--as-of '{}': write YYYY-MM-DD or YYYY-MM", OneLine(text));
}

Result<FigureQuery> ReadQuery(Call& call, const ReportOptions& options) {
  FigureQuery query;
  TRAM_ASSIGN(query.as_of, ReadAsOf(call, options.as_of));
  if (!options.stratum.empty()) query.stratum = options.stratum;
  if (Status read = ReadPeriods(query, options.from, options.to, options.per); !read) {
    return call.out.Fail(ErrorCode::kInvalid,
                         "--from và --to là hai tháng viết YYYY-MM, tháng đầu không sau tháng cuối "
                         "({})",
                         "--from and --to are months, written YYYY-MM, the first not after the "
                         "last ({})",
                         OneLine(read.error().message));
  }
  return query;
}

Result<std::vector<const Indicator*>> ChooseIndicators(Call& call, const std::string& name) {
  const Programme& programme = call.device.programme();
  auto indicators = IndicatorsToShow(programme, name.empty() ? std::nullopt : std::optional(name));
  if (indicators.empty() && !name.empty()) {
    std::string known;
    for (const Indicator& indicator : programme.indicators) {
      known += (known.empty() ? "" : ", ") + indicator.name;
    }
    return call.out.Fail(ErrorCode::kNotFound, "không có chỉ số '{}'; hiện có: {}",
                         "there is no indicator '{}'; there are: {}", OneLine(name), known);
  }
  if (!name.empty() && indicators.front()->server_only) {
    return call.out.Fail(ErrorCode::kNotFound,
                         "chỉ số '{}' chỉ có ở máy chủ: máy này không biết dữ liệu đến đó lúc nào",
                         "the indicator '{}' exists at the server only: this device cannot know "
                         "when records arrived there",
                         name);
  }
  return indicators;
}

/// The names of those that a device cannot compute, and their labels in `words`; they are taken
/// out.
Json TakeOutServerOnly(const Output& out, std::vector<const Indicator*>& indicators,
                       std::string& words) {
  Json names = Json::array();
  std::erase_if(indicators, [&](const Indicator* indicator) {
    if (!indicator->server_only) return false;
    names.push_back(indicator->name);
    words += (words.empty() ? "" : ", ") + out.In(indicator->label);
    return true;
  });
  return names;
}

/// Where months are asked for, one in which nothing was counted counts 0 and stands in the table as
/// every other.
void GiveQuietMonths(const Indicator& indicator, const FigureQuery& query,
                     const std::vector<IndicatorRow>& found, const TakeRow& take) {
  if (indicator.shape != IndicatorShape::kCount || !query.from || !query.to) return;
  const std::string last = std::min(*query.to, MonthText(query.as_of));
  std::set<std::pair<std::string, std::string>> counted;  // stratum, bin
  for (const IndicatorRow& row : found) {
    if (!row.period.empty()) counted.emplace(row.stratum, row.bin);
  }
  for (const auto& [stratum, bin] : counted) {
    std::string month = *query.from;
    while (month <= last) {
      take({}, {month, stratum, bin, 0, 0});
      month = MonthText(AddMonths(*ParseMonth(month), 1));
    }
  }
}

}  // namespace

Result<std::vector<FigureTable>> UnitFigures(Call& call, const FigureQuery& query,
                                             const std::vector<const Indicator*>& indicators) {
  // One is run alone; several are kept right from now on, for the next report.
  std::vector<IndicatorFigures> figures;
  if (indicators.size() > 1) {
    TRAM_ASSIGN(figures, call.device.view().Figures(query.as_of, true));
  }
  const auto run = [&](const Indicator& indicator) -> Result<std::vector<IndicatorRow>> {
    for (const IndicatorFigures& made : figures) {
      if (made.indicator == indicator.name) return made.rows;
    }
    return call.device.view().Run(indicator, query.as_of);
  };
  auto rows = [&](const Indicator& indicator, const TakeRow& take) -> Status {
    TRAM_ASSIGN(const std::vector<IndicatorRow> found, run(indicator));
    for (const IndicatorRow& row : found) take({}, row);
    GiveQuietMonths(indicator, query, found, take);
    return {};
  };
  std::vector<FigureTable> tables;
  for (const Indicator* indicator : indicators) {
    if (indicator->server_only) continue;
    TRAM_ASSIGN(FigureTable table,
                MakeFigureTable(call.device.programme(), *indicator, query, rows));
    tables.push_back(std::move(table));
  }
  return tables;
}

Status ShowReport(Call& call, const ReportOptions& options) {
  TRAM_ASSIGN(const FigureQuery query, ReadQuery(call, options));
  TRAM_ASSIGN(auto indicators, ChooseIndicators(call, options.indicator));
  FigureReport report{&call.device.programme(), query, {}, {}};
  std::string left_out;
  const Json server_only = TakeOutServerOnly(call.out, indicators, left_out);
  TRAM_ASSIGN(report.tables, UnitFigures(call, query, indicators));
  if (!CheckStratum(*report.programme, query, report.tables)) {
    return call.out.Fail(ErrorCode::kNotFound,
                         "không có nhóm '{}'; hiện có: {} (hoặc một mã, ví dụ tên=mã)",
                         "there is no stratum '{}'; there are: {} (or one code of them: name=code)",
                         OneLine(query.stratum), StratumChoices(*report.programme));
  }
  call.out.Say("{}, tính đến {}; số liệu chính xác của riêng đơn vị này",
               "{}, as of {}; exact figures of this unit only", call.device.unit_name(),
               IsoDate(query.as_of));
  if (!left_out.empty()) call.out.Say("Chỉ có ở máy chủ: {}", "At the server only: {}", left_out);
  call.out.Raw(FigureTablesText(report, call.out.language()));
  call.out.document() = {{"unit", call.device.unit().Hex()},
                         {"unit_name", call.device.unit_name()},
                         {"as_of", IsoDate(query.as_of)},
                         {"ops", call.device.log().size()},
                         {"waiting_for_server", UnconfirmedOps(call.device.log())},
                         {"server_only", server_only},
                         {"tables", FigureTablesJson(report, call.out.language())}};
  return {};
}

}  // namespace tram::client
