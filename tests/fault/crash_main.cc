// tram-crash: every workload at every changing call of its disk, with every kind of fault, and at
// allocations that fail.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "tests/fault/crash_points.h"

namespace tram::test {
namespace {

struct Options {
  std::string workload, weakness;
  std::uint64_t seeds = 3, seed = 1, second = 3, allocations = 0;
};

void PrintRow(const std::string& workload, const std::string& fault, const CrashCount& count) {
  std::printf("%-18s %-12s %8llu %10llu %6llu %8llu\n", workload.c_str(), fault.c_str(),
              static_cast<unsigned long long>(count.points),
              static_cast<unsigned long long>(count.recovered),
              static_cast<unsigned long long>(count.lost),
              static_cast<unsigned long long>(count.corrupt));
  if (!count.first_problem.empty()) std::printf("  %s\n", count.first_problem.c_str());
  std::fflush(stdout);
}

CrashCount RunWithoutMemory(const std::string& name, CrashPoints& points, const Options& options) {
  using Whose = FailingAllocations::Whose;
  using Lack = FailingAllocations::Lack;
  CrashCount all;
  for (Whose whose : {Whose::kProgram, Whose::kSqlite}) {
    const std::uint64_t wanted = points.slow() ? options.allocations / 20 + 1 : options.allocations;
    const std::uint64_t stride = points.CountAllocations(whose) / wanted + 1;
    for (Lack lack : {Lack::kOnce, Lack::kFromThenOn}) {
      const CrashCount count = points.RunAllocations(whose, lack, stride);
      PrintRow(name,
               std::string(whose == Whose::kProgram ? "new" : "sqlite") +
                   (lack == Lack::kOnce ? "" : ",all"),
               count);
      all.Add(count);
    }
  }
  return all;
}

int Run(const Options& options) {
  std::printf("%-18s %-12s %8s %10s %6s %8s\n", "workload", "fault", "points", "recovered", "lost",
              "corrupt");
  const Weakness weakness = options.weakness == "off"   ? Weakness::kSyncsOff
                            : options.weakness == "lie" ? Weakness::kLyingSyncs
                                                        : Weakness::kNone;
  CrashCount all;
  for (const NamedWorkload& workload : StoreWorkloads()) {
    if (!options.workload.empty() && options.workload != workload.name) continue;
    CrashPoints points(workload, weakness);
    for (const FaultKind& kind : FaultKinds(points.goes_on())) {
      if (options.seeds == 0) break;
      // Without a power cut nothing is left to chance.
      const bool chance = kind.aftermath == Aftermath::kPowerCut;
      const CrashCount count =
          points.RunAll(kind, {1, options.seed, chance && !points.slow() ? options.seeds : 1});
      PrintRow(workload.name, FaultName(kind.fault, kind.aftermath), count);
      all.Add(count);
    }
    if (options.second != 0) {
      const std::uint64_t stride = points.slow() ? 4 * options.second : options.second;
      const CrashCount count = points.RunSecondFaults({stride, options.seed, 1});
      PrintRow(workload.name, "twice", count);
      all.Add(count);
    }
    if (options.allocations != 0) all.Add(RunWithoutMemory(workload.name, points, options));
  }
  PrintRow("all", "", all);
  return all.points == all.recovered ? 0 : 1;
}

}  // namespace
}  // namespace tram::test

int main(int argc, char** argv) {
  CLI::App app("Every workload at every changing call of its disk, with every kind of fault.");
  tram::test::Options options;
  app.add_option("--workload", options.workload, "only this one");
  app.add_option("--seeds", options.seeds,
                 "for each point where chance decides what is left; 0: no faults of the disk");
  app.add_option("--seed", options.seed, "the first one");
  app.add_option("--second", options.second,
                 "every n-th call of a recovery fails as well; 0: none of them");
  app.add_option("--allocations", options.allocations,
                 "of a run fail, about so many of each kind; 0: none");
  app.add_option("--weakness", options.weakness, "off: no syncs; lie: syncs that do nothing");
  CLI11_PARSE(app, argc, argv);
  tram::test::ReplaceSqliteAllocator();
  return tram::test::Run(options);
}
