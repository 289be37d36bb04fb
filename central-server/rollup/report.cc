#include "rollup/report.h"

#include <algorithm>
#include <map>

#include "rollup/released_figures.h"

namespace tram::server {
namespace {

constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;

bool InPeriod(const ReportQuery& query, const std::string& period) {
  if (period.empty()) return true;  // not of one month
  return (!query.from || period >= *query.from) && (!query.to || period <= *query.to);
}

FigurePlace PlaceOf(const ReportQuery& query, const UnitPlaces& places, const Unit& unit,
                    const IndicatorRow& row) {
  if (query.by == GroupBy::kCountry) return {};
  const Date day = places.DayOf(query.places, row.period, query.as_of);
  if (query.by == GroupBy::kUnit) {
    const Unit& doing = places.UnitOn(unit.number, day);
    return {doing.code, doing.name};
  }
  const Place* place = places.PlaceOn(unit.number, day);
  return place == nullptr ? FigurePlace() : FigurePlace{place->code, place->name};
}

Label NowhereLabel(GroupBy by) {
  if (by == GroupBy::kCountry) return {"Cả nước", "Whole country"};
  return {"(không thuộc tỉnh nào)", "(no province)"};
}

/// A unit's rows: those stored, or those known by the query's date.
Result<std::vector<IndicatorRow>> RowsOf(ServerState& state, const ReportQuery& query,
                                         const KnownFigures& known, UnitNumber unit,
                                         const std::string& indicator) {
  if (!query.known_by) return state.store().rollups().Rows(unit, query.as_of, indicator);
  const auto found = known.find(unit);
  if (found == known.end()) return std::vector<IndicatorRow>();
  for (const IndicatorFigures& figures : found->second) {
    if (figures.indicator == indicator) return figures.rows;
  }
  return std::vector<IndicatorRow>();
}

Result<FigureTable> MakeTable(ServerState& state, const ReportQuery& query,
                              const KnownFigures& known, const UnitPlaces& places,
                              const std::vector<Unit>& units, const Indicator& indicator) {
  if (indicator.kind == IndicatorKind::kPerson && !query.exact) {
    return ReleasedFigures(state, indicator, query);
  }
  auto rows = [&](const Indicator& of, const TakeRow& take) -> Status {
    for (const Unit& unit : units) {
      TRAM_ASSIGN(std::vector<IndicatorRow> unit_rows,
                  RowsOf(state, query, known, unit.number, of.name));
      for (const IndicatorRow& row : unit_rows) take(PlaceOf(query, places, unit, row), row);
    }
    return {};
  };
  return MakeFigureTable(*state.programme().programme, indicator, query, rows);
}

/// Needs report.published_ms: a published month's rows are meant to stay behind.
Status AddFreshness(ServerState& state, const std::vector<Unit>& units, Report& report) {
  TRAM_ASSIGN(auto computed, state.store().rollups().ComputedUnits(report.query.as_of));
  TRAM_ASSIGN(std::vector<DirtyUnit> dirty, state.store().rollups().Dirty());
  std::map<UnitNumber, std::int64_t> dirty_since;
  for (const DirtyUnit& mark : dirty) dirty_since[mark.unit] = mark.since_ms;
  for (const Unit& unit : units) {
    auto found = computed.find(unit.number);
    if (found == computed.end()) {
      ++report.units_missing;
    } else if (!report.published_ms && found->second.entries != unit.entries) {
      ++report.units_behind;
      auto since = dirty_since.find(unit.number);
      if (since != dirty_since.end()) {
        report.behind_since_ms =
            std::min(report.behind_since_ms.value_or(since->second), since->second);
      }
    }
    const bool works = !unit.closed_on || *unit.closed_on > report.query.as_of;
    if (!works) continue;
    if (!unit.synced_ms || *unit.synced_ms < report.made_ms - kSilentDays * kDayMs) {
      report.silent.push_back({unit.code, unit.name, unit.synced_ms});
    }
  }
  std::stable_sort(report.silent.begin(), report.silent.end(),
                   [](const Freshness& a, const Freshness& b) {
                     return a.synced_ms.value_or(-1) < b.synced_ms.value_or(-1);
                   });
  return {};
}

Result<std::vector<const Indicator*>> IndicatorsOf(const Programme& programme,
                                                   const ReportQuery& query) {
  std::vector<const Indicator*> indicators;
  for (const Indicator& indicator : programme.indicators) {
    if (!query.indicator || *query.indicator == indicator.name) indicators.push_back(&indicator);
  }
  if (!indicators.empty() || !query.indicator) return indicators;
  std::string names;
  for (const Indicator& indicator : programme.indicators) {
    names += (names.empty() ? "" : ", ") + indicator.name;
  }
  return MakeError(ErrorCode::kInvalid,
                   "the programme has no indicator '" + *query.indicator + "'; it has: " + names);
}

}  // namespace

Result<Report> MakeReport(ServerState& state, const ReportQuery& query, const KnownFigures& known) {
  Report report;
  report.query = query;
  report.made_ms = state.NowMs();
  report.programme = state.programme().programme;
  const Programme& programme = *report.programme;
  report.figures = {&programme, query, NowhereLabel(query.by), {}};
  TRAM_TRY(IndicatorsOf(programme, query));
  TRAM_ASSIGN(std::vector<Unit> units, state.store().units().All());
  report.units = units.size();
  TRAM_ASSIGN(report.published_ms, state.store().rollups().PublishedAt(query.as_of));
  TRAM_TRY(AddFreshness(state, units, report));
  TRAM_ASSIGN(UnitPlaces places, UnitPlaces::Load(state));
  for (const Indicator* indicator : IndicatorsToShow(programme, query.indicator)) {
    TRAM_ASSIGN(FigureTable table, MakeTable(state, query, known, places, units, *indicator));
    report.figures.tables.push_back(std::move(table));
  }
  TRAM_TRY(CheckStratum(programme, query, report.figures.tables));
  return report;
}

Status ForEachExportRow(ServerState& state, const ReportQuery& query, const KnownFigures& known,
                        const std::function<void(const ExportRow&)>& take) {
  TRAM_ASSIGN(auto indicators, IndicatorsOf(*state.programme().programme, query));
  TRAM_ASSIGN(std::vector<Unit> units, state.store().units().All());
  TRAM_ASSIGN(UnitPlaces places, UnitPlaces::Load(state));
  auto code = [](const Place* place) { return place == nullptr ? std::string() : place->code; };
  for (const Unit& unit : units) {
    for (const Indicator* indicator : indicators) {
      if (indicator->kind == IndicatorKind::kPerson && !query.exact) continue;
      TRAM_ASSIGN(std::vector<IndicatorRow> rows,
                  RowsOf(state, query, known, unit.number, indicator->name));
      for (IndicatorRow& row : rows) {
        if (!InPeriod(query, row.period)) continue;
        const Place* then =
            places.PlaceOn(unit.number, places.DayOf(PlaceTime::kThen, row.period, query.as_of));
        const Place* now = places.PlaceOn(unit.number, state.Today());
        take({unit.code, unit.name, code(then), code(now), indicator->name, std::move(row)});
      }
    }
  }
  return {};
}

}  // namespace tram::server
