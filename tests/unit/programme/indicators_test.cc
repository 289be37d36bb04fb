// The activity indicators of the treatment programme and its relapse-free time, on rows made by
// hand. Outcomes: outcomes_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <set>

#include "tests/unit/programme/treatment_rows.h"

namespace tram {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ActivityTest : public TreatmentTest {};

TEST_F(ActivityTest, AnEmptyUnitHasNoRows) {
  for (const Indicator& indicator : programme_->indicators) {
    EXPECT_THAT(Run(indicator.name, "2026-03-31"), IsEmpty()) << indicator.name;
  }
}

TEST_F(ActivityTest, EveryIndicatorIsASumOverPersons) {
  for (const Indicator& indicator : programme_->indicators) {
    EXPECT_TRUE(indicator.by_person) << indicator.name;
  }
}

TEST_F(ActivityTest, TablesArePrintedWithTheConstantsBehindThem) {
  auto constants = [&](const char* name) { return programme_->IndicatorByName(name)->constants; };
  using Names = std::set<std::string>;
  EXPECT_EQ(constants("active"), Names{"active_days"});
  EXPECT_EQ(constants("sessions_per_active"), Names{"active_days"});
  const Names state{"lapse_days_max", "state_day", "state_window_days"};
  EXPECT_EQ(constants("state_12m"), state);
  EXPECT_EQ(constants("no_use_12m_end"), state);
  EXPECT_EQ(constants("immature"), (Names{"state_day", "state_window_days"}));
  EXPECT_EQ(constants("relapse_free"), Names{"lapse_days_max"});
  EXPECT_EQ(constants("relapse_or_loss"), (Names{"lapse_days_max", "loss_days"}));
  for (const char* name : {"clients_ever", "new_profile", "served", "retention", "readmission"}) {
    EXPECT_EQ(constants(name), Names{}) << name;
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

TEST_F(ActivityTest, TheServiceIsOneOfTheOpenEpisode) {
  Episode("e1", "c1", "2025-10-01");
  Episode("e2", "c1", "2026-03-01", "2026-03-20", "left");
  EXPECT_THAT(Run("active", "2026-03-31"), ElementsAre("2025-10 1/0", "2025-11 1/0"));
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
  EXPECT_THAT(Run("served", "2026-02-14"), ElementsAre("2026-01 1/0", "2026-02 2/0"));
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

TEST_F(ActivityTest, SessionsPerClientActiveAtTheMonthsEnd) {
  Episode("e1", "c1", "2026-01-10");
  Session("e1", "2026-01-20");
  Session("e1", "2026-01-25");
  Episode("e2", "c2", "2026-01-30", "2026-01-31", "left");
  Session("e2", "2026-01-30");
  EXPECT_THAT(Run("sessions_per_active", "2026-03-31"),
              ElementsAre("2026-01 3/1", "2026-02 0/1", "2026-03 0/1"));
}

TEST_F(ActivityTest, FollowUpsAreDueWhenTheirWindowHasPassed) {
  Episode("e1", "c1", "2026-01-31");  // due on 28 February, 30 April, 31 July, 31 October
  EXPECT_THAT(Run("followups_due", "2026-03-13"), IsEmpty());
  EXPECT_THAT(Run("followups_due", "2026-03-14"), ElementsAre("2026-02 0/1"));
  EXPECT_THAT(Run("followups_due", "2026-08-29"), ElementsAre("2026-02 0/1", "2026-04 0/1"));
  EXPECT_THAT(Run("followups_due", "2026-08-30"),
              ElementsAre("2026-02 0/1", "2026-04 0/1", "2026-07 0/1"));
}

TEST_F(ActivityTest, FollowUpsAreNotDueAfterTheEndUnlessItWasCompleted) {
  Episode("e1", "c1", "2026-01-10", "2026-04-10", "left");  // the day itself still is
  EXPECT_THAT(Run("followups_due", "2026-12-31"), ElementsAre("2026-02 0/1", "2026-04 0/1"));
  Execute("UPDATE episode SET end_date = '2026-04-09'");
  EXPECT_THAT(Run("followups_due", "2026-12-31"), ElementsAre("2026-02 0/1"));
  Execute("UPDATE episode SET end_reason = 'completed_referred'");
  EXPECT_THAT(Run("followups_due", "2026-12-31"),
              ElementsAre("2026-02 0/1", "2026-05 0/1", "2026-07 0/1", "2026-10 0/1"));
  Execute("UPDATE episode SET end_date = '2027-01-01'");
  EXPECT_THAT(Run("followups_due", "2026-06-30"), ElementsAre("2026-02 0/1", "2026-04 0/1"))
      << "not ended yet";
}

TEST_F(ActivityTest, OfWhoHasDiedNothingIsDue) {
  Episode("e1", "c1", "2026-01-10");
  Followup("e1", "2026-04-10", "", "died", "family", false);
  EXPECT_THAT(Run("followups_due", "2026-12-31"), ElementsAre("2026-02 0/1", "2026-04 0/1"));
  Execute("UPDATE followup SET date = '2026-04-09'");
  EXPECT_THAT(Run("followups_due", "2026-12-31"), ElementsAre("2026-02 0/1"));
  EXPECT_THAT(Run("followups_due", "2026-04-24"), ElementsAre("2026-02 0/1"));
  Execute("UPDATE followup SET date = '2026-08-01'");
  EXPECT_THAT(Run("followups_due", "2026-05-31"), ElementsAre("2026-02 0/1", "2026-04 0/1"));
}

TEST_F(ActivityTest, OnTimeIsWithinTheSlotsWindow) {
  struct Case {
    const char* slot;
    const char* date;
    int done, on_time;
  };
  const Case cases[] = {
      {"intake_1", "2026-01-26", 1, 0},  // due on 10 February
      {"intake_1", "2026-01-27", 1, 1}, {"intake_1", "2026-02-24", 1, 1},
      {"intake_1", "2026-02-25", 1, 0}, {"intake_6", "2026-06-09", 1, 0},  // due on 10 July
      {"intake_6", "2026-06-10", 1, 1}, {"intake_6", "2026-08-09", 1, 1},
      {"intake_6", "2026-08-10", 1, 0}, {"other", "2026-02-10", 0, 0},
      {"end_1", "2026-02-10", 0, 0},  // not ended: not due
      {"intake_1", "2027-01-01", 0, 0},
  };
  for (const Case& one : cases) {
    Execute("DELETE FROM followup");
    Execute("DELETE FROM episode");
    Episode("e1", "c1", "2026-01-10");
    Followup("e1", one.date, "none", "", "visit", true, one.slot);
    Followup("e1", "2026-02-10", "", "", "visit", false, one.slot);  // reached nobody
    SCOPED_TRACE(std::string(one.slot) + " on " + one.date);
    int done = 0, on_time = 0;
    Derive("2026-12-31");
    for (const IndicatorRow& row : Rows("followups_due", "2026-12-31")) {
      done += static_cast<int>(row.numerator);
    }
    for (const IndicatorRow& row : Rows("followups_on_time", "2026-12-31")) {
      on_time += static_cast<int>(row.numerator);
    }
    EXPECT_EQ(done, one.done);
    EXPECT_EQ(on_time, one.on_time);
  }
}

TEST_F(ActivityTest, ASlotIsDoneOnceAndOnTimeIfOneOfItsFollowUpsIs) {
  Episode("e1", "c1", "2026-01-10", "2026-03-31", "completed");
  Followup("e1", "2026-03-20", "none", "", "visit", true, "intake_1");
  Followup("e1", "2026-02-20", "none", "", "visit", true, "intake_1");
  Followup("e1", "2026-04-29", "none", "", "visit", true, "end_1");  // due on 30 April
  EXPECT_THAT(Run("followups_due", "2026-05-31"), ElementsAre("2026-02 1/1", "2026-04 1/1"));
  EXPECT_THAT(Run("followups_on_time", "2026-05-31"), ElementsAre("2026-02 1/1", "2026-04 1/1"));
  EXPECT_THAT(Run("followups_on_time", "2026-02-28"), ElementsAre("2026-02 1/1"));
}

TEST_F(ActivityTest, MedicineDispensedAndOutOfStock) {
  Episode("e1", "c1", "2026-01-10");
  Execute(
      "INSERT INTO medication(id, parent, date, supply) VALUES"
      "('m1', 'e1', '2026-01-11', 'dispensed'), ('m2', 'e1', '2026-01-12', 'out_of_stock'),"
      "('m3', 'e1', '2026-01-13', 'referred'), ('m4', 'e1', '2026-01-14', NULL),"
      "('m5', 'e1', '2026-03-01', 'dispensed')");
  EXPECT_THAT(Run("supply", "2026-02-28"), ElementsAre("2026-01 1/3"));
  Execute(
      "INSERT INTO stock(id, month, out_days) VALUES('s1', '2026-01-01', 0),"
      "('s2', '2026-01-01', 3), ('s3', '2026-02-01', NULL), ('s4', '2026-03-01', 1)");
  EXPECT_THAT(Run("stock_out", "2026-02-28"), ElementsAre("2026-01 1/2", "2026-02 0/1"));
}

TEST_F(ActivityTest, TrainingAndOutreach) {
  Execute(
      "INSERT INTO training(id, date, days, people) VALUES('t1', '2026-01-11', 2, 5),"
      "('t2', '2026-01-12', NULL, 4), ('t3', '2026-02-01', 1, 0), ('t4', '2026-03-01', 1, 1)");
  EXPECT_THAT(Run("training", "2026-02-28"),
              ElementsAre("2026-01 days 2/0", "2026-01 events 2/0", "2026-01 people 9/0",
                          "2026-02 days 1/0", "2026-02 events 1/0"));
  Execute(
      "INSERT INTO outreach(id, date, people) VALUES('o1', '2026-01-11', 40),"
      "('o2', '2026-01-12', NULL), ('o3', '2026-03-01', 7)");
  EXPECT_THAT(Run("outreach", "2026-02-28"),
              ElementsAre("2026-01 events 2/0", "2026-01 people 40/0"));
}

TEST_F(ActivityTest, FundingByYearItemAndSource) {
  Execute(
      "INSERT INTO funding(id, year, item, source, amount) VALUES"
      "('f1', 2025, 'staff', 'province', 100), ('f2', 2025, 'medicine', 'province', 20),"
      "('f3', 2026, 'staff', 'organisation', 7), ('f4', 2026, NULL, NULL, 5),"
      "('f5', 2026, 'staff', 'none', 0), ('f6', 2027, 'staff', 'province', 9)");
  EXPECT_THAT(
      Run("funding", "2026-01-31"),
      ElementsAre("2025-12 province 120/0", "2026-12 not_known 5/0", "2026-12 organisation 7/0"));
  EXPECT_THAT(Run("funding", "2026-01-31", "item=staff"),
              ElementsAre("2025-12 province 100/0", "2026-12 organisation 7/0"));
  EXPECT_THAT(Run("funding", "2026-01-31", "item="), ElementsAre("2026-12 not_known 5/0"));
}

TEST_F(ActivityTest, TrainedStaffOfTheProfile) {
  Execute("INSERT INTO unit_profile(id, staff, trained_staff) VALUES('p', 5, 2)");
  EXPECT_THAT(Run("trained_staff", "2026-01-31"), ElementsAre(" 2/5"));
  Execute("INSERT INTO unit_profile(id, opened_on, staff) VALUES('q', '2026-02-01', 9)");
  EXPECT_THAT(Run("trained_staff", "2026-01-31"), ElementsAre(" 2/5"));
  Execute("UPDATE unit_profile SET trained_staff = NULL");
  EXPECT_THAT(Run("trained_staff", "2026-01-31"), ElementsAre(" 0/5"));
}

TEST_F(ActivityTest, ConflictsOfEveryType) {
  for (const RecordType& type : programme_->records) {
    Execute("INSERT INTO " + type.name + "(id, conflict) VALUES('a', 1), ('b', 0)");
  }
  EXPECT_THAT(Run("conflicts", "2026-01-31"),
              ElementsAre(" " + std::to_string(programme_->records.size()) + "/0"));
}

TEST_F(ActivityTest, FindingsOfTheChecksAtTheProvince) {
  Episode("e1", "c1", "2026-01-10", "2026-01-09", "left");
  Episode("e2", "c2", "2026-05-10", "2026-05-09", "left");
  Execute("UPDATE client SET birth_year = 1800");
  EXPECT_THAT(Run("findings", "2026-01-31"),
              ElementsAre(" end_before_intake 2/0", " episode_future_date 1/0"));
}

TEST_F(ActivityTest, EveryCheckAtTheProvinceIsABinOfTheFindings) {
  std::vector<std::string> checks, bins;
  for (const Check& check : programme_->checks) {
    if (!check.device_only) checks.push_back(check.name);
  }
  for (const Bin& bin : programme_->IndicatorByName("findings")->bins) bins.push_back(bin.name);
  EXPECT_EQ(bins, checks);
}

TEST_F(ActivityTest, TheSlotsThatAreDueAreTheSlotsOfThePlan) {
  std::string due;
  for (const Derived& derived : programme_->derived) {
    if (derived.name == "due") due = derived.sql;
  }
  for (const Slot& slot : programme_->slot_plans.at(0).slots) {
    const std::string row = "('" + slot.code + "', " + (slot.anchor == "end_date" ? "1" : "0") +
                            ", " + std::to_string(slot.months) + ", " +
                            std::to_string(slot.early_days) + ", " +
                            std::to_string(slot.late_days) + ")";
    EXPECT_THAT(due, ::testing::HasSubstr(row));
  }
}

TEST_F(ActivityTest, DaysFromTheEventToItsArrival) {
  EXPECT_TRUE(programme_->IndicatorByName("days_to_arrival")->server_only);
  Episode("e1", "c1", "2026-01-10");
  Session("e1", "2026-01-20");
  Session("e1", "2026-01-31");
  Session("e1", "2026-02-02");
  Followup("e1", "2026-01-20", "none", "", "visit", true);
  Followup("e1", "2026-01-20", "", "", "visit", false);
  EXPECT_THAT(Run("days_to_arrival", "2026-03-31"), IsEmpty()) << "nothing has arrived";
  Execute("UPDATE episode SET arrived_on = '2026-01-09'");
  Execute("UPDATE session SET arrived_on = '2026-02-01'");
  Execute("UPDATE followup SET arrived_on = '2026-01-20'");
  EXPECT_THAT(Run("days_to_arrival", "2026-03-31"),
              ElementsAre("2026-01 0 2/0", "2026-01 1 1/0", "2026-01 12 1/0", "2026-02 0 1/0"));
}

TEST_F(ActivityTest, FamilyPresentAndSupportArranged) {
  Episode("e1", "c1", "2026-01-10");
  for (int i = 0; i < 3; ++i) Session("e1", "2026-01-20");
  Execute("UPDATE session SET family_present = 1 WHERE id = 'r0'");
  Execute("UPDATE session SET family_present = 0 WHERE id = 'r1'");
  EXPECT_THAT(Run("family_present", "2026-01-31"), ElementsAre("2026-01 1/3"));
  Execute(
      "INSERT INTO support(id, parent, date, result) VALUES('s1', 'e1', '2026-01-20', 'arranged'),"
      "('s2', 'e1', '2026-01-20', 'refused'), ('s3', 'e1', '2026-01-21', NULL),"
      "('s4', 'e1', '2026-02-20', 'failed')");
  EXPECT_THAT(Run("support_arranged", "2026-01-31"), ElementsAre("2026-01 1/3"));
}

// A record whose episode is of nobody counts where records are counted, not where persons are.
TEST_F(ActivityTest, RecordsOfNobody) {
  Execute("INSERT INTO episode(id, intake_date, referral) VALUES('e1', '2026-01-10', 'self')");
  Session("e1", "2026-01-20", "relapse");
  Session("gone", "2026-01-20");
  EXPECT_THAT(Run("sessions", "2026-06-30"), ElementsAre("2026-01 2/0"));
  EXPECT_THAT(Run("self_referred", "2026-06-30"), ElementsAre("2026-01 1/1"));
  Followup("e1", "2026-02-10", "none", "", "visit", true, "intake_1");
  EXPECT_THAT(Run("followups_due", "2026-06-30"), ElementsAre("2026-02 1/1", "2026-04 0/1"));
  for (const char* indicator : {"clients_ever", "active", "new", "served", "retention",
                                "relapse_free", "state_12m", "immature"}) {
    EXPECT_THAT(Run(indicator, "2027-06-30"), IsEmpty()) << indicator;
  }
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
  auto took_ms = [](auto&& work) {
    const std::clock_t before = std::clock();  // of this process: other work is no matter
    work();
    return 1000.0 * static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
  };
  EXPECT_LT(took_ms([&] { Derive("2026-12-31"); }), 2000);
  for (const Indicator& indicator : programme_->indicators) {
    EXPECT_LT(took_ms([&] { Rows(indicator.name, "2026-12-31"); }), 1000) << indicator.name;
  }
}

}  // namespace
}  // namespace tram
