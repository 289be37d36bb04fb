// The main job on real input, through the real programs only: import, sync, report. Figures are
// compared with R, which shares no code with us.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <sstream>

#include "tests/support/paths.h"
#include "tests/support/real_programs.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const fs::path kScripts = test::InSource("tests/e2e/real_input");

const json& Table(const json& report, const std::string& indicator) {
  static const json none;
  for (const json& table : report.at("tables")) {
    if (table.at("indicator") == indicator) return table;
  }
  ADD_FAILURE() << "no table " << indicator;
  return none;
}

struct SurvivalAt {
  double at_risk, survival, low, high;
};

class RealInputTest : public testing::Test {
 protected:
  void SetUp() override {
    if (SharedFolder().empty()) GTEST_SKIP() << "no folder of real inputs (TRAM_SHARED)";
    if (PythonProgram().empty()) GTEST_SKIP() << "no python3";
  }
  void Script(std::vector<std::string> arguments) {
    arguments[0] = (kScripts / arguments[0]).string();
    arguments.insert(arguments.begin(), PythonProgram());
    RunResult run = RunProgram(arguments);
    ASSERT_EQ(run.exit, 0) << run.err;
  }
  void Import(const RealDevice& device, const std::string& type, const fs::path& file,
              std::size_t rows) {
    json done = device.Json({"import", type, file.string()});
    EXPECT_EQ(done.value("added", std::size_t{0}) + done.value("changed", std::size_t{0}), rows)
        << file << " " << done.dump();
    EXPECT_FALSE(fs::exists(file.string() + ".rejected.csv"));
  }
  ScratchFolder scratch_;
};

/// group and day → R's figures
std::map<std::string, SurvivalAt> FiguresOfR() {
  RunResult run = RunProgram({RscriptProgram(), (kScripts / "uis_km.R").string(),
                              (SharedFolder() / "data/uis.csv").string()});
  EXPECT_EQ(run.exit, 0) << run.err;
  std::map<std::string, SurvivalAt> figures;
  std::istringstream lines(run.out);
  std::string group, day;
  SurvivalAt at{};
  while (lines >> group >> day >> at.at_risk >> at.survival >> at.low >> at.high) {
    figures[group + " " + day] = at;
  }
  return figures;
}

void ExpectEqual(const json& report, const std::string& place, const std::string& group,
                 const std::map<std::string, SurvivalAt>& figures) {
  bool found = false;
  for (const json& row : Table(report, "relapse_free").at("rows")) {
    if (row.at("place_name") != place) continue;
    found = true;
    for (const json& point : row.at("survival")) {
      const SurvivalAt& r = figures.at(group + " " + std::to_string(point.at("day").get<int>()));
      EXPECT_NEAR(point.at("survival").get<double>(), r.survival, 5e-7) << group << point.dump();
      EXPECT_NEAR(point.at("low").get<double>(), r.low, 5e-7) << group << point.dump();
      EXPECT_NEAR(point.at("high").get<double>(), r.high, 5e-7) << group << point.dump();
      EXPECT_EQ(point.at("at_risk").get<double>(), r.at_risk) << group << point.dump();
    }
  }
  EXPECT_TRUE(found) << place << " in " << report.dump();
}

TEST_F(RealInputTest, UisSurvivalEqualsR) {
  if (RscriptProgram().empty()) GTEST_SKIP() << "no R (r-base-core, r-cran-survival)";
  const fs::path files = scratch_ / "csv";
  Script({"uis_to_csv.py", (SharedFolder() / "data/uis.csv").string(), files.string()});
  RealServer server(scratch_ / "server");
  server.Start();
  const std::map<std::string, std::size_t> sites{{"site_a", 400}, {"site_b", 175}};
  for (const auto& [site, clients] : sites) {
    const std::string code = server.AddUnit(site, site, "56", "2018-01-01");
    RealDevice device(scratch_ / ("device-" + site));
    device.Enrol(server.url(), code);
    for (const char* type : {"client", "episode", "followup"}) {
      Import(device, type, files / site / (std::string(type) + ".csv"), clients);
    }
    // The same file again changes nothing.
    json again = device.Json({"import", "client", (files / site / "client.csv").string()});
    EXPECT_EQ(again.value("unchanged", std::size_t{0}), clients) << again.dump();
    json synced = device.Sync();
    EXPECT_EQ(synced.value("sent", std::size_t{0}), clients * 3);
    EXPECT_EQ(synced.value("waiting", std::size_t{9}), 0u);
  }
  const auto figures = FiguresOfR();
  const std::vector<std::string> report{"report",     "--exact",     "--as-of",
                                        "2021-12-31", "--indicator", "relapse_free"};
  auto by = [&](const std::string& place) {
    std::vector<std::string> arguments = report;
    arguments.insert(arguments.end(), {"--by", place});
    return server.Json(arguments);
  };
  json units = by("unit");
  ExpectEqual(units, "site_a", "site_a", figures);
  ExpectEqual(units, "site_b", "site_b", figures);
  json country = by("country");
  ExpectEqual(country, Table(country, "relapse_free").at("rows").at(0).at("place_name"), "all",
              figures);
  EXPECT_EQ(server.Stop(), 0);
}

/// A year of another programme, and two devices that edit the same sessions apart.
class WorkloadTest : public RealInputTest {
 protected:
  void SetUp() override {
    RealInputTest::SetUp();
    if (IsSkipped()) return;
    server_ = std::make_unique<RealServer>(
        scratch_ / "server",
        std::vector<std::string>{
            "--programme",
            (test::InSource("libsync/programmes/examples/tobacco-alcohol.toml")).string()});
    server_->Start();
    const std::string code = server_->AddUnit("W", "Workload", "56", "2024-01-01");
    a_.Enrol(server_->url(), code);
    Convert("initial.tsv", "initial");
    Import(a_, "clients", scratch_ / "initial/1-clients.csv", 120);
    Import(a_, "episodes", scratch_ / "initial/2-episodes.csv", 150);
    Import(a_, "sessions", scratch_ / "initial/3-sessions.csv", 1800);
    Import(a_, "followups", scratch_ / "initial/4-followups.csv", 400);
    a_.Sync();
    b_.Join(a_, server_->url());
    b_.Sync();
  }
  void Convert(const std::string& file, const std::string& to) {
    Script({"workload_to_csv.py", (SharedFolder() / "workload").string(), file,
            (scratch_ / to).string()});
  }
  void ImportEdits(const RealDevice& device, const fs::path& folder) {
    for (const auto& entry : fs::directory_iterator(folder)) {
      device.Json({"import", "sessions", entry.path().string()});
    }
  }
  static std::size_t Conflicts(const json& list) { return list.at("conflicts").size(); }

  std::unique_ptr<RealServer> server_;
  RealDevice a_{scratch_ / "a"}, b_{scratch_ / "b"};
};

TEST_F(WorkloadTest, AYearOfAnotherProgrammeArrivesWhole) {
  json status = b_.Json({"status"});
  json sessions = b_.Json({"list", "sessions"});
  EXPECT_EQ(sessions.at("rows").size(), 1800u);
  EXPECT_EQ(b_.Run({"export", "sessions"}).out, a_.Run({"export", "sessions"}).out);
  Convert("day.tsv", "day");
  Import(b_, "sessions", scratch_ / "day/3-sessions.csv", 10);
  ImportEdits(b_, [&] {
    fs::remove(scratch_ / "day/3-sessions.csv");
    return scratch_ / "day";
  }());
  json day = b_.Sync();
  EXPECT_EQ(day.value("requests", 0), 1) << day.dump();
  json report = server_->Json({"report", "--by", "unit", "--as-of", "2025-12-31"});
  std::int64_t counted = 0;
  for (const json& row : Table(report, "sessions").at("rows")) {
    counted += row.at("numerator").get<std::int64_t>();
  }
  EXPECT_EQ(counted, 1810);
}

TEST_F(WorkloadTest, OfFiftyDoubleEditsHalfMergeAndHalfAreConflicts) {
  Convert("confA.tsv", "conf-a");
  Convert("confB.tsv", "conf-b");
  ImportEdits(a_, scratch_ / "conf-a");
  ImportEdits(b_, scratch_ / "conf-b");
  a_.Sync();
  b_.Sync();
  a_.Sync();
  json on_a = a_.Json({"conflicts"}), on_b = b_.Json({"conflicts"});
  EXPECT_EQ(Conflicts(on_a), 25u);
  EXPECT_EQ(on_a, on_b);
  for (const json& conflict : on_a.at("conflicts")) {
    EXPECT_EQ(conflict.at("candidates").size(), 2u) << conflict.dump();
  }
  // Settled on one device, settled on the other.
  for (const json& conflict : on_a.at("conflicts")) {
    RunResult run = a_.Run({"resolve", conflict.at("record"), conflict.at("field"), "--keep", "1"});
    ASSERT_EQ(run.exit, 0) << run.err;
  }
  EXPECT_EQ(Conflicts(a_.Json({"conflicts"})), 0u);
  a_.Sync();
  b_.Sync();
  EXPECT_EQ(Conflicts(b_.Json({"conflicts"})), 0u);
  EXPECT_EQ(b_.Run({"export", "sessions"}).out, a_.Run({"export", "sessions"}).out);
}

}  // namespace
}  // namespace tram::test
