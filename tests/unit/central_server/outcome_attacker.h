// Whoever reads the pages about outcomes, and their files, to find numbers that were not released:
// all that may be asked for, and all numbers that may be found. Over random persons
// (released_year.h). Threads: the test's.
#pragma once

#include <set>

#include "rollup/release.h"
#include "tests/unit/central_server/page_tables.h"
#include "tests/unit/central_server/released_year.h"

namespace tram::server {

class OutcomePagesTest : public ReleasedYearTest {
 protected:
  void SetUp() override;
  /// A page that is there, with those that go on with it.
  std::string Shown(const std::string& target);
  void ServeManager();
  /// As the page says them after the address of a choice.
  static ReleasedBy ByOf(const std::string& by);
  ReleasedTable TableOfYear(const std::string& indicator, int year, ReleasedBy by);

  Account manager_;
};

/// Numbers that the released tables hold, and what follows from each of their lines.
struct Allowed {
  std::set<std::string> counts, shares;
  std::set<std::string> exact;  // shares with every digit
};

class AttackerTest : public OutcomePagesTest {
 protected:
  Allowed AllowedNumbers();
  /// Every choice that the forms offer, some together, and what nobody offers.
  std::vector<std::string> Targets();
};

}  // namespace tram::server
