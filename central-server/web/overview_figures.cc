#include "web/overview_figures.h"

#include <algorithm>
#include <map>

#include "web/office.h"

namespace tram::server {

OverviewFigures::OverviewFigures(PageCall& call, const Permit& permit, const FigureAsk& ask)
    : call_(&call), board_(&call.office.figures), permit_(&permit), ask_(&ask) {}

Result<OverviewFigures> OverviewFigures::Ask(PageCall& call, const Permit& permit,
                                             const FigureAsk& ask) {
  if (permit.unit()) {
    return call.Fail(ErrorCode::kDenied, "Bạn chỉ xem được đơn vị của mình",
                     "You see your own unit only");
  }
  OverviewFigures figures(call, permit, ask);
  TRAM_TRY(figures.AskScope());
  return figures;
}

Status OverviewFigures::AskScope() {
  TRAM_ASSIGN(scope_.provinces,
              PlacesOn(call_->state.store().database(), board_->DayOf(ask_->query)));
  std::erase_if(scope_.provinces,
                [&](const Place& place) { return !board_->Covers(*permit_, place); });
  scope_.code = call_->Query("place");
  // Who has one province begins there.
  if (scope_.code.empty() && !permit_->country() && scope_.provinces.size() == 1) {
    scope_.code = scope_.provinces.front().code;
  }
  scope_.everything = permit_->country()
                          ? call_->Words("Cả nước", "Whole country")
                          : call_->Words("Các tỉnh của tài khoản này", "Your provinces");
  scope_.title = scope_.everything;
  if (scope_.code.empty()) return {};
  TRAM_ASSIGN(scope_.province, board_->Province(*permit_, ask_->query, scope_.code));
  scope_.title = scope_.province->name;
  return {};
}

bool OverviewFigures::InScope(const Unit& unit) const {
  const Place* place = board_->places().PlaceOn(unit.number, board_->DayOf(ask_->query));
  if (scope_.province != nullptr) return place == scope_.province;
  return permit_->country() || (place != nullptr && board_->Covers(*permit_, *place));
}

Result<std::vector<HeadFigure>> OverviewFigures::Heads() const {
  std::vector<HeadFigure> heads;
  for (const Indicator* indicator : ask_->heads.Both()) {
    TRAM_ASSIGN(MonthFigures figures,
                scope_.code.empty()
                    ? board_->OfCovered(*permit_, ask_->query, *indicator)
                    : board_->OfProvince(*permit_, ask_->query, scope_.code, *indicator));
    heads.push_back({indicator, std::move(figures)});
  }
  return heads;
}

bool OverviewFigures::HasTrend(const HeadFigure& head) {
  return head.indicator->shape == IndicatorShape::kCount && HasMonths(head.figures);
}

Result<std::vector<ProvinceLine>> OverviewFigures::Provinces() const {
  std::map<FigurePlace, std::vector<FigureSum::Counts>> found;
  for (const Indicator* indicator : ask_->heads.Both()) {
    TRAM_ASSIGN(const auto figures, board_->ByProvince(*permit_, ask_->query, *indicator));
    for (const ProvinceFigures& of : figures) found[of.place].push_back(Newest(of.figures));
  }
  std::vector<ProvinceLine> lines;
  for (auto& [place, figures] : found) lines.push_back({place, std::move(figures)});
  return lines;
}

Silence OverviewFigures::Silent() const {
  Silence silence;
  const std::int64_t now_ms = call_->state.NowMs();
  for (const Unit& unit : board_->places().units()) {
    if (!InScope(unit)) continue;
    if (!WorkedOn(unit, std::min(ask_->query.as_of, call_->state.Today()))) continue;
    ++silence.working;
    silence.silent_7 += IsSilent(unit, now_ms, kSilentShort) ? 1 : 0;
    silence.silent_30 += IsSilent(unit, now_ms, kSilentLong) ? 1 : 0;
  }
  return silence;
}

}  // namespace tram::server
