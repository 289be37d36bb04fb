// The law of suppression: whoever knows everything published cannot bound a suppressed number to a
// width below five. Publications of simulated years are attacked with linear programmes; each
// protection is then left out once, and the attacker must find it.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <map>

#include "tests/law/suppression/attacker.h"
#include "tests/law/suppression/simulated_cohort.h"

namespace tram::server::test {
namespace {

struct Tally {
  std::size_t worlds = 0, suppressed = 0, narrow = 0, broken = 0;
  double narrowest = 1e9;
  std::map<std::pair<std::string, Coarseness>, std::size_t> lines;
};

/// Lines of tables by how coarse they are; those of fewer than 8 persons are left out.
void AddLines(const Cohort& cohort, const Sheets& sheets, Tally& tally) {
  const GroupSums sums = SumGroups(cohort);
  Sheets first = FirstSheets(cohort, sums);
  first.profile = sheets.profile;
  for (std::size_t t = 0; t < cohort.tables.size(); ++t) {
    const PersonTable& table = cohort.tables[t];
    for (std::size_t g = 0; g < cohort.groups.size(); ++g) {
      for (std::size_t row = 0; row < (table.strata ? cohort.rows() : 1); ++row) {
        const bool possible =
            LineCoarseness(cohort, sums, first, g, t, row) != Coarseness::kNotDrawn;
        if (!possible) continue;
        const std::string of =
            std::string(g == 0 ? " country" : " province") + (row > 0 ? ", by row" : "");
        ++tally.lines[{table.indicator + of, LineCoarseness(cohort, sums, sheets, g, t, row)}];
      }
    }
    for (std::size_t u = 0; u < cohort.units.size(); ++u) {
      if (first.units[u][t] == Coarseness::kNotDrawn) continue;
      ++tally.lines[{table.indicator + " unit", sheets.units[u][t]}];
    }
  }
}

void Print(const char* title, const Tally& tally) {
  std::printf(
      "%s: %zu worlds, %zu suppressed numbers, %zu narrowed below 5 (%.2f %%), narrowest %g\n",
      title, tally.worlds, tally.suppressed, tally.narrow,
      100.0 * static_cast<double>(tally.narrow) /
          static_cast<double>(std::max<std::size_t>(tally.suppressed, 1)),
      tally.narrowest);
  std::map<std::string, std::map<Coarseness, std::size_t>> lines;
  for (const auto& [key, count] : tally.lines) lines[key.first][key.second] += count;
  for (auto& [name, levels] : lines) {
    std::printf("  %-32s to 5: %4zu  to 10: %4zu  to 20: %4zu  not drawn: %4zu\n", name.c_str(),
                levels[Coarseness::kFive], levels[Coarseness::kTen], levels[Coarseness::kTwenty],
                levels[Coarseness::kNotDrawn]);
  }
}

std::uint64_t FirstSeed() {
  const char* seed = std::getenv("TRAM_SEED");
  return seed == nullptr ? 1 : std::strtoull(seed, nullptr, 10);
}

struct Policy {
  bool coarsen = true;
  Mistakes mistakes;
  bool rows = true;  // outcomes by row, too
};

void Attack(const SimulatedWorld& world, const Policy& policy, Tally& tally) {
  const Cohort first = world.ProfileCohort();
  const Sheets profile = policy.coarsen ? Suppress(first) : FirstSheets(first, SumGroups(first));
  const Cohort second = world.TableCohort(profile);
  const Sheets sheets = policy.coarsen ? Suppress(second) : FirstSheets(second, SumGroups(second));
  Attacker attacker({first, profile}, {second, sheets}, policy.mistakes);
  ++tally.worlds;
  for (const SuppressedCell& cell : SuppressedCells(second, SumGroups(second), sheets)) {
    const double width = attacker.Width(cell);
    ++tally.suppressed;
    tally.narrow += width < static_cast<double>(kWidthMin) - 1e-6;
    tally.broken += width < 0;
    tally.narrowest = std::min(tally.narrowest, width);
  }
  AddLines(second, sheets, tally);
}

Tally AttackWorlds(std::size_t worlds, std::size_t provinces, const Policy& policy) {
  Tally tally;
  for (std::uint64_t seed = FirstSeed(); seed < FirstSeed() + worlds; ++seed) {
    std::mt19937_64 random(seed);
    WorldPlan plan = RandomPlan(random, provinces);
    plan.rows = policy.rows;
    Attack(SimulatedWorld(plan, seed), policy, tally);
  }
  return tally;
}

TEST(SuppressionLawTest, NoSuppressedNumberIsNarrowed) {
  std::size_t suppressed = 0;
  for (bool rows : {false, true}) {
    for (std::size_t provinces : {1u, 2u, 4u}) {
      SCOPED_TRACE("seeds from " + std::to_string(FirstSeed()));
      const Tally tally = AttackWorlds(6, provinces, {true, {}, rows});
      const std::string title =
          std::to_string(provinces) + (rows ? " provinces, by row too" : " provinces");
      Print(title.c_str(), tally);
      EXPECT_EQ(tally.narrow, 0u);
      EXPECT_EQ(tally.broken, 0u);
      suppressed += tally.suppressed;
    }
  }
  EXPECT_GT(suppressed, 500u);
}

TEST(SuppressionLawTest, WithoutCoarseningTheAttackerNarrowsMany) {
  const Tally tally = AttackWorlds(3, 2, {false, {}, true});
  Print("everything rounded to 5", tally);
  EXPECT_GT(tally.narrow, tally.suppressed / 20);
}

TEST(SuppressionLawTest, ARepeatedReleaseIsCompared) {
  const Tally tally = AttackWorlds(4, 2, {true, {false, true}, true});
  Print("the profile again from later data", tally);
  EXPECT_GT(tally.narrow, 0u);
}

TEST(SuppressionLawTest, ExactRatesGiveCountsAway) {
  const Tally tally = AttackWorlds(4, 2, {true, {true, false}, true});
  Print("rates of exact counts", tally);
  EXPECT_GT(tally.narrow, tally.suppressed / 20);
}

TEST(SuppressionLawTest, ShownCountsStandForWhatRoundsToThem) {
  for (Coarseness coarseness : {Coarseness::kFive, Coarseness::kTen, Coarseness::kTwenty}) {
    for (std::int64_t count = 0; count < 500; ++count) {
      const auto shown = ShownCount(count, coarseness);
      EXPECT_EQ(shown.has_value(), count > 7);
      const CountBounds bounds = BoundsOf(shown, coarseness);
      for (std::int64_t other = 0; other < 500; ++other) {
        EXPECT_EQ(ShownCount(other, coarseness) == shown,
                  bounds.low <= other && other <= bounds.high)
            << count << " " << other;
      }
    }
  }
}

TEST(SuppressionLawTest, TheSameCohortGivesTheSameSheets) {
  std::mt19937_64 random(3);
  const SimulatedWorld world(RandomPlan(random, 2), 3);
  const Sheets profile = Suppress(world.ProfileCohort());
  const Sheets first = Suppress(world.TableCohort(profile));
  const Sheets second = Suppress(world.TableCohort(profile));
  EXPECT_EQ(first.groups, second.groups);
  EXPECT_EQ(first.hidden_rows, second.hidden_rows);
  EXPECT_EQ(first.units, second.units);
}

}  // namespace
}  // namespace tram::server::test
