#include "rollup/released_figures.h"

#include <algorithm>

#include "rollup/person_tables.h"

namespace tram::server {
namespace {

ReleasedBy ByOf(const ReportQuery& query) {
  if (query.by == GroupBy::kUnit) return ReleasedBy::kUnit;
  if (query.by == GroupBy::kCountry) return ReleasedBy::kCountry;
  return query.places == PlaceTime::kNow ? ReleasedBy::kProvinceNow : ReleasedBy::kProvinceThen;
}

/// The dimension of a stratum; "" for everybody.
std::string DimensionOf(const std::string& stratum) {
  const std::size_t sign = stratum.find('=');
  return sign == std::string::npos ? "" : stratum.substr(0, sign);
}

bool IsWanted(const ReportQuery& query, const std::string& stratum) {
  return stratum == "all" ? query.stratum.find('=') == std::string::npos
                          : query.stratum == stratum || query.stratum == DimensionOf(stratum);
}

/// The numbers of one line, as they may be shown.
class Line {
 public:
  Line(const ReleasedLine& line, int step) : line_(line), step_(step) {}

  bool Has(const std::string& item) const { return line_.numbers.contains(item); }
  /// Hidden where the line does not print it.
  Shown At(const std::string& item) const {
    const auto found = line_.numbers.find(item);
    if (found == line_.numbers.end() || !found->second) return Shown::Hidden();
    return Shown::Rounded(*found->second, step_);
  }

 private:
  const ReleasedLine& line_;
  int step_;
};

/// Whose state is known: as released, else the sum of what is.
Shown KnownOf(const Indicator& indicator, const Line& line, Shown success) {
  if (line.Has("known")) return line.At("known");
  std::vector<Shown> others;
  if (line.Has("known_other")) {  // a unit's line
    others.push_back(line.At("known_other"));
  } else {
    for (const Bin& bin : indicator.bins) {
      if (bin.standing == Standing::kKnown) others.push_back(line.At(bin.name));
    }
  }
  std::int64_t known = success.value().value_or(0);
  for (const Shown& other : others) {
    if (other.hidden()) return Shown::Hidden();
    known += *other.value();
  }
  return success.hidden() ? success : Shown::Rounded(known, success.rounded_to());
}

Figure StatesOf(const Indicator& indicator, const Line& line) {
  StatesFigure figure;
  figure.cohort = line.At("persons");
  std::size_t successes = 0;
  Shown success = line.At("success");
  for (const Bin& bin : indicator.bins) {
    figure.states.push_back({bin.name, line.At(bin.name), {}});
    if (bin.standing != Standing::kSuccess) continue;
    ++successes;
    if (!line.Has("success")) success = line.At(bin.name);  // the only one
  }
  for (StatesFigure::State& state : figure.states) {
    state.share = ShareOf(state.persons, figure.cohort);
    state.share.interval.reset();
  }
  if (successes == 0) return figure;
  figure.outcome = OutcomeOf(figure.cohort, KnownOf(indicator, line, success), success);
  return figure;
}

Figure RateOf(const Indicator& indicator, const Line& line) {
  RateFigure figure;
  std::vector<std::string> bins{""};
  if (!indicator.bins.empty()) bins.clear();
  for (const Bin& bin : indicator.bins) bins.push_back(bin.name);
  for (const std::string& bin : bins) {
    const std::string end = bin.empty() ? "" : "_" + bin;
    const Shown yes = line.At("yes" + end), no = line.At("no" + end);
    Shown whole = Shown::Hidden();
    if (!yes.hidden() && !no.hidden()) {
      whole = Shown::Rounded(*yes.value() + *no.value(), yes.rounded_to());
    }
    figure.parts.push_back({bin, yes, whole, ShareOf(yes, whole)});
  }
  return figure;
}

Figure CurveOf(const ReleasedLine& released, const Line& line) {
  SurvivalFigure figure;
  figure.cohort = line.At("persons");
  figure.months.push_back({0, figure.cohort, 1.0, std::nullopt});
  for (const ReleasedStep& step : ReleasedCurve(released)) {
    const std::string day = std::to_string(step.day);
    SurvivalFigure::At at{step.day, line.At("at_risk_" + day), step.survival, step.interval};
    figure.events = line.At("events_" + day);
    const auto& days = tram::kCurveDays;
    if (std::find(std::begin(days), std::end(days), step.day) != std::end(days)) {
      figure.at.push_back(at);
    }
    figure.months.push_back(std::move(at));
  }
  return figure;
}

}  // namespace

std::optional<Figure> ReleasedFigure(const Indicator& indicator, const ReleasedLine& released,
                                     int step) {
  const Line line(released, step);
  switch (indicator.shape) {
    case IndicatorShape::kStates:
      return StatesOf(indicator, line);
    case IndicatorShape::kRate:
      return RateOf(indicator, line);
    case IndicatorShape::kSurvival:
      return CurveOf(released, line);
    case IndicatorShape::kCount:
      return CountFigure{{{"", line.At("persons")}}};
    case IndicatorShape::kCompeting:
    case IndicatorShape::kDays:
      break;
  }
  return std::nullopt;
}

namespace {

std::string NameOf(ServerState& state, const std::vector<Unit>& units, const ReportQuery& query,
                   const std::string& code, int year) {
  if (query.by == GroupBy::kUnit) {
    const auto found = std::find_if(units.begin(), units.end(),
                                    [&](const Unit& unit) { return unit.code == code; });
    return found == units.end() ? "" : found->name;
  }
  const bool now = query.places == PlaceTime::kNow;
  const Place* place = state.store().places().At(code, now ? state.Today() : DateOf(year, 12, 31));
  return place == nullptr ? "" : place->name;
}

/// What a reader must know of a table of released years.
void AddNotes(const Indicator& indicator, std::size_t years, std::size_t not_drawn,
              std::size_t changed, FigureTable& table) {
  if (years == 0) {
    table.notes.push_back(
        indicator.matures_days > 0
            ? Label{"Chưa có năm nào được công bố: một năm được công bố khi mọi người trong năm "
                    "đó đã đủ thời gian",
                    "No year is released yet: a year is, when everybody in it has had the time"}
            : Label{"Không công bố trên cấp đơn vị, hoặc chưa có năm nào kết thúc; số liệu chính "
                    "xác: --exact tại máy chủ, có ghi nhật ký",
                    "Not released above the unit, or no year is over yet; exact figures: --exact "
                    "at the console, which is audited"});
    return;
  }
  table.notes.push_back({"Đã công bố, làm tròn; * là 0-7 hoặc không hiện; không thay đổi về sau",
                         "As released, rounded; * is 0-7 or not shown; it does not change later"});
  if (not_drawn > 0) {
    table.notes.push_back(
        {std::to_string(not_drawn) + " dòng không hiện: có thể suy ra số nhỏ",
         std::to_string(not_drawn) + " lines are not shown: small numbers would follow from them"});
  }
  if (changed > 0) {
    table.notes.push_back(
        {std::to_string(changed) + " tỉnh nay có các đơn vị khác lúc công bố",
         std::to_string(changed) + " provinces have other units today than at the release"});
  }
}

bool YearIsWanted(const ReportQuery& query, int year) {
  const std::string first = std::to_string(year) + "-01", last = std::to_string(year) + "-12";
  return (!query.from || *query.from <= last) && (!query.to || *query.to >= first);
}

}  // namespace

Result<FigureTable> ReleasedFigures(ServerState& state, const Indicator& indicator,
                                    const ReportQuery& query) {
  FigureTable table;
  table.indicator = &indicator;
  table.released = true;
  TRAM_ASSIGN(std::vector<int> years, ReleasedYears(state, indicator.name));
  TRAM_ASSIGN(std::vector<Unit> units, state.store().units().All());
  std::size_t not_drawn = 0, changed = 0;
  for (int year : years) {
    if (!YearIsWanted(query, year)) continue;
    TRAM_ASSIGN(ReleasedTable released, Released(state, indicator.name, year, ByOf(query)));
    for (const ReleasedPlaceTable& place : released.places) {
      changed += place.changed;
      for (const auto& [dimension, step] : place.steps) not_drawn += step == 0;
      FigurePlace at;
      if (query.by != GroupBy::kCountry) {
        at = {place.place, NameOf(state, units, query, place.place, year)};
      }
      // That a place's year is there and not drawn is said, so that nobody takes it for missing.
      const auto everybody = place.steps.find("");
      const bool drawn = everybody != place.steps.end() && everybody->second != 0;
      if (IsWanted(query, "all") && (!drawn || place.changed)) {
        table.lines.push_back({at, std::to_string(year), "all", std::nullopt});
      }
      for (const ReleasedLine& line : place.lines) {
        if (!IsWanted(query, line.stratum)) continue;
        const auto step = place.steps.find(DimensionOf(line.stratum));
        if (step == place.steps.end() || step->second == 0) continue;
        table.lines.push_back({at, std::to_string(year), line.stratum,
                               ReleasedFigure(indicator, line, step->second)});
      }
    }
  }
  std::stable_sort(
      table.lines.begin(), table.lines.end(),
      [](const FigureLine& a, const FigureLine& b) { return a.place.code < b.place.code; });
  AddNotes(indicator, years.size(), not_drawn, changed, table);
  return table;
}

}  // namespace tram::server
