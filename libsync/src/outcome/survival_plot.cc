#include <algorithm>
#include <cmath>

#include "outcome/figure_words.h"
#include "tram/base/text_table.h"

namespace tram {
namespace {

constexpr int kRows = 10;                 // of ten points each, and one for 0
constexpr std::size_t kLabelColumns = 8;  // "100 % |", or "at risk "
constexpr std::size_t kTailColumns = 7;   // what the last number at risk may need
constexpr std::size_t kMonthColumns = 4;  // at most so many for one month

std::string Padded(const std::string& text, std::size_t width) {
  return text + std::string(width - std::min(width, TextWidth(text)), ' ');
}

/// Texts at their columns; one that would touch the text before it is left out.
std::string AtColumns(const std::vector<std::pair<std::size_t, std::string>>& texts) {
  std::string line;
  for (const auto& [column, text] : texts) {
    if (!line.empty() && line.size() + 1 > column) continue;
    line += std::string(column - line.size(), ' ') + text;
  }
  return line;
}

}  // namespace

std::string SurvivalPlot(const SurvivalFigure& figure, Language language, std::string_view indent) {
  std::vector<SurvivalFigure::At> months;
  for (const SurvivalFigure::At& at : figure.months) {
    if (!at.survival) break;
    months.push_back(at);
  }
  if (months.size() < 2) return "";
  const std::size_t room = kReportColumns - indent.size() - kLabelColumns - kTailColumns;
  const std::size_t width = std::clamp<std::size_t>(room / months.size(), 1, kMonthColumns);
  const std::size_t columns = months.size() * width;
  std::vector<std::string> rows(kRows + 1, std::string(columns, ' '));
  for (std::size_t month = 0; month < months.size(); ++month) {
    // In steps of five points: on a row, or between it and the row below.
    const auto half = static_cast<int>(std::lround(*months[month].survival * 2 * kRows));
    std::string& row = rows[static_cast<std::size_t>(kRows - (half + 1) / 2)];
    row.replace(month * width, width, std::string(width, half % 2 == 0 ? '-' : '_'));
  }
  std::string text;
  for (int i = 0; i <= kRows; ++i) {
    std::string label = std::to_string((kRows - i) * 100 / kRows) + " % |";
    std::string row = rows[static_cast<std::size_t>(i)];
    row.erase(row.find_last_not_of(' ') + 1);
    text +=
        std::string(indent) + std::string(kLabelColumns - label.size(), ' ') + label + row + "\n";
  }
  std::size_t widest = 2;
  for (const SurvivalFigure::At& at : months) widest = std::max(widest, at.at_risk.Text().size());
  std::size_t every = 1;
  for (std::size_t step : {1, 2, 3, 6, 12, 24, 60}) {
    every = step;
    if (step * width >= widest + 2) break;
  }
  std::vector<std::pair<std::size_t, std::string>> numbers, at_risk;
  for (std::size_t month = 0; month < months.size(); month += every) {
    numbers.emplace_back(month * width, std::to_string(month));
    at_risk.emplace_back(month * width, months[month].at_risk.Text());
  }
  text += std::string(indent) + Padded(Words(language, "tháng", "month"), kLabelColumns) +
          AtColumns(numbers) + "\n";
  text += std::string(indent) + Padded(Words(language, "còn lại", "at risk"), kLabelColumns) +
          AtColumns(at_risk) + "\n";
  return text;
}

}  // namespace tram
