// One client of the demonstration, from his intake to the end of the story: his episodes, and how
// the unit writes them down: late, twice, with mistakes that are corrected.
// Threads: pure functions.
#pragma once

#include "tests/e2e/demo/demo_story.h"

namespace tram::demo {

/// Adds the client's events, in no order but parents before children of one day.
void TellClient(const UnitPlan& plan, StoryRandom& random, int number, Date intake, Date end,
                std::vector<StoryEvent>& events);

}  // namespace tram::demo
