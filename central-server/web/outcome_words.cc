#include "web/outcome_words.h"

#include "rollup/release.h"
#include "rollup/report.h"
#include "tram/outcome/figure_sheet.h"

namespace tram::server {
namespace {

constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;

}  // namespace

Result<ReleasedIndicators> IndicatorsOf(ServerState& state) {
  ReleasedIndicators found;
  const Programme& programme = *state.programme().programme;
  const int this_year = std::stoi(IsoDate(state.Today()).substr(0, 4));
  for (const Indicator& indicator : programme.indicators) {
    if (indicator.kind != IndicatorKind::kPerson) continue;
    if (!ReleaseDay(programme, indicator.name, this_year)) {
      found.never.push_back(&indicator);
      continue;
    }
    found.released.push_back(&indicator);
    TRAM_ASSIGN(found.years[&indicator], ReleasedYears(state, indicator.name));
  }
  return found;
}

void AddAbout(const PageCall& call, const ReleasedIndicators& indicators,
              const std::vector<const Indicator*>& shown, Json& model) {
  const Programme& programme = *call.state.programme().programme;
  model["never"] = Json::array();
  for (const Indicator* indicator : indicators.never) {
    model["never"].push_back(call.In(indicator->label));
  }
  model["some_never"] = !indicators.never.empty();
  model["definitions"] = Json::array();
  const FigureReport report{&programme, {}, {}, {}};
  for (const Indicator* indicator : shown) {
    FigureTable table;
    table.indicator = indicator;
    model["definitions"].push_back({{"label", call.In(indicator->label)},
                                    {"lines", FigureDefinitions(report, table, call.language)}});
  }
  model["some_definitions"] = !shown.empty();
}

Result<std::string> ReleasedText(const PageCall& call, int year, std::optional<Date> as_of) {
  if (!as_of) return std::string();
  TRAM_ASSIGN(const std::optional<std::int64_t> published,
              call.state.store().rollups().PublishedAt(*as_of));
  const std::string to = DateText(*as_of);
  if (!published) {
    return call.Words("Năm {}: số liệu đến {}; không thay đổi về sau.",
                      "{}: figures as of {}; they do not change later.", year, to);
  }
  return call.Words("Năm {}: số liệu đến {}, công bố ngày {}; không thay đổi về sau.",
                    "{}: figures as of {}, released on {}; they do not change later.", year, to,
                    DateText(LocalDate(*published)));
}

Result<UnitsHeard> HeardOf(const PageCall& call, const UnitPlaces& units) {
  // Which units send is activity: of his places only, and nothing for a token without that scope.
  const Result<Permit> permit = Authorise(*call.viewer, Right::kActivity);
  UnitsHeard count;
  if (!permit) return count;
  const std::int64_t since = call.state.NowMs() - kSilentDays * kDayMs;
  for (const Unit& unit : units.units()) {
    if (unit.closed_on && *unit.closed_on <= call.state.Today()) continue;
    const Place* province = units.PlaceOn(unit.number, call.state.Today());
    if (!permit->CoversUnit(unit.number, province == nullptr ? "" : province->code)) continue;
    ++count.open;
    count.heard += unit.synced_ms && *unit.synced_ms >= since;
  }
  return count;
}

Result<std::string> FreshText(const PageCall& call, const UnitPlaces& units) {
  TRAM_ASSIGN(const std::optional<Date> last, call.state.store().rollups().LastPublished());
  TRAM_ASSIGN(const UnitsHeard count, HeardOf(call, units));
  std::string text = call.Words(
      "Trong các đơn vị bạn theo dõi, {} trên {} đơn vị đã gửi dữ liệu trong {} ngày qua.",
      "Of the units that you follow, {} of {} have sent data in the last {} days.", count.heard,
      count.open, kSilentDays);
  if (!last) return text;
  return call.Words("Tháng công bố gần nhất: {}. ", "Last published month: {}. ",
                    DateText(*last).substr(3)) +
         text;
}

}  // namespace tram::server
