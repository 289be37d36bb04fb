// A short run of kills; ./dev kill is the long one.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "tests/fault/kill/kill_run.h"

namespace tram::test {
namespace {

TEST(KillTest, NothingAcknowledgedIsLostWhenProgramsAreKilledOverBadLinks) {
  KillOptions options;
  if (const char* seed = std::getenv("TRAM_SEED")) options.seed = std::stoull(seed);
  const KillOutcome outcome = RunKills(options);
  std::cout << "seed " << options.seed << ": " << KillText(outcome);
  for (const std::string& problem : outcome.problems) ADD_FAILURE() << problem;
  EXPECT_GE(outcome.server_kills, options.kills / 2);
  EXPECT_GE(outcome.device_kills, options.kills / 2);
  EXPECT_GT(outcome.acknowledged, options.kills / 4) << "hardly anything was written";
  EXPECT_GE(outcome.ops, outcome.acknowledged);
}

}  // namespace
}  // namespace tram::test
