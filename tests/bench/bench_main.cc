// tram-bench: measures, and prints one table (or, with --json, one document). What the rows mean:
// libsync/docs/measurements.md.
#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "tests/bench/measuring.h"
#include "tests/bench/rows.h"
#include "tests/support/process.h"
#include "tram/base/clock.h"
#include "tram/base/dates.h"

namespace tram::bench {
namespace {

struct Part {
  const char* name;
  Status (*measure)(const std::filesystem::path& scratch, BenchTable& table);
};
constexpr Part kParts[] = {{"append", MeasureAppend}, {"opening", MeasureOpening},
                           {"sync", MeasureSync},     {"units", MeasureUnits},
                           {"rollup", MeasureRollup}, {"text", MeasureText},
                           {"pages", MeasurePages}};

int Measure(bool json, const std::string& only) {
  const Stopwatch watch;
  const test::ScratchFolder scratch;
  const std::string today = IsoDate(LocalDate(SystemClock().WallMs()));
  const std::string filesystem = FilesystemOf(scratch.path());
  const unsigned cores = std::thread::hardware_concurrency();
  BenchTable table;
  bool failed = false;
  for (const Part& part : kParts) {
    if (!only.empty() && only != part.name) continue;
    std::cerr << "measuring: " << part.name << "\n";
    Status measured = part.measure(scratch.path(), table);
    if (measured) continue;
    failed = true;
    table.Skip(part.name, measured.error().message);
  }
  if (json) {
    const nlohmann::ordered_json document = {{"date", today},
                                             {"cores", cores},
                                             {"filesystem", filesystem},
                                             {"seconds", watch.Seconds()},
                                             {"rows", table.Json()}};
    std::cout << document.dump(2) << "\n";
    return failed ? 1 : 0;
  }
  std::vector<std::string> heading{
      today + ", " + std::to_string(cores) + " cores, files on " + filesystem + ", " +
          std::to_string(static_cast<int>(watch.Seconds())) + " s",
      "Times are medians on a machine that does other things too: compare ratios. Bars are not "
      "asserted."};
  if (filesystem == "tmpfs") {
    heading.push_back("Commits to tmpfs cost nothing: set TMPDIR to a folder on a disk.");
  }
  std::cout << table.Text(heading);
  return failed ? 1 : 0;
}

int Main(int argc, char** argv) {
  CLI::App app("Measures Trạm, as ratios against baselines in the same run", "tram-bench");
  bool json = false;
  std::string only, probe, folder;
  app.add_flag("--json", json, "one JSON document instead of the table");
  app.add_option("--only", only, "one part")
      ->check(CLI::IsMember({"append", "opening", "sync", "units", "rollup", "text", "pages"}));
  app.add_option("--probe", probe)->group("");  // for the bench itself
  app.add_option("--folder", folder)->group("");
  CLI11_PARSE(app, argc, argv);
  if (probe.empty()) return Measure(json, only);
  Status probed = ProbeOpening(probe, folder);
  if (!probed) std::cerr << probed.error().message << "\n";
  return probed ? 0 : 1;
}

}  // namespace
}  // namespace tram::bench

int main(int argc, char** argv) {
  try {
    return tram::bench::Main(argc, argv);
  } catch (const std::exception& problem) {
    std::cerr << "tram-bench failed unexpectedly: " << problem.what() << "\n";
    return 1;
  }
}
