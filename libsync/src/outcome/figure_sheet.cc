#include "tram/outcome/figure_sheet.h"

#include <fmt/format.h>

#include "outcome/figure_lists.h"
#include "outcome/figure_words.h"

namespace tram {
namespace {

constexpr char kAnyUse[] = "no_use";  // how indicators begin whose success is no use at all

FigureCell CurveCell(FigureCell::Kind kind, std::string text, std::optional<double> number) {
  FigureCell cell;
  cell.kind = kind;
  cell.text = std::move(text);
  cell.number = number;
  return cell;
}

FigureSheet CurveSheet(const SurvivalFigure& figure, std::string name, Language language) {
  FigureSheet sheet;
  sheet.name = std::move(name);
  sheet.head = {Words(language, "ngày", "day"), Words(language, "còn theo dõi", "at risk"), "S(t)"};
  sheet.names = 1;
  sheet.chart = FigureSheet::Chart::kCurve;
  for (const SurvivalFigure::At& at : figure.months) {
    const auto risk = at.at_risk.value();
    sheet.rows.push_back(
        {CurveCell(FigureCell::Kind::kCount, std::to_string(at.day), static_cast<double>(at.day)),
         CurveCell(FigureCell::Kind::kCount, at.at_risk.Text(),
                   risk ? std::optional(static_cast<double>(*risk)) : std::nullopt),
         CurveCell(FigureCell::Kind::kProbability,
                   at.survival ? fmt::format("{:.3f}", *at.survival) : "-", at.survival)});
  }
  return sheet;
}

}  // namespace

std::vector<FigureSheet> FigureSheets(const FigureReport& report, const FigureTable& table,
                                      Language language) {
  std::vector<FigureSheet> sheets;
  if (table.lines.empty()) return sheets;
  const LineNames names(report, table, language);
  if (table.indicator->shape == IndicatorShape::kCount) {
    sheets.push_back(GridSheet(table, names, language));
  } else {
    sheets = ListSheets(table, names, language);
  }
  for (const FigureLine& line : table.lines) {
    const auto* survival = line.figure ? std::get_if<SurvivalFigure>(&*line.figure) : nullptr;
    if (survival == nullptr || survival->months.size() < 2) continue;
    sheets.push_back(CurveSheet(*survival, names.Joined(line), language));
  }
  return sheets;
}

std::vector<std::string> FigureDefinitions(const FigureReport& report, const FigureTable& table,
                                           Language language) {
  const Indicator& indicator = *table.indicator;
  std::vector<std::string> lines{indicator.definition.In(language)};
  if (indicator.name.starts_with(kAnyUse)) {
    lines.push_back(Words(
        language,
        "Khác với tình trạng sau mười hai tháng: ở đây bất kỳ lần sử dụng nào, kể cả chỉ 1–3 ngày, "
        "đều không phải thành công, như các số liệu trước đây; vì vậy không so sánh hai bảng với "
        "nhau.",
        "Not the state at twelve months: here any use at all, also on a few days only, is no "
        "success, as in older figures; the two tables cannot be compared."));
  }
  for (const Constant* constant : ConstantsOf(*report.programme, indicator)) {
    lines.push_back(fmt::format("{}: {}", constant->label.In(language), constant->value));
  }
  return lines;
}

}  // namespace tram
