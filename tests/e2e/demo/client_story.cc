#include "tests/e2e/demo/client_story.h"

#include <algorithm>
#include <array>

namespace tram::demo {
namespace {

using Action = StoryEvent::Action;

constexpr Date kNever{4'000'000};
constexpr int kFirstYear = 2016, kLastYear = 2020;

const std::vector<std::string> kFamilyNames{"Nguyễn", "Trần", "Lê",   "Phạm",  "Hoàng", "Phan",
                                            "Vũ",     "Đặng", "Bùi",  "Đỗ",    "Hồ",    "Ngô",
                                            "Dương",  "Lý",   "Đinh", "Trương"};
const std::vector<std::string> kMiddleNames{"Văn",   "Minh", "Quốc", "Đức",
                                            "Thanh", "Hữu",  "Công", "Xuân"};
const std::vector<std::string> kGivenNames{"Hùng", "Dũng",  "Tuấn", "Nam", "Sơn",  "Long",
                                           "Bình", "Thắng", "Hà",   "Lâm", "Phúc", "Khánh",
                                           "Hải",  "Toàn",  "Việt", "Kiên"};
const std::vector<std::string> kNotes{
    "Đã tư vấn kỹ năng từ chối; hẹn gặp cùng gia đình lần sau.",
    "Ngủ kém, còn thèm nhớ buổi tối. Bàn kế hoạch đối phó cơn thèm.",
    "Đi làm đều, gia đình ủng hộ. Giữ lịch hẹn hai tuần một lần.",
    "Lo bị lộ thông tin; đã giải thích về bảo mật hồ sơ.",
    "Cân nặng tăng, ăn uống tốt hơn. Đã bỏ được nhiều ngày liên tục.",
    "Bạn cũ rủ rê; tập cách nói không và đổi số điện thoại.",
    "Mâu thuẫn với vợ về tiền; hẹn cả hai cùng đến.",
    "Đã xin được việc phụ hồ, sợ gặp lại nhóm cũ ở công trường.",
    "Đau lưng, xin thuốc giảm đau; đã khám và hướng dẫn tập.",
    "Muốn học nghề sửa xe; liên hệ trung tâm dạy nghề huyện.",
};
const std::vector<std::string> kGoals{"Ngừng sử dụng và giữ việc làm", "Về sống với gia đình",
                                      "Học nghề, trả nợ", "Khỏe lại, ngủ được"};

/// A value for each of the years told; the nearest one for others.
int OfYear(Date day, const std::array<int, 5>& values) {
  const int year = std::clamp(YearOf(day), kFirstYear, kLastYear);
  return values[static_cast<std::size_t>(year - kFirstYear)];
}

const char* AgeGroup(int age) {
  return age < 20   ? "under_20"
         : age < 30 ? "age_20_29"
         : age < 40 ? "age_30_39"
         : age < 50 ? "age_40_49"
         : age < 60 ? "age_50_59"
                    : "age_60_plus";
}

class ClientStory {
 public:
  ClientStory(const UnitPlan& plan, StoryRandom& random, int number, Date intake, Date end,
              std::vector<StoryEvent>& events)
      : plan_(plan),
        odds_(OddsOf(plan.province)),
        random_(random),
        intake_(intake),
        end_(end),
        events_(events),
        key_("c" + std::to_string(number)) {
    int devices = 1;
    while (devices < plan.devices && DeviceFrom(plan, devices) <= intake) ++devices;
    device_ = random_.Below(devices);
    devices_ = devices;
  }

  void Tell() {
    DrawLife();
    Register(key_, device_, written_from_ = Written(intake_));
    const Episode first = TellEpisode(1, intake_);
    if (Permille(12)) RegisterTwice();
    ComeBack(first);
  }

 private:
  /// One stay in treatment.
  struct Episode {
    std::string key;
    Date begin, written, ends = kNever;
    std::string reason;  // "" where no end is recorded
    Date contacts_until;
    bool OpenOn(Date day) const { return day < ends; }
    bool Completed() const { return reason == "completed" || reason == "completed_referred"; }
  };

  /// Of a thousand.
  bool Permille(int permille) { return random_.Below(1000) < permille; }
  std::string Pick(const std::vector<std::pair<const char*, int>>& weights) {
    return random_.Weighed(weights);
  }

  // ---- What is true, whether anybody knows it or not ----

  void DrawLife() {
    if (random_.Chance(odds_.relapse)) {  // more often early
      relapse_ = Later(intake_, 8 + random_.Below(430) * random_.Below(430) / 430);
      if (random_.Chance(25)) recovers_ = Later(relapse_, random_.Between(45, 170));
    }
    if (random_.Chance(odds_.lost)) lost_ = Later(intake_, random_.Between(15, 330));
    if (Permille(60)) died_ = Later(intake_, random_.Between(10, 700));
    if (relapse_ != kNever && random_.Chance(12)) {
      detained_ = Later(relapse_, random_.Between(15, 200));
    } else if (Permille(15)) {
      detained_ = Later(intake_, random_.Between(30, 500));
    }
    if (detained_ != kNever) {
      released_ = Later(detained_, random_.Chance(25) ? random_.Between(60, 150) : 540);
    }
    if (Permille(55)) moved_ = Later(intake_, random_.Between(30, 500));
  }

  bool Using(Date day) const { return relapse_ <= day && day < recovers_; }
  bool Reachable(Date day) {
    if (day >= lost_ || day >= died_ || (detained_ <= day && day < released_)) return false;
    return day < moved_ || random_.Chance(25);
  }

  // ---- How it is written down ----

  /// Most is written on the day; some days later, a little weeks later.
  Date Written(Date day) {
    if (random_.Chance(87)) return day;
    return Later(day, random_.Chance(82) ? random_.Between(1, 20) : random_.Between(25, 75));
  }

  Date Add(Date day, const std::string& type, const std::string& key, const std::string& parent,
           StoryFields fields, Action action = Action::kMake) {
    day = std::max(day, written_from_);
    if (day < end_) {
      events_.push_back({day, device_, action, type, key, parent, std::move(fields)});
    }
    return day;
  }

  void Register(const std::string& key, int device, Date written) {
    if (name_.empty()) {
      const bool man = random_.Chance(93);
      birth_year_ =
          YearOf(intake_) - std::clamp(16 + random_.Below(24) + random_.Below(24), 16, 64);
      name_ = random_.Pick(kFamilyNames) + " " + (man ? random_.Pick(kMiddleNames) : "Thị") + " " +
              random_.Pick(kGivenNames);
      sex_ = man ? "male" : "female";
    }
    const int age = YearOf(intake_) - birth_year_;
    StoryFields fields{{"code", plan_.code + "-" + key.substr(1)},
                       {"full_name", name_},
                       {"phone", "0900" + std::to_string(100'000 + random_.Below(899'999))},
                       {"sex", Permille(8) ? "not_known" : sex_},
                       {"birth_year", std::to_string(birth_year_)},
                       {"age_group", Permille(15) ? "not_known" : AgeGroup(age)},
                       {"education", Pick({{"none", 6},
                                           {"primary", 24},
                                           {"lower_secondary", 38},
                                           {"upper_secondary", 22},
                                           {"vocational", 4},
                                           {"higher", 2},
                                           {"not_known", 4}})},
                       {"consent_date", IsoDate(intake_)},
                       {"consent_what", "Lưu hồ sơ điều trị; tỉnh chỉ nhận số liệu không có tên"}};
    if (random_.Chance(30)) fields["safe_contact"] = "Chỉ gọi sau 18 giờ, nói là bạn học cũ";
    if (random_.Chance(40)) fields["family_contact"] = "Mẹ: cùng nhà";
    if (written < end_) {
      events_.push_back({written, device, Action::kMake, "client", key, "", std::move(fields)});
    }
  }

  std::string Referral(bool again) {
    const int self = std::clamp(
        OfYear(intake_, {18, 31, 45, 58, 68}) + odds_.self_shift + (again ? 20 : 0), 4, 90);
    if (random_.Chance(self)) return "self";
    const int leaders = OfYear(intake_, {34, 30, 24, 18, 15});
    return Pick({{"local_authority", leaders + 6},
                 {"community_volunteer", leaders},
                 {"family_friends", 24},
                 {"police_court", 9},
                 {"gp", 3},
                 {"drug_centre", 5},
                 {"health_social", 5},
                 {"education", 1},
                 {"other", 2},
                 {"not_known", 2}});
  }

  StoryFields IntakeFields(Date begin, bool again) {
    const int ice = odds_.methamphetamine + OfYear(begin, {0, 6, 12, 18, 22});
    if (drug_.empty()) {
      drug_ = Pick({{"methamphetamine", ice},
                    {"heroin", 88 - ice},
                    {"mdma", 3},
                    {"ketamine", 2},
                    {"cannabis", 2},
                    {"synthetic_cannabinoids", 2},
                    {"other_opioid", 2},
                    {"not_known", 1}});
    }
    const bool heroin = drug_ == "heroin";
    const std::string route =
        heroin ? Pick({{"inject", 62}, {"smoke_inhale", 33}, {"sniff", 3}, {"not_known", 2}})
               : Pick({{"smoke_inhale", 82}, {"eat_drink", 8}, {"sniff", 6}, {"not_known", 4}});
    const std::string before = again ? "here"
                               : random_.Chance(odds_.after_compulsory)
                                   ? "compulsory_centre"
                                   : Pick({{"never", 70}, {"elsewhere", 25}, {"not_known", 5}});
    StoryFields fields{
        {"intake_date", IsoDate(begin)},
        {"diagnosis_date", IsoDate(Later(begin, -random_.Below(12)))},
        {"notice_start", IsoDate(Later(begin, random_.Below(9)))},
        {"phase", "detoxification"},
        {"referral", Referral(again)},
        {"ever_treated", before},
        {"primary_drug", drug_},
        {"route", route},
        {"frequency_30d", Pick({{"daily", 52},
                                {"days_4_6", 18},
                                {"days_2_3", 14},
                                {"weekly_or_less", 8},
                                {"none", 5},
                                {"not_known", 3}})},
        {"injecting", route == "inject" ? "last_30_days"
                                        : Pick({{"never", 60},
                                                {"ever", 20},
                                                {"last_12_months", 10},
                                                {"refused", 4},
                                                {"not_known", 6}})},
        {"living_with", Pick({{"parents", 48},
                              {"partner_children", 26},
                              {"partner", 8},
                              {"alone", 8},
                              {"relatives", 8},
                              {"not_known", 2}})},
        {"housing", Pick({{"stable", 84}, {"unstable", 12}, {"homeless", 2}, {"not_known", 2}})},
        {"labour", Pick({{"regular", 20},
                         {"occasional", 44},
                         {"unemployed", 30},
                         {"student", 3},
                         {"not_known", 3}})},
        {"opioid_agonist", heroin ? Pick({{"never", 74}, {"ever", 18}, {"current", 8}}) : "never"},
        {"goal", random_.Pick(kGoals)}};
    fields["registered_on"] = IsoDate(Later(begin, random_.Below(8)));
    if (random_.Chance(25)) fields["other_drugs"] = heroin ? "methamphetamine" : "mdma|cannabis";
    return fields;
  }

  // ---- One stay in treatment ----

  Episode TellEpisode(int number, Date begin) {
    Episode episode;
    episode.key = "e" + std::to_string(number) + key_;
    episode.begin = begin;
    const bool again = number > 1;
    PlanEnd(episode, again);
    episode.written = Add(std::max(begin, Written(begin)), "episode", episode.key, key_,
                          IntakeFields(begin, again));
    written_from_ = episode.written;
    Phases(episode);
    Sessions(episode);
    Medicines(episode);
    Supports(episode);
    FollowUps(episode);
    if (!episode.reason.empty()) {
      Add(std::max(episode.written, Written(episode.ends)), "episode", episode.key, "",
          {{"end_date", IsoDate(episode.ends)},
           {"end_reason", episode.reason},
           {"notice_end", IsoDate(Later(episode.ends, random_.Below(9)))}},
          Action::kEdit);
    }
    return episode;
  }

  /// The first thing that ends it.
  void PlanEnd(Episode& episode, bool again) {
    auto at_most = [&](Date day, const std::string& reason) {
      if (day < episode.begin || day >= episode.ends) return false;
      episode.ends = day;
      episode.reason = reason;
      return true;
    };
    at_most(Later(episode.begin, again ? random_.Between(120, 250) : random_.Between(180, 290)),
            random_.Chance(85) ? "completed" : "completed_referred");
    if (random_.Chance(32)) at_most(Later(episode.begin, random_.Between(15, 110)), "left");
    if (relapse_ != kNever && random_.Chance(50)) {
      at_most(Later(relapse_, random_.Between(5, 45)), "left");
    }
    at_most(moved_, random_.Chance(60) ? "moved" : "transferred");
    at_most(detained_, random_.Chance(75) ? "compulsory_centre" : "prison");
    at_most(died_, "died");
    episode.contacts_until = std::min(episode.ends, lost_);
    if (lost_ < episode.ends) {
      episode.ends = kNever;
      episode.reason.clear();
      if (random_.Chance(75)) {
        at_most(Later(lost_, random_.Between(30, 100)),
                Pick({{"left", 60}, {"not_known", 30}, {"other", 10}}));
      }
    }
  }

  void Phases(const Episode& episode) {
    int days = 0;
    for (const char* phase : {"counselling", "work_skills", "reintegration"}) {
      days += random_.Between(15, 90);
      const Date day = Later(episode.begin, days);
      if (day >= episode.contacts_until) return;
      if (random_.Chance(55)) {
        Add(std::max(day, episode.written), "episode", episode.key, "", {{"phase", phase}},
            Action::kEdit);
      }
    }
  }

  /// How he fares since the last contact, in words of the group "use".
  void AddUse(Date day, Date last, const char* field, StoryFields& fields) {
    std::string status = "none";
    Date used = Later(day, -random_.Between(1, 5));
    if (Using(day) || (last < relapse_ && relapse_ <= day)) {
      status = "relapse";
      if (last < relapse_) used = relapse_;
    } else if (random_.Chance(5)) {
      status = "lapse";
    } else if (random_.Chance(4)) {
      status = "not_known";
    }
    fields[field] = status;
    const bool used_again = status == "relapse" || status == "lapse";
    if (used_again && random_.Chance(status == "relapse" ? 88 : 70)) {
      fields["use_date"] = IsoDate(std::max(used, intake_));
    }
  }

  void Sessions(const Episode& episode) {
    Date last = episode.begin;
    int number = 0;
    for (Date day = Later(episode.begin, random_.Between(2, 9));
         day < episode.contacts_until && day < end_;
         day = Later(day, number < 3 ? random_.Between(13, 24) : random_.Between(28, 56))) {
      const std::string key = "s" + std::to_string(++number) + episode.key;
      const bool at_home = MonthText(day) == "2020-04";
      const std::string kind = at_home ? "phone"
                                       : Pick({{"individual", 62},
                                               {"group", 12},
                                               {"family", 9},
                                               {"phone", 7},
                                               {"home_visit", 10}});
      StoryFields fields{{"date", IsoDate(day)},
                         {"kind", kind},
                         {"minutes", std::to_string(20 + 5 * random_.Below(9))},
                         {"topics", Pick({{"motivation|craving", 3},
                                          {"relapse_prevention", 4},
                                          {"family|work", 2},
                                          {"health|harm_reduction", 2},
                                          {"legal", 1}})},
                         {"stage_of_change", Pick({{"contemplation", number < 4 ? 30 : 10},
                                                   {"preparation", 30},
                                                   {"action", 40},
                                                   {"maintenance", number < 4 ? 0 : 30}})},
                         {"family_present", kind == "family" || random_.Chance(22) ? "1" : "0"},
                         {"next_appointment", IsoDate(Later(day, random_.Between(14, 30)))}};
      if (random_.Chance(70)) fields["note"] = random_.Pick(kNotes);
      AddUse(day, last, "use_since_last", fields);
      const Date written = Add(Written(day), "session", key, episode.key, fields);
      Mistakes(key, episode.key, written, fields);
      last = day;
    }
  }

  /// What was written is corrected later, or was written twice and is deleted.
  void Mistakes(const std::string& key, const std::string& parent, Date written,
                const StoryFields& fields) {
    const Date later = Later(written, random_.Between(1, 25));
    if (Permille(25)) {
      Add(later, "session", key, "",
          {{"minutes", "45"}, {"kind", random_.Chance(50) ? "individual" : "home_visit"}},
          Action::kEdit);
    } else if (Permille(12) && fields.count("use_date") == 0) {
      auto day = ParseIsoDate(fields.at("date"));
      if (day && *day > Later(intake_, 3)) {
        Add(later, "session", key, "",
            {{"date", IsoDate(Later(*day, -1))}, {"family_present", "1"}}, Action::kEdit);
      }
    } else if (Permille(9)) {
      Add(written, "session", key + "twice", parent, fields);
      Add(later, "session", key + "twice", "", {{"reason", "Nhập trùng"}}, Action::kDelete);
    }
  }

  void Medicines(const Episode& episode) {
    int number = 0;
    auto give = [&](int days, const std::string& medicine) {
      const Date day = Later(episode.begin, days);
      if (day >= episode.contacts_until) return;
      StoryFields fields{{"date", IsoDate(day)},
                         {"medicine", medicine},
                         {"days", std::to_string(random_.Between(3, 14))}};
      if (random_.Chance(97)) {
        fields["supply"] = Pick({{"dispensed", 87}, {"out_of_stock", 8}, {"referred", 5}});
      }
      Add(Written(day), "medication", "m" + std::to_string(++number) + episode.key, episode.key,
          std::move(fields));
    };
    const std::vector<std::string> heroin{"cedemex", "analgesic", "diazepam"};
    const std::vector<std::string> others{"vitamins", "antidepressant", "diazepam"};
    const std::vector<std::string>& medicines = drug_ == "heroin" ? heroin : others;
    for (int n = random_.Below(3); n > 0; --n) give(random_.Below(14), random_.Pick(medicines));
    for (int days = random_.Between(30, 90); days < 300; days += random_.Between(80, 160)) {
      give(days, "vitamins");
    }
  }

  void Supports(const Episode& episode) {
    if (random_.Chance(34)) {
      const Date day = Later(episode.begin, random_.Between(20, 150));
      if (day < episode.contacts_until) {
        Add(Written(day), "support", "p" + episode.key, episode.key,
            {{"date", IsoDate(day)},
             {"kind", Pick({{"job", 34},
                            {"vocational_training", 18},
                            {"family_mediation", 16},
                            {"papers", 10},
                            {"loan", 12},
                            {"peer_group", 8},
                            {"housing", 2}})},
             {"result",
              Pick({{"arranged", 52}, {"under_way", 26}, {"refused", 8}, {"failed", 14}})}});
      }
    }
    if (random_.Chance(17)) {
      const Date day = Later(episode.begin, random_.Between(2, 60));
      if (day < episode.contacts_until) {
        Add(Written(day), "referral_out", "r" + episode.key, episode.key,
            {{"date", IsoDate(day)},
             {"to",
              drug_ == "heroin"
                  ? Pick({{"opioid_agonist", 45}, {"hiv", 35}, {"tb", 8}, {"hospital", 12}})
                  : Pick({{"psychiatry", 50}, {"hiv", 25}, {"hospital", 15}, {"social", 10}})},
             {"arrived", Pick({{"yes", 58}, {"no", 24}, {"not_known", 18}})}});
      }
    }
  }

  // ---- Follow-ups ----

  void FollowUps(const Episode& episode) {
    const std::pair<const char*, int> of_intake[] = {
        {"intake_1", 1}, {"intake_3", 3}, {"intake_6", 6}, {"intake_9", 9}, {"intake_12", 12}};
    for (const auto& [slot, months] : of_intake) {
      const Date due = AddMonths(episode.begin, months);
      const bool year = months == 12;
      const int tried = episode.OpenOn(due) ? 78 : year ? 84 : months >= 6 ? 25 : 12;
      if (random_.Chance(tried)) FollowUp(episode, slot, due);
    }
    if (!episode.Completed()) return;
    const std::pair<const char*, int> of_end[] = {
        {"end_1", 1}, {"end_3", 3}, {"end_6", 6}, {"end_12", 12}};
    for (const auto& [slot, months] : of_end) {
      if (random_.Chance(58)) FollowUp(episode, slot, AddMonths(episode.ends, months));
    }
  }

  void FollowUp(const Episode& episode, const std::string& slot, Date due) {
    Date day = Later(due, random_.Chance(86) ? random_.Between(-7, 9) : random_.Between(15, 45));
    day = std::max(day, Later(episode.begin, 10));
    if (known_dead_ || day >= end_) return;
    const bool reached = Reachable(day) && random_.Chance(episode.OpenOn(day)   ? 95
                                                          : episode.Completed() ? 84
                                                                                : 78);
    StoryFields fields{{"slot", slot}, {"date", IsoDate(day)}, {"reached", reached ? "1" : "0"}};
    if (reached) {
      Met(episode, day, fields);
    } else {
      fields["method"] = Pick({{"phone", 40}, {"visit", 25}, {"family", 35}});
      HeardOf(day, fields);
    }
    Add(Written(day), "followup", "f" + slot + episode.key, episode.key, std::move(fields));
  }

  void Met(const Episode& episode, Date day, StoryFields& fields) {
    fields["method"] = Pick({{"visit", 38}, {"phone", 30}, {"family", 6}, {"came_by", 26}});
    AddUse(day, Later(day, -28), "use_status", fields);
    const std::string& use = fields["use_status"];
    if (random_.Chance(75) && use != "not_known") {
      const int days = use == "none"    ? 0
                       : use == "lapse" ? random_.Between(1, 3)
                                        : random_.Between(4, 28);
      fields["days_used_28"] = std::to_string(days);
    }
    if (random_.Chance(40)) fields["drug_test"] = use == "relapse" ? "positive" : "negative";
    fields["situation"] = day >= moved_         ? "moved"
                          : episode.OpenOn(day) ? "treated_here"
                          : random_.Chance(6)   ? "treated_elsewhere"
                                                : "out_of_treatment";
    fields["work"] = Pick({{"yes", 58}, {"no", 38}, {"not_known", 4}});
    fields["living_with_family"] = Pick({{"yes", 82}, {"no", 15}, {"not_known", 3}});
    const int well = use == "relapse" ? 5 : 10;
    fields["wellbeing"] = std::to_string(random_.Between(well, well + 8));
    fields["physical_health"] = std::to_string(random_.Between(well, well + 8));
  }

  /// Not met; the family or neighbours may have said where he is.
  void HeardOf(Date day, StoryFields& fields) {
    if (day >= died_ && random_.Chance(85)) {
      fields["situation"] = "died";
      fields["method"] = "family";
      known_dead_ = true;
    } else if (detained_ <= day && day < released_ && random_.Chance(82)) {
      fields["situation"] = random_.Chance(75) ? "compulsory_centre" : "prison";
      fields["method"] = "family";
    } else if (day >= moved_ && random_.Chance(72)) {
      fields["situation"] = "moved";
    } else if (random_.Chance(30)) {
      fields["situation"] = "not_known";
    }
  }

  // ---- Coming back, and being registered twice ----

  void ComeBack(const Episode& first) {
    if (first.reason != "left" && !first.Completed()) return;
    const bool relapsed = relapse_ != kNever && relapse_ < Later(first.ends, 300);
    if (!random_.Chance(relapsed ? 34 : 5)) return;
    const Date back =
        Later(relapsed ? std::max(first.ends, relapse_) : first.ends, random_.Between(30, 260));
    if (back >= end_ || !Reachable(back)) return;
    if (Using(back) && random_.Chance(65)) recovers_ = Later(back, random_.Between(8, 35));
    TellEpisode(2, back);
  }

  /// On another device, by somebody who did not know of the first record; found and merged later.
  void RegisterTwice() {
    const int other = devices_ > 1 ? (device_ + 1) % devices_ : device_;
    const Date day = Later(written_from_, random_.Between(12, 35));
    const Date found = Later(day, random_.Between(40, 90));
    const std::string twin = key_ + "b", episode = "e" + twin;
    if (day >= lost_ || found >= end_ || plan_.bundles) return;
    const int own = device_;
    Register(twin, other, day);
    device_ = other;
    Add(day, "episode", episode, twin, IntakeFields(day, false));
    Add(Later(day, 14), "session", "s1" + episode, episode,
        {{"date", IsoDate(Later(day, 14))}, {"kind", "individual"}, {"use_since_last", "none"}});
    Add(found, "episode", episode, "", {{"end_date", IsoDate(found)}, {"end_reason", "other"}},
        Action::kEdit);
    device_ = own;
    Add(found, "client", twin, key_, {}, Action::kMerge);
  }

  const UnitPlan& plan_;
  const ProvinceOdds& odds_;
  StoryRandom& random_;
  Date intake_, end_;
  std::vector<StoryEvent>& events_;
  std::string key_;
  int device_ = 0, devices_ = 1;
  Date written_from_;  // nothing is written before the record above it
  std::string name_, sex_, drug_;
  int birth_year_ = 0;
  Date relapse_ = kNever, recovers_ = kNever, lost_ = kNever, died_ = kNever, moved_ = kNever;
  Date detained_ = kNever, released_ = kNever;
  bool known_dead_ = false;
};

}  // namespace

void TellClient(const UnitPlan& plan, StoryRandom& random, int number, Date intake, Date end,
                std::vector<StoryEvent>& events) {
  ClientStory(plan, random, number, intake, end, events).Tell();
}

}  // namespace tram::demo
