// The pages on which the province asks a unit about a flagged record: what is shown and what is
// not, who may look, that each look leaves a line, and the whole way of a question and back.
#include <gmock/gmock.h>

#include "app/default_programme.h"
#include "tests/unit/central_server/questions_fixture.h"

namespace tram::server {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class QuestionPagesTest : public QuestionsTest {
 protected:
  void SetUp() override {
    QuestionsTest::SetUp();
    visit_ = WrongVisit(*device_);
    Sync(*device_);
    other_unit_ = AddTestUnit("HN-01", "01");
    staff_ = AddAccount("hoa", Role::kProvince, {"56"});
  }
  /// From here on through the pages, as the staff of the unit's province.
  void ServeStaff() {
    Serve();
    Become(staff_);
  }
  std::string Visit() const { return At(unit_, kDaysWithoutUse, visit_); }
  static std::string Short(const RecordId& record) { return record.Hex().substr(0, 6); }
  std::string Asked(const std::string& text) {
    const HttpResponse sent = Post(Visit(), {{"text", text}});
    EXPECT_EQ(sent.status, 303);
    return Follow(sent).body;
  }
  RecordId OnlyQuestion() {
    RecordId found;
    OnOwner([&](ServerState& server, RollupWorker&) -> Status {
      TRAM_ASSIGN(UnitView * view, server.units().ViewOf(unit_.id, server.programme().programme));
      TRAM_ASSIGN(const auto questions, QuestionsIn(*view, *QuestionFormOf(view->programme())));
      EXPECT_EQ(questions.size(), 1u);
      found = questions.at(0).record.id;
      return {};
    });
    return found;
  }
  std::size_t LogSize() {
    std::size_t size = 0;
    OnOwner([&](ServerState& server, RollupWorker&) -> Status {
      TRAM_ASSIGN(OpenUnit * open, server.units().Open(unit_.id));
      size = open->log->size();
      return {};
    });
    return size;
  }

  RecordId visit_;
  Unit other_unit_;
  Account staff_;
};

TEST_F(QuestionPagesTest, OfAFlaggedRecordOnlyWhatTheCheckReadIsShown) {
  ServeStaff();
  const std::string page = Get(Visit()).body;
  EXPECT_THAT(page, HasSubstr("Visit " + Short(visit_)));
  EXPECT_THAT(page, HasSubstr("Days of use though it says no use"));
  EXPECT_THAT(page, AllOf(HasSubstr("<dt>Used</dt><dd>No"), HasSubstr("<dt>Days</dt><dd>17")));
  EXPECT_THAT(page, Not(HasSubstr("03/11/2026"))) << "the check does not read the date";
  EXPECT_THAT(page, Not(HasSubstr("<dt>Note"))) << "nor what is sealed";
  EXPECT_THAT(page, Not(HasSubstr("mẹ")));
}

TEST_F(QuestionPagesTest, OfARecordAboveItOnlyWhatTheCheckReadIsShown) {
  const RecordId again =
      Save(*device_, "again", {{kAgainOn, DateOf(2026, 11, 1)}, {kAgainScore, std::int64_t{77}}},
           visit_);
  Sync(*device_);
  ServeStaff();
  const std::string page = Get(At(unit_, kAgainBefore, again)).body;
  EXPECT_THAT(page, HasSubstr("<dt>Date again</dt><dd>01/11/2026"));
  EXPECT_THAT(page, HasSubstr("Visit " + Short(visit_)));
  EXPECT_THAT(page, HasSubstr("<dt>Date</dt><dd>03/11/2026"));
  EXPECT_THAT(page, Not(HasSubstr("<dt>Days")));
  EXPECT_THAT(page, Not(HasSubstr("<dt>Score")));
}

TEST_F(QuestionPagesTest, WhatNoCheckOfTheProvinceFindsIsNotShown) {
  const RecordId right = Save(*device_, "visit", {{kVisitDate, DateOf(2026, 11, 4)}});
  Sync(*device_);
  ServeStaff();
  EXPECT_EQ(Get(At(unit_, kDaysWithoutUse, right)).status, 404);
  EXPECT_EQ(Get(At(unit_, kAgainBefore, visit_)).status, 404) << "another check than finds it";
  EXPECT_EQ(Get(At(unit_, "no_note", right)).status, 404) << "a check for devices only";
  EXPECT_EQ(Get(At(unit_, "none", visit_)).status, 404);
  EXPECT_EQ(Get("/questions/KH-01/days_without_use/zzz").status, 404);
  EXPECT_EQ(Get("/questions/XX-99").status, 404);
  EXPECT_EQ(Post(At(unit_, kDaysWithoutUse, right), {{"text", "Đúng không?"}}).status, 303);
  EXPECT_THAT(Follow(Post(At(unit_, kDaysWithoutUse, right), {{"text", "Đúng không?"}})).body,
              HasSubstr("the check does not find it"));
  const std::string list = Get("/questions/KH-01").body;
  EXPECT_THAT(list, HasSubstr(Short(visit_)));
  EXPECT_THAT(list, Not(HasSubstr(Short(right))));
}

TEST_F(QuestionPagesTest, EachLookAtARecordIsInTheAuditTrail) {
  ServeStaff();
  ASSERT_EQ(Get("/questions").status, 200);
  ASSERT_EQ(Get("/questions/KH-01").status, 200);
  ASSERT_EQ(Get(Visit()).status, 200);
  ASSERT_EQ(Get(Visit()).status, 200);
  Follow(Post(Visit(), {{"text", ""}}));  // shows the record again
  const std::string line =
      "account:hoa | flagged record of unit KH-01 shown, found by "
      "days_without_use: " +
      visit_.Hex();
  const std::vector<std::string> lines = AuditLines();
  EXPECT_EQ(std::count(lines.begin(), lines.end(), line), 3);
  EXPECT_THAT(lines, Contains("account:hoa | flagged records of unit KH-01 listed: 1"));
  OnOwner([](ServerState& server, RollupWorker&) {
    return server.store().database().Execute("ALTER TABLE audit RENAME TO elsewhere");
  });
  EXPECT_NE(Get(Visit()).status, 200) << "no line, no look";
}

TEST_F(QuestionPagesTest, NobodyButTheStaffOfTheProvinceGetsIn) {
  const Account others = AddAccount("hanoi", Role::kProvince, {"01"});
  const Account manager = AddAccount("manager", Role::kManager, {"56"});
  const Account national = AddAccount("national", Role::kManager);
  const Account administrator = AddAccount("admin", Role::kAdministrator);
  const Account committee = AddAccount("committee", Role::kCommittee, {}, unit_.number);
  ServeStaff();
  ASSERT_THAT(Asked("Đúng không?"), HasSubstr("The question is written"));
  const std::string close = "/questions/KH-01/asked/" + OnlyQuestion().Hex() + "/close";
  const std::size_t before = LogSize();
  for (const auto& who : {others, manager, national, administrator, committee}) {
    Become(who);
    for (const std::string& address : {std::string("/questions/KH-01"), Visit()}) {
      const HttpResponse response = Get(address);
      EXPECT_EQ(response.status, 403) << who.name << " " << address;
      EXPECT_THAT(response.body, Not(HasSubstr("Days of use"))) << who.name;
    }
    for (const std::string& address : {Visit(), close}) {
      const std::string page = Follow(Post(address, {{"text", "Ai vậy?"}})).body;
      EXPECT_THAT(page, HasSubstr("Not permitted")) << who.name << " " << address;
    }
    EXPECT_EQ(Get("/questions").status, who.name == "hanoi" ? 200 : 403) << who.name;
  }
  Become(others);
  EXPECT_THAT(Get("/questions").body, AllOf(HasSubstr("HN-01"), Not(HasSubstr("KH-01"))));
  Become(std::nullopt);
  EXPECT_EQ(Get(Visit()).status, 303) << "to the sign-in page";
  EXPECT_EQ(LogSize(), before);
}

TEST_F(QuestionPagesTest, AProvinceThatBecamePartOfAnotherIsIts) {
  const Unit vung_tau = AddTestUnit("VT-01", "77");
  const std::unique_ptr<UnitDevice> device = NewDevice(vung_tau);
  const RecordId visit = WrongVisit(*device);
  Sync(*device);
  const Account of_hcm = AddAccount("hcm", Role::kProvince, {"79"});
  const Account of_old = AddAccount("old", Role::kProvince, {"77"});
  Serve();
  Become(of_hcm);
  EXPECT_EQ(Get(At(vung_tau, kDaysWithoutUse, visit)).status, 200);
  Become(of_old);
  EXPECT_EQ(Get(At(vung_tau, kDaysWithoutUse, visit)).status, 403) << "there is no such province";
}

TEST_F(QuestionPagesTest, AQuestionIsAskedAnsweredReadAndClosed) {
  ServeStaff();
  EXPECT_THAT(Asked("  Số ngày có đúng không?\r\n"),
              AllOf(HasSubstr("The question is written"), HasSubstr("Số ngày có đúng không?</p>"),
                    HasSubstr("asked</span>")));
  WorkAll();
  const std::string units = Get("/questions").body;
  EXPECT_THAT(units, HasSubstr("<td class=\"number\">1</td><td class=\"number\">1</td>"
                               "<td class=\"number\">0</td>"));
  Sync(*device_);
  ASSERT_THAT(ToAnswer(*device_), ElementsAre(OnlyQuestion()));
  Change(*device_, OnlyQuestion(),
         {{kAskedReply, Code{2}}, {kAskedWords, std::string("ghi nhầm một dòng")}});
  Change(*device_, visit_, {{kVisitDays, std::int64_t{0}}});
  Sync(*device_);
  WorkAll();
  EXPECT_THAT(Get("/questions").body, HasSubstr("to read</span>"));
  const std::string answered = Get("/questions/KH-01").body;
  EXPECT_THAT(answered, AllOf(HasSubstr("<dt>Reply</dt><dd>Corrected"),
                              HasSubstr("<dt>In words</dt><dd>ghi nhầm một dòng"),
                              HasSubstr("checks find nothing")));
  EXPECT_EQ(Get(Visit()).status, 404) << "what is corrected is flagged no more";

  const std::string close = "/questions/KH-01/asked/" + OnlyQuestion().Hex() + "/close";
  EXPECT_THAT(Follow(Post(close, {})).body,
              AllOf(HasSubstr("The question is closed"), HasSubstr("There is no answer to read")));
  EXPECT_THAT(Follow(Post(close, {})).body, HasSubstr("The question is closed")) << "twice is once";
  WorkAll();
  EXPECT_THAT(Get("/questions").body, Not(HasSubstr("to read</span>")));
  EXPECT_THAT(AuditLines(),
              Contains("account:hoa | question closed of unit KH-01: " + OnlyQuestion().Hex()));
  Sync(*device_);
  EXPECT_EQ(ValueOf(*device_->view().Find(OnlyQuestion()), kAskedState), Value(Code{3}));
}

TEST_F(QuestionPagesTest, ARecordWithAnOpenQuestionSaysSoAndIsNotAskedAboutAgain) {
  ServeStaff();
  EXPECT_THAT(Get(Visit()).body, HasSubstr("<textarea id=\"text\""));
  Asked("Lần một?");
  const std::string page = Get(Visit()).body;
  EXPECT_THAT(page, AllOf(HasSubstr("There is an open question about this record already"),
                          HasSubstr("Lần một?"), Not(HasSubstr("<textarea"))));
  const std::string again = Follow(Post(Visit(), {{"text", "Lần hai?"}})).body;
  EXPECT_THAT(again, HasSubstr("there is an open question about this record already"));
  OnlyQuestion();
}

TEST_F(QuestionPagesTest, AQuestionThatIsWrongIsNotSentAndNothingTypedIsLost) {
  ServeStaff();
  const std::size_t before = LogSize();
  EXPECT_THAT(Follow(Post(Visit(), {{"text", " \n "}})).body,
              AllOf(HasSubstr("Not sent: to be corrected"), HasSubstr("write the question"),
                    HasSubstr("aria-invalid=\"true\"")));
  const std::string text(61, 'x');
  const std::string page = Follow(Post(Visit(), {{"text", text}})).body;
  EXPECT_THAT(page, AllOf(HasSubstr("Not sent"), HasSubstr(">" + text + "</textarea>"),
                          HasSubstr("maxlength=\"60\"")));
  EXPECT_EQ(LogSize(), before);
}

TEST_F(QuestionPagesTest, WithoutATokenOfThePageNothingIsAsked) {
  ServeStaff();
  const std::size_t before = LogSize();
  csrf_ = "";
  Follow(Post(Visit(), {{"text", "Đúng không?"}}));
  EXPECT_EQ(LogSize(), before);
}

TEST_F(QuestionPagesTest, WithTheProgrammeOfTheUnits) {
  const auto treatment = Programme::Load(DefaultProgramme(), "treatment.toml");
  ASSERT_OK(treatment);
  ASSERT_OK(state().UseProgramme(**treatment, "test"));
  ASSERT_TRUE(QuestionFormOf(**treatment));
  ASSERT_TRUE(FindingsIndicator(**treatment));
  const Unit unit = AddTestUnit("KH-02", "56");
  const std::unique_ptr<UnitDevice> device = NewDevice(unit);
  const auto number = [&](const char* type, const char* field) {
    return (*treatment)->ByName(type)->ByName(field)->number;
  };
  const RecordId client = Save(*device, "client",
                               {{number("client", "full_name"), std::string("Lê Thị Hoa")},
                                {number("client", "sex"), Code{2}},
                                {number("client", "consent_date"), DateOf(2026, 11, 2)}});
  const RecordId episode =
      Save(*device, "episode", {{number("episode", "intake_date"), DateOf(2026, 11, 2)}}, client);
  const RecordId second =
      Save(*device, "episode", {{number("episode", "intake_date"), DateOf(2026, 11, 9)}}, client);
  Sync(*device);
  ServeStaff();
  const std::string page = Get(At(unit, "two_open_episodes", episode)).body;
  EXPECT_THAT(page, HasSubstr("Two open episodes of one client"));
  EXPECT_THAT(page, Not(HasSubstr("02/11/2026")));
  EXPECT_THAT(page, Not(HasSubstr("Hoa</")));
  ASSERT_EQ(Post(At(unit, "two_open_episodes", episode), {{"text", "Đợt nào còn?"}}).status, 303);
  Sync(*device);
  ASSERT_THAT(ToAnswer(*device), testing::SizeIs(1));
  const RecordId question = ToAnswer(*device)[0];
  ASSERT_OK(device->Delete(second, "ghi nhầm", std::nullopt));
  Change(*device, question, {{number("question", "answer"), Code{2}}});
  EXPECT_THAT(ToAnswer(*device), IsEmpty());
  Sync(*device);
  EXPECT_THAT(Get("/questions/KH-02").body,
              AllOf(HasSubstr("Đợt nào còn?"), HasSubstr("find nothing")));
}

}  // namespace
}  // namespace tram::server
