// The second opinion on every outcome figure (recompute.R): it is trusted because a few hand-made
// records give what was worked out by hand, and used on real records that went through the real
// programs.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <sstream>

#include "tests/support/paths.h"
#include "tests/support/real_programs.h"
#include "tram/base/csv.h"
#include "tram/base/os_file.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const fs::path kFolder = test::InSource("tests/e2e/outcomes");

std::string TextOf(const fs::path& file) {
  Result<std::string> text = ReadFile(file, kCsvBytesMax);
  EXPECT_TRUE(text) << file;
  return text ? *text : "";
}

/// Lines by all their cells but the last `values`, which are the lines' figures.
using Figures = std::map<std::string, std::vector<std::string>>;

Figures FiguresOf(const fs::path& file, std::size_t values) {
  const std::string text = TextOf(file);
  Figures figures;
  auto table = ParseCsv(text);
  EXPECT_TRUE(table) << file;
  if (!table) return figures;
  for (const CsvRow& row : table->rows) {
    EXPECT_GT(row.cells.size(), values) << file << " line " << row.line;
    const auto key_end = row.cells.end() - static_cast<std::ptrdiff_t>(values);
    std::string key;
    for (auto cell = row.cells.begin(); cell != key_end; ++cell) key += *cell + ",";
    EXPECT_TRUE(figures.emplace(key, std::vector(key_end, row.cells.end())).second)
        << key << " twice in " << file;
  }
  return figures;
}

class OutcomesTest : public testing::Test {
 protected:
  void SetUp() override {
    if (RscriptProgram().empty()) GTEST_SKIP() << "no R (r-base-core, r-cran-survival)";
  }
  static RunResult Script(const std::string& name, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {RscriptProgram(), (kFolder / name).string()});
    return RunProgram(arguments);
  }
  /// Recomputes into OUT below the scratch folder.
  fs::path Recomputed(const fs::path& exports, const std::string& as_of) {
    RunResult run = Script("recompute.R", {exports.string(), as_of, (scratch_ / "out").string()});
    EXPECT_EQ(run.exit, 0) << run.err;
    return scratch_ / "out";
  }
  ScratchFolder scratch_;
};

/// Strata of a dimension that expected_rows.csv lists for some rows only; each dimension's add up
/// to all.
std::string PartlyListedDimension(const std::string& key) {
  std::vector<std::string> cells;
  std::istringstream in(key);
  for (std::string cell; std::getline(in, cell, ',');) cells.push_back(cell);
  const std::string stratum = cells.size() > 3 ? cells[3] : "";
  for (const char* dimension : {"sex", "age_group", "referral"}) {
    if (stratum.starts_with(std::string(dimension) + "=")) return dimension;
  }
  return "";
}

TEST_F(OutcomesTest, HandMadeRecordsGiveTheRowsWorkedOutByHand) {
  const Figures rows = FiguresOf(Recomputed(kFolder / "hand", "2020-12-31") / "rows.csv", 2);
  const Figures expected = FiguresOf(kFolder / "hand/expected_rows.csv", 2);
  ASSERT_FALSE(expected.empty());
  for (const auto& [key, figures] : expected) {
    auto found = rows.find(key);
    ASSERT_NE(found, rows.end()) << key;
    EXPECT_EQ(found->second, figures) << key;
  }
  for (const auto& [key, figures] : rows) {
    if (PartlyListedDimension(key).empty()) {
      EXPECT_TRUE(expected.contains(key)) << key << " " << figures[0] << "/" << figures[1];
    }
  }
}

TEST_F(OutcomesTest, TheStrataOfADimensionAddUpToAll) {
  const Figures rows = FiguresOf(Recomputed(kFolder / "hand", "2020-12-31") / "rows.csv", 2);
  std::map<std::string, std::pair<long, long>> sums;
  for (const auto& [key, figures] : rows) {
    const std::string dimension = PartlyListedDimension(key);
    if (dimension.empty()) continue;
    const std::size_t from = key.find("," + dimension + "=") + 1;
    std::string all = key;
    all.replace(from, all.find(',', from) - from, "all");
    auto& sum = sums[dimension + " " + all];
    sum.first += std::stol(figures[0]);
    sum.second += std::stol(figures[1]);
  }
  EXPECT_GT(sums.size(), 100u);
  for (const auto& [key, sum] : sums) {
    const auto& all = rows.at(key.substr(key.find(' ') + 1));
    EXPECT_EQ(std::to_string(sum.first), all[0]) << key;
    EXPECT_EQ(std::to_string(sum.second), all[1]) << key;
  }
}

TEST_F(OutcomesTest, HandMadeRecordsGiveTheEstimatesOfTheTextbook) {
  const Figures estimates =
      FiguresOf(Recomputed(kFolder / "hand", "2020-12-31") / "estimates.csv", 1);
  const Figures expected = FiguresOf(kFolder / "hand/expected_estimates.csv", 1);
  ASSERT_FALSE(expected.empty());
  for (const auto& [key, value] : expected) {
    auto found = estimates.find(key);
    ASSERT_NE(found, estimates.end()) << key;
    const double wanted = std::stod(value[0]);
    EXPECT_NEAR(std::stod(found->second[0]), wanted, 1e-9 * std::max(1.0, wanted)) << key;
  }
  // Beyond the last observed day nothing is said about survival.
  EXPECT_TRUE(estimates.contains("unit,B,relapse_free,,,all,at_risk_90,"));
  EXPECT_FALSE(estimates.contains("unit,B,relapse_free,,,all,survival_90,"));
}

TEST_F(OutcomesTest, TheComparerFindsWhatDiffers) {
  const std::string rows = TextOf(kFolder / "hand/expected_rows.csv");
  const std::string estimates = TextOf(kFolder / "hand/expected_estimates.csv");
  auto compare = [&](const std::string& other_rows, const std::string& other_estimates) {
    std::vector<std::string> files;
    const std::vector<std::string> texts{rows, other_rows, estimates, other_estimates};
    for (std::size_t i = 0; i < texts.size(); ++i) {
      files.push_back((scratch_ / ("file" + std::to_string(i))).string());
      EXPECT_TRUE(WriteFileAtomically(files.back(), AsBytes(texts[i])));
    }
    return Script("compare.R", files);
  };
  auto changed = [](std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  };
  const std::string row = "A,followups_due,2018-10,all,,2,10\n";
  RunResult same = compare(changed(rows, row, row + "A,conflicts,,all,,1,0\n"), estimates);
  EXPECT_EQ(same.exit, 0) << same.out << same.err;
  RunResult less = compare(changed(rows, row, ""), estimates);
  EXPECT_EQ(less.exit, 1);
  EXPECT_NE(less.out.find("A,followups_due,2018-10,all, only in A: 2/10"), std::string::npos)
      << less.out;
  EXPECT_EQ(compare(changed(rows, row, row + "A,x,2018-10,all,,1,0\n"), estimates).exit, 1);
  EXPECT_EQ(compare(changed(rows, row, row + row), estimates).exit, 1);
  RunResult one_off = compare(changed(rows, row, "A,followups_due,2018-10,all,,2,11\n"), estimates);
  EXPECT_EQ(one_off.exit, 1);
  EXPECT_NE(one_off.out.find("A 2/10 B 2/11"), std::string::npos) << one_off.out;
  // 0.6461538461538462 within 1e-6 of itself, and not.
  EXPECT_EQ(compare(rows, changed(estimates, "0.64615384", "0.64615389")).exit, 0);
  EXPECT_EQ(compare(rows, changed(estimates, "0.64615384", "0.64615584")).exit, 1);
}

/// 575 real clients of two sites, through import, sync and export.
class RealClientsTest : public OutcomesTest {
 protected:
  void SetUp() override {
    OutcomesTest::SetUp();
    if (IsSkipped()) return;
    if (SharedFolder().empty()) GTEST_SKIP() << "no folder of real inputs (TRAM_SHARED)";
    if (PythonProgram().empty()) GTEST_SKIP() << "no python3";
    const fs::path input = kFolder.parent_path() / "real_input";
    RunResult converted =
        RunProgram({PythonProgram(), (input / "uis_to_csv.py").string(),
                    (SharedFolder() / "data/uis.csv").string(), (scratch_ / "csv").string()});
    ASSERT_EQ(converted.exit, 0) << converted.err;
    server_.Start();
    std::string units = CsvRowText({"code", "name", "province", "opened"});
    for (const char* site : {"site_a", "site_b"}) {
      Take(site);
      units += CsvRowText({site, site, "56", "2018-01-01"});
    }
    ASSERT_TRUE(WriteFileAtomically(scratch_ / "exports/units.csv", AsBytes(units)));
  }
  void Take(const std::string& site) {
    const std::string code = server_.AddUnit(site, site, "56", "2018-01-01");
    RealDevice device(scratch_ / ("device-" + site));
    device.Enrol(server_.url(), code);
    fs::create_directories(scratch_ / "exports" / site);
    for (const char* type : {"client", "episode", "followup"}) {
      const std::string file = std::string(type) + ".csv";
      device.Json({"import", type, (scratch_ / "csv" / site / file).string()});
      device.Json({"export", type, "--out", (scratch_ / "exports" / site / file).string()});
    }
    device.Sync();
  }
  RealServer server_{scratch_ / "server"};
};

TEST_F(RealClientsTest, SurvivalIsThatOfTheDataItself) {
  const Figures estimates =
      FiguresOf(Recomputed(scratch_ / "exports", "2021-12-31") / "estimates.csv", 1);
  RunResult direct =
      RunProgram({RscriptProgram(), (kFolder.parent_path() / "real_input/uis_km.R").string(),
                  (SharedFolder() / "data/uis.csv").string()});
  ASSERT_EQ(direct.exit, 0) << direct.err;
  std::istringstream lines(direct.out);
  std::string group, day;
  std::map<std::string, std::string> at;
  std::size_t read = 0;
  for (; lines >> group >> day >> at["at_risk"] >> at["survival"] >> at["lower"] >> at["upper"];
       ++read) {
    const std::string place = group == "all" ? "country,," : "unit," + group + ",";
    for (const auto& [what, value] : at) {
      const std::string key = place + "relapse_free,,,all," + what + "_" + day + ",";
      ASSERT_TRUE(estimates.contains(key)) << key;
      EXPECT_NEAR(std::stod(estimates.at(key)[0]), std::stod(value), 1e-8) << key;
    }
  }
  EXPECT_EQ(read, 9u);
}

TEST_F(RealClientsTest, TheServersRowsAreTheRecomputedOnes) {
  const fs::path out = Recomputed(scratch_ / "exports", "2021-12-31");
  RunResult exported = server_.Run({"export", "--exact", "--as-of", "2021-12", "--indicator",
                                    "relapse_free", "--out", (scratch_ / "server.csv").string()});
  ASSERT_EQ(exported.exit, 0) << exported.err;
  auto only_all = [&](const fs::path& from, const char* to) {
    std::istringstream in(TextOf(from));
    std::string kept, line;
    for (std::getline(in, kept), kept += "\n"; std::getline(in, line);) {
      const bool wanted = line.find(",relapse_free,") != std::string::npos &&
                          line.find(",all,") != std::string::npos;
      if (wanted) kept += line + "\n";
    }
    EXPECT_TRUE(WriteFileAtomically(scratch_ / to, AsBytes(kept)));
    return (scratch_ / to).string();
  };
  RunResult same = Script("compare.R", {only_all(scratch_ / "server.csv", "a.csv"),
                                        only_all(out / "rows.csv", "b.csv")});
  EXPECT_EQ(same.exit, 0) << same.out << same.err;
}

}  // namespace
}  // namespace tram::test
