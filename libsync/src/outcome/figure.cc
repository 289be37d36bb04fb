#include "tram/outcome/figure.h"

#include <algorithm>
#include <charconv>

namespace tram {
namespace {

/// The day that the first `length` characters of a bin are.
Result<std::int64_t> DayOf(const std::string& bin, std::size_t length) {
  std::int64_t day = 0;
  auto [end, error] = std::from_chars(bin.data(), bin.data() + length, day);
  if (error == std::errc() && end == bin.data() + length) return day;
  return MakeError(ErrorCode::kInvalid, "the bin '" + bin + "' is no day; correct the programme");
}

/// The part of something shown that is not among another of it.
Shown Rest(Shown whole, Shown part) {
  if (whole.hidden() || part.hidden()) return Shown::Hidden();
  const std::int64_t rest = std::max<std::int64_t>(0, *whole.value() - *part.value());
  const std::int64_t to = std::max(whole.rounded_to(), part.rounded_to());
  return to == 1 ? Shown::Exact(rest) : Shown::Rounded(rest, to);
}

Shown Sum(Shown a, Shown b) {
  if (a.hidden() || b.hidden()) return Shown::Hidden();
  const std::int64_t sum = *a.value() + *b.value();
  const std::int64_t to = std::max(a.rounded_to(), b.rounded_to());
  return to == 1 ? Shown::Exact(sum) : Shown::Rounded(sum, to);
}

/// The days of the table, then those of the months up to `last`.
template <class At, class MakeAt>
void FillCurve(std::int64_t last, const MakeAt& make, std::vector<At>& at,
               std::vector<At>& months) {
  for (std::int64_t day : kCurveDays) at.push_back(make(day));
  for (std::int64_t month = 0; month <= kCurveMonthsMax && month * kCurveMonthDays <= last;
       ++month) {
    months.push_back(make(month * kCurveMonthDays));
  }
}

/// A whole of fewer rounding steps than this gives no share: 40 of 40, both rounded to 20, may be
/// one half.
constexpr std::int64_t kStepsInAWhole = 4;

}  // namespace

Share ShareOf(Shown part, Shown whole) {
  if (part.hidden() || whole.hidden() || *whole.value() == 0) return {};
  const std::int64_t step = std::max(part.rounded_to(), whole.rounded_to());
  if (step > 1 && step * kStepsInAWhole > *whole.value()) return {};
  std::int64_t among = *part.value();
  // Each rounded by itself, a part can come out larger than its whole.
  if (step > 1) among = std::min(among, *whole.value());
  return {static_cast<double>(among) / static_cast<double>(*whole.value()),
          WilsonInterval(among, *whole.value())};
}

OutcomeFigure OutcomeOf(Shown cohort, Shown known, Shown success) {
  OutcomeFigure outcome{known, success, {}, {}, {}, {}};
  outcome.low = ShareOf(success, cohort);
  outcome.of_known = ShareOf(success, known);
  outcome.high = ShareOf(Sum(success, Rest(cohort, known)), cohort);
  outcome.coverage = ShareOf(known, cohort);
  // Those are bounds and a description, not estimates of a share.
  outcome.low.interval = outcome.high.interval = outcome.coverage.interval = std::nullopt;
  return outcome;
}

void FigureSum::Add(const IndicatorRow& row) {
  Counts& counts = bins_[row.bin];
  counts.numerator += row.numerator;
  counts.denominator += row.denominator;
}

std::vector<std::string> FigureSum::BinsInOrder(const Indicator& indicator) const {
  std::vector<std::string> names;
  for (const Bin& bin : indicator.bins) {
    if (bins_.count(bin.name) != 0) names.push_back(bin.name);
  }
  for (const auto& [name, counts] : bins_) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

Result<Figure> FigureSum::Of(const Indicator& indicator) const {
  switch (indicator.shape) {
    case IndicatorShape::kCount: {
      CountFigure figure;
      for (const std::string& bin : BinsInOrder(indicator)) {
        figure.parts.push_back({bin, Shown::Exact(bins_.at(bin).numerator)});
      }
      return Figure(std::move(figure));
    }
    case IndicatorShape::kRate: {
      RateFigure figure;
      for (const std::string& bin : BinsInOrder(indicator)) {
        const Counts& counts = bins_.at(bin);
        const Shown part = Shown::Exact(counts.numerator), of = Shown::Exact(counts.denominator);
        Share share = ShareOf(part, of);
        if (indicator.ratio) share.interval.reset();
        figure.parts.push_back({bin, part, of, share});
      }
      return Figure(std::move(figure));
    }
    case IndicatorShape::kSurvival:
      return Survival();
    case IndicatorShape::kCompeting:
      return Incidence(indicator);
    case IndicatorShape::kStates:
      return States(indicator);
    case IndicatorShape::kDays:
      return Days();
  }
  return Figure(CountFigure{});
}

Result<std::vector<SurvivalRow>> FigureSum::SurvivalRows() const {
  std::vector<SurvivalRow> rows;
  for (const auto& [bin, counts] : bins_) {
    TRAM_ASSIGN(const std::int64_t day, DayOf(bin, bin.size()));
    rows.push_back({day, counts.numerator, counts.denominator});
  }
  return rows;
}

Result<Figure> FigureSum::Survival() const {
  TRAM_ASSIGN(const std::vector<SurvivalRow> rows, SurvivalRows());
  TRAM_ASSIGN(const SurvivalCurve curve, SurvivalCurve::Fit(rows));
  SurvivalFigure figure;
  figure.cohort = Shown::Exact(curve.cohort());
  figure.events = Shown::Exact(curve.events());
  auto at = [&](std::int64_t day) {
    SurvivalFigure::At point{day, {}, {}, {}};
    auto known = curve.At(day);
    if (!known) return point;
    point.at_risk = Shown::Exact(known->at_risk);
    point.survival = known->survival;
    if (known->lower && known->upper) point.interval = Interval{*known->lower, *known->upper};
    return point;
  };
  const std::int64_t last = curve.steps().empty() ? -1 : curve.steps().back().day;
  FillCurve(last, at, figure.at, figure.months);
  return Figure(std::move(figure));
}

Result<Figure> FigureSum::Incidence(const Indicator& indicator) const {
  std::vector<CompetingRow> rows;
  for (const auto& [bin, counts] : bins_) {
    const std::size_t colon = std::min(bin.find(':'), bin.size());
    CompetingRow row;
    TRAM_ASSIGN(row.day, DayOf(bin, colon));
    row.leaving = counts.denominator;
    if (colon < bin.size()) {
      const std::string cause = bin.substr(colon + 1);
      auto found = std::find_if(indicator.bins.begin(), indicator.bins.end(),
                                [&](const Bin& known) { return known.name == cause; });
      if (found == indicator.bins.end()) {
        return MakeError(ErrorCode::kInvalid, "the bin '" + bin +
                                                  "' names a cause that the indicator has not; "
                                                  "correct the programme");
      }
      row.cause = static_cast<std::size_t>(found - indicator.bins.begin());
    }
    rows.push_back(row);
  }
  TRAM_ASSIGN(const IncidenceCurve curve, IncidenceCurve::Fit(rows, indicator.bins.size()));
  IncidenceFigure figure;
  figure.cohort = Shown::Exact(curve.cohort());
  for (std::size_t i = 0; i < indicator.bins.size(); ++i) {
    figure.causes.push_back({indicator.bins[i].name, Shown::Exact(curve.events()[i])});
  }
  auto at = [&](std::int64_t day) {
    IncidenceFigure::At point{day, {}, {}, {}};
    auto known = curve.At(day);
    if (!known) return point;
    point.at_risk = Shown::Exact(known->at_risk);
    point.event_free = known->event_free;
    point.causes = std::move(known->causes);
    return point;
  };
  const std::int64_t last = curve.steps().empty() ? -1 : curve.steps().back().day;
  FillCurve(last, at, figure.at, figure.months);
  return Figure(std::move(figure));
}

Result<Figure> FigureSum::States(const Indicator& indicator) const {
  std::int64_t cohort = 0, known = 0, success = 0;
  bool any_success = false;
  for (const auto& [bin, counts] : bins_) cohort += counts.numerator;
  StatesFigure figure;
  figure.cohort = Shown::Exact(cohort);
  for (const Bin& bin : indicator.bins) {
    auto found = bins_.find(bin.name);
    const std::int64_t persons = found == bins_.end() ? 0 : found->second.numerator;
    if (bin.standing != Standing::kUnknown) known += persons;
    if (bin.standing == Standing::kSuccess) success += persons;
    any_success |= bin.standing == Standing::kSuccess;
    Share share = ShareOf(Shown::Exact(persons), figure.cohort);
    share.interval.reset();
    figure.states.push_back({bin.name, Shown::Exact(persons), share});
  }
  for (const auto& [name, counts] : bins_) {
    const bool is_state =
        std::any_of(indicator.bins.begin(), indicator.bins.end(),
                    [&state = name](const Bin& bin) { return bin.name == state; });
    if (is_state || counts.numerator == 0) continue;
    return MakeError(ErrorCode::kInvalid, "the bin '" + name +
                                              "' is a state that the indicator has not; correct "
                                              "the programme");
  }
  if (any_success) {
    figure.outcome = OutcomeOf(figure.cohort, Shown::Exact(known), Shown::Exact(success));
  }
  return Figure(std::move(figure));
}

Result<Figure> FigureSum::Days() const {
  std::map<std::int64_t, std::int64_t> days;
  std::int64_t records = 0;
  for (const auto& [bin, counts] : bins_) {
    TRAM_ASSIGN(const std::int64_t day, DayOf(bin, bin.size()));
    days[day] += counts.numerator;
    records += counts.numerator;
  }
  return Figure(DaysFigure{Shown::Exact(records), QuartilesOf(days)});
}

}  // namespace tram
