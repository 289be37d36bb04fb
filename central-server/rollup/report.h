// Report: tables of figures for units, provinces or the country, summed from the units' rows.
//
// Places "then": a row counts for the unit that did the work at the end of the row's month, and for
// the province that this one belonged to; "now": for those of today. Survival and states are summed
// over the months asked for and estimated once; counts and rates are given per month. Threads: the
// owner's.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "rollup/unit_places.h"
#include "tram/outcome/survival.h"

namespace tram::server {

enum class GroupBy { kUnit, kProvince, kCountry };

struct ReportQuery {
  GroupBy by = GroupBy::kProvince;
  PlaceTime places = PlaceTime::kThen;
  Date as_of;                            // a month's end
  std::optional<std::string> from, to;   // months, "YYYY-MM"
  std::optional<std::string> indicator;  // nothing: all
  bool exact = false;                    // person indicators too
};

/// Days at which survival is given.
inline constexpr std::int64_t kSurvivalDays[] = {90, 180, 365};

struct StateFigure {
  std::string name;  // the bin
  std::int64_t persons = 0;
};

/// One line of a table. What is set depends on the indicator's shape.
struct ReportRow {
  std::string place_code, place_name;  // of the unit or province; empty: the country, or nowhere
  std::string period;                  // counts and rates; "" : up to the date as a whole
  std::string stratum;
  std::int64_t numerator = 0, denominator = 0;         // count, rate
  std::int64_t cohort = 0;                             // survival, states
  std::vector<StateFigure> states;                     // in the indicator's order
  std::vector<std::optional<SurvivalPoint>> survival;  // at kSurvivalDays
};

struct ReportTable {
  const Indicator* indicator = nullptr;
  bool withheld = false;  // a person indicator, not asked for exactly: no rows
  std::vector<ReportRow> rows;
};

/// How old the figures are, of one unit.
struct Freshness {
  std::string code, name;
  std::optional<std::int64_t> synced_ms;  // nothing: never
};

struct Report {
  ReportQuery query;
  std::int64_t made_ms = 0;
  std::optional<std::int64_t> published_ms;  // of the month of as_of
  std::shared_ptr<const Programme> programme;
  std::size_t units = 0;
  std::size_t units_missing = 0;  // without rows for as_of yet
  std::vector<Freshness> silent;  // not synced for kSilentDays, longest first
  std::size_t units_behind = 0;   // whose rows do not hold all that they sent
  std::optional<std::int64_t> behind_since_ms;
  std::vector<ReportTable> tables;
};

inline constexpr int kSilentDays = 7;

/// Errors: invalid (no such indicator) | corrupt | io.
Result<Report> MakeReport(ServerState& state, const ReportQuery& query);

/// One stored row with the places that it counts for.
struct ExportRow {
  std::string unit_code, unit_name, province_then, province_now, indicator;
  IndicatorRow figure;
};
/// The rows behind a report (grouping and places do not matter), in order of unit and indicator.
Status ForEachExportRow(ServerState& state, const ReportQuery& query,
                        const std::function<void(const ExportRow&)>& take);

}  // namespace tram::server
