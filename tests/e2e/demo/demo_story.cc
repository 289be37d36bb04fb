#include "tests/e2e/demo/demo_story.h"

#include <algorithm>

#include "tests/e2e/demo/client_story.h"

namespace tram::demo {
namespace {

constexpr int kDaysOfIntake = 28;
constexpr int kFundedFrom = 2017;

const std::vector<std::string> kWorkers{"Bs. Lan",  "Ys. Tùng", "Đd. Hoa",
                                        "Tv. Bình", "Ys. Thảo", "Bs. Quang"};
const std::vector<std::string> kRoles{"doctor", "assistant_doctor", "nurse", "counsellor"};

/// What is about the unit and not about its clients.
class UnitStory {
 public:
  UnitStory(const UnitPlan& plan, StoryRandom& random, Date from, Date to,
            std::vector<StoryEvent>& events)
      : plan_(plan), random_(random), from_(from), to_(to), events_(events) {}

  void Tell() {
    Workers();
    Profile();
    for (int year = YearOf(from_); year <= YearOf(to_); ++year) {
      if (year >= kFundedFrom) Funding(year);
    }
    for (Date month = from_; month < to_; month = AddMonths(month, 1)) Month(month);
  }

 private:
  using Action = StoryEvent::Action;

  void Add(Date day, const std::string& type, const std::string& key, StoryFields fields,
           Action action = Action::kMake, int device = 0) {
    if (day >= from_ && day < to_) {
      events_.push_back({day, device, action, type, key, "", std::move(fields)});
    }
  }

  /// The first worker of each device is the one who writes on it from then on.
  void Workers() {
    for (int device = 0; device < plan_.devices; ++device) {
      const Date day = std::max(from_, DeviceFrom(plan_, device));
      Add(day, "worker", "w" + std::to_string(device),
          {{"display_name", random_.Pick(kWorkers) + " (invented)"},
           {"role", device == 0 ? "head" : random_.Pick(kRoles)},
           {"active", "1"}},
          Action::kMake, device);
    }
    Add(AddMonths(from_, 2), "worker", "volunteer",
        {{"display_name", "Chị Mai (invented)"}, {"role", "volunteer"}, {"active", "1"}});
    Add(AddMonths(from_, 20), "worker", "volunteer", {{"active", "0"}}, Action::kEdit);
  }

  void Profile() {
    const int staff = random_.Between(3, 8);
    int trained = random_.Between(1, 2);
    Add(from_, "unit_profile", "profile",
        {{"opened_on", IsoDate(from_)},
         {"staff", std::to_string(staff)},
         {"trained_staff", std::to_string(trained)}});
    for (int year = YearOf(from_) + 1; year <= YearOf(to_); ++year) {
      if (trained < staff && random_.Chance(70)) {
        Add(DateOf(year, 3, 15), "unit_profile", "profile",
            {{"trained_staff", std::to_string(++trained)}}, Action::kEdit);
      }
    }
    if (plan_.devices == 1 || !random_.Chance(20)) return;
    const Date second = Later(DeviceFrom(plan_, 1), 40);
    Add(second, "unit_profile", "profile2",
        {{"opened_on", IsoDate(from_)}, {"staff", std::to_string(staff)}, {"trained_staff", "1"}},
        Action::kMake, 1);
    if (random_.Chance(60)) {
      Add(Later(second, 50), "unit_profile", "profile2", {{"reason", "Ghi trùng"}}, Action::kDelete,
          1);
    }
  }

  void Funding(int year) {
    const bool government = plan_.government && year >= 2019;
    const std::string running = government                              ? "government"
                                : YearOf(from_) <= 2016 && year <= 2018 ? "organisation"
                                                                        : "province";
    const Date day = std::max(from_, DateOf(year, 2, 10));
    auto add = [&](const char* item, const std::string& source, int million) {
      StoryFields fields{{"year", std::to_string(year)}, {"item", item}, {"source", source}};
      if (source != "none") fields["amount"] = std::to_string(million * 1'000'000LL);
      Add(day, "funding", std::string(item) + std::to_string(year), std::move(fields));
    };
    add("staff", running, random_.Between(24, 60));
    add("supplies", running, random_.Between(5, 15));
    add("communication", random_.Chance(60) ? "province" : "none", random_.Between(3, 9));
    add("medicine", random_.Chance(70) ? "province" : "organisation", random_.Between(8, 30));
  }

  void Month(Date month) {
    const std::string text = MonthText(month);
    for (const char* medicine : {"vitamins", "cedemex"}) {
      if (random_.Chance(6)) continue;  // forgotten
      StoryFields fields{{"month", IsoDate(month)},
                         {"medicine", medicine},
                         {"received", std::to_string(random_.Between(0, 12) * 50)},
                         {"out_days", "0"}};
      if (random_.Chance(9)) {
        fields["out_days"] = std::to_string(random_.Between(2, 15));
        fields["reason"] = random_.Chance(50) ? "Chưa được cấp" : "Giao chậm";
      }
      Add(MonthEnd(month), "stock", medicine + text, std::move(fields));
    }
    if (random_.Chance(month.days < Later(from_, 400).days ? 80 : 45)) {
      const Date day = Later(month, random_.Below(kDaysOfIntake));
      Add(day, "outreach", "outreach" + text,
          {{"date", IsoDate(day)},
           {"kind", random_.Weighed({{"meeting", 35},
                                     {"leaflets", 20},
                                     {"loudspeaker", 20},
                                     {"home_visits", 15},
                                     {"peers", 10}})},
           {"people", std::to_string(random_.Between(8, 90))}});
    }
    if (random_.Chance(16)) {
      const Date day = Later(month, random_.Below(kDaysOfIntake));
      Add(day, "training", "training" + text,
          {{"date", IsoDate(day)},
           {"topic", random_.Weighed({{"counselling", 35},
                                      {"relapse_prevention", 30},
                                      {"harm_reduction", 10},
                                      {"records", 20},
                                      {"law", 5}})},
           {"days", std::to_string(random_.Between(1, 4))},
           {"people", std::to_string(random_.Between(1, 5))}});
    }
  }

  const UnitPlan& plan_;
  StoryRandom& random_;
  Date from_, to_;
  std::vector<StoryEvent>& events_;
};

/// In April 2020 people were told to stay at home.
bool StaysAtHome(Date day) { return MonthText(day) == "2020-04"; }

}  // namespace

std::uint64_t StoryRandom::Next() {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

void StoryRandom::Fill(std::span<std::uint8_t> bytes) {
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(Next() >> 32);
}

std::string StoryRandom::Weighed(const std::vector<std::pair<const char*, int>>& weights) {
  int sum = 0;
  for (const auto& [name, weight] : weights) sum += std::max(0, weight);
  int at = Below(sum);
  for (const auto& [name, weight] : weights) {
    at -= std::max(0, weight);
    if (at < 0) return name;
  }
  return weights.back().first;
}

int YearOf(Date day) { return std::stoi(IsoDate(day).substr(0, 4)); }

std::vector<StoryEvent> TellStory(const UnitPlan& plan, Date from, Date to) {
  if (plan.silent_from) to = std::min(to, *plan.silent_from);
  StoryRandom random(plan.seed);
  std::vector<StoryEvent> events;
  UnitStory(plan, random, from, to, events).Tell();
  int number = 0;
  for (Date month = from; month < to; month = AddMonths(month, 1)) {
    const int permille = StaysAtHome(month) ? plan.intakes_permille * 2 / 5 : plan.intakes_permille;
    for (int day = 0; day < kDaysOfIntake; ++day) {
      const Date intake = Later(month, day);
      if (random.Below(kDaysOfIntake * 1000) >= permille || intake >= to) continue;
      TellClient(plan, random, ++number, intake, to, events);
    }
  }
  std::stable_sort(events.begin(), events.end(),
                   [](const StoryEvent& a, const StoryEvent& b) { return a.day < b.day; });
  return events;
}

}  // namespace tram::demo
