// Lists: what a table's lines say, one row of text or several for each line, by shape.
// Threads: pure functions.
#pragma once

#include <string>
#include <vector>

#include "tram/outcome/figure_sheet.h"

namespace tram {

using Cells = std::vector<std::string>;

/// The columns that tell the lines of a table apart; a column that says the same everywhere is not
/// there.
class LineNames {
 public:
  LineNames(const FigureReport& report, const FigureTable& table, Language language);

  /// `period`: with the period's column, where the table has periods.
  Cells Head(bool period) const;
  Cells Of(const FigureLine& line, bool period) const;
  /// "24 Bắc Ninh, 2025"; "" where nothing tells the lines apart.
  std::string Joined(const FigureLine& line) const;
  bool periods() const { return periods_; }

 private:
  const FigureReport& report_;
  Language language_;
  bool places_ = false, strata_ = false, periods_ = false;
};

/// Counts and rates with periods across: cells "12" or "12/30".
std::string GridText(const FigureTable& table, const LineNames& names, Language language);
FigureSheet GridSheet(const FigureTable& table, const LineNames& names, Language language);
/// Rates, survival and days with periods down; states and incidence, which have many rows a line,
/// each under its names.
std::string ListText(const FigureTable& table, const LineNames& names, Language language);
std::vector<FigureSheet> ListSheets(const FigureTable& table, const LineNames& names,
                                    Language language);

}  // namespace tram
