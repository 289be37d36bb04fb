#include "exchange/measure_reports.h"

#include <set>

namespace tram::server {
namespace {

constexpr char kImprovement[] =
    "http://terminology.hl7.org/CodeSystem/measure-improvement-notation";

/// "2026-11-22T19:05:00+07:00"
std::string MomentText(std::int64_t wall_ms) {
  std::string text = LocalTimeText(wall_ms);
  text[text.find(' ')] = 'T';
  return text + ":00+07:00";
}

FhirJson PeriodOf(const std::string& period) {
  if (const Result<Date> month = ParseMonth(period)) {
    return {{"start", period + "-01"}, {"end", IsoDate(MonthEnd(*month))}};
  }
  return {{"start", period + "-01-01"}, {"end", period + "-12-31"}};
}

/// Nothing: the line has no such number.
std::optional<Shown> CountOf(const MeasurePopulation& population, const ExchangeLine& line) {
  const Shown* count = line.Find(population.item);
  if (count == nullptr) return std::nullopt;
  if (population.with.empty()) return *count;
  const Shown* other = line.Find(population.with);
  if (other == nullptr || other->hidden() || count->hidden()) return Shown::Hidden();
  const std::int64_t sum = *count->value() + *other->value();
  return line.rounded_to > 1 ? Shown::Rounded(sum, line.rounded_to) : Shown::Exact(sum);
}

FhirJson PopulationOf(const MeasurePopulation& population, const Shown& count) {
  FhirJson made{{"code", PopulationCode(population.code)}};
  if (count.hidden()) {
    made["_count"] = Absent("masked");
  } else {
    made["count"] = *count.value();
  }
  return made;
}

/// Of counts as they are shown; nothing where one is hidden or the whole is too small.
std::optional<double> ScoreOf(const MeasureGroup& group, const ExchangeLine& line) {
  if (group.survival_day > 0) {
    const auto found = line.survival.find(group.survival_day);
    return found == line.survival.end() ? std::nullopt : std::optional(found->second);
  }
  std::optional<Shown> part, whole;
  for (const MeasurePopulation& population : group.populations) {
    const std::string_view code = population.code;
    if (code == "numerator") part = CountOf(population, line);
    if (code == "denominator") whole = CountOf(population, line);
  }
  if (!part || !whole) return std::nullopt;
  return ShareOf(*part, *whole).value;
}

/// Populations, score and to what they are rounded: of a group, or of one of its strata. False: the
/// line has no such numbers.
bool Fill(const MeasureGroup& group, const ExchangeLine& line, FhirJson& made) {
  FhirJson populations = FhirJson::array();
  for (const MeasurePopulation& population : group.populations) {
    const std::optional<Shown> count = CountOf(population, line);
    if (!count) return false;
    populations.push_back(PopulationOf(population, *count));
  }
  if (line.rounded_to > 1) {
    made["extension"] =
        FhirJson::array({{{"url", kRoundedExtension}, {"valueInteger", line.rounded_to}}});
  }
  made["population"] = std::move(populations);
  if (const auto score = ScoreOf(group, line)) made["measureScore"] = {{"value", *score}};
  return true;
}

class BundleMaker {
 public:
  BundleMaker(const ExchangeFigures& figures, Language in)
      : figures_(figures), programme_(*figures.programme), in_(in) {
    for (MeasurePlan& plan : MeasurePlans(programme_)) {
      const Indicator* indicator = plan.indicator;
      plans_.emplace(indicator, std::move(plan));
    }
  }

  FhirJson Make() {
    FhirJson entries = FhirJson::array();
    std::set<const Indicator*> measured;
    for (const ExchangeReport& report : figures_.reports) {
      if (!measured.insert(report.indicator).second) continue;
      FhirJson measure = MeasureOf(programme_, plans_.at(report.indicator), in_);
      const std::string url = measure["url"];
      entries.push_back({{"fullUrl", url}, {"resource", std::move(measure)}});
    }
    for (const ExchangeReport& report : figures_.reports) {
      FhirJson made = ReportOf(report);
      const std::string url = "urn:uuid:" + made["id"].get<std::string>();
      entries.push_back({{"fullUrl", url}, {"resource", std::move(made)}});
    }
    FhirJson bundle{{"resourceType", "Bundle"},
                    {"id", StableId({programme_.name, figures_.query.Text()})},
                    {"language", Tag()},
                    {"type", "collection"},
                    {"timestamp", MomentText(figures_.made_ms)}};
    if (!entries.empty()) bundle["entry"] = std::move(entries);  // FHIR knows no empty arrays
    return bundle;
  }

 private:
  const char* Tag() const { return in_ == Language::kVietnamese ? "vi" : "en"; }

  /// By its code: where the figures are of, or who tells them.
  FhirJson Reference(const ExchangePlace& place, const char* type) const {
    const bool country = place.kind == ExchangeBy::kCountry;
    const std::string system = country                           ? "urn:iso:std:iso:3166"
                               : place.kind == ExchangeBy::kUnit ? kUnitSystem
                                                                 : kProvinceSystem;
    FhirJson identifier{{"system", system}, {"value", country ? "VN" : place.code}};
    // Provinces' codes pass on: since when it is this one's.
    if (place.kind == ExchangeBy::kProvince) {
      identifier["period"] = {{"start", IsoDate(place.from)}};
    }
    const std::string name = !country                       ? place.name
                             : in_ == Language::kVietnamese ? "Việt Nam"
                                                            : "Viet Nam";
    return {{"type", type}, {"identifier", std::move(identifier)}, {"display", name}};
  }

  FhirJson ReportOf(const ExchangeReport& report) const {
    const ExchangePlace& place = figures_.places[report.place];
    const MeasurePlan& plan = plans_.at(report.indicator);
    const std::string url = MeasureUrl(programme_, *report.indicator);
    const bool open =
        figures_.query.part == ExchangePart::kActivity && !figures_.published_ms.has_value();
    FhirJson made{{"resourceType", "MeasureReport"},
                  {"id", StableId({url, std::string(NameOf(place.kind)), place.code,
                                   IsoDate(place.from), report.period,
                                   figures_.query.board.places == PlaceTime::kNow ? "now" : ""})},
                  {"language", Tag()},
                  {"status", open ? "pending" : "complete"},
                  {"type", "summary"},
                  {"measure", url + "|" + std::to_string(programme_.version)},
                  {"subject", Reference(place, "Location")},
                  {"date", MomentText(figures_.made_ms)},
                  {"reporter", Reference(place, "Organization")},
                  {"period", PeriodOf(report.period)}};
    if (plan.more_is_better) made["improvementNotation"] = Coded(kImprovement, "increase");
    for (const MeasureGroup& group : plan.groups) {
      FhirJson part{{"code", Coded(kItemSystem, group.code, group.label.In(in_))}};
      bool some = false;
      for (const ExchangeLine& line : report.lines) {
        if (line.stratum == kEverybody) some = Fill(group, line, part) || some;
      }
      FhirJson strata = StrataOf(plan, group, report);
      if (!strata.empty()) part["stratifier"] = std::move(strata);
      if (some || part.contains("stratifier")) made["group"].push_back(std::move(part));
    }
    return made;
  }

  FhirJson StrataOf(const MeasurePlan& plan, const MeasureGroup& group,
                    const ExchangeReport& report) const {
    FhirJson all = FhirJson::array();
    for (const std::string& dimension : plan.dimensions) {
      FhirJson strata = FhirJson::array();
      for (const ExchangeLine& line : report.lines) {
        if (DimensionOfStratum(line.stratum) != dimension) continue;
        FhirJson stratum{{"value", Coded(kStratumSystem, line.stratum,
                                         StratumLabel(programme_, line.stratum, in_))}};
        if (Fill(group, line, stratum)) strata.push_back(std::move(stratum));
      }
      if (strata.empty()) continue;
      all.push_back({{"code", FhirJson::array({Coded(kDimensionSystem, dimension,
                                                     DimensionLabel(programme_, dimension, in_))})},
                     {"stratum", std::move(strata)}});
    }
    return all;
  }

  const ExchangeFigures& figures_;
  const Programme& programme_;
  const Language in_;
  std::map<const Indicator*, MeasurePlan> plans_;
};

}  // namespace

Result<FhirJson> MakeMeasureReports(const ExchangeFigures& figures, Language in) {
  if (figures.reports.size() > kMeasureReportsMax) {
    return MakeError(ErrorCode::kInvalid,
                     "tài liệu này quá lớn: hãy chọn một tỉnh · this document is too large: choose "
                     "a province");
  }
  return BundleMaker(figures, in).Make();
}

}  // namespace tram::server
