#include "exchange/exchange_figures.h"

#include <algorithm>

#include "exchange/exchange_items.h"
#include "rollup/released_figures.h"
#include "web/figure_page.h"
#include "web/released_rows.h"

namespace tram::server {
namespace {

constexpr int kReadMs = 20;  // at most, where the board lacks rows
constexpr unsigned kLastMonth = 12, kLastDay = 31;

/// Indicators of activity that are exchanged.
std::vector<const Indicator*> ActivityOf(const Programme& programme) {
  std::vector<const Indicator*> indicators;
  for (const Indicator& indicator : programme.indicators) {
    if (!FigureBoard::Holds(indicator) || indicator.shape == IndicatorShape::kDays) continue;
    indicators.push_back(&indicator);
  }
  return indicators;
}

ExchangeLine ActivityLine(const Indicator& indicator, const FigureSum::Counts& counts) {
  ExchangeLine line{kEverybody, 1, {}, {}};
  if (indicator.shape == IndicatorShape::kCount) {
    line.numbers = {{kCountItem, Shown::Exact(counts.numerator)}};
  } else {
    line.numbers = {{kNumeratorItem, Shown::Exact(counts.numerator)},
                    {kDenominatorItem, Shown::Exact(counts.denominator)}};
  }
  return line;
}

class ActivityCollector {
 public:
  ActivityCollector(ServerState& state, FigureBoard& board, const Permit& permit,
                    ExchangeFigures& figures)
      : state_(state),
        board_(board),
        permit_(permit),
        query_(figures.query),
        day_(board.DayOf(query_.board)),
        worked_(std::min(query_.board.as_of, state.Today())),
        indicators_(ActivityOf(*figures.programme)),
        figures_(figures) {}

  Status Collect() {
    TRAM_ASSIGN(const std::vector<UnitStamp> stamps,
                UnitStamps(state_.store().database(), query_.board.as_of));
    for (const UnitStamp& stamp : stamps) {
      if (stamp.entries > 0) heard_.insert(stamp.unit);
    }
    if (!query_.province.empty()) {
      TRAM_TRY(board_.Province(permit_, query_.board, query_.province));
    }
    switch (query_.by) {
      case ExchangeBy::kUnit:
        return CollectUnits();
      case ExchangeBy::kProvince:
        return CollectProvinces();
      case ExchangeBy::kCountry:
        break;
    }
    return CollectCountry();
  }

 private:
  /// Its own work on the query's day, and at work at the month's end.
  bool Works(const Unit& unit) const {
    return board_.places().UnitOn(unit.number, day_).number == unit.number &&
           WorkedOn(unit, worked_);
  }
  bool HasSent(const Unit& unit) const {
    const Date end = query_.board.as_of;
    const Date first{MonthEnd(AddMonths(end, -1)).days + 1};
    return heard_.contains(unit.number) && unit.synced_ms &&
           *unit.synced_ms >= StartOfLocalDay(first);
  }
  void Add(const Indicator& indicator, const FigureSum::Counts& counts) {
    figures_.reports.push_back({&indicator,
                                figures_.places.size() - 1,
                                MonthText(query_.board.as_of),
                                {ActivityLine(indicator, counts)}});
  }

  Status CollectUnits() {
    for (const Unit& unit : board_.places().units()) {
      if (!board_.CheckUnit(permit_, unit.number) || !Works(unit)) continue;
      if (!query_.province.empty()) {
        const Place* place = board_.places().PlaceOn(unit.number, day_);
        if (place == nullptr || place->code != query_.province) continue;
      }
      if (!HasSent(unit)) {
        ++figures_.silent;
        continue;
      }
      TRAM_ASSIGN(const std::vector<MonthFigures> of_unit,
                  board_.OfUnit(permit_, query_.board, unit.number, indicators_, 1));
      figures_.places.push_back({ExchangeBy::kUnit, unit.code, unit.name, {}, 0, 0});
      for (std::size_t i = 0; i < indicators_.size(); ++i) {
        Add(*indicators_[i], Newest(of_unit[i]));
      }
    }
    return {};
  }

  /// Provinces (by code on the query's day) with their units, "" being the whole country.
  std::map<std::string, ExchangePlace> CountUnits(bool country) const {
    std::map<std::string, ExchangePlace> places;
    for (const Unit& unit : board_.places().units()) {
      if (!board_.CheckUnit(permit_, unit.number) || !Works(unit)) continue;
      const Place* at = board_.places().PlaceOn(unit.number, day_);
      if (at == nullptr && !country) continue;
      ExchangePlace& place = places[country ? "" : at->code];
      if (!country) {
        place = {ExchangeBy::kProvince, at->code, at->name, at->from, place.units, place.silent};
      } else {
        place.kind = ExchangeBy::kCountry;
      }
      ++place.units;
      place.silent += HasSent(unit) ? 0 : 1;
    }
    return places;
  }

  Status CollectProvinces() {
    std::vector<std::vector<ProvinceFigures>> by_indicator;
    for (const Indicator* indicator : indicators_) {
      TRAM_ASSIGN(std::vector<ProvinceFigures> all,
                  board_.ByProvince(permit_, query_.board, *indicator));
      by_indicator.push_back(std::move(all));
    }
    for (const auto& [code, place] : CountUnits(false)) {
      if (!query_.province.empty() && code != query_.province) continue;
      if (place.silent == place.units) {
        ++figures_.silent;
        continue;
      }
      figures_.places.push_back(place);
      for (std::size_t i = 0; i < indicators_.size(); ++i) {
        for (const ProvinceFigures& province : by_indicator[i]) {
          if (province.place.code == code) Add(*indicators_[i], Newest(province.figures));
        }
      }
    }
    return {};
  }

  Status CollectCountry() {
    if (!permit_.country()) {
      return MakeError(ErrorCode::kDenied,
                       "tài khoản này không xem được số liệu hoạt động của cả nước · this account "
                       "may not see the whole country's activity");
    }
    for (const auto& [code, place] : CountUnits(true)) {
      if (place.silent == place.units) {
        ++figures_.silent;
        continue;
      }
      figures_.places.push_back(place);
      for (const Indicator* indicator : indicators_) {
        TRAM_ASSIGN(const MonthFigures sum, board_.OfCovered(permit_, query_.board, *indicator));
        Add(*indicator, Newest(sum));
      }
    }
    return {};
  }

  ServerState& state_;
  FigureBoard& board_;
  const Permit& permit_;
  const ExchangeQuery& query_;
  const Date day_, worked_;
  const std::vector<const Indicator*> indicators_;
  ExchangeFigures& figures_;
  std::set<UnitNumber> heard_;  // whose rows of that month's end are of something
};

class ReleasedCollector {
 public:
  ReleasedCollector(ServerState& state, ReleasedReader reader, ExchangeFigures& figures)
      : state_(state), reader_(std::move(reader)), query_(figures.query), figures_(figures) {
    asked_.time = query_.board.places;
    asked_.by = query_.by == ExchangeBy::kUnit      ? ReleasedBy::kUnit
                : query_.by == ExchangeBy::kCountry ? ReleasedBy::kCountry
                : asked_.time == PlaceTime::kNow    ? ReleasedBy::kProvinceNow
                                                    : ReleasedBy::kProvinceThen;
    day_ = asked_.time == PlaceTime::kNow ? state.Today() : query_.board.as_of;
    for (const Unit& unit : reader_.units().units()) units_[unit.code] = &unit;
    if (asked_.by != ReleasedBy::kUnit || query_.province.empty()) return;
    asked_.units.emplace();
    for (const auto& [code, unit] : units_) {
      if (IsWanted(reader_.units().PlaceOn(unit->number, day_))) asked_.units->insert(code);
    }
  }

  Status Collect() {
    for (const Indicator& indicator : figures_.programme->indicators) {
      if (indicator.kind != IndicatorKind::kPerson) continue;
      TRAM_ASSIGN(const std::vector<int> years, ReleasedYears(state_, indicator.name));
      for (int year : years) {
        TRAM_ASSIGN(const std::optional<Date> as_of, ReleasedAsOf(state_, indicator.name, year));
        if (as_of == query_.board.as_of) TRAM_TRY(CollectYear(indicator, year));
      }
    }
    return {};
  }

 private:
  Status CollectYear(const Indicator& indicator, int year) {
    report_of_.clear();
    TRAM_ASSIGN(const std::vector<ReleasedRow> all, reader_.Rows(indicator, year, asked_, ""));
    for (const ReleasedRow& row : all) Take(indicator, row);
    TRAM_ASSIGN(const std::set<std::string> dimensions, reader_.DimensionsOf(indicator, year));
    for (const std::string& dimension : dimensions) {
      TRAM_ASSIGN(const std::vector<ReleasedRow> rows,
                  reader_.Rows(indicator, year, asked_, dimension));
      for (const ReleasedRow& row : rows) {
        if (row.stratum != kEverybody) Take(indicator, row);
      }
    }
    return {};
  }

  void Take(const Indicator& indicator, const ReleasedRow& row) {
    const std::optional<ExchangePlace> place = PlaceOf(row);
    if (!place) return;
    if (!row.why.empty()) {
      ++figures_.not_drawn;
      return;
    }
    auto [report, is_new] = report_of_.emplace(row.code, figures_.reports.size());
    if (is_new) {
      figures_.reports.push_back({&indicator, IndexOf(*place), std::to_string(row.year), {}});
    }
    ExchangeLine line{row.stratum, row.step, {}, {}};
    for (const auto& [item, number] : row.line.numbers) {
      line.numbers.push_back({item, number ? Shown::Rounded(*number, row.step) : Shown::Hidden()});
      figures_.hidden += number ? 0 : 1;
    }
    if (indicator.shape == IndicatorShape::kSurvival) {
      for (const ReleasedStep& step : ReleasedCurve(row.line)) {
        if (step.survival) line.survival[step.day] = *step.survival;
      }
    }
    figures_.reports[report->second].lines.push_back(std::move(line));
  }

  /// Nothing: not in the province that is asked for.
  std::optional<ExchangePlace> PlaceOf(const ReleasedRow& row) const {
    if (query_.by == ExchangeBy::kCountry) return ExchangePlace{ExchangeBy::kCountry, "", "", {}};
    if (query_.by == ExchangeBy::kUnit) {
      const auto unit = units_.find(row.code);
      if (unit == units_.end()) return std::nullopt;
      const Place* at = reader_.units().PlaceOn(unit->second->number, day_);
      if (!IsWanted(at)) return std::nullopt;
      return ExchangePlace{ExchangeBy::kUnit, row.code, unit->second->name, {}};
    }
    const Places& places = state_.store().places();
    const Date year_end = DateOf(row.year, kLastMonth, kLastDay);
    const Date released = row.as_of.value_or(year_end);
    const bool now = asked_.time == PlaceTime::kNow;
    const Place* place = now ? places.Follow(row.code, std::min(released, day_), day_)
                             : places.At(row.code, year_end);
    if (place == nullptr) return std::nullopt;
    if (!IsWanted(now ? place : places.Follow(row.code, year_end, std::max(year_end, day_)))) {
      return std::nullopt;
    }
    return ExchangePlace{ExchangeBy::kProvince, place->code, place->name, place->from};
  }
  bool IsWanted(const Place* on_day) const {
    return query_.province.empty() || (on_day != nullptr && on_day->code == query_.province);
  }

  std::size_t IndexOf(const ExchangePlace& place) {
    const auto [it, is_new] =
        index_.emplace(std::pair(place.code, place.from), figures_.places.size());
    if (is_new) figures_.places.push_back(place);
    return it->second;
  }

  ServerState& state_;
  const ReleasedReader reader_;
  const ExchangeQuery& query_;
  ExchangeFigures& figures_;
  PlacesAsked asked_;
  Date day_;
  std::map<std::string, const Unit*> units_;
  std::map<std::pair<std::string, Date>, std::size_t> index_;  // of places
  std::map<std::string, std::size_t> report_of_;               // by code, of one year
};

}  // namespace

std::optional<ExchangePart> ExchangePartByName(std::string_view name) {
  for (const ExchangePart part : {ExchangePart::kActivity, ExchangePart::kReleased}) {
    if (NameOf(part) == name) return part;
  }
  return std::nullopt;
}
std::string_view NameOf(ExchangePart part) {
  return part == ExchangePart::kActivity ? "activity" : "released";
}
std::optional<ExchangeBy> ExchangeByByName(std::string_view name) {
  for (const ExchangeBy by : {ExchangeBy::kUnit, ExchangeBy::kProvince, ExchangeBy::kCountry}) {
    if (NameOf(by) == name) return by;
  }
  return std::nullopt;
}
std::string_view NameOf(ExchangeBy by) {
  return by == ExchangeBy::kUnit ? "unit" : by == ExchangeBy::kProvince ? "province" : "country";
}
Right RightOf(ExchangePart part) {
  return part == ExchangePart::kActivity ? Right::kActivity : Right::kOutcomes;
}

std::string ExchangeQuery::Text() const {
  return (part == ExchangePart::kActivity ? "activity of " : "what was released with ") +
         MonthText(board.as_of) + " by " + std::string(NameOf(by)) + ", places " +
         (board.places == PlaceTime::kNow ? "now" : "then") +
         (province.empty() ? "" : ", province " + province);
}

const Shown* ExchangeLine::Find(std::string_view item) const {
  const auto found =
      std::find_if(numbers.begin(), numbers.end(),
                   [&](const ExchangeNumber& number) { return number.item == item; });
  return found == numbers.end() ? nullptr : &found->shown;
}

Result<ExchangeFigures> CollectExchange(ServerState& state, FigureBoard& board,
                                        const Permit& permit, const ExchangeQuery& query) {
  if (permit.right() != RightOf(query.part)) {
    return MakeError(ErrorCode::kDenied,
                     "tài khoản này không xem được số liệu đó · this account may not see those "
                     "figures");
  }
  ExchangeFigures figures;
  figures.query = query;
  figures.programme = state.programme().programme;
  figures.made_ms = state.NowMs();
  TRAM_ASSIGN(figures.published_ms, state.store().rollups().PublishedAt(query.board.as_of));
  if (query.part == ExchangePart::kReleased) {
    // Released tables are suppressed for everyone alike: no place of them needs to be covered.
    TRAM_ASSIGN(ReleasedReader reader, ReleasedReader::Load(state, permit, Language::kVietnamese));
    TRAM_TRY(ReleasedCollector(state, std::move(reader), figures).Collect());
    return figures;
  }
  TRAM_ASSIGN(const BoardProgress progress, board.Prepare(state, query.board.as_of, kReadMs));
  if (!progress.Whole()) {
    return MakeError(ErrorCode::kOverloaded,
                     "máy chủ đang đọc số liệu của tháng đó, hãy thử lại sau vài giây · the server "
                     "is still reading that month's figures: try again in a few seconds");
  }
  TRAM_TRY(ActivityCollector(state, board, permit, figures).Collect());
  return figures;
}

Result<std::map<Date, std::vector<int>, std::greater<>>> ReleaseMonths(ServerState& state) {
  std::map<Date, std::vector<int>, std::greater<>> months;
  for (const Indicator& indicator : state.programme().programme->indicators) {
    if (indicator.kind != IndicatorKind::kPerson) continue;
    TRAM_ASSIGN(const std::vector<int> years, ReleasedYears(state, indicator.name));
    for (int year : years) {
      TRAM_ASSIGN(const std::optional<Date> as_of, ReleasedAsOf(state, indicator.name, year));
      if (!as_of) continue;
      std::vector<int>& of_month = months[*as_of];
      if (std::find(of_month.begin(), of_month.end(), year) == of_month.end()) {
        of_month.push_back(year);
      }
    }
  }
  for (auto& [as_of, years] : months) std::sort(years.begin(), years.end());
  return months;
}

}  // namespace tram::server
