// Simulated persons of one year's cohort in units of some provinces, with the tables of the default
// programme: what the suppression decides on, and what its attacker attacks. By seed.
#pragma once

#include <memory>
#include <random>
#include <vector>

#include "rollup/person_tables.h"
#include "rollup/suppression.h"

namespace tram::server::test {

struct WorldPlan {
  std::vector<std::vector<double>> unit_sizes;  // by province: expected persons of each unit
  double late = 0.05;                           // of the persons come after the profile's release
  double moved = 0.1;  // of the units go to another province between the two releases
  /// Outcomes are printed by row, too: success and what is known. They are not released so.
  bool rows = true;
  double spread = 1.0;  // how much units differ in outcomes; 0: all alike
};

/// Provinces of one to twelve units, from tiny to large.
WorldPlan RandomPlan(std::mt19937_64& random, std::size_t provinces);

/// Two releases: the profile at the year's end, the tables fourteen months later.
class SimulatedWorld {
 public:
  /// `codes`: how many rows each dimension has.
  SimulatedWorld(const WorldPlan& plan, std::uint64_t seed,
                 const std::vector<std::size_t>& codes = {3, 5, 6, 5});

  /// What is decided at the first release: no tables, the persons known then.
  Cohort ProfileCohort() const;
  /// At the second; `profile` is what the first gave.
  Cohort TableCohort(const Sheets& profile) const;
  const CohortPlan& plan() const { return plan_; }

 private:
  struct Person {
    std::size_t unit = 0;
    bool late = false;
    std::vector<std::size_t> rows;
    std::vector<std::size_t> bins;  // by table
  };
  void MakeProgramme(const std::vector<std::size_t>& codes);
  void MakePersons(const WorldPlan& plan);
  void MakeGroups();
  Person MakePerson(std::size_t unit, const WorldPlan& plan, const std::vector<double>& states);
  Cohort Empty() const;

  std::mt19937_64 random_;
  std::unique_ptr<Programme> programme_;
  CohortPlan plan_;
  bool rows_ = true;
  std::vector<std::size_t> province_then_, province_first_, province_second_;  // by unit
  std::vector<Person> persons_;
  // Groups: those of the first release, then those that only the second has.
  std::vector<std::vector<std::size_t>> groups_;  // units
  std::size_t groups_first_ = 0;
  std::vector<bool> group_drawn_second_;
};

}  // namespace tram::server::test
