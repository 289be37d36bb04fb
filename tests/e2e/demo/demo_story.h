// What happens in one unit of the demonstration: who comes, when, and how it goes. Invented, but
// for two units' names; the same seed tells the same story.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tram/base/clock.h"
#include "tram/base/dates.h"

namespace tram::demo {

/// splitmix64 (Steele et al. 2014), so that the story is the same everywhere.
class StoryRandom : public Random {
 public:
  explicit StoryRandom(std::uint64_t seed) : state_(seed) {}
  void Fill(std::span<std::uint8_t> bytes) override;
  std::uint64_t Next();
  int Below(int bound) { return static_cast<int>(Next() % static_cast<std::uint64_t>(bound)); }
  bool Chance(int percent) { return Below(100) < percent; }
  template <class T>
  const T& Pick(const std::vector<T>& from) {
    return from[static_cast<std::size_t>(Below(static_cast<int>(from.size())))];
  }

 private:
  std::uint64_t state_;
};

struct UnitPlan {
  std::string code, name;
  std::string province;  // code before 2025-07-01
  bool invented = true;
  int clients_a_month = 3;
  int self_referred = 50;  // percent
  std::uint64_t seed = 1;
};

/// The four units, two in each of two provinces.
const std::vector<UnitPlan>& DemoUnits();

/// One record that somebody writes on one of the unit's devices.
struct StoryEvent {
  Date day;
  int device = 0;  // 0 or 1
  std::string type;
  std::string key;     // its own, for later events
  std::string parent;  // key of the parent; "" for clients
  bool edits = false;  // changes the record `key` instead of making it
  std::map<std::string, std::string> fields;
};

/// Sorted by day; parents before children.
std::vector<StoryEvent> TellStory(const UnitPlan& plan, Date from, Date to);

}  // namespace tram::demo
