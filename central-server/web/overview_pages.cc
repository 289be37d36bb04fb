// The overview: the country or provinces, what they did in a month, how it went, and whether data
// comes in. Exact activity figures only; for whom, the Permit says.
#include <algorithm>
#include <set>

#include "web/export_links.h"
#include "web/office.h"
#include "web/overview_figures.h"
#include "web/province_tiles.h"

namespace tram::server {
namespace {

constexpr int kSteps = 5;             // of shading
constexpr std::size_t kWideMap = 40;  // more provinces than that need narrower tiles

class Overview {
 public:
  Overview(PageCall& call, const Permit& permit, const FigureAsk& ask,
           const OverviewFigures& figures)
      : call_(call),
        board_(call.office.figures),
        permit_(permit),
        ask_(ask),
        figures_(figures),
        scope_(figures.scope()) {}

  Status Fill(Json& model);

 private:
  void AddScope(Json& model) const;
  Status AddHeads(Json& model);
  void AddTrend(const std::vector<HeadFigure>& heads, Json& model) const;
  Status AddFreshness(Json& model);
  Status AddMap(Json& model);
  Status AddProvinces(Json& model);
  std::string Link(const std::string& place, const std::string& show) const;
  void AddFiles(const char* set, const char* vi, const char* en, const char* to, Json& model) const;

  PageCall& call_;
  FigureBoard& board_;
  const Permit& permit_;
  const FigureAsk& ask_;
  const OverviewFigures& figures_;
  const OverviewScope& scope_;
  const Indicator* shown_ = nullptr;
};

Status Overview::Fill(Json& model) {
  AddScope(model);
  TRAM_TRY(AddHeads(model));
  TRAM_TRY(AddFreshness(model));
  if (!scope_.code.empty() || scope_.provinces.size() < 2) return {};
  TRAM_TRY(AddMap(model));
  return AddProvinces(model);
}

std::string Overview::Link(const std::string& place, const std::string& show) const {
  std::string link = "/?" + ask_.link;
  if (!place.empty()) link += "&place=" + PercentEncode(place);
  if (!show.empty()) link += "&show=" + PercentEncode(show);
  return link;
}

/// `to`: where in the model the table stands.
void Overview::AddFiles(const char* set, const char* vi, const char* en, const char* to,
                        Json& model) const {
  const std::string place = scope_.code.empty() ? "" : "&place=" + PercentEncode(scope_.code);
  Json files = Json::object();
  AddExportLinks(call_, set, ask_.link + place, call_.language == Language::kVietnamese ? vi : en,
                 files);
  model[to] = Json::array({std::move(files)});
}

void Overview::AddScope(Json& model) const {
  model["title"] = scope_.title;
  model["place"] = scope_.code;
  model["scopes"] = Json::array();
  if (scope_.provinces.size() > 1) {
    model["choose_scope"] = true;
    model["scopes"].push_back(
        {{"value", ""}, {"label", scope_.everything}, {"chosen", scope_.code.empty()}});
    for (const Place& place : scope_.provinces) {
      model["scopes"].push_back(
          {{"value", place.code}, {"label", place.name}, {"chosen", scope_.code == place.code}});
    }
    if (!scope_.code.empty()) model["up"] = Link("", "");
    model["up_name"] = scope_.everything;
  }
  model["units_link"] =
      "/units?" + ask_.link + (scope_.code.empty() ? "" : "&place=" + PercentEncode(scope_.code));
}

Status Overview::AddHeads(Json& model) {
  TRAM_ASSIGN(const std::vector<HeadFigure> heads, figures_.Heads());
  model["heads"] = Json::array();
  for (const auto& [indicator, figures] : heads) {
    Json head{{"name", call_.In(indicator->label)},
              {"value", FigureText(*indicator, Newest(figures), call_.language)},
              {"when", call_.Words("đến hết tháng", "up to the end of the month")}};
    if (HasMonths(figures)) {
      const auto& before = figures.months[figures.months.size() - 2];
      head["when"] = call_.Words("tháng trước: {}", "the month before: {}",
                                 FigureText(*indicator, before, call_.language));
    }
    model["heads"].push_back(std::move(head));
  }
  AddFiles("overview", "số liệu chính", "main figures", "heads_files", model);
  AddTrend(heads, model);
  return {};
}

void Overview::AddTrend(const std::vector<HeadFigure>& heads, Json& model) const {
  const int last = MonthNumber(ask_.query.as_of);
  model["trend_months"] = Json::array();
  for (int month = last - kTrendMonths + 1; month <= last; ++month) {
    model["trend_months"].push_back(MonthWords(month));
  }
  model["trend"] = Json::array();
  for (const HeadFigure& head : heads) {
    if (!OverviewFigures::HasTrend(head)) continue;
    Json cells = Json::array();
    const auto& months = head.figures.months;
    for (std::size_t at = months.size() - kTrendMonths; at < months.size(); ++at) {
      cells.push_back({{"value", std::to_string(months[at].numerator)},
                       {"text", CountText(months[at].numerator, call_.language)}});
    }
    model["trend"].push_back(
        {{"name", call_.In(head.indicator->label)}, {"cells", std::move(cells)}});
  }
  model["has_trend"] = !model["trend"].empty();
  AddFiles("months", "qua các tháng", "by month", "trend_files", model);
}

Status Overview::AddFreshness(Json& model) {
  std::set<UnitNumber> of_scope;
  for (const Unit& unit : board_.places().units()) {
    if (figures_.InScope(unit)) of_scope.insert(unit.number);
  }
  const Silence silence = figures_.Silent();
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
  model["at"] = TimeText(call_.state.NowMs());
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
  for (const Place& place : scope_.provinces) {
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
  model["many"] = scope_.provinces.size() > kWideMap;
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
  const std::vector<const Indicator*> heads = ask_.heads.Both();
  model["columns"] = Json::array();
  for (const Indicator* indicator : heads) model["columns"].push_back(call_.In(indicator->label));
  TRAM_ASSIGN(const std::vector<ProvinceLine> lines, figures_.Provinces());
  model["provinces"] = Json::array();
  for (const ProvinceLine& line : lines) {
    Json cells = Json::array();
    for (std::size_t i = 0; i < heads.size(); ++i) {
      cells.push_back(FigureText(*heads[i], line.figures[i], call_.language));
    }
    model["provinces"].push_back({{"name", line.place.name},
                                  {"href", Link(line.place.code, "")},
                                  {"cells", std::move(cells)}});
  }
  model["has_provinces"] = !lines.empty();
  AddFiles("provinces", "bảng các tỉnh", "table of provinces", "provinces_files", model);
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
  TRAM_ASSIGN(const OverviewFigures figures, OverviewFigures::Ask(call, permit, ask));
  TRAM_TRY(Overview(call, permit, ask, figures).Fill(page.model));
  page.title = call.Words("Tổng quan: {}", "Overview: {}", figures.scope().title);
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
