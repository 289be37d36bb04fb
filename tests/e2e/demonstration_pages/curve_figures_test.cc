// Curves on the pages against what R works out of the devices' exports, day by day. The numbers at
// risk, with the event and left are the exact ones, rounded; the curve is the life table of the
// rounded numbers; and it lies as near to the exact one as rounding allows.
//
// How near that is. Let e be the most by which a rounded number can be off: a half of the step, or
// what a number from 8 on is raised to it. A step's hazard d/x has the exposed x = n - c/2, which
// are off by at most 2 e; and the sum of d/x is, summed by parts over the cumulative events, off by
// at most 2 e/x for their sake, with x the fewest exposed. So the curve's logarithm is off by at
// most
//   b = 2 e/x (1 + |ln S|) / (1 - h),   h: the largest hazard,
// and the curve lies within a factor of exp(b) of the life table of exact numbers. That table, and
// Kaplan and Meier's curve, both lie between those in which everybody who leaves a step does so at
// its end and at its beginning.
#include <algorithm>
#include <cmath>

#include "tests/e2e/demonstration_pages/kept_pages.h"
#include "tests/e2e/demonstration_pages/shown_figures.h"

namespace tram::test {
namespace {

constexpr int kYears[] = {2016, 2017, 2018, 2019, 2020};
constexpr int kDays[] = {30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 330, 365};
constexpr std::size_t kCurvesAtOnce = 6;
constexpr std::int64_t kPersonsStep = 5, kCohortMin = 50;
constexpr double kThousandth = 0.0005 + 1e-9;  // half of the last digit
constexpr double kNormal975 = 1.959963984540054;

/// Exact numbers of one place's year.
struct ExactCurve {
  std::int64_t persons = 0;
  std::map<int, std::int64_t> events, left;  // on a day

  std::int64_t EventsBy(int day) const { return SumBy(events, day); }
  std::int64_t AtRiskAfter(int day) const {
    return persons - SumBy(events, day) - SumBy(left, day);
  }
  double KaplanMeier(int day) const {
    double survival = 1;
    for (const auto& [at, count] : events) {
      if (at > day) break;
      const auto risk = static_cast<double>(AtRiskAfter(at - 1));
      survival *= 1 - static_cast<double>(count) / risk;
    }
    return survival;
  }

 private:
  static std::int64_t SumBy(const std::map<int, std::int64_t>& counts, int day) {
    std::int64_t sum = 0;
    for (const auto& [at, count] : counts) sum += at <= day ? count : 0;
    return sum;
  }
};

/// One step of a life table: at its beginning, with the event in it, there after it.
struct LifeStep {
  double begun = 0, events = 0, after = 0;
  double Left() const { return std::max(0.0, begun - events - after); }
};

/// Cutler & Ederer 1958, with Greenwood's variance.
struct LifeTable {
  double survival = 1, greenwood = 0, low = 1, high = 1;  // low, high: who leaves, leaves at once,
                                                          // or at the end
  double fewest_exposed = INFINITY, largest_hazard = 0;

  void Add(const LifeStep& step) {
    const double exposed = step.begun - step.Left() / 2;
    const auto stay = [&](double of) { return of > step.events ? 1 - step.events / of : 0; };
    if (step.events <= 0) return;
    survival *= stay(exposed);
    high *= stay(step.begun);
    low *= stay(step.begun - step.Left());
    greenwood += step.events / (exposed * (exposed - step.events));
    fewest_exposed = std::min(fewest_exposed, exposed);
    largest_hazard = std::max(largest_hazard, step.events / exposed);
  }
  /// "0,826 (0,792-0,854)", of the log-log interval.
  double Bound(int sign) const {
    const double width = kNormal975 * std::sqrt(greenwood) / std::log(survival);
    return std::pow(survival, std::exp(sign * width));
  }
};

class CurveFiguresTest : public KeptPages {
 protected:
  void SetUp() override {
    KeptPages::SetUp();
    if (IsSkipped()) return;
    ServeAfterTheMerger();
    exact_ = std::make_unique<Recomputed>(kept_, "2026-10-31", scratch_ / "r");
  }

  ExactCurve CurveOf(const std::string& indicator, const std::string& place, Time time, int year) {
    ExactCurve curve;
    const auto units = exact_->UnitsOf(place == "country" ? "" : place, time);
    for (const auto& [bin, counts] : exact_->ByBin(units, indicator, std::to_string(year))) {
      curve.persons += counts.denominator;
      curve.events[std::stoi(bin)] += counts.numerator;
      curve.left[std::stoi(bin)] += counts.denominator - counts.numerator;
    }
    return curve;
  }
  void ComparePage(const std::string& indicator, Time time, int year);
  void CompareCurve(const std::string& where, const ExactCurve& exact,
                    const std::vector<PageTable>& tables, std::size_t column, std::int64_t step);
  void CompareSurvival(const std::string& at, const std::string& shown, const LifeTable& rounded,
                       const LifeTable& between, double kaplan_meier, std::int64_t step);
  void CompareOutcomes(const std::string& indicator, const PageTable& table, Time time, int year);

  std::unique_ptr<Recomputed> exact_;
  Comparison compared_;
  long curves_ = 0;
  double farthest_ = 0, widest_ = 0;  // from the exact life table; what the bound would allow
};

/// Nothing where the text is no curve's cell.
std::vector<double> NumbersOf(const std::string& text) {
  std::vector<double> numbers;
  std::string part;
  for (char c : text + " ") {
    if ((c >= '0' && c <= '9') || c == ',') {
      part += c;
    } else if (!part.empty()) {
      numbers.push_back(ShownDecimal(part).value_or(NAN));
      part.clear();
    }
  }
  return numbers;
}

void CurveFiguresTest::CompareSurvival(const std::string& at, const std::string& shown,
                                       const LifeTable& rounded, const LifeTable& between,
                                       double kaplan_meier, std::int64_t step) {
  const std::vector<double> numbers = NumbersOf(shown);
  const bool varies = rounded.survival > 0 && rounded.survival < 1 && rounded.greenwood > 0;
  ASSERT_EQ(numbers.size(), varies ? 3u : 1u) << at << ": " << shown;
  compared_.Near(at, numbers[0], rounded.survival, kThousandth);
  if (varies) {
    compared_.Near(at + ", low", numbers[1], rounded.Bound(-1), kThousandth);
    compared_.Near(at + ", high", numbers[2], rounded.Bound(1), kThousandth);
  }
  EXPECT_LE(between.low, kaplan_meier + 1e-12) << at;
  EXPECT_GE(between.high, kaplan_meier - 1e-12) << at;
  if (between.low <= 0 || numbers[0] <= 0) return;
  const auto off = static_cast<double>(std::max(step - kHiddenUpTo - 1, step / 2));
  const double exposed = std::min(rounded.fewest_exposed, between.fewest_exposed);
  const double hazard = std::max(rounded.largest_hazard, between.largest_hazard);
  const double bound = 2 * off / exposed * (1 - std::log(between.survival)) / (1 - hazard);
  compared_.Near(at + ", from the exact curve", numbers[0], between.survival,
                 std::max(between.high * std::exp(bound) - between.survival,
                          between.survival - between.low * std::exp(-bound)) +
                     kThousandth);
  farthest_ = std::max(farthest_, std::abs(numbers[0] - between.survival));
  widest_ = std::max(widest_, std::abs(numbers[0] - kaplan_meier));
}

void CurveFiguresTest::CompareCurve(const std::string& where, const ExactCurve& exact,
                                    const std::vector<PageTable>& tables, std::size_t column,
                                    std::int64_t step) {
  ++curves_;
  const auto &survival = tables.at(1).rows, &at_risk = tables.at(2).rows,
             &incidence = tables.at(3).rows, &loss = tables.at(4).rows;
  const std::int64_t shown_persons = RoundedTo(exact.persons, kPersonsStep);
  const auto persons = static_cast<double>(shown_persons);
  compared_.Same(where, survival.at(0).at(column), "1,000");
  compared_.Count(where, at_risk.at(0).at(column), shown_persons);
  LifeTable rounded, between;
  LifeStep shown{persons, 0, persons}, true_step{static_cast<double>(exact.persons), 0, 0};
  double events_before = 0, true_before = 0;
  for (std::size_t i = 0; i < std::size(kDays); ++i) {
    const int day = kDays[i];
    const std::string at = where + ", day " + std::to_string(day);
    const std::int64_t events = exact.EventsBy(day), risk = exact.AtRiskAfter(day);
    compared_.Same(at, at_risk.at(i + 1).at(0), std::to_string(day));
    compared_.Rounded(at + ", at risk", at_risk.at(i + 1).at(column), risk, step);
    const bool event_shown = events > kHiddenUpTo, risk_shown = risk > kHiddenUpTo;
    const double rounded_events = event_shown ? static_cast<double>(RoundedTo(events, step)) : 0;
    const double rounded_risk = risk_shown ? static_cast<double>(RoundedTo(risk, step)) : 0;
    const auto share = [&](bool is_shown, double part, const std::string& text) {
      // Nor has a whole of less than four steps a share.
      if (!is_shown || shown_persons < 4 * step) return compared_.Same(at, text, "-");
      const std::vector<double> numbers = NumbersOf(text);
      compared_.Near(at, numbers.size() == 1 ? numbers[0] : NAN, std::min(1.0, part / persons),
                     kThousandth);
    };
    share(event_shown, rounded_events, incidence.at(i + 1).at(column));
    share(risk_shown, rounded_risk, loss.at(i + 1).at(column));
    if (!event_shown || !risk_shown) {  // taken together with the next one
      compared_.Same(at, survival.at(i + 1).at(column), "-");
      continue;
    }
    // Rounded numbers need not fit together: nobody comes to life again, nobody comes back.
    shown.begun = shown.after;
    shown.after = std::min(shown.begun, rounded_risk);
    shown.events = std::max(0.0, rounded_events - events_before);
    events_before = std::max(events_before, rounded_events);
    true_step.begun = true_before == 0 && true_step.after == 0 ? static_cast<double>(exact.persons)
                                                               : true_step.after;
    true_step.events = static_cast<double>(events) - true_before;
    true_step.after = static_cast<double>(risk);
    true_before = static_cast<double>(events);
    rounded.Add(shown);
    between.Add(true_step);
    CompareSurvival(at, survival.at(i + 1).at(column), rounded, between, exact.KaplanMeier(day),
                    step);
    // What the page says of it.
    EXPECT_LE(std::abs(rounded.survival - between.survival),
              static_cast<double>(step) / static_cast<double>(risk))
        << at;
  }
}

void CurveFiguresTest::ComparePage(const std::string& indicator, Time time, int year) {
  std::vector<std::string> places{"country"};
  for (const std::string& province : exact_->Provinces(time)) places.push_back(province);
  for (std::size_t from = 0; from < places.size(); from += kCurvesAtOnce) {
    std::string address = "/outcomes/curves?indicator=" + indicator +
                          "&year=" + std::to_string(year) +
                          "&places=" + (time == Time::kNow ? "now" : "then");
    const std::size_t to = std::min(places.size(), from + kCurvesAtOnce);
    for (std::size_t i = from; i < to; ++i) address += "&place=" + places[i];
    Go(address);
    std::size_t drawn = 0, small = 0;
    for (std::size_t i = from; i < to; ++i) {
      small += CurveOf(indicator, places[i], time, year).persons < kCohortMin ? 1 : 0;
    }
    if (browser_->Has("#survival")) {
      const auto tables = Tables();
      ASSERT_EQ(tables.size(), 5u);
      for (const auto& group : tables[0].rows) {
        const std::string code = group.at(0).substr(0, group.at(0).find(' '));
        const ExactCurve exact = CurveOf(indicator, code == "Cả" ? "country" : code, time, year);
        const std::int64_t step = *ShownCount(group.at(3));
        ++drawn;
        EXPECT_GE(exact.persons, kCohortMin) << group[0];
        compared_.Rounded(group[0], group.at(1), exact.persons, kPersonsStep);
        compared_.Rounded(group[0], group.at(2), exact.EventsBy(365), step);
        compared_.Same(group[0], tables[1].head.at(drawn), group[0]);
        CompareCurve(indicator + ", " + group[0], exact, tables, drawn, step);
        if (HasFatalFailure()) return;
      }
    }
    // Who is not drawn is named; every small one is among them.
    const std::size_t named = Texts("section.note.warn li").size();
    EXPECT_GE(to - from - drawn, small) << address;
    EXPECT_LE(named, to - from - drawn) << address;
  }
}

TEST_F(CurveFiguresTest, EachIsTheLifeTableOfRoundedNumbersAsNearAsRoundingAllows) {
  for (const char* indicator : {"relapse_free", "relapse_free_end"}) {
    for (int year : kYears) {
      for (Time time : {Time::kThen, Time::kNow}) {
        ComparePage(indicator, time, year);
        if (HasFatalFailure()) return;
      }
    }
  }
  std::printf(
      "compared: %ld numbers of %ld curves; the farthest from the life table of exact "
      "numbers is off by %.3f, from Kaplan and Meier's curve by %.3f\n",
      compared_.count(), curves_, farthest_, widest_);
  EXPECT_GT(compared_.count(), 3'000);
  EXPECT_GT(curves_, 40);
}

TEST_F(CurveFiguresTest, TheTableOfOutcomesHasTheSamePointsOfThem) {
  long points = 0;
  for (int year : kYears) {
    std::map<std::string, std::vector<std::string>> at;  // by place: days 90, 180, 365
    for (const char* place : {"country", "24", "56", "79"}) {
      Go("/outcomes/curves?indicator=relapse_free&year=" + std::to_string(year) +
         "&place=" + place);
      if (!browser_->Has("#survival")) continue;
      const auto tables = Tables();
      for (int day : {90, 180, 365}) {
        for (const auto& row : tables[1].rows) {
          if (row[0] == std::to_string(day)) at[place].push_back(row.at(1));
        }
      }
    }
    Go("/outcomes?year=" + std::to_string(year) + "&by=then");
    for (const PageTable& table : Tables()) {
      if (table.section != "relapse_free") continue;
      for (const auto& row : table.rows) {
        const std::string code = row[0].substr(0, row[0].find(' '));
        const auto curve = at.find(code == "Cả" ? "country" : code);
        if (curve == at.end()) continue;
        const ExactCurve exact = CurveOf("relapse_free", curve->first, Time::kThen, year);
        compared_.Rounded(row[0], row.at(1), exact.persons, kPersonsStep);
        compared_.Rounded(row[0], row.at(2), exact.EventsBy(365), *ShownCount(row.back()));
        for (std::size_t i = 0; i < 3; ++i) compared_.Same(row[0], row.at(3 + i), curve->second[i]);
        ++points;
      }
    }
  }
  std::printf("compared: %ld numbers of %ld curves in the tables of outcomes\n", compared_.count(),
              points);
  EXPECT_GE(points, 10);
}

}  // namespace
}  // namespace tram::test
