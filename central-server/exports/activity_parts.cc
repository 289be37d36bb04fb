#include "exports/activity_parts.h"

namespace tram::server {
namespace {

std::optional<double> ShareOfCounts(const FigureSum::Counts& counts) {
  if (counts.denominator == 0) return std::nullopt;
  return static_cast<double>(counts.numerator) / static_cast<double>(counts.denominator);
}

}  // namespace

std::vector<DataParameter> MonthParameters() {
  return {{"month",
           "2026-10",
           {"Tháng; không ghi: tháng chốt gần nhất", "The month; without: the last one closed"}},
          {"places",
           "then",
           {"Đơn vị tính cho tỉnh của từng tháng (then) hay tỉnh hiện nay (now)",
            "Units count for their province of each month (then) or of today (now)"},
           false,
           {"then", "now"}}};
}

void AddFigureColumns(const PageCall& call, const Indicator& indicator,
                      std::vector<DataColumn>& columns) {
  const std::string &label = call.In(indicator.label), &definition = call.In(indicator.definition);
  if (indicator.shape != IndicatorShape::kRate) {
    columns.push_back({indicator.name, label, FigureCell::Kind::kCount, definition});
    return;
  }
  columns.push_back({indicator.name, label,
                     indicator.ratio ? FigureCell::Kind::kDecimal : FigureCell::Kind::kShare,
                     definition});
  columns.push_back({indicator.name + "_count", call.Words("{}: tử số", "{}: numerator", label),
                     FigureCell::Kind::kCount});
  columns.push_back({indicator.name + "_of", call.Words("{}: mẫu số", "{}: denominator", label),
                     FigureCell::Kind::kCount});
}

void AddFigureCells(const Indicator& indicator, const FigureSum::Counts& counts,
                    std::vector<FigureCell>& row) {
  if (indicator.shape == IndicatorShape::kRate) {
    const std::optional<double> share = ShareOfCounts(counts);
    row.push_back(indicator.ratio ? DecimalCell(share) : ShareCell(share));
  }
  row.push_back(CountCell(counts.numerator));
  if (indicator.shape == IndicatorShape::kRate) row.push_back(CountCell(counts.denominator));
}

void AddValueColumns(const PageCall& call, const char* prefix, std::vector<DataColumn>& columns) {
  const std::string before(prefix);
  const std::string when = before.empty() ? "" : call.Words(", tháng trước", ", the month before");
  columns.push_back({before + "numerator",
                     call.Words("tử số hoặc số đếm{}", "numerator or count{}", when),
                     FigureCell::Kind::kCount});
  columns.push_back({before + "denominator", call.Words("mẫu số{}", "denominator{}", when),
                     FigureCell::Kind::kCount});
  columns.push_back(
      {before + "value", call.Words("giá trị{}", "value{}", when), FigureCell::Kind::kDecimal,
       call.Words("Số đếm, hoặc tử số chia cho mẫu số", "The count, or numerator by denominator")});
}

void AddValueCells(const Indicator& indicator, const FigureSum::Counts& counts,
                   std::vector<FigureCell>& row) {
  const bool rate = indicator.shape == IndicatorShape::kRate;
  const FigureCell none = DecimalCell({});
  row.push_back(CountCell(counts.numerator));
  row.push_back(rate ? CountCell(counts.denominator) : none);
  row.push_back(DecimalCell(rate ? ShareOfCounts(counts)
                                 : std::optional(static_cast<double>(counts.numerator))));
}

DataTable MonthTable(const PageCall& call, const FigureAsk& ask, const char* name,
                     const std::string& title) {
  DataTable table{name, title + ", " + MonthWords(MonthNumber(ask.query.as_of)), ask.month};
  table.age.as_of = ask.query.as_of;
  table.age.published_ms = ask.published_ms;
  table.age.made_ms = call.state.NowMs();
  table.age.units_read = ask.progress.read;
  table.age.units_all = ask.progress.units;
  table.about.push_back(
      ask.query.places == PlaceTime::kNow
          ? call.Words("Đơn vị được tính cho tỉnh hiện nay của nó, cả với các tháng trước.",
                       "Each unit counts for the province that it belongs to today, in earlier "
                       "months too.")
          : call.Words("Đơn vị được tính cho tỉnh của nó trong từng tháng.",
                       "Each unit counts for the province that it belonged to in each month."));
  return table;
}

}  // namespace tram::server
