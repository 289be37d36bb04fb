#include "web/unit_figures.h"

#include <algorithm>

#include "rollup/unit_report.h"
#include "web/office.h"

namespace tram::server {
namespace {

constexpr int kMonthsDrawn = 24, kMonthsListed = 12;

}  // namespace

Result<Unit> UnitCalled(const PageCall& call, std::string_view code) {
  Result<Unit> unit = call.state.store().units().ByCode(code);
  if (unit || unit.error().code != ErrorCode::kNotFound) return unit;
  return call.Fail(ErrorCode::kNotFound, "Không có đơn vị mang mã này", "No unit has this code");
}

Result<UnitFigures> FiguresOfUnit(PageCall& call, const Permit& permit, const FigureAsk& ask,
                                  const Unit& unit) {
  FigureBoard& board = call.office.figures;
  const std::shared_ptr<const Programme> programme = call.state.programme().programme;
  UnitFigures of{ask.heads.Both(), {}, {programme.get(), {}, {}, {}}};
  TRAM_ASSIGN(of.figures, board.OfUnit(permit, ask.query, unit.number, of.heads, kMonthsDrawn));
  std::vector<const Indicator*> others;
  for (const Indicator* indicator : IndicatorsToShow(*programme, std::nullopt)) {
    const bool drawn = std::find(of.heads.begin(), of.heads.end(), indicator) != of.heads.end();
    if (indicator->kind == IndicatorKind::kActivity && !drawn) others.push_back(indicator);
  }
  const int last = MonthNumber(ask.query.as_of);
  of.others.query.as_of = ask.query.as_of;
  of.others.query.from = MonthText(EndOfMonthNumber(last - kMonthsListed + 1));
  TRAM_ASSIGN(of.others.tables, UnitActivity(call.state, permit, board.places(), unit.number,
                                             ask.query.places, of.others.query, others));
  return of;
}

Result<std::vector<UnitProvince>> ProvincesOfUnit(const PageCall& call, const Unit& unit) {
  const UnitPlaces& places = call.office.figures.places();
  TRAM_ASSIGN(const std::vector<Membership> memberships,
              call.state.store().units().MembershipsOf(unit.number));
  std::vector<UnitProvince> provinces;
  for (const Membership& membership : memberships) {
    const Place* then = places.ProvinceAt(membership.province, membership.from);
    const Place* now = then == nullptr ? nullptr : places.Today(*then);
    provinces.push_back({membership, then == nullptr ? membership.province : then->name,
                         now == nullptr ? "" : now->name});
  }
  return provinces;
}

}  // namespace tram::server
