// The checks of the treatment programme, on rows made by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/programme/treatment_rows.h"

namespace tram {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ChecksTest : public TreatmentTest {
 protected:
  void Client(const std::string& id, const std::string& name, const std::string& sex, int born,
              const std::string& age_group = "") {
    Execute("INSERT INTO client(id, full_name, sex, birth_year, consent_date, age_group) VALUES(" +
            Text(id) + "," + Text(name) + "," + Text(sex) + "," + std::to_string(born) +
            ", '2026-01-01'," + Text(age_group) + ")");
  }
};

TEST_F(ChecksTest, NothingIsFoundInAnEmptyUnit) {
  for (const Check& check : programme_->checks) {
    EXPECT_THAT(Findings(check.name, "2026-06-30"), IsEmpty()) << check.name;
  }
}

TEST_F(ChecksTest, DatesOfAnEpisode) {
  Episode("good", "c1", "2026-01-10", "2026-01-10", "left");
  Episode("bad", "c2", "2026-01-10", "2026-01-09", "left");
  EXPECT_THAT(Findings("end_before_intake", "2026-06-30"), ElementsAre("bad"));
  EXPECT_THAT(Findings("episode_future_date", "2026-01-09"), ElementsAre("bad", "good"));
  EXPECT_THAT(Findings("episode_future_date", "2026-01-10"), IsEmpty());
}

TEST_F(ChecksTest, TwoOpenEpisodesOfOneClient) {
  Episode("e1", "c1", "2026-01-10");
  Episode("e2", "c1", "2026-02-10");
  Episode("e3", "c2", "2026-01-10");
  Episode("e4", "c2", "2025-01-10", "2025-12-10", "left");
  EXPECT_THAT(Findings("two_open_episodes", "2026-06-30"), ElementsAre("e1", "e2"));
}

TEST_F(ChecksTest, SessionsOutsideTheirEpisode) {
  Episode("e1", "c1", "2026-01-10", "2026-02-10", "left");
  for (const char* date : {"2026-01-09", "2026-01-10", "2026-02-10", "2026-02-11"}) {
    Session("e1", date);
  }
  EXPECT_THAT(Findings("session_outside_episode", "2026-06-30"), ElementsAre("r0", "r3"));
}

TEST_F(ChecksTest, ARelapseWithoutItsDate) {
  Episode("e1", "c1", "2026-01-10");
  Session("e1", "2026-02-01", "relapse");
  Session("e1", "2026-02-02", "relapse", "2026-02-01");
  Session("e1", "2026-02-03", "lapse");
  Followup("e1", "2026-02-04", "relapse", "");
  EXPECT_THAT(Findings("session_relapse_without_date", "2026-06-30"), ElementsAre("r0"));
  EXPECT_THAT(Findings("followup_relapse_without_date", "2026-06-30"), ElementsAre("r3"));
}

TEST_F(ChecksTest, TwoFollowUpsInOneSlot) {
  Episode("e1", "c1", "2026-01-10");
  Followup("e1", "2026-02-10", "none", "", "phone", true, "intake_1");
  Followup("e1", "2026-02-11", "none", "", "phone", false, "intake_1");
  EXPECT_THAT(Findings("two_in_one_slot", "2026-06-30"), IsEmpty()) << "one of them was reached";
  Followup("e1", "2026-02-12", "none", "", "phone", true, "intake_1");
  Followup("e1", "2026-03-12", "none", "", "phone", true, "other");
  Followup("e1", "2026-03-13", "none", "", "phone", true, "other");
  EXPECT_THAT(Findings("two_in_one_slot", "2026-06-30"), ElementsAre("r0", "r2"));
}

TEST_F(ChecksTest, FollowUpsOverdueByThirtyDays) {
  Episode("e1", "c1", "2026-01-10");  // due on 10 February
  EXPECT_THAT(Findings("followup_overdue", "2026-03-12"), IsEmpty());
  EXPECT_THAT(Findings("followup_overdue", "2026-03-13"), ElementsAre("e1"));
  Followup("e1", "2026-03-01", "", "", "phone", false, "intake_1");
  EXPECT_THAT(Findings("followup_overdue", "2026-03-13"), IsEmpty()) << "tried and recorded";
  // 10 April and 30 days: 10 May; a contact of any slot makes up for it.
  EXPECT_THAT(Findings("followup_overdue", "2026-05-11"), ElementsAre("e1"));
  Followup("e1", "2026-05-01", "none", "treated_here", "phone", true, "other");
  EXPECT_THAT(Findings("followup_overdue", "2026-05-11"), IsEmpty());
  // After the end its own slots are due too; of who has died nothing.
  Episode("e2", "c2", "2026-01-10", "2026-03-01", "left");
  EXPECT_THAT(Findings("followup_overdue", "2026-05-11"), ElementsAre("e2"));
  Execute("UPDATE episode SET end_reason = 'died' WHERE id = 'e2'");
  EXPECT_THAT(Findings("followup_overdue", "2026-05-11"), IsEmpty());
}

TEST_F(ChecksTest, TheSlotsOfTheCheckAreTheSlotsOfThePlan) {
  const Check* overdue = nullptr;
  for (const Check& check : programme_->checks) {
    if (check.name == "followup_overdue") overdue = &check;
  }
  ASSERT_TRUE(overdue);
  for (const Slot& slot : programme_->slot_plans.at(0).slots) {
    std::string row = "('" + slot.code + "', " + (slot.anchor == "end_date" ? "1" : "0") + ", " +
                      std::to_string(slot.months) + ", " + std::to_string(slot.early_days) + ")";
    EXPECT_THAT(overdue->sql, ::testing::HasSubstr(row));
  }
}

TEST_F(ChecksTest, DatesInTheFuture) {
  Episode("e1", "c1", "2026-01-10");
  Session("e1", "2026-07-01");
  Session("e1", "2026-06-30", "lapse", "2026-07-02");
  Session("e1", "2026-06-30");
  EXPECT_THAT(Findings("session_future_date", "2026-06-30"), ElementsAre("r0", "r1"));
}

TEST_F(ChecksTest, TwoProfilesOfTheUnit) {
  Execute("INSERT INTO unit_profile(id) VALUES('p1')");
  EXPECT_THAT(Findings("two_unit_profiles", "2026-06-30"), IsEmpty());
  Execute("INSERT INTO unit_profile(id) VALUES('p2')");
  EXPECT_THAT(Findings("two_unit_profiles", "2026-06-30"), ElementsAre("p1", "p2"));
}

TEST_F(ChecksTest, ImplausibleYearsOfBirth) {
  Client("old", "A", "male", 1925);
  Client("good", "B", "male", 1926);
  Client("young", "C", "male", 2017);
  EXPECT_THAT(Findings("birth_year_implausible", "2026-06-30"), ElementsAre("old", "young"));
}

TEST_F(ChecksTest, AgeGroupAndYearOfBirth) {
  Client("a", "A", "male", 1996, "age_20_29");  // 29 or 30 in 2026
  Client("b", "B", "male", 1995, "age_20_29");  // 30 or 31
  Client("c", "C", "male", 2006, "age_20_29");  // 19 or 20
  Client("d", "D", "male", 2007, "age_20_29");  // 18 or 19
  Client("e", "E", "male", 1950, "not_known");
  EXPECT_THAT(Findings("age_group_and_birth_year", "2026-06-30"), ElementsAre("b", "d"));
}

TEST_F(ChecksTest, TheSamePersonTwice) {
  Client("a", "Đỗ Minh  Hà", "male", 1990);
  Client("b", "do minh ha", "male", 1991);
  Client("c", "Đỗ Minh Hà", "female", 1990);
  Client("d", "Đỗ Minh Hà", "male", 1993);
  EXPECT_THAT(Findings("same_person_twice", "2026-06-30"), ElementsAre("a", "b"));
}

TEST_F(ChecksTest, PaperworkWithinWorkingDays) {
  Episode("e1", "c1", "2026-01-05");
  Execute("UPDATE episode SET diagnosis_date = '2026-01-05', registered_on = '2026-01-12'");
  EXPECT_THAT(Findings("registered_late", "2026-06-30"), IsEmpty());
  Execute("UPDATE episode SET registered_on = '2026-01-13'");
  EXPECT_THAT(Findings("registered_late", "2026-06-30"), ElementsAre("e1"));
  EXPECT_THAT(Findings("notice_start_late", "2026-01-12"), IsEmpty());
  EXPECT_THAT(Findings("notice_start_late", "2026-01-13"), ElementsAre("e1"));
  EXPECT_THAT(Findings("notice_end_late", "2026-01-13"), IsEmpty());
}

}  // namespace
}  // namespace tram
