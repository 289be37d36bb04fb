// The simulator as a program: --seeds A-B, or --replay SEED. Exit 1 at the first failing world.
#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>

#include "tests/sim/sim_world.h"

int main(int argc, char** argv) {
  std::string seeds = "1-2000";
  std::uint64_t replay = 0;
  CLI::App app{"Simulated worlds of the engine"};
  app.add_option("--seeds", seeds, "first and last seed, A-B");
  app.add_option("--replay", replay, "one seed");
  CLI11_PARSE(app, argc, argv);
  std::uint64_t first = replay, last = replay;
  if (replay == 0) {
    auto dash = seeds.find('-');
    if (dash == std::string::npos) {
      std::cerr << "write --seeds A-B, for example --seeds 1-2000\n";
      return 2;
    }
    first = std::stoull(seeds.substr(0, dash));
    last = std::stoull(seeds.substr(dash + 1));
  }
  auto begin = std::chrono::steady_clock::now();
  std::size_t ops = 0, conflicts = 0, branches = 0, faults = 0, requests = 0;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    tram::sim::WorldReport report = tram::sim::SimWorld(seed).Run();
    if (!report.failure.empty()) {
      std::cout << "seed " << seed << " failed after " << (seed - first + 1)
                << " worlds: " << report.failure << "\n";
      return 1;
    }
    ops += report.ops;
    conflicts += report.conflicts;
    branches += report.branches;
    faults += report.faults;
    requests += report.requests;
  }
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::cout << (last - first + 1) << " worlds held in " << took.count() << " s: " << ops << " ops, "
            << conflicts << " conflicts, " << branches << " copied feeds, " << faults << " faults, "
            << requests << " requests\n";
  return 0;
}
