// What the tests of documents for other systems share: a mapping of everything, and numbers of a
// document by what they are of.
#pragma once

#include "exchange/data_value_set.h"
#include "exchange/exchange_items.h"
#include "exchange/measure_reports.h"
#include "tests/support/paths.h"
#include "tests/unit/central_server/made_up_figures.h"
#include "tram/base/csv.h"
#include "tram/base/os_file.h"

namespace tram::server {

/// The n-th of many identifiers.
inline std::string TestUid(std::size_t n) {
  std::string uid = "A0000000000";
  for (std::size_t at = uid.size(); n > 0; n /= 10) uid[--at] = static_cast<char>('0' + n % 10);
  return uid;
}

/// The server's own table, with an identifier in every line.
inline std::string FilledMapping(ServerState& state) {
  const auto empty = MappingTable(state, {}, Language::kEnglish);
  EXPECT_TRUE(empty);
  auto table = ParseCsv(*empty);
  EXPECT_TRUE(table);
  std::string csv;
  AppendCsvRow(csv, table->header);
  std::size_t n = 1;
  for (CsvRow& row : table->rows) {
    row.cells[5] = TestUid(n++);
    AppendCsvRow(csv, row.cells);
  }
  return csv;
}

/// What a document says, by data element, organisation unit and period.
using Said = std::map<std::tuple<std::string, std::string, std::string>, std::string>;
inline Said ValuesOf(const nlohmann::ordered_json& document) {
  Said said;
  for (const auto& value : document.at("dataValues")) {
    const auto [it, is_new] =
        said.emplace(std::tuple(value.at("dataElement"), value.at("orgUnit"), value.at("period")),
                     value.at("value"));
    EXPECT_TRUE(is_new) << value.dump();
  }
  return said;
}

/// A bundle's MeasureReports, in its order.
inline std::vector<FhirJson> ReportsOf(const FhirJson& bundle) {
  std::vector<FhirJson> reports;
  if (!bundle.contains("entry")) return reports;
  for (const auto& entry : bundle.at("entry")) {
    const FhirJson& resource = entry.at("resource");
    if (resource.at("resourceType") == "MeasureReport") reports.push_back(resource);
  }
  return reports;
}
/// A population's count in a group or stratum; "*" where it is masked, "" where there is none.
inline std::string PopulationIn(const FhirJson& group, const std::string& code) {
  for (const auto& population : group.at("population")) {
    if (population.at("code").at("coding").at(0).at("code") != code) continue;
    if (population.contains("count")) return population.at("count").dump();
    const auto& reason = population.at("_count").at("extension").at(0);
    EXPECT_EQ(reason.at("url"), "http://hl7.org/fhir/StructureDefinition/data-absent-reason");
    return reason.at("valueCode") == "masked" ? "*" : reason.dump();
  }
  return "";
}

inline constexpr char kEnv[] = "/usr/bin/env";  // finds node
/// Why the published schema cannot be asked here; "" where it can.
inline std::string FhirSchemaMissing() {
  const std::filesystem::path modules = test::InSource("build/npm/node_modules");
  const bool there = std::filesystem::exists(modules / "@asymmetrik") &&
                     std::filesystem::exists(modules / "ajv") &&
                     test::RunProgram({kEnv, "node", "--version"}).exit == 0;
  return there ? "" : "needs node, ajv and FHIR's schema: ./dev test fetches them with npm";
}
/// Of all bundles at once: compiling the schema takes seconds.
inline void ExpectFhirSchema(const std::vector<FhirJson>& bundles,
                             const std::filesystem::path& folder) {
  std::vector<std::string> argv{kEnv, "node", test::InSource("tests/support/fhir_schema.js"),
                                test::InSource("build/npm/node_modules")};
  for (std::size_t i = 0; i < bundles.size(); ++i) {
    argv.push_back(folder / ("bundle-" + std::to_string(i) + ".json"));
    ASSERT_TRUE(WriteFileAtomically(argv.back(), AsBytes(bundles[i].dump())));
  }
  const test::RunResult run = test::RunProgram(argv);
  EXPECT_EQ(run.exit, 0) << run.out << run.err;
  EXPECT_NE(run.out.find("\"MeasureReport\":"), std::string::npos) << run.out;
}

}  // namespace tram::server
