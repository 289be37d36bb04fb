// The worklists of the treatment programme, on rows made by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/programme/treatment_rows.h"

namespace tram {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class WorklistTest : public TreatmentTest {
 protected:
  void Appointment(const std::string& episode, const std::string& date, const std::string& next) {
    Execute("INSERT INTO session(id, parent, date, next_appointment, created_ms) VALUES(" +
            NextId() + "," + Text(episode) + "," + Text(date) + "," + Text(next) + "," +
            std::to_string(next_) + ")");
  }
};

TEST_F(WorklistTest, NothingIsToBeDoneInAnEmptyUnit) {
  EXPECT_EQ(programme_->worklists.size(), 9u);
  for (const Worklist& list : programme_->worklists) {
    EXPECT_THAT(Lines(list.name, "2026-06-30"), IsEmpty()) << list.name;
  }
}

TEST_F(WorklistTest, AppointmentsOfTodayAndSevenDays) {
  Episode("e1", "c1", "2026-01-10");
  Appointment("e1", "2026-02-01", "2026-02-20");
  EXPECT_THAT(Lines("appointments", "2026-02-12"), IsEmpty());
  EXPECT_THAT(Lines("appointments", "2026-02-13"), ElementsAre("e1 2026-02-20"));
  EXPECT_THAT(Lines("appointments", "2026-02-20"), ElementsAre("e1 2026-02-20"));
  EXPECT_THAT(Lines("appointments_missed", "2026-02-20"), IsEmpty());
  EXPECT_THAT(Lines("appointments", "2026-02-21"), IsEmpty());
  EXPECT_THAT(Lines("appointments_missed", "2026-02-21"), ElementsAre("e1 2026-02-20"));
}

TEST_F(WorklistTest, ALaterSessionSettlesAnAppointment) {
  Episode("e1", "c1", "2026-01-10");
  Appointment("e1", "2026-02-01", "2026-02-20");
  Appointment("e1", "2026-02-18", "");
  EXPECT_THAT(Lines("appointments", "2026-02-18"), IsEmpty());
  EXPECT_THAT(Lines("appointments_missed", "2026-02-25"), IsEmpty());
  EXPECT_THAT(Lines("appointments", "2026-02-17"), ElementsAre("e1 2026-02-20"))
      << "as of a day before it";
  // Of two sessions of one day the one written last counts.
  Appointment("e1", "2026-02-18", "2026-02-22");
  EXPECT_THAT(Lines("appointments", "2026-02-18"), ElementsAre("e1 2026-02-22"));
  EXPECT_THAT(Lines("appointments_missed", "2026-02-23"), ElementsAre("e1 2026-02-22"));
}

TEST_F(WorklistTest, AppointmentsEndWithTheirEpisode) {
  Episode("e1", "c1", "2026-01-10", "2026-02-15", "left");
  Appointment("e1", "2026-02-01", "2026-02-20");
  EXPECT_THAT(Lines("appointments", "2026-02-14"), ElementsAre("e1 2026-02-20"));
  EXPECT_THAT(Lines("appointments", "2026-02-15"), IsEmpty());
  EXPECT_THAT(Lines("appointments_missed", "2026-02-25"), IsEmpty());
}

TEST_F(WorklistTest, AppointmentsComeInTheOrderToWorkIn) {
  Episode("e1", "c1", "2026-01-10");
  Episode("e2", "c2", "2026-01-10");
  Appointment("e1", "2026-02-01", "2026-02-20");
  Appointment("e2", "2026-02-01", "2026-02-18");
  EXPECT_THAT(Lines("appointments", "2026-02-15"), ElementsAre("e2 2026-02-18", "e1 2026-02-20"));
  EXPECT_THAT(Lines("appointments_missed", "2026-03-01"),
              ElementsAre("e1 2026-02-20", "e2 2026-02-18"));
}

TEST_F(WorklistTest, FollowUpsAreDueWithinTheWindowAndOverdueAfterIt) {
  struct Case {
    const char* slot;
    const char* due;
    int early, late;
  };
  // Intake on 31 January: a month later is the last of February.
  const Case cases[] = {{"intake_1", "2025-02-28", 14, 14},
                        {"intake_3", "2025-04-30", 14, 14},
                        {"intake_6", "2025-07-31", 30, 30},
                        {"intake_9", "2025-10-31", 30, 30},
                        {"intake_12", "2026-01-31", 30, 30}};
  Episode("e1", "c1", "2025-01-31");
  for (const Case& one : cases) {
    SCOPED_TRACE(one.slot);
    const std::string line = std::string("e1 ") + one.due + " slot=" + one.slot;
    const std::string first = Day(one.due, -one.early), last = Day(one.due, one.late);
    EXPECT_THAT(Lines("followups_due", Day(first, -1)), IsEmpty());
    EXPECT_THAT(Lines("followups_due", first), ElementsAre(line));
    EXPECT_THAT(Lines("followups_overdue", first), IsEmpty()) << "one line at a time";
    EXPECT_THAT(Lines("followups_due", last), ElementsAre(line));
    EXPECT_THAT(Lines("followups_overdue", last), IsEmpty());
    EXPECT_THAT(Lines("followups_due", Day(last, 1)), IsEmpty());
    EXPECT_THAT(Lines("followups_overdue", Day(last, 1)), ElementsAre(line));
  }
  EXPECT_THAT(Lines("followups_overdue", "2027-01-31"),
              ElementsAre("e1 2026-01-31 slot=intake_12"));
  EXPECT_THAT(Lines("followups_overdue", "2027-02-01"), IsEmpty()) << "a year after the date";
}

// Against the plan itself, over ends of months and a leap day.
TEST_F(WorklistTest, OnEveryDayEveryEpisodeHasTheSlotOfThePlan) {
  const std::vector<Slot>& plan = programme_->slot_plans.at(0).slots;
  const std::string first = "2023-12-28";
  constexpr int kEpisodes = 70, kDays = 800;
  for (int i = 0; i < kEpisodes; ++i) {
    const std::string no = std::to_string(100 + i), day = Day(first, i);
    Episode("i" + no, "ci" + no, day);
    Episode("o" + no, "co" + no, "2023-01-01", day, "left");
  }
  for (int now = kEpisodes; now < kDays; now += now < 2 * kEpisodes ? 1 : 7) {
    const std::string as_of = Day(first, now);
    const int today = ParseIsoDate(as_of)->days;
    std::vector<std::string> due, overdue;
    for (int i = 0; i < 2 * kEpisodes; ++i) {
      const bool ended = i >= kEpisodes;
      const Date anchor = *ParseIsoDate(Day(first, i % kEpisodes));
      const Slot* current = nullptr;
      int day = 0;
      for (const Slot& slot : plan) {
        if ((slot.anchor == "end_date") != ended) continue;
        const int of_slot = AddMonths(anchor, slot.months).days;
        if (of_slot - slot.early_days > today) continue;
        current = &slot;
        day = of_slot;
      }
      if (current == nullptr || AddMonths(Date{today}, -12).days > day) continue;
      (today <= day + current->late_days ? due : overdue)
          .push_back((ended ? "o" : "i") + std::to_string(100 + i % kEpisodes) + " " +
                     IsoDate(Date{day}) + " slot=" + current->code);
    }
    EXPECT_THAT(Lines("followups_due", as_of), ::testing::UnorderedElementsAreArray(due)) << as_of;
    EXPECT_THAT(Lines("followups_overdue", as_of), ::testing::UnorderedElementsAreArray(overdue))
        << as_of;
  }
}

TEST_F(WorklistTest, AContactSettlesAFollowUp) {
  Episode("e1", "c1", "2026-01-10");  // intake_1: 10 February, from 27 January to 24 February
  struct Case {
    const char* date;
    const char* slot;
    bool reached;
    bool due;      // on 20 February
    bool overdue;  // on 1 March
  };
  const Case cases[] = {{"2026-01-26", "other", true, true, true},
                        {"2026-01-27", "other", true, false, false},
                        {"2026-01-20", "intake_1", true, false, false},
                        {"2026-02-01", "intake_1", false, true, false},
                        {"2026-02-01", "other", false, true, false},
                        {"2026-01-20", "other", false, true, true},
                        {"2026-03-02", "intake_1", true, true, true}};
  for (const Case& one : cases) {
    SCOPED_TRACE(std::string(one.slot) + " on " + one.date + (one.reached ? "" : ", in vain"));
    Execute("DELETE FROM followup");
    Followup("e1", one.date, "none", "", "phone", one.reached, one.slot);
    EXPECT_EQ(Lines("followups_due", "2026-02-20").size(), one.due ? 1u : 0u);
    EXPECT_EQ(Lines("followups_overdue", "2026-03-01").size(), one.overdue ? 1u : 0u);
  }
}

TEST_F(WorklistTest, WhomNobodyTriedToReachComesFirst) {
  Episode("e1", "c1", "2026-01-10");
  Episode("e2", "c2", "2026-01-12");
  EXPECT_THAT(Lines("followups_due", "2026-02-11"),
              ElementsAre(HasSubstr("e1 2026-02-10"), HasSubstr("e2 2026-02-12")));
  Followup("e1", "2026-02-10", "", "", "phone", false, "intake_1");
  EXPECT_THAT(Lines("followups_due", "2026-02-11"),
              ElementsAre(HasSubstr("e2 2026-02-12"), HasSubstr("e1 2026-02-10")));
}

TEST_F(WorklistTest, AfterTheEndTheSlotsOfAfterCareAreDue) {
  struct Case {
    const char* slot;
    const char* due;
    int early, late;
  };
  const Case cases[] = {{"end_1", "2025-04-15", 14, 14},
                        {"end_3", "2025-06-15", 14, 14},
                        {"end_6", "2025-09-15", 30, 30},
                        {"end_12", "2026-03-15", 30, 30}};
  Episode("e1", "c1", "2025-01-10", "2025-03-15", "completed");
  EXPECT_THAT(Lines("followups_overdue", "2025-03-14"), ElementsAre("e1 2025-02-10 slot=intake_1"));
  EXPECT_THAT(Lines("followups_overdue", "2025-03-15"), IsEmpty())
      << "ended: no slot of the intake";
  EXPECT_THAT(Lines("followups_due", "2025-04-10"), ElementsAre("e1 2025-04-15 slot=end_1"));
  for (const Case& one : cases) {
    SCOPED_TRACE(one.slot);
    const std::string line = std::string("e1 ") + one.due + " slot=" + one.slot;
    EXPECT_THAT(Lines("followups_due", Day(one.due, -one.early - 1)), IsEmpty());
    EXPECT_THAT(Lines("followups_due", Day(one.due, -one.early)), ElementsAre(line));
    EXPECT_THAT(Lines("followups_due", Day(one.due, one.late)), ElementsAre(line));
    EXPECT_THAT(Lines("followups_overdue", Day(one.due, one.late + 1)), ElementsAre(line));
  }
  EXPECT_THAT(Lines("followups_overdue", "2027-03-15"), ElementsAre("e1 2026-03-15 slot=end_12"));
  EXPECT_THAT(Lines("followups_overdue", "2027-03-16"), IsEmpty());
}

TEST_F(WorklistTest, AfterCareIsOfTheLastEpisodeAndEndsWithANewOne) {
  Episode("e1", "c1", "2025-06-01", "2025-12-01", "left");
  Episode("e2", "c1", "2025-12-10", "2026-01-10", "completed");
  EXPECT_THAT(Lines("followups_due", "2026-02-10"), ElementsAre("e2 2026-02-10 slot=end_1"));
  EXPECT_THAT(Lines("followups_overdue", "2026-02-10"), IsEmpty());
  EXPECT_THAT(Lines("followups_due", "2025-12-20"), IsEmpty()) << "the second is open";
  Episode("e3", "c1", "2026-02-01");
  EXPECT_THAT(Lines("followups_due", "2026-02-10"), IsEmpty());
  EXPECT_THAT(Lines("followups_due", "2026-01-31"), ElementsAre("e2 2026-02-10 slot=end_1"));
  EXPECT_THAT(Lines("followups_due", "2026-03-01"), ElementsAre("e3 2026-03-01 slot=intake_1"));
}

TEST_F(WorklistTest, WhoHasDiedIsNotFollowed) {
  Episode("e1", "c1", "2026-01-10", "2026-01-20", "died");
  Episode("e2", "c2", "2026-01-10");
  EXPECT_THAT(Lines("followups_due", "2026-02-15"), ElementsAre("e2 2026-02-10 slot=intake_1"));
  EXPECT_THAT(Lines("quiet", "2026-02-15"), ElementsAre("e2 2026-02-09"));
  EXPECT_THAT(Lines("followups_overdue", "2026-03-10"), ElementsAre("e2 2026-02-10 slot=intake_1"));
  Followup("e2", "2026-01-20", "", "died", "family", false);
  EXPECT_THAT(Lines("followups_due", "2026-02-15"), IsEmpty());
  EXPECT_THAT(Lines("followups_overdue", "2026-03-01"), IsEmpty());
  EXPECT_THAT(Lines("quiet", "2026-02-15"), IsEmpty());
}

TEST_F(WorklistTest, TheSlotsOfTheListsAreTheSlotsOfThePlan) {
  for (const Worklist& list : programme_->worklists) {
    if (list.add != "followup") continue;
    std::size_t rows = 0;
    for (std::size_t at = 0; (at = list.sql.find("('", at)) != std::string::npos; ++at) ++rows;
    EXPECT_EQ(rows, programme_->slot_plans.at(0).slots.size()) << list.name;
    for (const Slot& slot : programme_->slot_plans.at(0).slots) {
      const std::string row = "('" + slot.code + "', " + (slot.anchor == "end_date" ? "1" : "0") +
                              ", " + std::to_string(slot.months) + ", " +
                              std::to_string(slot.early_days) + ", " +
                              std::to_string(slot.late_days) + ")";
      EXPECT_THAT(list.sql, HasSubstr(row)) << list.name;
    }
  }
}

TEST_F(WorklistTest, NotSeenForThirtyDays) {
  Episode("e1", "c1", "2026-01-10");
  EXPECT_THAT(Lines("quiet", "2026-02-08"), IsEmpty());
  EXPECT_THAT(Lines("quiet", "2026-02-09"), ElementsAre("e1 2026-02-09"));
  Session("e1", "2026-01-15");
  EXPECT_THAT(Lines("quiet", "2026-02-13"), IsEmpty());
  EXPECT_THAT(Lines("quiet", "2026-02-14"), ElementsAre("e1 2026-02-14"));
  Appointment("e1", "2026-01-16", "2026-04-01");
  EXPECT_THAT(Lines("quiet", "2026-03-01"), IsEmpty()) << "he will come";
  EXPECT_THAT(Lines("quiet", "2026-05-01"), IsEmpty()) << "stands under appointments missed";
  Execute("UPDATE episode SET end_date = '2026-03-01'");
  Execute("UPDATE session SET next_appointment = NULL");
  EXPECT_THAT(Lines("quiet", "2026-02-28"), ElementsAre("e1 2026-02-15"));
  EXPECT_THAT(Lines("quiet", "2026-03-01"), IsEmpty());
}

TEST_F(WorklistTest, RegistrationWithinFiveWorkingDays) {
  Episode("e1", "c1", "2026-01-05");
  EXPECT_THAT(Lines("registration_due", "2026-01-05"), IsEmpty()) << "no diagnosis";
  Execute("UPDATE episode SET diagnosis_date = '2026-01-05'");
  EXPECT_THAT(Lines("registration_due", "2026-01-04"), IsEmpty());
  EXPECT_THAT(Lines("registration_due", "2026-01-05"), ElementsAre("e1 2026-01-12"));
  EXPECT_THAT(Lines("registration_due", "2026-02-05"), ElementsAre("e1 2026-01-12"));
  Execute("UPDATE episode SET registered_on = '2026-01-20'");
  EXPECT_THAT(Lines("registration_due", "2026-02-05"), IsEmpty());
  Execute("UPDATE episode SET registered_on = NULL, end_date = '2026-01-30'");
  EXPECT_THAT(Lines("registration_due", "2026-01-29"), ElementsAre("e1 2026-01-12"));
  EXPECT_THAT(Lines("registration_due", "2026-01-30"), IsEmpty());
}

TEST_F(WorklistTest, NoticesWithinFiveWorkingDays) {
  Episode("e1", "c1", "2026-01-05");
  EXPECT_THAT(Lines("notice_start_due", "2026-01-04"), IsEmpty());
  EXPECT_THAT(Lines("notice_start_due", "2026-01-05"), ElementsAre("e1 2026-01-12"));
  EXPECT_THAT(Lines("notice_end_due", "2026-01-05"), IsEmpty());
  Execute("UPDATE episode SET notice_start = '2026-01-06'");
  EXPECT_THAT(Lines("notice_start_due", "2026-01-12"), IsEmpty());
  Execute("UPDATE episode SET notice_start = NULL, end_date = '2026-02-02'");
  EXPECT_THAT(Lines("notice_start_due", "2026-02-01"), ElementsAre("e1 2026-01-12"));
  EXPECT_THAT(Lines("notice_start_due", "2026-02-02"), IsEmpty());
  EXPECT_THAT(Lines("notice_end_due", "2026-02-01"), IsEmpty());
  EXPECT_THAT(Lines("notice_end_due", "2026-02-02"), ElementsAre("e1 2026-02-09"));
  EXPECT_THAT(Lines("notice_end_due", "2027-02-01"), ElementsAre("e1 2026-02-09"));
  EXPECT_THAT(Lines("notice_end_due", "2027-02-02"), IsEmpty()) << "the check tells";
  Execute("UPDATE episode SET notice_end = '2026-02-20'");
  EXPECT_THAT(Lines("notice_end_due", "2026-03-01"), IsEmpty());
}

TEST_F(WorklistTest, AQuestionWaitsUntilItIsAnsweredOrClosed) {
  Execute(
      "INSERT INTO question(id, about, \"text\", state, created_ms) VALUES"
      "('q2', 'c1', 'Ngày này đúng không?', 'open', 2), ('q1', 'c1', 'Và ngày kia?', NULL, 1)");
  EXPECT_THAT(Lines("questions", "2026-06-30"), ElementsAre("q1 ", "q2 ")) << "the oldest first";
  Execute("UPDATE question SET answer = 'corrected' WHERE id = 'q1'");
  EXPECT_THAT(Lines("questions", "2026-06-30"), ElementsAre("q2 "));
  Execute("UPDATE question SET answer_text = 'Đã sửa ngày' WHERE id = 'q2'");
  EXPECT_THAT(Lines("questions", "2026-06-30"), IsEmpty()) << "words alone are an answer, too";
  Execute("UPDATE question SET answer_text = '', state = 'closed' WHERE id = 'q2'");
  EXPECT_THAT(Lines("questions", "2026-06-30"), IsEmpty());
}

TEST_F(WorklistTest, OnlyWhatIsOverdueIsUrgent) {
  for (const Worklist& list : programme_->worklists) {
    EXPECT_EQ(list.urgent, list.name == "followups_overdue") << list.name;
  }
}

TEST_F(WorklistTest, RecordsAreCalledByNamesAndDates) {
  const auto title = [&](const std::string& type) {
    auto statement =
        sandbox_->Prepare("SELECT (" + programme_->ByName(type)->shown_as + ") FROM " + type,
                          SandboxMode::kSealed, {});
    EXPECT_TRUE(statement) << statement.error().message;
    EXPECT_TRUE(*statement->Step());
    return statement->Text(0);
  };
  Execute("INSERT INTO client(id, full_name, code, birth_year) VALUES('c', ' Đỗ Hà', 'A1', 1990)");
  EXPECT_EQ(title("client"), "Đỗ Hà (1990)");
  Execute("UPDATE client SET birth_year = NULL");
  EXPECT_EQ(title("client"), "Đỗ Hà");
  Execute("UPDATE client SET full_name = ' '");
  EXPECT_EQ(title("client"), "A1");
  Execute("UPDATE client SET code = NULL, birth_year = 1990");
  EXPECT_EQ(title("client"), "") << "a year alone names nobody";
  Episode("e", "c", "2026-01-09");
  EXPECT_EQ(title("episode"), "09/01/2026");
  Execute("UPDATE episode SET end_date = '2026-10-31'");
  EXPECT_EQ(title("episode"), "09/01/2026 – 31/10/2026");
  Session("e", "2026-02-03");
  EXPECT_EQ(title("session"), "03/02/2026");
  Execute("INSERT INTO stock(id, month) VALUES('s', '2026-02-01')");
  EXPECT_EQ(title("stock"), "02/2026");
}

// A form with a field that must be filled in and is not there could not be saved.
TEST_F(WorklistTest, NoRequiredFieldIsHidden) {
  for (const RecordType& type : programme_->records) {
    std::size_t asked = 0;
    for (const Field& field : type.fields) {
      EXPECT_FALSE(field.more && field.required) << type.name << "." << field.name;
      if (!field.more) ++asked;
    }
    EXPECT_LE(asked, 12u) << type.name;
  }
}

}  // namespace
}  // namespace tram
