// Every estimate against R's, which shares no code with ours: one run of R over many small sets of
// persons with ties and edges, and over 575 real clients.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include "tests/support/paths.h"
#include "tests/support/process.h"
#include "tram/outcome/incidence.h"
#include "tram/outcome/log_rank.h"
#include "tram/outcome/proportion.h"
#include "tram/outcome/survival.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCauses = 3;
constexpr double kDigits = 1e-6;

struct Person {
  int group = 0;
  std::int64_t day = 0;
  std::size_t cause = 0;  // 0: censored
};
using Persons = std::vector<Person>;

std::string Rscript() { return fs::exists("/usr/bin/Rscript") ? "/usr/bin/Rscript" : ""; }

Persons Drawn(unsigned seed, int persons, int groups, std::int64_t last_day) {
  std::mt19937 random(seed);
  Persons drawn;
  for (int i = 0; i < persons; ++i) {
    // By hand: what std's distributions draw differs between libraries.
    drawn.push_back({static_cast<int>(random() % static_cast<unsigned>(groups)),
                     static_cast<std::int64_t>(random() % static_cast<unsigned>(last_day + 1)),
                     random() % 5 < 3 ? 1 + random() % kCauses : 0});
  }
  return drawn;
}

std::map<std::string, Persons> MadeSets() {
  std::map<std::string, Persons> sets{
      {"one_event", {{0, 5, 1}}},
      {"one_censored", {{0, 5, 0}}},
      {"two", {{0, 3, 1}, {1, 9, 0}}},
      {"three_ties", {{0, 7, 1}, {1, 7, 2}, {1, 7, 0}}},
      {"day_zero", {{0, 0, 1}, {0, 0, 0}, {1, 0, 2}, {1, 10, 1}, {0, 10, 0}, {1, 20, 0}}},
      {"all_on_day_zero", {{0, 0, 1}, {0, 0, 0}, {1, 0, 0}}},
      {"all_censored", {{0, 4, 0}, {0, 8, 0}, {1, 8, 0}, {1, 12, 0}}},
      {"all_events", {{0, 2, 1}, {0, 4, 2}, {1, 4, 3}, {1, 6, 1}, {0, 9, 1}, {1, 9, 2}}},
      {"all_at_once", {{0, 6, 1}, {0, 6, 1}, {1, 6, 2}, {1, 6, 1}}},
      {"one_cause", {{0, 90, 1}, {0, 180, 1}, {1, 365, 0}, {1, 90, 0}, {1, 180, 1}, {0, 365, 1}}},
      // Group 1 is censored before the first event: nothing is expected of it.
      {"gone_early", {{0, 10, 1}, {0, 20, 0}, {1, 5, 0}, {2, 10, 1}, {2, 30, 1}}},
      // No person of group 1 at all.
      {"empty_group", {{0, 10, 1}, {0, 20, 0}, {2, 15, 1}, {2, 30, 0}}},
  };
  for (unsigned seed = 1; seed <= 8; ++seed) {
    sets["drawn_" + std::to_string(seed)] =
        Drawn(seed, 6 + static_cast<int>(seed) * 9, 2 + static_cast<int>(seed % 4), seed * 12);
  }
  sets["many"] = Drawn(99, 4000, 6, 900);
  return sets;
}

/// The 575 clients of uis.csv: groups by site and treatment, causes by what else is known. Empty
/// where the file is not here.
Persons RealClients() {
  std::ifstream file(SharedFolder() / "data/uis.csv");
  std::string line;
  std::getline(file, line);
  Persons persons;
  while (std::getline(file, line)) {
    std::vector<int> cells;
    std::istringstream in(line);
    for (std::string cell; std::getline(in, cell, ',');) cells.push_back(std::stoi(cell));
    const std::size_t cause = cells.at(11) == 0 ? 0 : 1 + static_cast<std::size_t>(cells.at(4)) % 3;
    persons.push_back({cells.at(8) * 2 + cells.at(7), cells.at(10), cause});
  }
  return persons;
}

std::vector<SurvivalRow> SurvivalRows(const Persons& persons) {
  std::vector<SurvivalRow> rows;
  for (const Person& person : persons) rows.push_back({person.day, person.cause > 0, 1});
  return rows;
}

std::vector<CompetingRow> CompetingRows(const Persons& persons) {
  std::vector<CompetingRow> rows;
  for (const Person& person : persons) {
    CompetingRow row{person.day, {}, 1};
    if (person.cause > 0) row.cause = person.cause - 1;
    rows.push_back(row);
  }
  return rows;
}

double ReadNumber(std::istream& in) {
  std::string text;
  in >> text;
  return text == "NA" ? std::nan("") : std::stod(text);
}

void ExpectSame(double r, std::optional<double> ours, const std::string& line) {
  if (std::isnan(r)) {
    EXPECT_FALSE(ours) << line;
  } else if (!ours) {
    ADD_FAILURE() << "none of ours: " << line;
  } else {
    EXPECT_NEAR(*ours, r, kDigits * std::max(1.0, std::abs(r))) << line;
  }
}

/// Compares one line of R with our estimate of the same.
class Comparison {
 public:
  explicit Comparison(const Persons& persons) : persons_(persons) {
    auto curve = SurvivalCurve::Fit(SurvivalRows(persons));
    auto incidence = IncidenceCurve::Fit(CompetingRows(persons), kCauses);
    EXPECT_TRUE(curve && incidence);
    curve_ = *curve;
    incidence_ = *incidence;
    int groups = 0;
    for (const Person& person : persons) groups = std::max(groups, person.group + 1);
    std::vector<std::vector<SurvivalRow>> by_group(static_cast<std::size_t>(groups));
    for (const Person& person : persons) {
      by_group[static_cast<std::size_t>(person.group)].push_back({person.day, person.cause > 0, 1});
    }
    auto test = LogRankTest(by_group);
    EXPECT_TRUE(test);
    test_ = *test;
  }

  void Take(const std::string& kind, std::istream& in, const std::string& line) {
    if (kind == "km") {
      TakeSurvival(in, line);
    } else if (kind == "logrank") {
      std::string word;
      in >> word;
      ExpectSame(ReadNumber(in), test_.chi_square, line);
      ExpectSame(ReadNumber(in), test_.p ? std::optional<double>(test_.degrees) : std::nullopt,
                 line);
      ExpectSame(ReadNumber(in), test_.p, line);
    } else if (kind == "expected") {
      std::size_t group = 0;
      in >> group;
      EXPECT_EQ(ReadNumber(in), static_cast<double>(test_.groups.at(group).persons)) << line;
      EXPECT_EQ(ReadNumber(in), static_cast<double>(test_.groups.at(group).observed)) << line;
      ExpectSame(ReadNumber(in), test_.groups.at(group).expected, line);
    } else if (kind == "state") {
      TakeState(in, line);
    } else {
      TakeShares(kind, in, line);
    }
  }

 private:
  void TakeSurvival(std::istream& in, const std::string& line) {
    std::int64_t day = 0;
    in >> day;
    auto point = curve_.At(day);
    ASSERT_TRUE(point) << line;
    EXPECT_EQ(ReadNumber(in), static_cast<double>(point->at_risk)) << line;
    ExpectSame(ReadNumber(in), point->survival, line);
    const double low = ReadNumber(in), high = ReadNumber(in);
    // Where the curve is still 1, R says 1 to 1 before the first event on one day and NA on others.
    if (point->survival == 1) return;
    ExpectSame(low, point->lower, line);
    ExpectSame(high, point->upper, line);
  }

  void TakeState(std::istream& in, const std::string& line) {
    std::int64_t day = 0;
    std::size_t state = 0;
    in >> day >> state;
    auto point = incidence_.At(day);
    ASSERT_TRUE(point) << line;
    const StateProbability& of = state == 0 ? point->event_free : point->causes.at(state - 1);
    ExpectSame(ReadNumber(in), of.probability, line);
    ExpectSame(ReadNumber(in), of.std_error, line);
    ExpectSame(ReadNumber(in), of.interval ? std::optional(of.interval->low) : std::nullopt, line);
    ExpectSame(ReadNumber(in), of.interval ? std::optional(of.interval->high) : std::nullopt, line);
  }

  void TakeShares(const std::string& kind, std::istream& in, const std::string& line) {
    std::string word;
    in >> word;
    if (kind == "quartiles") {
      std::map<std::int64_t, std::int64_t> days;
      for (const Person& person : persons_) ++days[person.day];
      auto ours = QuartilesOf(days);
      ASSERT_TRUE(ours) << line;
      ExpectSame(ReadNumber(in), ours->lower, line);
      ExpectSame(ReadNumber(in), ours->median, line);
      ExpectSame(ReadNumber(in), ours->upper, line);
      return;
    }
    ASSERT_EQ(kind, "wilson") << line;
    const auto part = static_cast<std::int64_t>(ReadNumber(in));
    const auto whole = static_cast<std::int64_t>(ReadNumber(in));
    auto ours = WilsonInterval(part, whole);
    ASSERT_TRUE(ours) << line;
    ExpectSame(ReadNumber(in), ours->low, line);
    ExpectSame(ReadNumber(in), ours->high, line);
  }

  const Persons& persons_;
  SurvivalCurve curve_;
  IncidenceCurve incidence_;
  LogRank test_;
};

/// Gives the sets to R and compares every line that it writes; how many lines there were, by kind.
std::map<std::string, int> CompareWithR(const std::map<std::string, Persons>& sets) {
  ScratchFolder folder;
  std::ofstream file(folder / "persons");
  file << "set group day cause\n";
  for (const auto& [name, persons] : sets) {
    for (const Person& person : persons) {
      file << name << " " << person.group << " " << person.day << " " << person.cause << "\n";
    }
  }
  file.close();
  const fs::path script = test::InSource("tests/unit/outcome/estimates.R");
  RunResult run = RunProgram({Rscript(), script.string(), (folder / "persons").string()});
  EXPECT_EQ(run.exit, 0) << run.err;
  std::map<std::string, Comparison> ours;
  for (const auto& [name, persons] : sets) ours.emplace(name, persons);
  std::map<std::string, int> lines;
  std::istringstream out(run.out);
  for (std::string line; std::getline(out, line);) {
    std::istringstream in(line);
    std::string kind, set;
    in >> kind >> set;
    ++lines[kind];
    ours.at(set).Take(kind, in, line);
  }
  return lines;
}

TEST(EqualsR, OnMadeSetsWithTiesAndEdges) {
  if (Rscript().empty()) GTEST_SKIP() << "no R (r-base-core, r-cran-survival)";
  const auto sets = MadeSets();
  auto lines = CompareWithR(sets);
  EXPECT_EQ(lines["wilson"], static_cast<int>(sets.size()));
  EXPECT_EQ(lines["quartiles"], static_cast<int>(sets.size()));
  EXPECT_EQ(lines["logrank"], static_cast<int>(sets.size()) - 2);  // two are of one person
  EXPECT_GT(lines["km"], 1000);
  EXPECT_GT(lines["state"], 4000);
}

TEST(EqualsR, OnRealClients) {
  if (Rscript().empty()) GTEST_SKIP() << "no R (r-base-core, r-cran-survival)";
  const Persons clients = RealClients();
  if (clients.empty()) GTEST_SKIP() << "no folder of real inputs (TRAM_SHARED)";
  ASSERT_EQ(clients.size(), 575u);
  auto lines = CompareWithR({{"uis", clients}});
  EXPECT_EQ(lines["expected"], 4);
  EXPECT_GT(lines["state"], 1500);
}

}  // namespace
}  // namespace tram::test
