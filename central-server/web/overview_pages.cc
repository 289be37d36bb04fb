// The overview: the country or provinces, what they did in a month, how it went, and whether data
// comes in. Exact activity figures only; for whom, the Permit says.
#include <algorithm>
#include <set>

#include "web/figure_page.h"
#include "web/office.h"
#include "web/province_tiles.h"

namespace tram::server {
namespace {

constexpr int kTrendMonths = 24;
constexpr int kSteps = 5;             // of shading
constexpr std::size_t kWideMap = 40;  // more provinces than that need narrower tiles

/// What the page is about: a province, or everything that the permit covers.
struct Scope {
  const Place* province = nullptr;
  std::string code;  // "": everything
  std::string title;
};

class Overview {
 public:
  Overview(PageCall& call, const Permit& permit, const FigureAsk& ask)
      : call_(call), board_(call.office.figures), permit_(permit), ask_(ask) {}

  Status Fill(Json& model);
  const std::string& title() const { return scope_.title; }

 private:
  Status ChooseScope(Json& model);
  Result<MonthFigures> Of(const Indicator& indicator);
  Status AddHeads(Json& model);
  Status AddTrend(const std::vector<MonthFigures>& counts, Json& model);
  Status AddFreshness(Json& model);
  Status AddMap(Json& model);
  Status AddProvinces(Json& model);
  bool InScope(const Unit& unit) const;
  std::string Link(const std::string& place, const std::string& show) const;

  PageCall& call_;
  FigureBoard& board_;
  const Permit& permit_;
  const FigureAsk& ask_;
  Scope scope_;
  std::vector<Place> provinces_;  // of the query's day, that are covered
  const Indicator* shown_ = nullptr;
};

Status Overview::Fill(Json& model) {
  TRAM_TRY(ChooseScope(model));
  TRAM_TRY(AddHeads(model));
  TRAM_TRY(AddFreshness(model));
  if (!scope_.code.empty() || provinces_.size() < 2) return {};
  TRAM_TRY(AddMap(model));
  return AddProvinces(model);
}

std::string Overview::Link(const std::string& place, const std::string& show) const {
  std::string link = "/?" + ask_.link;
  if (!place.empty()) link += "&place=" + PercentEncode(place);
  if (!show.empty()) link += "&show=" + PercentEncode(show);
  return link;
}

Status Overview::ChooseScope(Json& model) {
  TRAM_ASSIGN(provinces_, PlacesOn(call_.state.store().database(), board_.DayOf(ask_.query)));
  std::erase_if(provinces_, [&](const Place& place) { return !board_.Covers(permit_, place); });
  scope_.code = call_.Query("place");
  // Who has one province begins there.
  if (scope_.code.empty() && !permit_.country() && provinces_.size() == 1) {
    scope_.code = provinces_.front().code;
  }
  const std::string all = permit_.country()
                              ? call_.Words("Cả nước", "Whole country")
                              : call_.Words("Các tỉnh của tài khoản này", "Your provinces");
  scope_.title = all;
  if (!scope_.code.empty()) {
    TRAM_ASSIGN(scope_.province, board_.Province(permit_, ask_.query, scope_.code));
    scope_.title = scope_.province->name;
  }
  model["title"] = scope_.title;
  model["place"] = scope_.code;
  model["scopes"] = Json::array();
  if (provinces_.size() > 1) {
    model["choose_scope"] = true;
    model["scopes"].push_back({{"value", ""}, {"label", all}, {"chosen", scope_.code.empty()}});
    for (const Place& place : provinces_) {
      model["scopes"].push_back(
          {{"value", place.code}, {"label", place.name}, {"chosen", scope_.code == place.code}});
    }
    if (!scope_.code.empty()) model["up"] = Link("", "");
    model["up_name"] = all;
  }
  model["units_link"] =
      "/units?" + ask_.link + (scope_.code.empty() ? "" : "&place=" + PercentEncode(scope_.code));
  return {};
}

Result<MonthFigures> Overview::Of(const Indicator& indicator) {
  return scope_.code.empty() ? board_.OfCovered(permit_, ask_.query, indicator)
                             : board_.OfProvince(permit_, ask_.query, scope_.code, indicator);
}

Status Overview::AddHeads(Json& model) {
  model["heads"] = Json::array();
  std::vector<MonthFigures> counts;
  for (const Indicator* indicator : ask_.heads.Both()) {
    TRAM_ASSIGN(MonthFigures figures, Of(*indicator));
    Json head{{"name", call_.In(indicator->label)},
              {"value", FigureText(*indicator, Newest(figures), call_.language)},
              {"when", call_.Words("đến hết tháng", "up to the end of the month")}};
    if (HasMonths(figures)) {
      const auto& before = figures.months[figures.months.size() - 2];
      head["when"] = call_.Words("tháng trước: {}", "the month before: {}",
                                 FigureText(*indicator, before, call_.language));
    }
    model["heads"].push_back(std::move(head));
    if (indicator->shape == IndicatorShape::kCount) counts.push_back(std::move(figures));
  }
  return AddTrend(counts, model);
}

Status Overview::AddTrend(const std::vector<MonthFigures>& counts, Json& model) {
  const int last = MonthNumber(ask_.query.as_of);
  model["trend_months"] = Json::array();
  for (int month = last - kTrendMonths + 1; month <= last; ++month) {
    model["trend_months"].push_back(MonthWords(month));
  }
  model["trend"] = Json::array();
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (!HasMonths(counts[i])) continue;
    Json cells = Json::array();
    const auto& months = counts[i].months;
    for (std::size_t at = months.size() - kTrendMonths; at < months.size(); ++at) {
      cells.push_back({{"value", std::to_string(months[at].numerator)},
                       {"text", CountText(months[at].numerator, call_.language)}});
    }
    model["trend"].push_back(
        {{"name", call_.In(ask_.heads.counts[i]->label)}, {"cells", std::move(cells)}});
  }
  model["has_trend"] = !model["trend"].empty();
  return {};
}

bool Overview::InScope(const Unit& unit) const {
  const Place* place = board_.places().PlaceOn(unit.number, board_.DayOf(ask_.query));
  if (scope_.province != nullptr) return place == scope_.province;
  return permit_.country() || (place != nullptr && board_.Covers(permit_, *place));
}

Status Overview::AddFreshness(Json& model) {
  Silence silence;
  std::set<UnitNumber> of_scope;
  const std::int64_t now_ms = call_.state.NowMs();
  for (const Unit& unit : board_.places().units()) {
    if (!InScope(unit)) continue;
    of_scope.insert(unit.number);
    if (!WorkedOn(unit, std::min(ask_.query.as_of, call_.state.Today()))) continue;
    ++silence.working;
    silence.silent_7 += IsSilent(unit, now_ms, kSilentShort) ? 1 : 0;
    silence.silent_30 += IsSilent(unit, now_ms, kSilentLong) ? 1 : 0;
  }
  TRAM_ASSIGN(const std::size_t reporting,
              board_.UnitsWithFigures(permit_, ask_.query, scope_.code, ask_.heads.counts));
  TRAM_ASSIGN(const std::vector<DirtyUnit> dirty, call_.state.store().rollups().Dirty());
  const auto waiting = std::count_if(dirty.begin(), dirty.end(), [&](const DirtyUnit& mark) {
    return of_scope.count(mark.unit) != 0;
  });
  const auto text = [&](std::size_t count) {
    return CountText(static_cast<std::int64_t>(count), call_.language);
  };
  model["working"] = text(silence.working);
  model["reporting"] = text(reporting);
  model["silent_7"] = text(silence.silent_7);
  model["silent_30"] = text(silence.silent_30);
  model["some_silent"] = silence.silent_7 > 0;
  model["waiting"] = text(static_cast<std::size_t>(waiting));
  model["at"] = TimeText(now_ms);
  return {};
}

/// 0 for nothing, else 1 to kSteps in equal parts of the highest.
int StepOf(std::int64_t value, std::int64_t highest) {
  if (value <= 0 || highest <= 0) return 0;
  return static_cast<int>((value * kSteps + highest - 1) / highest);
}

Status Overview::AddMap(Json& model) {
  if (ask_.heads.counts.empty()) return {};
  shown_ = ask_.heads.counts.front();
  model["shows"] = Json::array();
  for (const Indicator* indicator : ask_.heads.counts) {
    if (indicator->name == call_.Query("show")) shown_ = indicator;
  }
  for (const Indicator* indicator : ask_.heads.counts) {
    model["shows"].push_back({{"value", indicator->name},
                              {"label", call_.In(indicator->label)},
                              {"chosen", indicator == shown_}});
  }
  TRAM_ASSIGN(const auto figures, board_.ByProvince(permit_, ask_.query, *shown_));
  std::map<std::string, std::int64_t> values;
  std::int64_t highest = 0;
  for (const ProvinceFigures& of : figures) {
    highest = std::max(highest, values[of.place.code] = Newest(of.figures).numerator);
  }
  // In the order in which they are seen: rows from the north, then columns from the west.
  std::map<std::pair<int, int>, Json> tiles;
  int unplaced = 0;
  for (const Place& place : provinces_) {
    const Tile tile = TileOf(place).value_or(Tile{kTileRows + 1, ++unplaced});
    const std::int64_t value = values[place.code];
    tiles[{tile.row, tile.column}] = {{"name", place.name},
                                      {"row", std::to_string(tile.row)},
                                      {"column", std::to_string(tile.column)},
                                      {"step", std::to_string(StepOf(value, highest))},
                                      {"href", Link(place.code, "")},
                                      {"figure", CountText(value, call_.language)}};
  }
  model["tiles"] = Json::array();
  for (auto& [at, tile] : tiles) model["tiles"].push_back(std::move(tile));
  model["many"] = provinces_.size() > kWideMap;
  model["shown"] = call_.In(shown_->label);
  model["key"] = Json::array();
  for (int step = 1; step <= kSteps && highest > 0; ++step) {
    const std::int64_t low = highest * (step - 1) / kSteps + 1, high = highest * step / kSteps;
    if (low > high) continue;
    model["key"].push_back(
        {{"step", std::to_string(step)},
         {"text", CountText(low, call_.language) + "–" + CountText(high, call_.language)}});
  }
  return {};
}

Status Overview::AddProvinces(Json& model) {
  model["columns"] = Json::array();
  model["provinces"] = Json::array();
  std::map<FigurePlace, Json> rows;
  for (const Indicator* indicator : ask_.heads.Both()) {
    model["columns"].push_back(call_.In(indicator->label));
    TRAM_ASSIGN(const auto figures, board_.ByProvince(permit_, ask_.query, *indicator));
    for (const ProvinceFigures& of : figures) {
      rows[of.place].push_back(FigureText(*indicator, Newest(of.figures), call_.language));
    }
  }
  for (auto& [place, cells] : rows) {
    model["provinces"].push_back(
        {{"name", place.name}, {"href", Link(place.code, "")}, {"cells", std::move(cells)}});
  }
  model["has_provinces"] = !rows.empty();
  return {};
}

Result<Answer> OverviewPage(PageCall& call) {
  TRAM_ASSIGN(const Permit permit, Authorise(*call.viewer, Right::kActivity));
  if (permit.unit()) {  // a committee's page is that of its unit
    if (!call.Query("place").empty()) {
      return call.Fail(ErrorCode::kDenied, "Bạn chỉ xem được đơn vị của mình",
                       "You see your own unit only");
    }
    TRAM_ASSIGN(const Unit unit, call.state.store().units().ByNumber(*permit.unit()));
    return Answer(SeeOther("/unit/" + PercentEncode(unit.code)));
  }
  Page page{"overview"};
  TRAM_ASSIGN(const FigureAsk ask, AskFigures(call, page.model));
  Overview overview(call, permit, ask);
  TRAM_TRY(overview.Fill(page.model));
  page.title = call.Words("Tổng quan: {}", "Overview: {}", overview.title());
  return Answer(std::move(page));
}

}  // namespace

std::span<const Route> OverviewRoutes() {
  static const Route routes[] = {
      {"GET", "/", Access::kRight, Right::kActivity, OverviewPage},
  };
  return routes;
}

}  // namespace tram::server
