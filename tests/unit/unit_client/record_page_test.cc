// A record's page: what it says, whom it belongs to, what stands below it.
#include "app/record_history.h"
#include "app/records.h"
#include "tests/unit/unit_client/page_fixture.h"
#include "web/record_words.h"

namespace tram::client {
namespace {

class RecordPageTest : public PageTest {
 protected:
  Page Get(const RecordId& record) {
    return PageOf(Run(RecordRoutes(), "GET", RecordPath(record)));
  }
  RecordId client_, episode_, session_of_;
  void SetUp() override {
    PageTest::SetUp();
    client_ = Add("client", {{"full_name", "Trần Văn An"}, {"birth_year", "1975"}});
    episode_ = Add("episode", {{"intake_date", "2026-03-01"}, {"primary_drug", "heroin"}}, client_);
    session_of_ = Add("session",
                      {{"date", "2026-04-02"},
                       {"kind", "individual"},
                       {"note",
                        "Đã nói chuyện với gia đình; hẹn lần sau mang sổ khám, gặp lại "
                        "cùng vợ, và bàn về việc làm ở xưởng mộc của anh trai."}},
                      episode_);
  }
};

TEST_F(RecordPageTest, EveryRecordAboveIsNamedFromThePersonDown) {
  const Page page = Get(session_of_);
  const Json& above = page.model["above"];
  ASSERT_EQ(above.size(), 2u);
  EXPECT_EQ(above[0]["title"], "Trần Văn An (1975)");
  EXPECT_EQ(above[0]["href"], RecordPath(client_));
  EXPECT_EQ(above[1]["href"], RecordPath(episode_));
  DrawsInBoth(page, "Trần Văn An (1975)</a> ›", "Records above");
  EXPECT_TRUE(Get(client_).model["above"].empty());
}

TEST_F(RecordPageTest, TheTimeLineSaysWhatARecordHolds) {
  const Page page = Get(client_);
  const Json& episode = page.model["below"][0];
  EXPECT_EQ(episode["date"], "01/03/2026");
  const auto drug = episode["summary"].get<std::string>();
  EXPECT_NE(drug.find("Heroin"), std::string::npos) << drug;
  EXPECT_EQ(drug.find("01/03/2026"), std::string::npos) << "the date stands before the line";
  const auto session = episode["below"][0]["summary"].get<std::string>();
  EXPECT_NE(session.find("Đã nói chuyện với gia đình"), std::string::npos) << session;
  EXPECT_TRUE(session.ends_with("…")) << session;
  EXPECT_EQ(session.find("anh trai"), std::string::npos) << session;
}

TEST_F(RecordPageTest, AListOfWhatStandsBelowAPersonNamesThePerson) {
  const Page sessions = PageOf(Run(ListRoutes(), "GET", "/list/session"));
  ASSERT_EQ(sessions.model["lines"].size(), 1u);
  EXPECT_EQ(sessions.model["lines"][0]["person"], "Trần Văn An (1975)");
  DrawsInBoth(sessions, "Trần Văn An (1975) · 02/04/2026", "found");
  EXPECT_EQ(PageOf(Run(ListRoutes(), "GET", "/list/client")).model["lines"][0]["person"], "");
}

TEST_F(RecordPageTest, WhoseRecordItIsStandsWhereItIsDeletedAndInItsHistory) {
  for (const char* page : {"/delete", "/history"}) {
    const Page shown =
        PageOf(Run(HistoryRoutes(), "GET", RecordPath(session_of_) + std::string(page)));
    EXPECT_EQ(shown.model["title"], "Trần Văn An (1975) · 02/04/2026") << page;
  }
  EXPECT_EQ(PageOf(Run(HistoryRoutes(), "GET", RecordPath(client_) + "/history")).model["title"],
            "Trần Văn An (1975)");
}

TEST_F(RecordPageTest, WhyItWasCorrectedStandsBesideTheLastChange) {
  Output out(Language::kVietnamese, false);
  Call call{*device_, out, SystemClock(), SystemRandom(), scratch_.path()};
  SetOptions correction{client_.Hex(), {{"birth_year", "1976"}}, std::nullopt, "gõ nhầm"};
  Status set = SetRecord(call, correction);
  ASSERT_TRUE(set) << set.error().message;
  DrawsInBoth(Get(client_), "lý do: gõ nhầm", "reason: gõ nhầm");
  correction = {client_.Hex(), {{"birth_year", "1977"}}, std::nullopt, ""};
  ASSERT_TRUE(SetRecord(call, correction));
  EXPECT_EQ(Get(client_).model["why"], "") << "the reason of an earlier change";
  ASSERT_TRUE(device_->Delete(client_, std::string(kUndoReason), std::nullopt));
  EXPECT_EQ(Get(client_).model["why"], "hoàn tác");
}

TEST_F(RecordPageTest, ALongTextIsCutBetweenCharacters) {
  std::string text = "a";
  for (int i = 0; i < 80; ++i) text += "ệ";
  const RecordId session =
      Add("session", {{"date", "2026-04-03"}, {"kind", "individual"}, {"note", text}}, episode_);
  const Json episode = PageOf(Run(RecordRoutes(), "GET", RecordPath(episode_))).model;
  for (const Json& below : episode["below"]) {
    if (below["href"] != RecordPath(session)) continue;
    EXPECT_NE(below["summary"].get<std::string>().find("ệệ…"), std::string::npos);
    EXPECT_FALSE(Json(below["summary"]).dump().empty()) << "it is whole characters";
    return;
  }
  FAIL() << "the session does not stand below its episode";
}

}  // namespace
}  // namespace tram::client
