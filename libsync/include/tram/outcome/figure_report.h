// The printed figures: tables as text for a terminal, JSON or CSV. One renderer for the unit's
// program and the server, of exact, rounded and hidden counts alike.
//
// Layout of JSON and CSV: libsync/docs/figures.md. Threads: pure functions.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tram/outcome/figure_table.h"

namespace tram {

struct FigureReport {
  const Programme* programme = nullptr;  // of the tables; outlives them
  FigureQuery query;
  /// What a place without code and name is called; empty: there is one place only, not named.
  Label nowhere;
  std::vector<FigureTable> tables;
};

/// No line of a table or curve is wider, but for names that are too long by themselves.
inline constexpr std::size_t kReportColumns = 80;
/// Tables with more curves than this give them as figures only.
inline constexpr std::size_t kCurvesDrawnMax = 4;

/// For each table: label and definition, the constants that it depends on, its lines, curves,
/// comparisons and notes. A hidden count is "*".
std::string FigureTablesText(const FigureReport& report, Language language);
/// An array with one object a table. Numbers keep every digit.
nlohmann::ordered_json FigureTablesJson(const FigureReport& report, Language language);
/// One row a figure, with a header row.
std::string FigureTablesCsv(const FigureReport& report);

/// The constants that an indicator reads, itself or through the derived rows that it reads.
std::vector<const Constant*> ConstantsOf(const Programme& programme, const Indicator& indicator);

/// A curve of monthly steps as characters, with the numbers at risk below; at most kReportColumns
/// wide, `indent` included. "" for a curve that has no month.
std::string SurvivalPlot(const SurvivalFigure& figure, Language language, std::string_view indent);

}  // namespace tram
