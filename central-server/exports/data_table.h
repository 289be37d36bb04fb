// DataTable: a table of figures as other programs take it: the cells of a page's table under names
// that stay, with what they mean, of when they are and how fresh. Pages' files (CSV, XLSX) and the
// interface for programs are drawn from it, so that what a page does not show is nowhere else
// either. What the tables are: libsync/docs/exports.md. DHIS2 and FHIR: exchange/.
//
// Threads: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tram/base/dates.h"
#include "tram/outcome/figure_sheet.h"

namespace tram::server {

struct DataColumn {
  std::string name;   // for programs: "served", "success_low"; the same in every language
  std::string label;  // for people
  FigureCell::Kind kind = FigureCell::Kind::kWords;
  std::string definition = {};  // "" where the label says all
};

/// How old and how whole the figures are.
struct DataAge {
  std::optional<Date> as_of;                 // the month's end that they are of
  std::optional<std::int64_t> published_ms;  // closed since then; nothing: they still change
  std::int64_t made_ms = 0;
  std::size_t units = 0;       // at work, of those that the table is about
  std::size_t silent = 0;      // of those: not heard of for kSilentDays (rollup/report.h)
  std::size_t units_read = 0;  // less than all: the server still reads its figures
  std::size_t units_all = 0;
};

struct DataTable {
  std::string name;         // of its data set
  std::string title;        // for people, with what was asked for: "Các đơn vị, 10/2026"
  std::string period = {};  // of the file's name: "2026-10", "2024"; "" where it is of this moment
  std::vector<DataColumn> columns = {};
  /// A hidden count is "*" without a number (tram/outcome/figure.h); what there is none of is "-"
  /// in a column of figures, "" in one of words.
  std::vector<std::vector<FigureCell>> rows = {};
  /// In words: places as then or as now, what is left out and why.
  std::vector<std::string> about = {};
  DataAge age = {};
};

// Cells, of pages' tables too.
FigureCell CountCell(const Shown& shown);
FigureCell CountCell(std::int64_t count);
FigureCell ShareCell(const std::optional<double>& share);
FigureCell ShareIntervalCell(const std::optional<Interval>& interval);
FigureCell DecimalCell(const std::optional<double>& value);
FigureCell WordsCell(std::string text);
/// "0.812 (0.763-0.852)".
FigureCell CurveCell(const std::optional<double>& value, const std::optional<Interval>& interval);
/// "2026-11-22", "2026-11-22 14:05" (local time); "" for none.
FigureCell DateCell(const std::optional<Date>& date);
FigureCell TimeCell(const std::optional<std::int64_t>& wall_ms);
/// One end of an interval, as the cell that it stands in has it.
FigureCell BoundCell(const FigureCell& cell, bool high);

}  // namespace tram::server
