// What a whole run of the demonstration leaves: the server's figures against the units' exported
// records, months that were closed, units that are silent. The run itself is the fixture
// demo_kept (tests/CMakeLists.txt).
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "tests/e2e/demo/demo_plans.h"
#include "tests/support/paths.h"
#include "tests/support/process.h"
#include "tram/base/csv.h"
#include "tram/base/os_file.h"

namespace tram::demo {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFileBytesMax = 64 << 20;
constexpr char kTypes[][16] = {"client",   "episode", "session", "medication", "support",
                               "followup", "stock",   "funding", "training",   "outreach"};

class KeptTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(kept_ / "units.csv")) {
      GTEST_SKIP() << "no run of the demonstration in " << kept_ << ": ctest makes one";
    }
  }

  /// Calls `take` with every row, by column name.
  template <class Take>
  void ForEachRow(const fs::path& file, Take take) {
    auto text = ReadFile(kept_ / file, kFileBytesMax);
    ASSERT_TRUE(text) << file;
    auto table = ParseCsv(*text);
    ASSERT_TRUE(table) << file;
    for (const CsvRow& row : table->rows) {
      ASSERT_EQ(row.problem, "") << file << " line " << row.line;
      std::map<std::string, std::string> cells;
      for (std::size_t i = 0; i < row.cells.size(); ++i) cells[table->header[i]] = row.cells[i];
      take(cells);
    }
  }

  test::RunResult Server(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(),
                     {test::kCentralServer, "--data", (kept_ / "server").string(), "--lang", "en"});
    return test::RunProgram(arguments, {{"TRAM_CLOCK_FILE", (kept_ / "clock").string()}});
  }

  /// Period -> numerator of a count, summed over the places asked for.
  std::map<std::string, std::int64_t> Counts(const std::string& indicator,
                                             const std::string& as_of) {
    test::RunResult run = Server({"export", "--indicator", indicator, "--as-of", as_of});
    EXPECT_EQ(run.exit, 0) << run.err;
    std::map<std::string, std::int64_t> counts;
    auto table = ParseCsv(run.out);
    EXPECT_TRUE(table) << run.out.substr(0, 200);
    if (!table) return counts;
    std::map<std::string, std::size_t> at;
    for (std::size_t i = 0; i < table->header.size(); ++i) at[table->header[i]] = i;
    for (const CsvRow& row : table->rows) {
      if (row.cells.at(at.at("stratum")) != "all") continue;
      counts[row.cells.at(at.at("period"))] += std::stoll(row.cells.at(at.at("numerator")));
    }
    return counts;
  }

  fs::path kept_ = test::kDemoKept;
};

TEST_F(KeptTest, EveryUnitLeavesItsRecords) {
  std::size_t units = 0;
  std::map<std::string, std::size_t> rows;
  ForEachRow("units.csv", [&](const std::map<std::string, std::string>& unit) {
    ++units;
    for (const char* type : kTypes) {
      ForEachRow(fs::path("export") / unit.at("code") / (std::string(type) + ".csv"),
                 [&](const std::map<std::string, std::string>&) { ++rows[type]; });
    }
  });
  EXPECT_EQ(units, DemoUnits().size());
  for (const char* type : kTypes) EXPECT_GE(rows[type], 100u) << type;
  EXPECT_NEAR(static_cast<double>(rows["client"]), 3000, 200);
}

TEST_F(KeptTest, TheServersFiguresAreThoseOfTheUnitsRecords) {
  std::map<std::string, std::int64_t> sessions, clients;
  for (const UnitPlan& plan : DemoUnits()) {
    const fs::path folder = fs::path("export") / plan.code;
    ForEachRow(folder / "session.csv", [&](const std::map<std::string, std::string>& row) {
      ++sessions[row.at("date").substr(0, 7)];
    });
    std::set<std::string> persons;
    ForEachRow(folder / "episode.csv", [&](const std::map<std::string, std::string>& row) {
      persons.insert(row.at("parent"));
    });
    clients[""] += static_cast<std::int64_t>(persons.size());
  }
  EXPECT_EQ(Counts("sessions", "2020-12"), sessions);
  EXPECT_EQ(Counts("clients_ever", "2020-12"), clients);
}

TEST_F(KeptTest, AMonthThatWasPublishedDoesNotKnowWhatCameLater) {
  int grew = 0;
  const std::map<std::string, std::int64_t> now = Counts("sessions", "2020-12");
  for (const char* month : {"2017-06", "2018-03", "2018-12", "2019-08", "2020-05"}) {
    const std::int64_t then = Counts("sessions", month)[month];
    EXPECT_GT(then, 0) << month;
    // A few were entered twice and deleted since.
    EXPECT_LT(then, now.at(month) + 20) << month;
    grew += then < now.at(month) ? 1 : 0;
  }
  EXPECT_GE(grew, 4) << "nothing came late";
}

TEST_F(KeptTest, DecemberIsPublishedAndTwoUnitsAreSilent) {
  test::RunResult run = Server(
      {"report", "--by", "country", "--as-of", "2020-12", "--indicator", "clients_ever", "--json"});
  ASSERT_EQ(run.exit, 0) << run.err;
  const nlohmann::json json = nlohmann::json::parse(run.out, nullptr, false);
  EXPECT_FALSE(json["published"].is_null()) << run.out;
  run = Server({"report", "--by", "country", "--as-of", "2020-12", "--indicator", "clients_ever"});
  for (const UnitPlan& plan : DemoUnits()) {
    EXPECT_EQ(run.out.find(plan.code) != std::string::npos, plan.silent_from.has_value())
        << plan.code << "\n"
        << run.out;
  }
}

TEST_F(KeptTest, WhatTheServerHoldsIsAsItWasWritten) {
  test::RunResult run = Server({"verify"});
  EXPECT_EQ(run.exit, 0) << run.out << run.err;
}

}  // namespace
}  // namespace tram::demo
