#include "tests/e2e/demonstration_pages/recomputed.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/paths.h"
#include "tests/support/process.h"
#include "tram/base/csv.h"
#include "tram/base/os_file.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFileBytesMax = 64 << 20;

/// Resolution 202/2025/QH15 of the National Assembly: the codes of the demonstration's provinces
/// before 1 July 2025, and what they are part of since then.
const std::map<std::string, std::string> kMerger{{"01", "01"}, {"10", "15"}, {"24", "24"},
                                                 {"48", "48"}, {"56", "56"}, {"77", "79"},
                                                 {"79", "79"}, {"83", "86"}};

template <class Take>
void ForEachRow(const fs::path& file, Take take) {
  const auto text = ReadFile(file, kFileBytesMax);
  ASSERT_TRUE(text) << file;
  const auto table = ParseCsv(*text);
  ASSERT_TRUE(table) << file;
  for (const CsvRow& row : table->rows) {
    ASSERT_EQ(row.cells.size(), table->header.size()) << file << " line " << row.line;
    take(row.cells);
  }
}

}  // namespace

Recomputed::Recomputed(const fs::path& kept, const std::string& as_of, const fs::path& scratch) {
  const fs::path exports = scratch / "exports";
  fs::create_directories(exports);
  for (const auto& unit : fs::directory_iterator(kept / "export")) {
    fs::create_directory_symlink(unit.path(), exports / unit.path().filename());
  }
  fs::copy_file(kept / "units.csv", exports / "units.csv");
  const RunResult run =
      RunProgram({RscriptProgram(), InSource("tests/e2e/outcomes/recompute.R").string(),
                  exports.string(), as_of, scratch.string(), "rows"});
  EXPECT_EQ(run.exit, 0) << run.out << run.err;
  ForEachRow(exports / "units.csv", [&](const std::vector<std::string>& cells) {
    units_.push_back({cells[0], cells[1], cells[2], kMerger.at(cells[2])});
  });
  std::sort(units_.begin(), units_.end(),
            [](const KeptUnit& a, const KeptUnit& b) { return a.code < b.code; });
  // unit, indicator, period, stratum, bin, numerator, denominator
  ForEachRow(scratch / "rows.csv", [&](const std::vector<std::string>& cells) {
    rows_[cells[1]][cells[3]].push_back(
        {cells[0], cells[2], cells[4], {std::stoll(cells[5]), std::stoll(cells[6])}});
  });
}

std::set<std::string> Recomputed::UnitsOf(const std::string& province, Time time) const {
  std::set<std::string> units;
  for (const KeptUnit& unit : units_) {
    if (province.empty() || province == (time == Time::kNow ? unit.now : unit.then)) {
      units.insert(unit.code);
    }
  }
  return units;
}

std::set<std::string> Recomputed::Provinces(Time time) const {
  std::set<std::string> provinces;
  for (const KeptUnit& unit : units_) provinces.insert(time == Time::kNow ? unit.now : unit.then);
  return provinces;
}

const std::vector<Recomputed::Row>& Recomputed::Rows(const std::string& indicator,
                                                     const std::string& stratum) const {
  static const std::vector<Row> none;
  const auto found = rows_.find(indicator);
  if (found == rows_.end()) {
    ADD_FAILURE() << "R has no rows of " << indicator;
    return none;
  }
  const auto rows = found->second.find(stratum);
  return rows == found->second.end() ? none : rows->second;
}

ExactCounts Recomputed::Sum(const std::set<std::string>& units, const std::string& indicator,
                            const std::string& period, const std::string& bin,
                            const std::string& stratum) const {
  ExactCounts sum;
  for (const Row& row : Rows(indicator, stratum)) {
    if (row.bin != bin || !row.period.starts_with(period) || !units.contains(row.unit)) continue;
    sum.numerator += row.counts.numerator;
    sum.denominator += row.counts.denominator;
  }
  return sum;
}

std::map<std::string, ExactCounts> Recomputed::ByBin(const std::set<std::string>& units,
                                                     const std::string& indicator,
                                                     const std::string& period) const {
  std::map<std::string, ExactCounts> sums;
  for (const Row& row : Rows(indicator, "all")) {
    if (!row.period.starts_with(period) || !units.contains(row.unit)) continue;
    sums[row.bin].numerator += row.counts.numerator;
    sums[row.bin].denominator += row.counts.denominator;
  }
  return sums;
}

std::set<std::string> Recomputed::Strata(const std::string& indicator) const {
  std::set<std::string> strata;
  const auto found = rows_.find(indicator);
  if (found == rows_.end()) return strata;
  for (const auto& [stratum, rows] : found->second) strata.insert(stratum);
  return strata;
}

}  // namespace tram::test
