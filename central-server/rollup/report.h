// Report: tables of figures for units, provinces or the country, summed from the units' rows.
//
// Places "then": a row counts for the unit that did the work at the end of the row's month, and for
// the province that this one belonged to; "now": for those of today. What is summed and how it is
// printed: tram/outcome, as on devices. Threads: the owner's.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rollup/unit_places.h"
#include "tram/outcome/figure_report.h"

namespace tram::server {

enum class GroupBy { kUnit, kProvince, kCountry };

/// `as_of` is a month's end.
struct ReportQuery : FigureQuery {
  GroupBy by = GroupBy::kProvince;
  PlaceTime places = PlaceTime::kThen;
  std::optional<std::string> indicator;  // nothing: all
  bool exact = false;                    // person indicators as they are, not as released
  std::optional<Date> known_by;          // from what had arrived by then; KnownFigures are needed
};

/// Every unit's figures from what had arrived by a date: not stored (RollupWorker::KnownBy).
using KnownFigures = std::map<UnitNumber, std::vector<IndicatorFigures>>;

/// How old the figures are, of one unit.
struct Freshness {
  std::string code, name;
  std::optional<std::int64_t> synced_ms;  // nothing: never
};

struct Report {
  ReportQuery query;
  std::int64_t made_ms = 0;
  std::optional<std::int64_t> published_ms;  // of the month of as_of
  std::size_t units = 0;
  std::size_t units_missing = 0;  // without rows for as_of yet
  std::vector<Freshness> silent;  // not synced for kSilentDays, longest first
  std::size_t units_behind = 0;   // whose rows do not hold all that they sent
  std::optional<std::int64_t> behind_since_ms;
  std::shared_ptr<const Programme> programme;
  FigureReport figures;  // person indicators not asked for exactly are those released
};

inline constexpr int kSilentDays = 7;

/// Errors: invalid (no such indicator or stratum) | corrupt | io.
Result<Report> MakeReport(ServerState& state, const ReportQuery& query,
                          const KnownFigures& known = {});

/// One stored row with the places that it counts for.
struct ExportRow {
  std::string unit_code, unit_name, province_then, province_now, indicator;
  IndicatorRow figure;
};
/// The rows behind a report (grouping and places do not matter), in order of unit and indicator.
Status ForEachExportRow(ServerState& state, const ReportQuery& query, const KnownFigures& known,
                        const std::function<void(const ExportRow&)>& take);

}  // namespace tram::server
