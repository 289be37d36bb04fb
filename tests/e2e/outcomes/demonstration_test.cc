// Every outcome figure of the demonstration against recompute.R, which knows nothing but the
// devices' export files: rows equal, estimates to 6 digits. The run itself is the fixture demo_kept
// (tests/CMakeLists.txt). Its last syncs are before December's
// publication, so that the published rows hold all that the devices hold.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>

#include "tests/support/paths.h"
#include "tests/support/process.h"
#include "tram/base/csv.h"
#include "tram/base/os_file.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = test::InSource("tests/e2e/outcomes");
constexpr std::size_t kFileBytesMax = 64 << 20;
constexpr char kDimensions[][16] = {"sex", "age_group", "referral", "primary_drug", "item"};
// The programs have these of everybody only; R's rows have strata, for the cases made by hand.
constexpr char kOfEverybody[][24] = {"no_use_12m",        "no_use_12m_end",
                                     "relapse_or_loss",   "relapse_or_loss_end",
                                     "relapse_competing", "relapse_competing_end"};

bool OfEverybody(const std::string& indicator) {
  return std::ranges::find(kOfEverybody, indicator) != std::end(kOfEverybody);
}

class DemonstrationTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(kept_ / "units.csv")) {
      GTEST_SKIP() << "no run of the demonstration in " << kept_ << ": ctest makes one";
    }
    if (RscriptProgram().empty()) GTEST_SKIP() << "no R (r-base-core, r-cran-survival)";
    if (PythonProgram().empty()) GTEST_SKIP() << "no python3";
  }

  std::string Server(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(),
                     {test::kCentralServer, "--data", (kept_ / "server").string(), "--lang", "en"});
    arguments.insert(arguments.end(), {"--exact", "--as-of", "2020-12"});
    RunResult run = RunProgram(arguments, {{"TRAM_CLOCK_FILE", (kept_ / "clock").string()}});
    EXPECT_EQ(run.exit, 0) << run.err;
    return std::move(run.out);
  }

  std::string Script(const std::string& name, std::vector<std::string> arguments) {
    const bool python = name.ends_with(".py");
    arguments.insert(arguments.begin(),
                     {python ? PythonProgram() : RscriptProgram(), (kFolder / name).string()});
    RunResult run = RunProgram(arguments);
    EXPECT_EQ(run.exit, 0) << name << "\n" << run.out << run.err;
    return std::move(run.out);
  }

  std::string File(const std::string& name) const { return (scratch_.path() / name).string(); }

  /// From the exports into rows.csv and estimates.csv.
  void Recompute() {
    fs::create_directories(File("exports"));
    for (const auto& unit : fs::directory_iterator(kept_ / "export")) {
      fs::create_directory_symlink(unit.path(), fs::path(File("exports")) / unit.path().filename());
    }
    fs::copy_file(kept_ / "units.csv", File("exports/units.csv"));
    Script("recompute.R", {File("exports"), "2020-12-31", scratch_.path().string()});
    auto rows = ReadFile(File("rows.csv"), kFileBytesMax);
    ASSERT_TRUE(rows);
    auto table = ParseCsv(*rows);
    ASSERT_TRUE(table);
    ASSERT_GT(table->header.size(), 3u);
    ASSERT_EQ(table->header[1] + table->header[3], "indicatorstratum");
    std::string kept;
    AppendCsvRow(kept, table->header);
    for (const CsvRow& row : table->rows) {
      if (!OfEverybody(row.cells.at(1)) || row.cells.at(3) == "all") AppendCsvRow(kept, row.cells);
    }
    ASSERT_TRUE(WriteFileAtomically(File("rows.csv"), AsBytes(kept)));
  }

  /// All that the server reports, into server_rows.csv and server_estimates.csv.
  void AskServer() {
    Server({"export", "--out", File("server_rows.csv")});
    std::vector<std::string> reports{File("server_estimates.csv")};
    for (const char* by : {"unit", "province", "country"}) {
      for (const char* per : {"year", "all"}) {
        for (const char* dimension : kDimensions) {
          const std::string file = File(std::string(by) + "-" + per + "-" + dimension + ".json");
          const std::string report =
              Server({"report", "--json", "--by", by, "--per", per, "--stratum", dimension});
          ASSERT_TRUE(WriteFileAtomically(file, AsBytes(report)));
          reports.push_back(std::string(per) + "=" + file);
        }
      }
    }
    Script("report_estimates.py", reports);
  }

  fs::path kept_ = test::kDemoKept;
  ScratchFolder scratch_;
};

TEST_F(DemonstrationTest, EveryFigureIsTheRecomputedOne) {
  Recompute();
  ASSERT_FALSE(HasFatalFailure());
  AskServer();
  ASSERT_FALSE(HasFatalFailure());
  const std::string told =
      Script("compare.R", {File("server_rows.csv"), File("rows.csv"), File("server_estimates.csv"),
                           File("estimates.csv")});
  long rows = 0, estimates = 0;
  EXPECT_EQ(std::sscanf(told.c_str(), "rows: %ld in A, %*d in B, %*d differences estimates: %ld",
                        &rows, &estimates),
            2)
      << told;
  EXPECT_GT(rows, 80'000);
  EXPECT_GT(estimates, 250'000);
}

}  // namespace
}  // namespace tram::test
