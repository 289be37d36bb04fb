#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "outcome/figure_lists.h"
#include "outcome/figure_words.h"
#include "tram/base/text_table.h"

namespace tram {
namespace {

constexpr char kIndent[] = "  ";
constexpr std::size_t kTextColumns = kReportColumns - 2;

std::string Paragraph(const std::string& text) { return Wrapped(text, kTextColumns, kIndent); }

/// Rates by month of several lines stand in a grid, others have a row each with their interval.
bool IsGrid(const FigureTable& table, const LineNames& names) {
  if (table.indicator->shape == IndicatorShape::kCount) return true;
  if (table.indicator->shape != IndicatorShape::kRate || !names.periods()) return false;
  std::set<std::string> periods;
  std::set<std::pair<FigurePlace, std::string>> lines;
  for (const FigureLine& line : table.lines) {
    periods.insert(line.period);
    lines.emplace(line.place, line.stratum);
  }
  return periods.size() > 1 && lines.size() > 1;
}

std::string CurvesText(const FigureReport& report, const FigureTable& table, Language language) {
  std::string text;
  std::size_t curves = 0;
  for (const FigureLine& line : table.lines) {
    const auto* survival = line.figure ? std::get_if<SurvivalFigure>(&*line.figure) : nullptr;
    if (survival == nullptr) continue;
    const std::string plot = SurvivalPlot(*survival, language, kIndent);
    if (plot.empty()) continue;
    ++curves;
    const std::string name = LineNames(report, table, language).Joined(line);
    text += "\n" + (name.empty() ? "" : kIndent + name + "\n") + plot;
  }
  if (curves <= kCurvesDrawnMax) return text;
  return Paragraph(fmt::format("{} {}", curves,
                               Words(language,
                                     "đường cong không vẽ ở đây: hãy chọn ít nơi, nhóm "
                                     "hoặc kỳ hơn",
                                     "curves are not drawn here: choose fewer places, strata or "
                                     "periods")));
}

std::string ComparisonText(const FigureReport& report, const Comparison& comparison,
                           Language language) {
  const LogRank& test = comparison.test;
  std::string text = "\n" + std::string(kIndent) + ComparisonLabel(report, comparison, language);
  if (!test.chi_square) {
    return text + Words(language, ": không so sánh được\n", ": nothing to compare\n");
  }
  text += fmt::format(": chi² = {:.3f}, df = {}, {}\n", *test.chi_square, test.degrees,
                      *test.p < 0.0001 ? "p < 0.0001" : fmt::format("p = {:.4f}", *test.p));
  TextTable groups({Words(language, "nhóm", "group"), Words(language, "người", "persons"),
                    Words(language, "biến cố", "events"), Words(language, "kỳ vọng", "expected")});
  const std::vector<std::string> labels = GroupLabels(report, comparison, language);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    groups.Add({labels[i], std::to_string(test.groups[i].persons),
                std::to_string(test.groups[i].observed),
                fmt::format("{:.2f}", test.groups[i].expected)});
  }
  return text + groups.Text(kIndent);
}

std::string TableText(const FigureReport& report, const FigureTable& table, Language language) {
  const Indicator& indicator = *table.indicator;
  std::string text = "\n" + indicator.label.In(language) + " [" + indicator.name + "]\n";
  for (const std::string& line : FigureDefinitions(report, table, language)) {
    text += Paragraph(line);
  }
  if (table.lines.empty()) {
    text += kIndent + std::string(Words(language, "chưa có số liệu\n", "no data\n"));
  } else {
    const LineNames names(report, table, language);
    text +=
        IsGrid(table, names) ? GridText(table, names, language) : ListText(table, names, language);
    text += CurvesText(report, table, language);
    for (const Comparison& comparison : table.comparisons) {
      text += ComparisonText(report, comparison, language);
    }
  }
  for (const Label& note : table.notes) text += Paragraph(note.In(language));
  return text;
}

}  // namespace

std::string FigureTablesText(const FigureReport& report, Language language) {
  std::string text;
  for (const FigureTable& table : report.tables) text += TableText(report, table, language);
  return text;
}

}  // namespace tram
