// The demonstration's story is calibrated: its own figures against what is known of the field
// (58 units by 2020, about 3,000 clients, about ten served a month …), without programme or server.
#include <gtest/gtest.h>

#include "tests/e2e/demo/story_figures.h"

namespace tram::demo {
namespace {

const StoryFigures& Figures() {
  static const StoryFigures figures = CountStory(DemoUnits(), DemoEnd());
  return figures;
}

TEST(DemoStoryTest, UnitsOpenFromMarch2016OnInEightProvinces) {
  const std::vector<UnitPlan>& units = DemoUnits();
  ASSERT_EQ(units.size(), 58u);
  std::set<std::string> provinces, codes;
  int opened_2016 = 0, opened_2020 = 0, government = 0;
  for (const UnitPlan& plan : units) {
    provinces.insert(plan.province);
    codes.insert(plan.code);
    opened_2016 += YearOf(plan.opened) == 2016 ? 1 : 0;
    opened_2020 += YearOf(plan.opened) == 2020 ? 1 : 0;
    government += plan.government ? 1 : 0;
    EXPECT_EQ(plan.invented, plan.name != "Phương Sơn" && plan.name != "Cam Thuận") << plan.name;
    EXPECT_TRUE(plan.devices >= 1 && plan.devices <= 3) << plan.code;
  }
  EXPECT_EQ(provinces, (std::set<std::string>{"01", "10", "24", "48", "56", "77", "79", "83"}));
  EXPECT_EQ(codes.size(), 58u);
  EXPECT_EQ(units.front().name, "Phương Sơn");
  EXPECT_EQ(units.front().opened, DateOf(2016, 3, 1));
  EXPECT_TRUE(opened_2016 >= 3 && opened_2016 <= 8) << opened_2016;
  EXPECT_TRUE(opened_2020 >= 5 && opened_2020 <= 12) << opened_2020;
  EXPECT_EQ(government, 18);
}

TEST(DemoStoryTest, AboutThreeThousandClientsAndTenServedAMonth) {
  const StoryFigures& figures = Figures();
  const int clients = figures.made.at("client") - figures.merges;
  EXPECT_NEAR(clients, 3000, 200);
  EXPECT_NEAR(figures.served_mean, 10.5, 1.5);
  EXPECT_TRUE(figures.served.at("KH-PS") >= 20 && figures.served.at("KH-PS") <= 30)
      << figures.served.at("KH-PS");
  EXPECT_NEAR(figures.served.at("KH-CT"), 3, 1);
}

TEST(DemoStoryTest, MoreAndMoreComeByThemselves) {
  const std::map<int, ShareOf>& years = Figures().self_referred;
  ASSERT_EQ(years.size(), 5u);
  for (int year = 2017; year <= 2020; ++year) {
    EXPECT_GT(years.at(year).Percent(), years.at(year - 1).Percent() + 4) << year;
  }
  EXPECT_LT(years.at(2016).Percent(), 30);
  EXPECT_GT(years.at(2020).Percent(), 60);
}

TEST(DemoStoryTest, AboutHalfDoNotUseAfterAYearInKhanhHoaAndFewerElsewhere) {
  auto success = [](const YearAfter& after) { return 100.0 * after.not_using / after.cohort; };
  const std::map<std::string, YearAfter>& provinces = Figures().year_after;
  const YearAfter& khanh_hoa = provinces.at("56");
  EXPECT_NEAR(success(khanh_hoa), 50, 5);
  for (const auto& [province, after] : provinces) {
    EXPECT_GE(after.cohort, 40) << province;
    EXPECT_TRUE(success(after) >= 25 && success(after) <= 55) << province << success(after);
    EXPECT_GE(after.using_again * 100, after.cohort * 8) << province;
    // Died, detained, moved and not known.
    EXPECT_GE(after.without_word * 100, after.cohort * 20) << province;
    EXPECT_LE(after.without_word * 100, after.cohort * 58) << province;
    if (province != "56") {
      EXPECT_LT(success(after), success(khanh_hoa)) << province;
    }
  }
}

TEST(DemoStoryTest, EveryKindOfRecordHasSomethingToCount) {
  const StoryFigures& figures = Figures();
  for (const char* type :
       {"client", "episode", "session", "medication", "support", "referral_out", "followup",
        "unit_profile", "funding", "stock", "training", "outreach", "worker"}) {
    EXPECT_GE(figures.made.at(type), 58) << type;
  }
  EXPECT_GE(figures.edits, 3000);
  EXPECT_GE(figures.deletions, 50);
  EXPECT_GE(figures.merges, 10);
  EXPECT_GE(figures.late, 1000);
  EXPECT_GE(figures.readmissions, 100);
  EXPECT_TRUE(figures.events >= 40'000 && figures.events <= 100'000) << figures.events;
}

TEST(DemoStoryTest, TheCodesThatIndicatorsTellApartOccur) {
  const auto& codes = Figures().codes;
  auto occur = [&](const std::string& field, const std::set<std::string>& wanted) {
    for (const std::string& code : wanted) {
      EXPECT_EQ(codes.at(field).count(code), 1u) << field << " " << code;
    }
  };
  occur("client.sex", {"male", "female", "not_known"});
  occur("client.age_group", {"under_20", "age_20_29", "age_30_39", "age_40_49", "age_50_59"});
  occur("episode.referral", {"self", "family_friends", "local_authority", "community_volunteer",
                             "police_court", "gp", "drug_centre", "health_social", "not_known"});
  occur("episode.primary_drug", {"heroin", "methamphetamine", "mdma", "ketamine", "cannabis"});
  occur("episode.end_reason", {"completed", "completed_referred", "left", "transferred", "moved",
                               "compulsory_centre", "prison", "died", "other", "not_known"});
  occur("session.use_since_last", {"none", "lapse", "relapse", "not_known"});
  occur("session.family_present", {"0", "1"});
  occur("followup.use_status", {"none", "lapse", "relapse", "not_known"});
  occur("followup.reached", {"0", "1"});
  occur("followup.situation", {"treated_here", "treated_elsewhere", "out_of_treatment",
                               "compulsory_centre", "prison", "died", "moved"});
  occur("followup.slot", {"intake_1", "intake_3", "intake_6", "intake_9", "intake_12", "end_1",
                          "end_3", "end_6", "end_12"});
  occur("medication.supply", {"dispensed", "out_of_stock", "referred"});
  occur("support.result", {"arranged", "under_way", "refused", "failed"});
  occur("funding.item", {"staff", "supplies", "communication", "medicine"});
  occur("funding.source", {"province", "government", "organisation", "none"});
}

TEST(DemoStoryTest, In2019TheGovernmentPaysFourteenUnitsAndFourNewOnes) {
  int old_units = 0, new_units = 0;
  for (const UnitPlan& plan : DemoUnits()) {
    bool staff = false, supplies = false;
    for (const StoryEvent& event : TellStory(plan, plan.opened, DemoEnd())) {
      if (event.type != "funding" || event.fields.at("year") != "2019") continue;
      const bool government = event.fields.at("source") == "government";
      staff = staff || (government && event.fields.at("item") == "staff");
      supplies = supplies || (government && event.fields.at("item") == "supplies");
    }
    EXPECT_EQ(staff, supplies) << plan.code;
    if (staff) ++(YearOf(plan.opened) < 2019 ? old_units : new_units);
  }
  EXPECT_EQ(old_units, 14);
  EXPECT_EQ(new_units, 4);
}

TEST(DemoStoryTest, TheSameSeedTellsTheSameStory) {
  const UnitPlan& plan = DemoUnits().front();
  const std::vector<StoryEvent> once = TellStory(plan, plan.opened, DemoEnd());
  const std::vector<StoryEvent> again = TellStory(plan, plan.opened, DemoEnd());
  ASSERT_EQ(once.size(), again.size());
  for (std::size_t i = 0; i < once.size(); ++i) {
    EXPECT_EQ(once[i].day, again[i].day);
    EXPECT_EQ(once[i].fields, again[i].fields);
    if (i > 0) {
      EXPECT_LE(once[i - 1].day, once[i].day);
    }
  }
}

TEST(DemoStoryTest, AParentIsWrittenBeforeItsRecordsOnTheSameDevice) {
  for (const UnitPlan& plan : DemoUnits()) {
    std::map<std::string, int> device_of;
    for (const StoryEvent& event : TellStory(plan, plan.opened, DemoEnd())) {
      ASSERT_GE(event.day, DeviceFrom(plan, event.device)) << plan.code << " " << event.key;
      if (event.action == StoryEvent::Action::kMerge) {
        ASSERT_EQ(device_of.count(event.key) + device_of.count(event.parent), 2u) << event.key;
        continue;
      }
      const std::string& above =
          event.action == StoryEvent::Action::kMake ? event.parent : event.key;
      if (!above.empty()) {
        auto found = device_of.find(above);
        ASSERT_NE(found, device_of.end()) << plan.code << " " << event.key;
        ASSERT_EQ(found->second, event.device) << plan.code << " " << event.key;
      }
      device_of.emplace(event.key, event.device);
    }
  }
}

}  // namespace
}  // namespace tram::demo
