#include "tests/e2e/demo/story_figures.h"

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace tram::demo {
namespace {

using Action = StoryEvent::Action;

constexpr int kYear = 365, kWindow = 60, kStartingMonths = 6, kLateDays = 14;

std::string Text(const StoryFields& fields, const char* name) {
  auto found = fields.find(name);
  return found == fields.end() ? "" : found->second;
}

Date DayOf(const std::string& iso) {
  auto day = ParseIsoDate(iso);
  return day ? *day : Date{};
}

struct Person {
  Date first;
  std::vector<std::pair<Date, std::string>> words;  // day, status of use
};

class Counter {
 public:
  Counter(StoryFigures& figures, Date end) : figures_(figures), end_(end) {}

  void Count(const UnitPlan& plan) {
    persons_.clear();
    owner_.clear();
    served_.clear();
    std::vector<StoryEvent> events = TellStory(plan, plan.opened, end_);
    figures_.events += events.size();
    for (const StoryEvent& event : events) Take(event);
    Served(plan);
    for (const auto& [key, person] : persons_) After(plan, person);
    ++figures_.units;
  }

  double ServedMean() const { return months_ == 0 ? 0 : 1.0 * clients_ / months_; }

 private:
  void Take(const StoryEvent& event) {
    switch (event.action) {
      case Action::kEdit:
        ++figures_.edits;
        if (event.fields.count("end_reason") > 0) {
          figures_.codes["episode.end_reason"].insert(event.fields.at("end_reason"));
        }
        return;
      case Action::kDelete:
        ++figures_.deletions;
        return;
      case Action::kMerge:
        ++figures_.merges;
        return;
      case Action::kMake:
        break;
    }
    ++figures_.made[event.type];
    for (const auto& [name, value] : event.fields) {
      auto& codes = figures_.codes[event.type + "." + name];
      if (codes.size() < 40) codes.insert(value);
    }
    if (event.type == "client" && event.key.back() != 'b') persons_[event.key];
    if (event.type == "episode") Episode(event);
    Service(event);
  }

  void Episode(const StoryEvent& event) {
    // A twin's episode counts for the person that it is.
    std::string person = event.parent;
    if (person.back() == 'b') person.pop_back();
    owner_[event.key] = person;
    const Date intake = DayOf(event.fields.at("intake_date"));
    ShareOf& self = figures_.self_referred[YearOf(intake)];
    self.part += event.fields.at("referral") == "self" ? 1 : 0;
    ++self.all;
    Person& who = persons_[person];
    if (who.first.days == 0) {
      who.first = intake;
    } else if (event.parent.back() != 'b') {
      ++figures_.readmissions;
    }
    served_[MonthText(intake)].insert(person);
  }

  void Service(const StoryEvent& event) {
    auto owner = owner_.find(event.parent);
    if (owner == owner_.end()) return;
    const Date day = DayOf(event.fields.at("date"));
    if (event.day.days > day.days + kLateDays) ++figures_.late;
    if (Text(event.fields, "reached") != "0") served_[MonthText(day)].insert(owner->second);
    std::string use = Text(event.fields, "use_since_last") + Text(event.fields, "use_status");
    if (!use.empty() && use != "not_known") persons_[owner->second].words.emplace_back(day, use);
  }

  void Served(const UnitPlan& plan) {
    int clients = 0, months = 0;
    for (Date month = plan.opened; month < end_; month = AddMonths(month, 1)) {
      ++figures_.unit_months;
      if (month < AddMonths(plan.opened, kStartingMonths)) continue;
      if (plan.silent_from && month >= *plan.silent_from) continue;
      clients += static_cast<int>(served_[MonthText(month)].size());
      ++months;
    }
    if (months > 0) figures_.served[plan.code] = 1.0 * clients / months;
    clients_ += clients;
    months_ += months;
  }

  void After(const UnitPlan& plan, const Person& person) {
    if (person.first.days + kYear + kWindow >= end_.days) return;
    YearAfter& after = figures_.year_after[plan.province];
    ++after.cohort;
    std::optional<std::pair<int, std::string>> nearest;
    for (const auto& [day, use] : person.words) {
      const int away = std::abs(day.days - person.first.days - kYear);
      if (away <= kWindow && (!nearest || away < nearest->first)) nearest = {away, use};
    }
    ++(!nearest                       ? after.without_word
       : nearest->second == "relapse" ? after.using_again
                                      : after.not_using);
  }

  StoryFigures& figures_;
  Date end_;
  std::map<std::string, Person> persons_;
  std::map<std::string, std::string> owner_;  // of an episode
  std::map<std::string, std::set<std::string>> served_;
  int clients_ = 0, months_ = 0;
};

}  // namespace

StoryFigures CountStory(const std::vector<UnitPlan>& units, Date end) {
  StoryFigures figures;
  Counter counter(figures, end);
  for (const UnitPlan& plan : units) counter.Count(plan);
  figures.served_mean = counter.ServedMean();
  return figures;
}

}  // namespace tram::demo
