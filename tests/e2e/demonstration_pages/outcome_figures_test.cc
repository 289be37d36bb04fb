// Outcomes on the pages against what R works out of the devices' exports: each shown number is the
// exact one rounded as its row says, each hidden one is small, each share is that of the rounded
// numbers; and success between units.
#include <algorithm>
#include <cmath>

#include "tests/e2e/demonstration_pages/kept_pages.h"
#include "tests/e2e/demonstration_pages/shown_figures.h"
#include "tests/support/paths.h"
#include "tram/base/os_file.h"
#include "tram/programme/programme.h"

namespace tram::test {
namespace {

constexpr int kYears[] = {2016, 2017, 2018, 2019, 2020};
constexpr const char* kDimensions[] = {"sex", "age_group", "referral", "primary_drug"};
constexpr std::int64_t kCohortMin = 8, kCurveCohortMin = 50, kPersonsStep = 5;
constexpr std::int64_t kStepsOfAShare = 4;  // a whole of fewer steps has no share
constexpr std::size_t kProgrammeBytesMax = 1 << 20;

using Bins = std::set<std::string>;

struct States {
  const char* indicator;
  Bins success, known, unknown;
  /// What a column counts, by its head.
  std::map<std::string, Bins> columns;
};

const Bins kStateSuccess{"not_using_in_treatment", "not_using_out_of_treatment"};
const Bins kStateKnown{"using", "died", "detained"};
const Bins kStateUnknown{"moved_or_transferred", "not_known"};
const std::map<std::string, Bins> kStateColumns{{"Đã chết", {"died"}},
                                                {"Ở cơ sở bắt buộc hoặc trại giam", {"detained"}},
                                                {"Đang sử dụng", {"using"}},
                                                {"thành công", kStateSuccess},
                                                {"đã rõ, không thành công", kStateKnown},
                                                {"chưa rõ", kStateUnknown},
                                                {"Chuyển đi", {"moved_or_transferred"}},
                                                {"Không rõ", {"not_known"}}};
const std::map<std::string, Bins> kUseColumns{{"Không sử dụng lần nào", {"no_use"}},
                                              {"Có sử dụng", {"some_use"}},
                                              {"Không rõ", {"not_known"}}};
const States kStates[] = {
    {"state_12m", kStateSuccess, kStateKnown, kStateUnknown, kStateColumns},
    {"state_12m_end", kStateSuccess, kStateKnown, kStateUnknown, kStateColumns},
    {"no_use_12m", {"no_use"}, {"some_use"}, {"not_known"}, kUseColumns},
    {"no_use_12m_end", {"no_use"}, {"some_use"}, {"not_known"}, kUseColumns}};

const std::map<std::string, std::string> kRetention{
    {"90 ngày", "90"}, {"180 ngày", "180"}, {"365 ngày", "365"}};

/// Whose figures a row shows.
struct RowOf {
  std::string where, year, stratum = "all";
  std::set<std::string> units;
};

/// What success is on a unit's line, as it is shown.
struct UnitSuccess {
  std::int64_t known = 0, success = 0;
  friend auto operator<=>(const UnitSuccess&, const UnitSuccess&) = default;
};

class OutcomeFiguresTest : public KeptPages {
 protected:
  void SetUp() override {
    KeptPages::SetUp();
    if (IsSkipped()) return;
    ServeAfterTheMerger();
    exact_ = std::make_unique<Recomputed>(kept_, "2026-10-31", scratch_ / "r");
    LearnLabels();
  }

  /// "Giới tính: Nam" is sex=male: words, no figures.
  void LearnLabels() {
    const auto text = ReadFile(InSource("libsync/programmes/treatment.toml"), kProgrammeBytesMax);
    ASSERT_TRUE(text);
    const auto programme = Programme::Load(*text, "treatment.toml");
    ASSERT_TRUE(programme);
    strata_["tất cả"] = "all";
    for (const Dimension& dimension : (*programme)->dimensions) {
      const Field* field = (*programme)->ByName(dimension.record)->ByName(dimension.field);
      std::vector<std::string> codes{""};  // not recorded
      for (const CodeValue& code : (*programme)->Codes(field->codes)->values) {
        codes.push_back(code.name);
      }
      for (const std::string& code : codes) {
        const std::string stratum = dimension.name + "=" + code;
        strata_[StratumLabel(**programme, stratum, Language::kVietnamese)] = stratum;
      }
    }
    for (const std::string& stratum : exact_->Strata("new_profile")) {
      const auto is_it = [&](const auto& known) { return known.second == stratum; };
      ASSERT_TRUE(stratum == "all" || std::ranges::any_of(strata_, is_it)) << stratum;
    }
  }

  /// Every table of the page; `by`: then, now, country, units.
  /// A page and those that go on with it.
  void CompareAll(const std::string& path, int year, Time time, bool units);
  void CompareTables(int year, Time time, bool units);
  void CompareRow(const PageTable& table, const RowOf& of, const std::vector<std::string>& cells,
                  std::size_t names);
  void CompareStates(const States& states, const PageTable& table, const RowOf& of,
                     const std::vector<std::string>& cells, std::size_t names);
  void CompareSuccess(const States& states, const RowOf& of, const std::vector<std::string>& cells,
                      std::size_t names);
  void CompareRate(const std::string& indicator, const RowOf& of,
                   const std::vector<std::string>& cells, std::size_t names);
  void CompareNotDrawn(const std::string& indicator, const RowOf& of, const std::string& why);

  void CompareLines(const std::string& where, std::int64_t largest, double mean);

  std::int64_t CountOf(const RowOf& of, const std::string& indicator, const Bins& bins) const {
    std::int64_t sum = 0;
    for (const std::string& bin : bins) {
      sum += exact_->Sum(of.units, indicator, of.year, bin, of.stratum).numerator;
    }
    return sum;
  }
  /// How many persons (or records) a line of the indicator is about.
  std::int64_t CohortOf(const RowOf& of, const std::string& indicator) const;
  /// Whether it has a number that would be hidden.
  bool HasSmall(const RowOf& of, const std::string& indicator) const;

  std::unique_ptr<Recomputed> exact_;
  std::map<std::string, std::string> strata_;
  std::map<std::pair<int, std::string>, UnitSuccess> success_of_units_;  // of state_12m
  Comparison compared_;
  long not_drawn_ = 0, lines_ = 0;
};

std::int64_t OutcomeFiguresTest::CohortOf(const RowOf& of, const std::string& indicator) const {
  std::int64_t cohort = 0;
  for (const auto& [bin, counts] : exact_->ByBin(of.units, indicator, of.year)) {
    if (indicator == "retention" && bin != "90") continue;  // the same persons three times
    cohort += std::max(counts.numerator, counts.denominator);
  }
  return cohort;
}

bool OutcomeFiguresTest::HasSmall(const RowOf& of, const std::string& indicator) const {
  for (const States& states : kStates) {
    if (indicator != states.indicator) continue;
    return std::ranges::any_of(states.columns, [&](const auto& column) {
      return CountOf(of, indicator, column.second) <= kHiddenUpTo;
    });
  }
  const auto bins = exact_->ByBin(of.units, indicator, of.year);
  return bins.empty() || std::ranges::any_of(bins, [](const auto& bin) {
           const ExactCounts& counts = bin.second;
           return counts.numerator <= kHiddenUpTo ||
                  counts.denominator - counts.numerator <= kHiddenUpTo;
         });
}

/// A line is left out where it has too few persons, or where one of its numbers, or of a unit's or
/// province's that it shares persons with, is small.
void OutcomeFiguresTest::CompareNotDrawn(const std::string& indicator, const RowOf& of,
                                         const std::string& why) {
  ++not_drawn_;
  EXPECT_TRUE(why.starts_with("không hiện: dưới ")) << of.where << ": " << why;
  const bool curve = indicator.starts_with("relapse_free");
  bool small = CohortOf(of, indicator) < (curve ? kCurveCohortMin : kCohortMin);
  for (const std::string& unit : of.units) {
    small = small || HasSmall({"", of.year, "all", {unit}}, indicator);
  }
  EXPECT_TRUE(small) << of.where << ", " << indicator << " is not drawn, and has no small number";
}

void OutcomeFiguresTest::CompareStates(const States& states, const PageTable& table,
                                       const RowOf& of, const std::vector<std::string>& cells,
                                       std::size_t names) {
  const std::int64_t step = *ShownCount(cells.back());
  compared_.Rounded(of.where + ", persons", cells.at(names), CohortOf(of, states.indicator),
                    kPersonsStep);
  for (std::size_t i = names + 1; i + 1 < cells.size(); ++i) {
    const auto column = states.columns.find(table.head.at(i));
    ASSERT_NE(column, states.columns.end()) << table.head.at(i);
    compared_.Rounded(of.where + ", " + column->first, cells[i],
                      CountOf(of, states.indicator, column->second), step);
  }
}

/// From the numbers that are shown: N, S and K give S/N, S/K with its interval, (S + N - K)/N, K/N.
void OutcomeFiguresTest::CompareSuccess(const States& states, const RowOf& of,
                                        const std::vector<std::string>& cells, std::size_t names) {
  const std::string& at = of.where;
  const std::int64_t step = *ShownCount(cells.back());
  const std::int64_t exact_success = CountOf(of, states.indicator, states.success);
  const std::int64_t exact_known = CountOf(of, states.indicator, states.known);
  compared_.Rounded(at + ", persons", cells.at(names), CohortOf(of, states.indicator),
                    kPersonsStep);
  compared_.Rounded(at + ", success", cells.at(names + 1), exact_success, step);
  // Known is released where there are several unknown states, else the sum of what is shown.
  const bool by_itself = states.unknown.size() > 1 && !of.where.starts_with("unit");
  const bool both = exact_success > kHiddenUpTo && exact_known > kHiddenUpTo;
  if (by_itself) {
    compared_.Rounded(at + ", known", cells.at(names + 2), exact_success + exact_known, step);
  } else if (!both) {
    compared_.Same(at + ", known", cells.at(names + 2), "*");
  } else {
    compared_.Count(at + ", known", cells.at(names + 2),
                    RoundedTo(exact_success, step) + RoundedTo(exact_known, step));
  }
  const auto persons = ShownCount(cells[names]), success = ShownCount(cells[names + 1]),
             known = ShownCount(cells[names + 2]);
  const auto n = static_cast<double>(persons.value_or(0));
  const auto s = static_cast<double>(success.value_or(0));
  const auto k = static_cast<double>(known.value_or(0));
  const bool of_all = persons && *persons >= kStepsOfAShare * step;
  const bool of_known = success && known && *known >= kStepsOfAShare * step;
  const auto share = [](bool there, double part, double whole) {
    return there ? std::optional(std::min(1.0, part / whole)) : std::nullopt;
  };
  compared_.Share(at + ", low", cells.at(names + 3), share(of_all && success, s, n));
  compared_.Share(at + ", of known", cells.at(names + 4), share(of_known, s, k));
  compared_.Wilson(at + ", of known", cells.at(names + 5), std::min(s, k), k, of_known);
  compared_.Share(at + ", high", cells.at(names + 6),
                  share(of_all && success && known, s + n - std::min(k, n), n));
  compared_.Share(at + ", coverage", cells.at(names + 7), share(of_all && known, k, n));
  if (!of.where.starts_with("unit") || std::string(states.indicator) != "state_12m") return;
  if (success && known) {
    success_of_units_[{std::stoi(of.year), *of.units.begin()}] = {*known, *success};
  }
}

void OutcomeFiguresTest::CompareRate(const std::string& indicator, const RowOf& of,
                                     const std::vector<std::string>& cells, std::size_t names) {
  std::string bin;
  if (indicator == "retention") bin = kRetention.at(cells.at(names++));
  const std::int64_t step = *ShownCount(cells.back());
  const ExactCounts exact = exact_->Sum(of.units, indicator, of.year, bin, of.stratum);
  const std::int64_t no = exact.denominator - exact.numerator;
  const std::string at = of.where + ", " + indicator + " " + bin;
  if (!bin.empty() && std::min(exact.numerator, no) <= kHiddenUpTo) {
    // Of retention nothing is shown where any number of it is small.
    compared_.Same(at, cells.at(names) + cells.at(names + 1), "**");
  } else if (!bin.empty() && cells.at(names) == "*") {
    CompareNotDrawn(indicator, of, "không hiện: dưới ");
  } else {
    compared_.Rounded(at + ", yes", cells.at(names), exact.numerator, step);
    compared_.Rounded(at + ", no", cells.at(names + 1), no, step);
  }
  const auto yes = ShownCount(cells.at(names)), others = ShownCount(cells.at(names + 1));
  const bool shown = yes && others && *yes + *others >= kStepsOfAShare * step;
  const auto part = static_cast<double>(yes.value_or(0));
  const double whole = part + static_cast<double>(others.value_or(0));
  compared_.Share(at, cells.at(names + 2), shown ? std::optional(part / whole) : std::nullopt);
  compared_.Wilson(at, cells.at(names + 3), part, whole, shown);
}

void OutcomeFiguresTest::CompareRow(const PageTable& table, const RowOf& of,
                                    const std::vector<std::string>& cells, std::size_t names) {
  ++lines_;
  if (cells.size() < table.head.size()) {
    return CompareNotDrawn(table.section, of, cells.back());
  }
  for (const States& states : kStates) {
    if (table.section != states.indicator) continue;
    if (table.caption == "Tỷ lệ thành công") return CompareSuccess(states, of, cells, names);
    return CompareStates(states, table, of, cells, names);
  }
  if (table.section == "new_profile") {
    compared_.Rounded(of.where, cells.at(names),
                      exact_->Sum(of.units, "new_profile", of.year, "", of.stratum).numerator,
                      *ShownCount(cells.back()));
  } else if (!table.section.starts_with("relapse_free")) {  // curve_figures_test.cc
    CompareRate(table.section, of, cells, names);
  }
}

void OutcomeFiguresTest::CompareAll(const std::string& path, int year, Time time, bool units) {
  std::vector<std::string> paths{path};
  for (std::size_t i = 0; i < paths.size() && !HasFatalFailure(); ++i) {
    Go(paths[i]);
    CompareTables(year, time, units);
    for (const auto& link :
         browser_->Run("return [...document.querySelectorAll('#more a, a[rel=next]')]"
                       ".map(link => link.getAttribute('href'));")) {
      paths.push_back(link.get<std::string>());
    }
  }
}

void OutcomeFiguresTest::CompareTables(int year, Time time, bool units) {
  const std::string in = std::to_string(year);
  for (const PageTable& table : Tables()) {
    ASSERT_FALSE(table.section.empty()) << table.caption;
    const bool groups = table.head.at(1) == "nhóm";
    for (const auto& cells : table.rows) {
      RowOf of{"", in, "all", {}};
      const std::string code = cells.at(0).substr(0, cells.at(0).find(' '));
      of.units = units ? std::set<std::string>{code}
                       : exact_->UnitsOf(cells[0] == "Cả nước" ? "" : code, time);
      ASSERT_FALSE(of.units.empty()) << cells[0];
      of.where = (units ? "unit " : "") + cells[0] + ", " + in + ", " + table.section;
      if (groups) {
        const auto stratum = strata_.find(cells.at(1));
        const bool dimension = stratum == strata_.end();  // a dimension that is not drawn
        if (!dimension) of.stratum = stratum->second;
        of.where += ", " + of.stratum;
        ASSERT_FALSE(dimension && cells.size() == table.head.size()) << cells.at(1);
      }
      CompareRow(table, of, cells, groups ? 2 : 1);
      if (HasFatalFailure()) return;
    }
  }
}

TEST_F(OutcomeFiguresTest, ProvincesAndTheCountryHaveTheRecomputedNumbersRounded) {
  for (int year : kYears) {
    const std::string address = "/outcomes?year=" + std::to_string(year) + "&by=";
    for (const char* by : {"then", "now", "country"}) {
      const Time time = std::string(by) == "now" ? Time::kNow : Time::kThen;
      CompareAll(address + by, year, time, false);
      for (const char* dimension : kDimensions) {
        CompareAll(address + by + "&stratum=" + dimension, year, time, false);
        if (HasFatalFailure()) return;
      }
    }
  }
  std::printf(
      "compared: %ld numbers of outcomes in %ld lines, %ld numbers hidden, %ld lines not "
      "drawn\n",
      compared_.count(), lines_, compared_.hidden(), not_drawn_);
  EXPECT_GT(compared_.count(), 15'000);
  EXPECT_GT(lines_, 4'000);
  EXPECT_LT(compared_.hidden() * 2, compared_.count());
}

// ---- success between units ----

/// D. J. Spiegelhalter, Statistics in Medicine 24 (2005), A.1: the share below which a part `tail`
/// of units with `n` persons lies, between the whole numbers in proportion.
double LimitOf(std::int64_t n, double share, double tail) {
  double chance = std::pow(1 - share, static_cast<double>(n)), below = 0;
  std::int64_t r = 0;
  while (below + chance < tail && r < n) {
    below += chance;
    chance *= share / (1 - share) * static_cast<double>(n - r) / static_cast<double>(r + 1);
    ++r;
  }
  const double over = (below + chance - tail) / chance;
  return std::clamp((static_cast<double>(r) - over) / static_cast<double>(n), 0.0, 1.0);
}

std::string StandingOf(const UnitSuccess& unit, double mean) {
  const double share = static_cast<double>(unit.success) / static_cast<double>(unit.known);
  for (const auto& [tail, words] : {std::pair(0.001, "99,8 %"), std::pair(0.025, "95 %")}) {
    if (share > LimitOf(unit.known, mean, 1 - tail)) {
      return std::string("cao hơn giới hạn ") + words;
    }
    if (share < LimitOf(unit.known, mean, tail)) return std::string("thấp hơn giới hạn ") + words;
  }
  return "trong giới hạn: có thể chỉ do ngẫu nhiên";
}

/// The lines of the drawing, at each of their points, by its own axis.
void OutcomeFiguresTest::CompareLines(const std::string& where, std::int64_t largest, double mean) {
  const auto lines = browser_->Run(
      "return [...document.querySelectorAll('.funnel polyline')].map((line) =>"
      " [line.getAttribute('class'), [...line.points].map((point) => [point.x, point.y])])");
  ASSERT_EQ(lines.size(), 6u) << where;  // two pairs, the mean, the axis
  const auto axis = lines.back()[1];
  const double left = axis[0][0], top = axis[0][1], bottom = axis[1][1], right = axis[2][0];
  constexpr double kRoom = 1.05, kPixel = 0.11;  // beyond the largest unit; points have a decimal
  for (const auto& line : lines) {
    const std::string kind = line[0];
    if (kind != "near" && kind != "far") continue;
    const double tail = kind == "far" ? 0.001 : 0.025;
    const double middle = bottom - mean * (bottom - top);
    const bool high = line[1].back()[1] < middle;
    for (const auto& point : line[1]) {
      const double persons =
          (point[0].get<double>() - left) / (right - left) * static_cast<double>(largest) * kRoom;
      const double limit = LimitOf(std::lround(persons), mean, high ? 1 - tail : tail);
      compared_.Near(where + ", " + kind + " at " + std::to_string(persons), point[1],
                     bottom - limit * (bottom - top), kPixel);
    }
  }
}

TEST_F(OutcomeFiguresTest, UnitsHaveTheRecomputedNumbersRoundedAndTheirPlaceAmongTheOthers) {
  long points = 0;
  for (int year : kYears) {
    const std::string in = std::to_string(year);
    std::size_t units_there = 0;
    for (const KeptUnit& unit : exact_->units()) {
      const RowOf of{"", in, "all", {unit.code}};
      units_there += CohortOf(of, "state_12m") > 0 ? 1 : 0;
    }
    for (Time time : {Time::kThen, Time::kNow}) {
      for (const std::string& province : exact_->Provinces(time)) {
        CompareAll("/outcomes?year=" + in + "&by=units-" + (time == Time::kNow ? "now" : "then") +
                       "&province=" + province,
                   year, time, true);
        if (HasFatalFailure()) return;
      }
    }
    std::map<std::string, UnitSuccess> drawn;
    double known = 0, success = 0;
    for (const auto& [of, unit] : success_of_units_) {
      if (of.first != year) continue;
      drawn[of.second] = {unit.known, std::min(unit.success, unit.known)};
      known += static_cast<double>(unit.known);
      success += static_cast<double>(drawn[of.second].success);
    }
    Go("/units/success?year=" + in);
    const std::string page = browser_->Text();
    if (drawn.size() < units_there) {
      EXPECT_NE(page.find("bảo vệ từng người: " + std::to_string(units_there - drawn.size())),
                page.npos)
          << page;
    }
    if (drawn.empty()) continue;
    std::int64_t largest = 0;
    for (const auto& [code, unit] : drawn) largest = std::max(largest, unit.known);
    CompareLines(in, largest, success / known);
    const PageTable table = TableOf("Từng đơn vị, ngoài giới hạn trước");
    EXPECT_EQ(table.rows.size(), drawn.size()) << in;
    for (const auto& cells : table.rows) {
      ASSERT_TRUE(drawn.contains(cells.at(0))) << in << ": " << cells.at(0);
      const UnitSuccess& unit = drawn[cells[0]];
      const std::string where = in + ", " + cells[0];
      compared_.Count(where + ", known", cells.at(2), unit.known);
      compared_.Count(where + ", success", cells.at(3), unit.success);
      compared_.Percent(where + ", share", cells.at(4), {unit.success, unit.known});
      compared_.Same(where, cells.at(5), StandingOf(unit, success / known));
      ++points;
    }
  }
  std::printf("compared: %ld numbers of units in %ld lines, %ld points among the others\n",
              compared_.count(), lines_, points);
  EXPECT_GT(points, 10);
  EXPECT_GT(compared_.count(), 1'000);
}

}  // namespace
}  // namespace tram::test
