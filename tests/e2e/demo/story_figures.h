// Figures of the demonstration's story itself, counted from what it tells, with no programme, log
// or server between: what its calibration is checked against.
// Threads: pure functions.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/e2e/demo/demo_story.h"

namespace tram::demo {

struct ShareOf {
  int part = 0, all = 0;
  double Percent() const { return all == 0 ? 0 : 100.0 * part / all; }
};

/// Of persons whose first episode is 425 days old: by the known status nearest to a year.
struct YearAfter {
  int cohort = 0, not_using = 0, using_again = 0, without_word = 0;
};

struct StoryFigures {
  std::size_t units = 0, events = 0;
  std::map<std::string, int> made;  // records by type
  int edits = 0, deletions = 0, merges = 0, late = 0, readmissions = 0;
  int unit_months = 0;                          // of the whole
  std::map<std::string, double> served;         // by unit: a month, from the seventh month on
  double served_mean = 0;                       // over all those unit-months
  std::map<int, ShareOf> self_referred;         // by year of intake
  std::map<std::string, YearAfter> year_after;  // by province
  std::map<std::string, std::set<std::string>> codes;  // that occur, by "type.field"
};

StoryFigures CountStory(const std::vector<UnitPlan>& units, Date end);

}  // namespace tram::demo
