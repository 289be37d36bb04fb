#include "tests/e2e/demo/demo_story.h"

#include <algorithm>

namespace tram::demo {
namespace {

using Fields = std::map<std::string, std::string>;

const std::vector<std::string> kFamilyNames{"Nguyễn", "Trần", "Lê",  "Phạm", "Hoàng", "Phan",
                                            "Vũ",     "Đặng", "Bùi", "Đỗ",   "Hồ",    "Ngô"};
const std::vector<std::string> kMiddleNames{"Văn", "Minh", "Quốc", "Đức", "Thanh", "Hữu"};
const std::vector<std::string> kGivenNames{"Hùng", "Dũng",  "Tuấn", "Nam", "Sơn",  "Long",
                                           "Bình", "Thắng", "Hà",   "Lâm", "Phúc", "Khánh"};
const std::vector<std::string> kNotes{
    "Đã tư vấn kỹ năng từ chối; hẹn gặp cùng gia đình lần sau.",
    "Ngủ kém, còn thèm nhớ buổi tối. Bàn kế hoạch đối phó cơn thèm.",
    "Đi làm đều, gia đình ủng hộ. Giữ lịch hẹn hai tuần một lần.",
    "Lo bị lộ thông tin; đã giải thích về bảo mật hồ sơ.",
    "Cân nặng tăng, ăn uống tốt hơn. Đã bỏ được nhiều ngày liên tục.",
};

Date Later(Date day, int days) { return Date{day.days + days}; }

/// One client from his intake to the end of the story.
class ClientStory {
 public:
  ClientStory(const UnitPlan& plan, StoryRandom& random, int number, Date intake, Date end,
              std::vector<StoryEvent>& events)
      : plan_(plan),
        random_(random),
        intake_(intake),
        end_(end),
        events_(events),
        device_(random.Below(2)),
        key_("c" + std::to_string(number)),
        episode_("e" + std::to_string(number)) {
    if (random_.Chance(45)) relapse_ = Later(intake_, 20 + random_.Below(330));
    leaves_ =
        Later(intake_, random_.Chance(30) ? 30 + random_.Below(90) : 150 + random_.Below(200));
  }

  void Tell() {
    Register();
    Sessions();
    FollowUps();
    if (leaves_ < end_) {
      Add(leaves_, "episode", episode_, "",
          {{"end_date", IsoDate(leaves_)},
           {"end_reason", random_.Chance(60) ? "completed" : "left"}},
          true);
    }
  }

 private:
  void Add(Date day, const std::string& type, const std::string& key, const std::string& parent,
           Fields fields, bool edits = false) {
    if (day < end_) events_.push_back({day, device_, type, key, parent, edits, std::move(fields)});
  }

  void Register() {
    Add(intake_, "client", key_, "",
        {{"full_name", random_.Pick(kFamilyNames) + " " + random_.Pick(kMiddleNames) + " " +
                           random_.Pick(kGivenNames)},
         {"phone", "09" + std::to_string(10'000'000 + random_.Below(89'999'999))},
         {"sex", random_.Chance(90) ? "male" : "female"},
         {"birth_year", std::to_string(1965 + random_.Below(38))},
         {"consent_date", IsoDate(intake_)}});
    const bool self = random_.Chance(plan_.self_referred);
    Add(intake_, "episode", episode_, key_,
        {{"intake_date", IsoDate(intake_)},
         {"referral", self ? "self"
                           : random_.Pick<std::string>({"family_friends", "local_authority",
                                                        "community_volunteer", "police_court"})},
         {"primary_drug", random_.Pick<std::string>({"heroin", "heroin", "methamphetamine"})},
         {"ever_treated", random_.Pick<std::string>({"never", "compulsory_centre", "elsewhere"})},
         {"goal", "Ngừng sử dụng và giữ việc làm"}});
  }

  bool Using(Date day) const { return relapse_.days != 0 && relapse_ <= day; }

  void Sessions() {
    Date last = intake_;
    int number = 0;
    for (Date day = Later(intake_, 3); day < leaves_ && day < end_;
         day = Later(day, 12 + random_.Below(10))) {
      Fields fields{
          {"date", IsoDate(day)},
          {"kind", random_.Pick<std::string>({"individual", "individual", "group", "phone"})},
          {"minutes", std::to_string(20 + 5 * random_.Below(9))},
          {"topics", random_.Chance(50) ? "motivation|craving" : "relapse_prevention"},
          {"family_present", random_.Chance(25) ? "1" : "0"},
          {"note", random_.Pick(kNotes)},
          {"next_appointment", IsoDate(Later(day, 14))},
          {"use_since_last", "none"}};
      if (Using(day) && !Using(last)) {
        fields["use_since_last"] = "relapse";
        fields["use_date"] = IsoDate(relapse_);
      }
      Add(day, "session", episode_ + "s" + std::to_string(++number), episode_, std::move(fields));
      last = day;
      if (number % 5 == 0) {
        Add(day, "medication", episode_ + "m" + std::to_string(number), episode_,
            {{"date", IsoDate(day)},
             {"medicine", "vitamins"},
             {"days", "14"},
             {"supply", random_.Chance(85) ? "dispensed" : "out_of_stock"}});
      }
    }
    if (random_.Chance(40)) {
      Date day = Later(intake_, 40);
      Add(day, "support", episode_ + "p", episode_,
          {{"date", IsoDate(day)},
           {"kind", "job"},
           {"result", random_.Chance(60) ? "arranged" : "under_way"}});
    }
  }

  void FollowUps() {
    const std::pair<const char*, int> slots[] = {
        {"intake_1", 1}, {"intake_3", 3}, {"intake_6", 6}, {"intake_9", 9}, {"intake_12", 12}};
    for (const auto& [slot, months] : slots) {
      if (random_.Chance(20)) continue;  // nobody came by
      Date day = Later(AddMonths(intake_, months), random_.Below(15) - 7);
      const bool reached = random_.Chance(80);
      Fields fields{{"slot", slot},
                    {"date", IsoDate(day)},
                    {"method", random_.Pick<std::string>({"visit", "phone", "came_by"})},
                    {"reached", reached ? "1" : "0"}};
      if (reached && Using(day)) {
        fields["use_status"] = "relapse";
        fields["use_date"] = IsoDate(relapse_);
      } else if (reached) {
        fields["use_status"] = random_.Chance(90) ? "none" : "lapse";
        if (fields["use_status"] == "lapse") fields["use_date"] = IsoDate(Later(day, -3));
      }
      if (reached) {
        fields["situation"] = day < leaves_ ? "treated_here" : "out_of_treatment";
      }
      Add(day, "followup", episode_ + "f" + std::to_string(months), episode_, std::move(fields));
    }
  }

  const UnitPlan& plan_;
  StoryRandom& random_;
  Date intake_, end_, leaves_, relapse_{0};
  std::vector<StoryEvent>& events_;
  int device_;
  std::string key_, episode_;
};

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

const std::vector<UnitPlan>& DemoUnits() {
  static const std::vector<UnitPlan> units{
      {"KH-PS", "Phương Sơn", "56", false, 4, 65, 11},
      {"KH-CT", "Cam Thuận", "56", false, 1, 45, 12},
      {"BG-DS", "Đồng Sơn", "24", true, 3, 50, 13},
      {"BG-TM", "Tân Mỹ", "24", true, 2, 40, 14},
  };
  return units;
}

std::vector<StoryEvent> TellStory(const UnitPlan& plan, Date from, Date to) {
  StoryRandom random(plan.seed);
  std::vector<StoryEvent> events;
  int number = 0;
  for (Date month = from; month < to; month = AddMonths(month, 1)) {
    const int clients = std::max(0, plan.clients_a_month + random.Below(3) - 1);
    for (int i = 0; i < clients; ++i) {
      const Date intake{month.days + random.Below(28)};
      if (intake < to) ClientStory(plan, random, ++number, intake, to, events).Tell();
    }
  }
  std::stable_sort(events.begin(), events.end(),
                   [](const StoryEvent& a, const StoryEvent& b) { return a.day < b.day; });
  return events;
}

}  // namespace tram::demo
