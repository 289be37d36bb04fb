#include "rollup/unit_report.h"

namespace tram::server {
namespace {

/// Whether `unit` does the work of `from` on some day: at the end of its merges, or before them.
bool GoesInto(const UnitPlaces& places, const Unit& from, UnitNumber unit) {
  if (from.number == unit) return true;
  const Unit* at = &from;
  for (std::size_t steps = 0; at->merged_into && steps < places.units().size(); ++steps) {
    at = &places.UnitOn(*at->merged_into, Date{kDateDaysMin});  // itself: before any merge
    if (at->number == unit) return true;
  }
  return false;
}

}  // namespace

Result<std::vector<FigureTable>> UnitActivity(ServerState& state, const Permit& permit,
                                              const UnitPlaces& places, UnitNumber unit,
                                              PlaceTime time, const FigureQuery& query,
                                              std::span<const Indicator* const> indicators) {
  const Place* today = places.PlaceOn(unit, state.Today());
  const bool covered = permit.CoversUnit(unit, today == nullptr ? "" : today->code);
  if (permit.right() != Right::kActivity || !covered) {
    return MakeError(ErrorCode::kDenied, "this account may not see the figures of that unit");
  }
  const auto rows = [&](const Indicator& of, const TakeRow& take) -> Status {
    for (const Unit& from : places.units()) {
      if (!GoesInto(places, from, unit)) continue;
      TRAM_ASSIGN(const std::vector<IndicatorRow> stored,
                  state.store().rollups().Rows(from.number, query.as_of, of.name));
      for (const IndicatorRow& row : stored) {
        const Date day = places.DayOf(time, row.period, query.as_of);
        if (places.UnitOn(from.number, day).number == unit) take({}, row);
      }
    }
    return {};
  };
  std::vector<FigureTable> tables;
  for (const Indicator* indicator : indicators) {
    TRAM_ASSERT(indicator->kind == IndicatorKind::kActivity);
    TRAM_ASSIGN(FigureTable table,
                MakeFigureTable(*state.programme().programme, *indicator, query, rows));
    tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace tram::server
