// What happens in one unit of the demonstration: who comes, when, and how it goes; what the unit
// has, gets and does. Invented; the same seed tells the same story.
// Threads: pure functions.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/e2e/demo/demo_plans.h"
#include "tram/base/clock.h"

namespace tram::demo {

/// splitmix64 (Steele et al. 2014), so that the story is the same everywhere.
class StoryRandom : public Random {
 public:
  explicit StoryRandom(std::uint64_t seed) : state_(seed) {}
  void Fill(std::span<std::uint8_t> bytes) override;
  std::uint64_t Next();
  int Below(int bound) { return static_cast<int>(Next() % static_cast<std::uint64_t>(bound)); }
  int Between(int from, int to) { return from + Below(to - from + 1); }
  bool Chance(int percent) { return Below(100) < percent; }
  template <class T>
  const T& Pick(const std::vector<T>& from) {
    return from[static_cast<std::size_t>(Below(static_cast<int>(from.size())))];
  }
  /// One of the names, each with its weight.
  std::string Weighed(const std::vector<std::pair<const char*, int>>& weights);

 private:
  std::uint64_t state_;
};

using StoryFields = std::map<std::string, std::string>;

/// What somebody does with one record on one of the unit's devices.
struct StoryEvent {
  enum class Action {
    kMake,
    kEdit,
    kDelete,  // fields: reason
    kMerge,   // `key` is the same person as `parent`
  };
  Date day;  // of the writing; what it tells may lie before
  int device = 0;
  Action action = Action::kMake;
  std::string type;
  std::string key;     // its own, for later events
  std::string parent;  // key of the parent; "" for records that have none
  StoryFields fields;
};

inline Date Later(Date day, int days) { return Date{day.days + days}; }
int YearOf(Date day);

/// Sorted by day; parents before children. What is below one client is written on one device,
/// merging apart. `from` is when the unit opens; it ends early where the unit falls silent.
std::vector<StoryEvent> TellStory(const UnitPlan& plan, Date from, Date to);

}  // namespace tram::demo
