// kill -9 of real programs as a program: --kills N --seed S. Exit 1 where something was lost.
#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>

#include "tests/fault/kill/kill_run.h"

int main(int argc, char** argv) {
  tram::test::KillOptions options;
  options.kills = 2000;
  CLI::App app{"Kills the real server and its devices in the middle of their work"};
  app.add_option("--kills", options.kills, "how many, half of them of the server")
      ->capture_default_str();
  app.add_option("--seed", options.seed, "of moments and of links")->capture_default_str();
  app.add_option("--devices", options.devices, "of the one unit")
      ->check(CLI::Range(1, 16))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  const auto begin = std::chrono::steady_clock::now();
  const tram::test::KillOutcome outcome = tram::test::RunKills(options);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  const auto kills = static_cast<double>(outcome.server_kills + outcome.device_kills);
  std::cout << "seed " << options.seed << ": " << tram::test::KillText(outcome) << took.count()
            << " s, " << took.count() / kills << " s a kill\n";
  return outcome.problems.empty() ? 0 : 1;
}
