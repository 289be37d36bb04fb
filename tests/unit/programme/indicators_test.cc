// The indicators of the treatment programme, on rows made by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>

#include "tests/unit/programme/treatment_rows.h"

namespace tram {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ActivityTest : public TreatmentTest {};

TEST_F(ActivityTest, AnEmptyUnitHasNoRows) {
  EXPECT_THAT(Run("clients_ever", "2026-03-31"), ElementsAre(" 0/0"));
  for (const char* indicator : {"active", "new", "served", "sessions", "self_referred",
                                "relapse_free", "state_12m", "immature"}) {
    EXPECT_THAT(Run(indicator, "2026-03-31"), IsEmpty()) << indicator;
  }
}

TEST_F(ActivityTest, PersonsAreCountedOnceAndOnlyUpToTheDate) {
  Episode("e1", "c1", "2026-01-10", "2026-02-01", "left");
  Episode("e2", "c1", "2026-03-01");
  Episode("e3", "c2", "2026-03-05");
  Episode("e4", "c3", "2026-04-01");
  EXPECT_THAT(Run("clients_ever", "2026-03-31"), ElementsAre(" 2/0"));
  EXPECT_THAT(Run("clients_ever", "2026-04-01"), ElementsAre(" 3/0"));
  EXPECT_THAT(Run("new", "2026-03-31"), ElementsAre("2026-01 1/0", "2026-03 1/0"));
}

TEST_F(ActivityTest, ActiveIsAnOpenEpisodeWithAServiceInNinetyDays) {
  Episode("e1", "c1", "2026-01-31");
  // 31 January: the ends of January, February and March (59 days), and of April (89), not of May.
  EXPECT_THAT(Run("active", "2026-06-30"),
              ElementsAre("2026-01 1/0", "2026-02 1/0", "2026-03 1/0", "2026-04 1/0"));
  // 90 days before 30 April is 30 January: no longer within.
  Episode("e2", "c2", "2026-01-30");
  EXPECT_THAT(Run("active", "2026-06-30"),
              ElementsAre("2026-01 2/0", "2026-02 2/0", "2026-03 2/0", "2026-04 1/0"));
  // The running month counts as of the date, and months after it do not show.
  EXPECT_THAT(Run("active", "2026-02-10"), ElementsAre("2026-01 2/0", "2026-02 2/0"));
  // Closed by the month's end, a service of any kind, a follow-up that reached nobody.
  Episode("e3", "c3", "2026-01-05", "2026-02-28", "left");
  EXPECT_THAT(Run("active", "2026-02-28"), ElementsAre("2026-01 3/0", "2026-02 2/0"));
  Followup("e2", "2026-04-15", "", "", "phone", false);
  EXPECT_THAT(Run("active", "2026-04-30"),
              ElementsAre("2026-01 3/0", "2026-02 2/0", "2026-03 2/0", "2026-04 1/0"));
  Followup("e2", "2026-04-16", "none", "", "phone", true);
  EXPECT_THAT(Run("active", "2026-04-30"),
              ElementsAre("2026-01 3/0", "2026-02 2/0", "2026-03 2/0", "2026-04 2/0"));
  // Two open episodes of one person are one person.
  Episode("e4", "c1", "2026-04-02");
  EXPECT_THAT(Run("active", "2026-04-30").back(), "2026-04 2/0");
}

TEST_F(ActivityTest, ServedByAnyServiceOfTheMonth) {
  Episode("e1", "c1", "2026-01-10");
  Session("e1", "2026-02-01");
  Session("e1", "2026-02-15");
  Episode("e2", "c2", "2026-02-01");
  Execute("INSERT INTO medication(id, parent, date) VALUES('m', 'e1', '2026-03-01')");
  Execute("INSERT INTO support(id, parent, date) VALUES('s', 'e1', '2026-04-01')");
  Execute("INSERT INTO referral_out(id, parent, date) VALUES('r', 'e1', '2026-05-01')");
  Followup("e1", "2026-06-01", "none", "", "phone", true);
  Followup("e1", "2026-07-01", "", "", "phone", false);
  EXPECT_THAT(Run("served", "2026-12-31"),
              ElementsAre("2026-01 1/0", "2026-02 2/0", "2026-03 1/0", "2026-04 1/0", "2026-05 1/0",
                          "2026-06 1/0"));
  EXPECT_THAT(Run("sessions", "2026-12-31"), ElementsAre("2026-02 2/0"));
  EXPECT_THAT(Run("sessions", "2026-02-14"), ElementsAre("2026-02 1/0"));
}

TEST_F(ActivityTest, SelfReferredOfAllEpisodesBegun) {
  Episode("e1", "c1", "2026-01-10");
  Episode("e2", "c2", "2026-01-11");
  Episode("e3", "c3", "2026-01-12");
  Episode("e4", "c4", "2026-02-12");
  Execute("UPDATE episode SET referral = 'self' WHERE id = 'e1'");
  Execute("UPDATE episode SET referral = 'gp' WHERE id = 'e2'");
  EXPECT_THAT(Run("self_referred", "2026-12-31"), ElementsAre("2026-01 1/3", "2026-02 0/1"));
}

class RelapseTest : public TreatmentTest {};

TEST_F(RelapseTest, TheEarliestRelapseByItsDateOfUse) {
  Episode("e1", "c1", "2026-01-10");
  Session("e1", "2026-02-10", "none");
  Session("e1", "2026-04-10", "relapse", "2026-03-20");
  Followup("e1", "2026-04-01", "relapse", "");
  EXPECT_THAT(Run("relapse_free", "2026-12-31"), ElementsAre("2026-01 69 1/1"));
  // On 5 April only the follow-up is known, and it has no date of use: its own date counts.
  EXPECT_THAT(Run("relapse_free", "2026-04-05"), ElementsAre("2026-01 81 1/1"));
  EXPECT_THAT(Run("relapse_free", "2026-03-31"), ElementsAre("2026-01 31 0/1"));
}

TEST_F(RelapseTest, CensoredAtTheLastWordOnUse) {
  Episode("e1", "c1", "2026-01-10");
  EXPECT_THAT(Run("relapse_free", "2026-12-31"), ElementsAre("2026-01 0 0/1")) << "no word at all";
  Session("e1", "2026-02-09", "lapse", "2026-02-01");
  Session("e1", "2026-03-09", "not_known");
  Session("e1", "2026-04-09");
  EXPECT_THAT(Run("relapse_free", "2026-12-31"), ElementsAre("2026-01 30 0/1"));
}

TEST_F(RelapseTest, PersonsThatLeaveOnOneDayAddUp) {
  for (int i = 0; i < 3; ++i) {
    std::string number = std::to_string(i);
    Episode("e" + number, "c" + number, "2026-01-01");
    Session("e" + number, "2026-01-11", i == 0 ? "relapse" : "none");
  }
  Episode("e9", "c9", "2026-02-01");
  EXPECT_THAT(Run("relapse_free", "2026-12-31"), ElementsAre("2026-01 10 1/3", "2026-02 0 0/1"));
}

TEST_F(RelapseTest, OnlyTheFirstEpisodeBeginsButLaterOnesTell) {
  Episode("e1", "c1", "2026-01-01", "2026-02-01", "left");
  Episode("e2", "c1", "2026-05-01");
  Session("e2", "2026-05-11", "relapse");
  EXPECT_THAT(Run("relapse_free", "2026-12-31"), ElementsAre("2026-01 130 1/1"));
}

TEST_F(RelapseTest, UseBeforeTheIntakeCountsOnDayZero) {
  Episode("e1", "c1", "2026-01-10");
  Session("e1", "2026-01-20", "relapse", "2026-01-01");
  EXPECT_THAT(Run("relapse_free", "2026-12-31"), ElementsAre("2026-01 0 1/1"));
  // What is dated before the intake as a whole says nothing on the time after it.
  Episode("e2", "c2", "2026-02-10");
  Session("e2", "2026-02-01", "relapse");
  EXPECT_THAT(Run("relapse_free", "2026-12-31"), ElementsAre("2026-01 0 1/1", "2026-02 0 0/1"));
}

class StateTest : public TreatmentTest {
 protected:
  static constexpr char kIntake[] = "2025-01-01";  // + 365 is 2026-01-01, + 425 is 2026-03-02
  static constexpr char kMature[] = "2026-03-02";

  void SetUp() override {
    TreatmentTest::SetUp();
    Episode("e1", "c1", kIntake);
  }
  std::string At(int day) const { return Day(kIntake, day); }
  void End(int day, const std::string& reason) {
    Execute("UPDATE episode SET end_date = '" + At(day) + "', end_reason = '" + reason +
            "' WHERE id = 'e1'");
  }
  /// The one person's state.
  std::string State(const std::string& as_of = kMature) {
    std::string state;
    auto rows = Run("state_12m", as_of);
    EXPECT_EQ(rows.size(), 7u) << "every state has its row";
    for (const std::string& row : rows) {
      std::string name = row.substr(8, row.rfind(' ') - 8);
      EXPECT_TRUE(row.ends_with("/1")) << row;
      if (row.ends_with("1/1")) state += (state.empty() ? "" : " and ") + name;
    }
    return state;
  }
};

TEST_F(StateTest, OnlyAMatureCohort) {
  EXPECT_EQ(State("2026-03-02"), "not_known");
  EXPECT_THAT(Run("state_12m", "2026-03-01"), IsEmpty());
  EXPECT_THAT(Run("immature", "2026-03-01"), ElementsAre("2025-01 1/0"));
  EXPECT_THAT(Run("immature", "2026-03-02"), IsEmpty());
}

TEST_F(StateTest, DiedWithinTheYear) {
  Followup("e1", At(360), "none", "treated_here");
  End(365, "died");
  EXPECT_EQ(State(), "died");
  End(366, "died");
  EXPECT_EQ(State(), "not_using_in_treatment") << "after the year the last word before it stands";
}

TEST_F(StateTest, DiedAsAFollowUpTold) {
  Followup("e1", At(200), "", "died", "family", false);
  EXPECT_EQ(State(), "died");
}

TEST_F(StateTest, DetainedUnlessMetOutsideLater) {
  Session("e1", At(310), "relapse");
  End(320, "compulsory_centre");
  EXPECT_EQ(State(), "detained");
  Followup("e1", At(380), "", "prison", "family");
  EXPECT_EQ(State(), "detained") << "still inside";
  Session("e1", At(390), "", "", "family");
  EXPECT_EQ(State(), "detained") << "a family session says nothing on where he is";
  Followup("e1", At(400), "not_known", "not_known", "family");
  EXPECT_EQ(State(), "detained") << "the family does not know";
  Followup("e1", At(426), "none", "out_of_treatment");
  EXPECT_EQ(State(Day(kMature, 10)), "detained") << "outside, but after the window";
  Followup("e1", At(425), "none", "out_of_treatment");
  EXPECT_EQ(State(), "using") << "met outside: then the use known nearest to the year, day 310";
}

TEST_F(StateTest, DetainedAgainAfterATimeOutside) {
  Followup("e1", At(100), "", "prison", "family");
  Session("e1", At(200), "none");
  EXPECT_EQ(State(), "not_known") << "met outside since; no word on use near the year";
  Followup("e1", At(300), "", "compulsory_centre", "family");
  EXPECT_EQ(State(), "detained");
}

TEST_F(StateTest, DetainedAfterTheYearIsNotDetainedInIt) {
  Session("e1", At(350), "none");
  End(366, "prison");
  EXPECT_EQ(State(), "not_using_in_treatment");
}

TEST_F(StateTest, TheNearestKnownStatusWithinSixtyDays) {
  Session("e1", At(304), "relapse");
  EXPECT_EQ(State(), "not_known") << "61 days before";
  Session("e1", At(305), "relapse");
  EXPECT_EQ(State(), "using");
  Session("e1", At(330), "not_known");
  EXPECT_EQ(State(), "using") << "not known is no status";
  Followup("e1", At(400), "lapse", "out_of_treatment");
  EXPECT_EQ(State(), "not_using_out_of_treatment") << "35 days are nearer than 60";
  Session("e1", At(425), "relapse");
  EXPECT_EQ(State(), "not_using_out_of_treatment");
}

TEST_F(StateTest, OfTwoEquallyNearTheLaterThenTheWorse) {
  Session("e1", At(355), "relapse");
  Session("e1", At(375), "none");
  EXPECT_EQ(State(), "not_using_in_treatment");
  Session("e1", At(375), "relapse");
  EXPECT_EQ(State(), "using");
}

TEST_F(StateTest, InTreatmentAsTheFollowUpSaysOrByAnOpenEpisode) {
  Session("e1", At(360), "none");
  EXPECT_EQ(State(), "not_using_in_treatment");
  End(360, "completed");
  EXPECT_EQ(State(), "not_using_in_treatment") << "the last day is a day of treatment";
  End(359, "completed");
  EXPECT_EQ(State(), "not_using_out_of_treatment");
  Followup("e1", At(364), "none", "treated_elsewhere");
  EXPECT_EQ(State(), "not_using_in_treatment") << "the follow-up says so";
  Followup("e1", At(365), "none", "");
  EXPECT_EQ(State(), "not_using_out_of_treatment") << "it does not say, and no episode is open";
  Episode("e2", "c1", At(365));
  EXPECT_EQ(State(), "not_using_in_treatment") << "a new episode is open";
}

TEST_F(StateTest, MovedWhereThatIsTheLastWord) {
  Session("e1", At(100));
  End(100, "moved");
  EXPECT_EQ(State(), "moved_or_transferred") << "the end outweighs a session on its day";
  End(100, "transferred");
  EXPECT_EQ(State(), "moved_or_transferred");
  Followup("e1", At(200), "", "not_known", "family");
  EXPECT_EQ(State(), "moved_or_transferred") << "not knowing is no word";
  Followup("e1", At(210), "", "treated_elsewhere", "phone");
  EXPECT_EQ(State(), "moved_or_transferred");
  Followup("e1", At(220), "", "out_of_treatment", "phone");
  EXPECT_EQ(State(), "not_known") << "he is back";
  Followup("e1", At(230), "", "moved", "family", false);
  EXPECT_EQ(State(), "moved_or_transferred");
  Followup("e1", At(365), "relapse", "moved", "phone");
  EXPECT_EQ(State(), "using") << "rule 3 comes first";
}

TEST_F(StateTest, OnePersonOneStateAndTheCohortBelowEach) {
  Episode("e2", "c1", "2025-06-01");  // a later episode begins no cohort
  Episode("e3", "c2", "2025-01-15");
  Session("e3", Day("2025-01-15", 365), "relapse");
  EXPECT_THAT(
      Run("state_12m", "2026-12-31"),
      ElementsAre("2025-01 detained 0/2", "2025-01 died 0/2", "2025-01 moved_or_transferred 0/2",
                  "2025-01 not_known 1/2", "2025-01 not_using_in_treatment 0/2",
                  "2025-01 not_using_out_of_treatment 0/2", "2025-01 using 1/2"));
}

// A large unit over ten years stays far below the sandbox's limit of steps.
TEST_F(ActivityTest, ALargeUnitIsQuick) {
  Execute(
      "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 600) "
      "INSERT INTO client(id) SELECT 'c' || x FROM n");
  Execute(
      "INSERT INTO episode(id, parent, intake_date) "
      "SELECT 'e' || substr(id, 2), id, add_days('2016-03-01', 6 * substr(id, 2)) FROM client");
  Execute(
      "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 20) "
      "INSERT INTO session(id, parent, date, use_since_last) "
      "SELECT e.id || '.' || x, e.id, add_days(intake_date, 19 * x), "
      "CASE WHEN x = 17 THEN 'relapse' ELSE 'none' END FROM episode AS e, n");
  for (const Indicator& indicator : programme_->indicators) {
    std::clock_t before = std::clock();  // of this process: other work on the machine is no matter
    EXPECT_FALSE(Run(indicator.name, "2026-12-31").empty());
    double took_ms = 1000.0 * static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
    RecordProperty(indicator.name + "_ms", static_cast<int>(took_ms));
    EXPECT_LT(took_ms, 1000) << indicator.name;
  }
}

}  // namespace
}  // namespace tram
