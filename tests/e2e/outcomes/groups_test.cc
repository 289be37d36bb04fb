// Real clients by site and by treatment, through the whole of both programs: every curve, interval,
// test and cumulative incidence that `report --exact` prints of them is R's, to six digits.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <sstream>

#include "tests/support/paths.h"
#include "tests/support/real_programs.h"
#include "tram/base/os_file.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr double kDigits = 5e-7;
constexpr std::size_t kProgrammeBytesMax = 1 << 20;

/// Replaces a text that must be there, in the first place after `after`.
void Change(std::string& text, const std::string& after, const std::string& from,
            const std::string& to) {
  const std::size_t begin = text.find(after);
  ASSERT_NE(begin, std::string::npos) << after;
  const std::size_t at = text.find(from, begin);
  ASSERT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
}

/// The default programme with one more clear field, by which curves and causes are divided.
void WriteProgramme(const fs::path& file) {
  auto read = ReadFile(InSource("libsync/programmes/treatment.toml"), kProgrammeBytesMax);
  ASSERT_TRUE(read);
  std::string text = *read;
  Change(text, "", "[codes]\n",
         "[codes]\ntreat = [\n  [1, \"short\", \"Ngắn\", \"Short\"],\n"
         "  [2, \"long\", \"Dài\", \"Long\"],\n]\n");
  Change(text, "", "  { number = 24, name = \"primary_drug\"",
         "  { number = 200, name = \"treat\", type = \"code\", codes = \"treat\", clear = true,"
         " vi = \"Cách điều trị\", en = \"Treatment\" },\n"
         "  { number = 24, name = \"primary_drug\"");
  Change(text, "", "[[dimension]]\nname = \"referral\"",
         "[[dimension]]\nname = \"treat\"\nrecord = \"episode\"\nfield = \"treat\"\n\n"
         "[[dimension]]\nname = \"referral\"");
  Change(text, "", "referral, primary_drug, coalesce(", "referral, primary_drug, treat, coalesce(");
  Change(text, "", "coalesce(f.primary_drug, '') AS primary_drug",
         "coalesce(f.primary_drug, '') AS primary_drug, 'treat=' || f.treat AS treat");
  const std::string curve = "name = \"relapse_free\"", causes = "name = \"relapse_competing\"";
  Change(text, curve, "(3), (4))", "(3), (4), (5))");
  Change(text, curve, "ELSE c.primary_drug END", "WHEN 4 THEN c.primary_drug ELSE c.treat END");
  Change(text, causes, "  SELECT period,", "  SELECT period, treat,");
  Change(text, causes, "FROM course WHERE",
         "FROM (SELECT o.*, c.treat FROM course AS o JOIN cohort AS c ON c.no = o.no) WHERE");
  Change(text, causes, "SELECT period, event <=", "SELECT period, treat, event <=");
  Change(text, causes, "FROM ending GROUP BY period, bin",
         "FROM ending GROUP BY period, bin UNION ALL SELECT period, treat, bin, sum(happened),"
         " count(*) FROM ending GROUP BY period, treat, bin");
  ASSERT_TRUE(WriteFileAtomically(file, AsBytes(text)));
}

/// R's lines by all but their numbers.
std::map<std::string, std::vector<double>> FiguresOfR(const fs::path& script) {
  const RunResult run =
      RunProgram({RscriptProgram(), script.string(), (SharedFolder() / "data/uis.csv").string()});
  EXPECT_EQ(run.exit, 0) << run.err;
  std::map<std::string, std::vector<double>> figures;
  std::istringstream lines(run.out);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream in(line);
    std::string kind, word, key;
    in >> kind;
    key = kind;
    for (int words = kind == "cif" ? 3 : 2; words > 0 && in >> word; --words) key += " " + word;
    for (; in >> word;) figures[key].push_back(word == "NA" ? std::nan("") : std::stod(word));
  }
  return figures;
}

class GroupsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (RscriptProgram().empty()) GTEST_SKIP() << "no R (r-base-core, r-cran-survival)";
    if (SharedFolder().empty()) GTEST_SKIP() << "no folder of real inputs (TRAM_SHARED)";
    if (PythonProgram().empty()) GTEST_SKIP() << "no python3";
    const fs::path input = InSource("tests/e2e/real_input");
    const RunResult converted = RunProgram({PythonProgram(), (input / "uis_to_csv.py").string(),
                                            (SharedFolder() / "data/uis.csv").string(),
                                            (scratch_ / "csv").string(), "--treat"});
    ASSERT_EQ(converted.exit, 0) << converted.err;
    r_ = FiguresOfR(input / "uis_groups.R");
    WriteProgramme(scratch_ / "treat.toml");
    if (HasFatalFailure()) return;
    server_ = std::make_unique<RealServer>(
        scratch_ / "server",
        std::vector<std::string>{"--programme", (scratch_ / "treat.toml").string()});
    server_->Start();
    for (const char* site : {"site_a", "site_b"}) {
      RealDevice device(scratch_ / (std::string("device-") + site));
      device.Enrol(server_->url(), server_->AddUnit(site, site, "56", "2018-01-01"));
      for (const char* type : {"client", "episode", "followup"}) {
        device.Json(
            {"import", type, (scratch_ / "csv" / site / (std::string(type) + ".csv")).string()});
      }
      device.Sync();
    }
  }

  json Report(const std::string& by, const std::string& stratum) {
    return server_->Json(
        {"report", "--exact", "--as-of", "2021-12-31", "--by", by, "--stratum", stratum});
  }
  static const json& Table(const json& report, const std::string& indicator) {
    for (const json& table : report.at("tables")) {
      if (table.at("indicator") == indicator) return table;
    }
    static const json none = json::object();
    ADD_FAILURE() << "no table " << indicator;
    return none;
  }
  static std::string GroupOf(const json& row) {
    const std::string place = row.at("place");
    return (place.empty() ? "all" : place) + "|" + row.at("stratum").get<std::string>();
  }
  void Compare(const std::string& key, const std::vector<json>& ours) {
    const auto r = r_.find(key);
    ASSERT_NE(r, r_.end()) << key;
    ASSERT_EQ(r->second.size(), ours.size()) << key;
    for (std::size_t i = 0; i < ours.size(); ++i) {
      const double wanted = r->second[i];
      ASSERT_EQ(ours[i].is_null(), std::isnan(wanted)) << key << " " << ours[i];
      if (ours[i].is_null()) continue;
      EXPECT_NEAR(ours[i].get<double>(), wanted, kDigits * std::max(1.0, std::abs(wanted))) << key;
    }
    compared_.insert(key);
  }

  void CompareRows(const json& report) {
    for (const json& row : Table(report, "relapse_free").at("rows")) {
      if (!row.at("stratum").get<std::string>().ends_with("=")) CompareCurve(row);
    }
    for (const json& row : Table(report, "relapse_competing").at("rows")) {
      if (!row.at("stratum").get<std::string>().ends_with("=")) CompareIncidence(row);
    }
  }
  void CompareCurve(const json& row) {
    for (const json& at : row.at("survival")) {
      Compare("km " + GroupOf(row) + " " + at.at("day").dump(),
              {at.at("at_risk"), at.at("survival"), at.at("low"), at.at("high")});
    }
  }
  void CompareIncidence(const json& row) {
    for (const json& at : row.at("incidence")) {
      for (const char* cause : {"relapse", "died"}) {
        const json& figure = at.at("causes").at(cause);
        Compare("cif " + GroupOf(row) + " " + at.at("day").dump() + " " + cause,
                {at.at("at_risk"), figure.at("probability"), figure.at("std_error"),
                 figure.at("low"), figure.at("high")});
      }
    }
  }
  void CompareTests(const json& report) {
    for (const json& test : Table(report, "relapse_free").at("log_rank")) {
      const std::vector<json> ours{test.at("chi_square"), test.at("df"), test.at("p")};
      if (test.at("between") == "places") {
        Compare("test places all|" + test.at("stratum").get<std::string>(), ours);
      } else {
        const std::string place = test.at("place");
        Compare("test strata " + (place.empty() ? "all" : place) + "|treat", ours);
      }
    }
  }

  ScratchFolder scratch_;
  std::map<std::string, std::vector<double>> r_;
  std::set<std::string> compared_;
  std::unique_ptr<RealServer> server_;
};

TEST_F(GroupsTest, EveryFigureBySiteAndTreatmentIsRs) {
  for (const char* by : {"country", "unit"}) {
    const json report = Report(by, "treat");
    CompareRows(report);
    CompareTests(report);
  }
  for (const auto& [key, figures] : r_) EXPECT_TRUE(compared_.contains(key)) << key;
  EXPECT_EQ(compared_.size(), 27u + 54u + 6u);
}

}  // namespace
}  // namespace tram::test
