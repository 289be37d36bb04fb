// Random persons of some years in units of several provinces, as rows of the default programme's
// person indicators, and what was released of them: for the pages about outcomes.
#pragma once

#include "tests/unit/central_server/pages_fixture.h"

namespace tram::server {

class ReleasedYearTest : public PagesTest {
 protected:
  /// The default programme, units of provinces that were merged since, and two released years.
  void SetUp() override;
  /// Stores rows of random persons of 2023 and 2024 for every unit.
  void StoreRows(unsigned seed, Date as_of);
  const Programme& programme() { return *state().programme().programme; }

  static inline const Date kReleased = DateOf(2026, 3, 31);
  unsigned seed_ = 0;  // set before SetUp, or of the run
  std::vector<Unit> units_;

 private:
  std::vector<std::size_t> sizes_;  // persons a year
};

}  // namespace tram::server
