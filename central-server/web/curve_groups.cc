#include "web/curve_groups.h"

#include <algorithm>
#include <map>

namespace tram::server {
namespace {

constexpr std::string_view kCountry = "country";

void Offer(Json& model, const char* field, std::string_view value, const std::string& label,
           bool chosen) {
  model[field].push_back({{"value", std::string(value)}, {"label", label}, {"chosen", chosen}});
}

/// Curves are found by their shape.
const Indicator* AskIndicator(const PageCall& call, const ReleasedIndicators& indicators,
                              Json& model) {
  std::vector<const Indicator*> curves;
  for (const Indicator* indicator : indicators.released) {
    const bool curve = indicator->shape == IndicatorShape::kSurvival;
    if (curve && !indicators.years.at(indicator).empty()) curves.push_back(indicator);
  }
  const Indicator* asked = curves.empty() ? nullptr : curves.front();
  for (const Indicator* indicator : curves) {
    if (call.Query("indicator") == indicator->name) asked = indicator;
  }
  for (const Indicator* indicator : curves) {
    Offer(model, "indicators", indicator->name, call.In(indicator->label), indicator == asked);
  }
  return asked;
}

std::set<int> AskYears(const PageCall& call, const std::vector<int>& years, Json& model) {
  const std::vector<std::string> wanted = AllOf(call.request.query, "year");
  std::set<int> asked;
  for (int year : years) {
    if (std::count(wanted.begin(), wanted.end(), std::to_string(year)) > 0) asked.insert(year);
  }
  if (asked.empty()) asked.insert(years.back());
  for (int year : years) {
    const std::string name = std::to_string(year);
    Offer(model, "years", name, name, asked.contains(year));
  }
  return asked;
}

}  // namespace

std::string CurvesAsked::Link() const {
  std::string link = indicator == nullptr ? "" : "indicator=" + PercentEncode(indicator->name);
  for (int year : years) link += "&year=" + std::to_string(year);
  for (const std::string& place : places) {
    link += "&place=" + PercentEncode(place.empty() ? std::string(kCountry) : place);
  }
  return link + "&places=" + (time == PlaceTime::kNow ? "now" : "then");
}

CurvesAsked AskCurves(const PageCall& call, const ReleasedIndicators& indicators, Json& model) {
  CurvesAsked asked;
  asked.indicator = AskIndicator(call, indicators, model);
  if (asked.indicator == nullptr) return asked;
  asked.years = AskYears(call, indicators.years.at(asked.indicator), model);
  for (const std::string& place : AllOf(call.request.query, "place")) {
    asked.places.insert(place == kCountry ? "" : place);
  }
  if (asked.places.empty()) asked.places.insert("");
  const bool now = call.Query("places") == "now";
  asked.time = now ? PlaceTime::kNow : PlaceTime::kThen;
  Offer(model, "times", "then", call.Words("như khi đó", "as they were then"), !now);
  Offer(model, "times", "now", call.Words("như hiện nay", "as they are now"), now);
  return asked;
}

void OfferCurvePlaces(const CurvesAsked& asked, const std::vector<ReleasedRow>& rows, Json& model) {
  std::map<std::string, std::string> names;
  for (const ReleasedRow& row : rows) names[row.code] = row.place;
  for (const auto& [code, name] : names) {
    Offer(model, "places", code.empty() ? kCountry : code, name, asked.places.contains(code));
  }
}

Result<std::vector<ReleasedRow>> CurveRows(const ReleasedReader& reader, const CurvesAsked& asked) {
  const ReleasedBy provinces =
      asked.time == PlaceTime::kNow ? ReleasedBy::kProvinceNow : ReleasedBy::kProvinceThen;
  std::vector<ReleasedRow> rows;
  for (ReleasedBy by : {ReleasedBy::kCountry, provinces}) {
    for (int year : asked.years) {
      TRAM_ASSIGN(std::vector<ReleasedRow> more,
                  reader.Rows(*asked.indicator, year, {by, asked.time, {}}, ""));
      std::move(more.begin(), more.end(), std::back_inserter(rows));
    }
  }
  return rows;
}

Shown CurveGroup::Persons() const {
  const auto found = row.line.numbers.find("persons");
  return found == row.line.numbers.end() ? Shown::Hidden() : Of(found->second);
}

std::vector<CurveLine> LinesOf(const CurveGroup& group) {
  const auto share = [&](const std::optional<std::int64_t>& number) {
    return CurveCell(ShareOf(group.Of(number), group.Persons()).value, {});
  };
  std::vector<CurveLine> lines{{0, CurveCell(1.0, {}), CountCell(group.Persons()), CountCell(0),
                                CurveCell(0.0, {}), CurveCell(1.0, {})}};
  for (const ReleasedStep& step : group.steps) {
    lines.push_back({step.day, CurveCell(step.survival, step.interval),
                     CountCell(group.Of(step.at_risk)), CountCell(group.Of(step.events)),
                     share(step.events), share(step.at_risk)});
  }
  return lines;
}

std::vector<CurveGroup> ChosenCurves(const CurvesAsked& asked, std::vector<ReleasedRow> rows,
                                     std::vector<std::string>& not_drawn) {
  std::vector<CurveGroup> groups;
  for (ReleasedRow& row : rows) {
    if (!asked.places.contains(row.code)) continue;
    const std::string label = row.place + ", " + std::to_string(row.year);
    if (!row.why.empty()) {
      not_drawn.push_back(label + ": " + row.why);
    } else {
      std::vector<ReleasedStep> steps = ReleasedCurve(row.line);
      groups.push_back({std::move(row), label, std::move(steps)});
    }
  }
  return groups;
}

}  // namespace tram::server
