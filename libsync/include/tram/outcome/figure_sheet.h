// Sheets: the printed figures as rows of cells, for a page, a workbook and a terminal alike: what
// is said stands in one place, and each of them only draws it.
//
// Threads: values and pure functions.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tram/outcome/figure_report.h"

namespace tram {

struct FigureCell {
  enum class Kind { kWords, kCount, kShare, kProbability, kDecimal };
  Kind kind = Kind::kWords;
  std::string text;  // as people read it
  /// Exactly; nothing for words and for what is hidden or not known. A share is 0.753, its text
  /// "75.3 %".
  std::optional<double> number;
  std::optional<Interval> interval;  // instead of a number
  /// The same as in the row above, in a list that says it once.
  bool repeated = false;
};

struct FigureSheet {
  std::string name;  // of the line that it is about; "" where it is about all
  std::vector<std::string> head;
  std::vector<std::vector<FigureCell>> rows;
  std::size_t names = 0;  // the first so many columns say what a row is about
  /// What may be drawn from it: `names` and the columns after them across periods, or the steps of
  /// a curve (day, at risk, share).
  enum class Chart { kNone, kPeriods, kCurve } chart = Chart::kNone;
};

/// What `report` prints of a table: one sheet, or one for each line where a line has many rows;
/// then the curves by month.
std::vector<FigureSheet> FigureSheets(const FigureReport& report, const FigureTable& table,
                                      Language language);
/// Paragraphs that stand before the figures: definition, what not to compare, constants.
std::vector<std::string> FigureDefinitions(const FigureReport& report, const FigureTable& table,
                                           Language language);

/// A workbook (Office Open XML): a sheet for each table, numbers as numbers, and a last sheet of
/// `about` and of the definitions. Text is never a formula. Written through a file of its own in
/// `scratch`, an existing folder; nothing stays there.
/// Errors: io.
Result<std::string> FigureTablesXlsx(const FigureReport& report, Language language,
                                     const std::vector<std::string>& about,
                                     const std::filesystem::path& scratch);

}  // namespace tram
