// The first page: what waits for this person, in few lines; and the whole lists behind it.
#include <gmock/gmock.h>

#include "app/drafts.h"
#include "tests/unit/unit_client/page_fixture.h"

namespace tram::client {
namespace {

using testing::HasSubstr;
using testing::Not;

class TodayPageTest : public PageTest {
 protected:
  Page Get(const std::string& path) { return PageOf(Run(TodayRoutes(), "GET", path)); }
  RecordId Client(const std::string& name, const std::string& year = "1990") {
    return Add("client", {{"full_name", name}, {"birth_year", year}, {"sex", "female"}});
  }
  /// With a year of birth that does not fit the day of consent.
  RecordId Implausible(const std::string& name) {
    return Add("client",
               {{"full_name", name}, {"birth_year", "2015"}, {"consent_date", "2020-01-01"}});
  }
  void Keep(const std::string& person, const std::string& form, const HttpFields& fields,
            std::int64_t now_ms = 1'700'000'000'000) {
    ASSERT_TRUE(KeepDraft(*device_, person, form, fields, now_ms));
  }
  /// The line of a check on the first page; null where it says nothing.
  Json CheckLine(const std::string& label) {
    const Json checks = Get("/").model["checks"];
    if (checks.is_null()) return nullptr;
    for (const Json& line : checks["lines"]) {
      if (line["label"].get<std::string>().find(label) != std::string::npos) return line;
    }
    return nullptr;
  }
};

TEST_F(TodayPageTest, WhereNothingWaitsThatIsSaidOnce) {
  const Page page = Get("/");
  EXPECT_EQ(page.model["clear"], true);
  DrawsInBoth(page, "Hiện không có việc nào cần làm", "There is nothing to do now");
  const std::string html = Drawn(page, Language::kVietnamese);
  for (const Worklist& list : device_->programme().worklists) {
    EXPECT_THAT(html, Not(HasSubstr(list.empty.vi))) << "an empty list says nothing";
  }
  EXPECT_THAT(html, Not(HasSubstr("Đang nhập dở")));
  EXPECT_THAT(html, Not(HasSubstr("Cần kiểm tra")));
  Keep("", "/new/client", {{"f.full_name", "An"}});
  EXPECT_EQ(Get("/").model["clear"], false);
}

TEST_F(TodayPageTest, WhatIsHalfTypedStandsThereWithItsTimeAndTheWayBack) {
  const RecordId client = Client("Lê Thị Hoa");
  const std::string below = "/new/episode?parent=" + client.Hex();
  Keep("", "/new/client", {{"f.full_name", "Nguyễn Văn"}}, 1'795'332'300'000);
  Keep("", below, {{"f.note", "x"}});
  Keep("", RecordPath(client, "/edit"), {{"f.phone", "09"}});
  const Page page = Get("/");
  const Json& lines = page.model["drafts"]["lines"];
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0]["what"], "Khách hàng: thêm mới");
  EXPECT_EQ(lines[0]["about"], "Nguyễn Văn") << "what was typed";
  EXPECT_EQ(lines[0]["href"], "/new/client");
  EXPECT_EQ(lines[0]["since"], TimeText(1'795'332'300'000));
  std::map<std::string, Json> by_form;
  for (const Json& line : lines) by_form[line["form"]] = line;
  EXPECT_THAT(by_form[below]["about"], HasSubstr("Lê Thị Hoa")) << "whose stay it is";
  EXPECT_EQ(by_form[RecordPath(client, "/edit")]["what"], "Khách hàng: sửa");
  DrawsInBoth(page, "Bỏ phần nhập dở này", "Throw this away");
  EXPECT_THAT(Drawn(page, Language::kVietnamese), HasSubstr("Nguyễn Văn"));
}

TEST_F(TodayPageTest, WhatOthersHaveHalfTypedIsNotShown) {
  Keep("an", "/new/client", {{"f.full_name", "Của người khác"}});
  EXPECT_TRUE(Get("/").model["drafts"].is_null());
  EXPECT_THAT(Drawn(Get("/"), Language::kVietnamese), Not(HasSubstr("Của người khác")));
  EXPECT_TRUE(Get("/unfinished").model["drafts"].is_null());
  DrawsInBoth(Get("/unfinished"), "Không có gì nhập dở", "Nothing is half filled in");
  Keep("", "/new/client", {{"f.full_name", "Của tôi"}});
  EXPECT_EQ(Get("/").model["drafts"]["count"], 1);
  EXPECT_EQ(Get("/").model["drafts"]["lines"][0]["about"], "Của tôi");
}

TEST_F(TodayPageTest, ADraftIsThrownAwayAndThePersonIsStillThere) {
  Keep("", "/new/client", {{"f.full_name", "An"}});
  Keep("an", "/new/client", {{"f.full_name", "Bình"}});
  const HttpFields fields = {{"form", "/new/client"}, {"back", "/"}};
  EXPECT_EQ(HeaderOf(ResponseOf(Run(FormRoutes(), "POST", "/draft/drop", fields)), "Location"),
            "/");
  EXPECT_TRUE(Get("/").model["drafts"].is_null());
  EXPECT_TRUE(*FindDraft(*device_, "an", "/new/client")) << "somebody else's stays";
  const HttpFields away = {{"form", "/new/client"}, {"back", "//elsewhere.example/"}};
  EXPECT_EQ(HeaderOf(ResponseOf(Run(FormRoutes(), "POST", "/draft/drop", away)), "Location"), "/");
}

TEST_F(TodayPageTest, AHandfulOfDraftsStandsOnTheFirstPageAndAllBehindIt) {
  for (int i = 0; i < 7; ++i) {
    Keep("", "/new/training?days=" + std::to_string(i), {{"f.topic", "x"}}, 1000 + i);
  }
  const Page page = Get("/");
  EXPECT_EQ(page.model["drafts"]["count"], 7);
  EXPECT_EQ(page.model["drafts"]["lines"].size(), 5u);
  EXPECT_EQ(page.model["drafts"]["more"], 2);
  EXPECT_EQ(page.model["drafts"]["lines"][0]["form"], "/new/training?days=6") << "touched last";
  EXPECT_EQ(Get("/unfinished").model["drafts"]["lines"].size(), 7u);
}

TEST_F(TodayPageTest, ADraftWhoseRecordOrTypeIsGoneCanOnlyBeThrownAway) {
  const RecordId client = Client("An");
  Keep("", RecordPath(client, "/edit"), {{"f.phone", "1"}});
  Keep("", "/new/no_longer_there", {{"f.a", "1"}});
  ASSERT_TRUE(device_->Delete(client, "nhầm", std::nullopt));
  const Page page = Get("/");
  ASSERT_EQ(page.model["drafts"]["lines"].size(), 2u);
  for (const Json& line : page.model["drafts"]["lines"]) EXPECT_EQ(line["href"], "") << line;
  EXPECT_THAT(Drawn(page, Language::kVietnamese), Not(HasSubstr("Nhập tiếp")));
}

TEST_F(TodayPageTest, AFindingLeadsToItsRecordAndSeveralToTheirList) {
  const RecordId one = Implausible("Bé Na");
  Json line = CheckLine("Năm sinh không hợp lý");
  EXPECT_EQ(line["found"], 1);
  EXPECT_EQ(line["href"], RecordPath(one));
  EXPECT_THAT(line["step"].get<std::string>(), HasSubstr("Bé Na"));
  EXPECT_EQ(Get("/").model["clear"], false);
  Implausible("Bé Tí");
  line = CheckLine("Năm sinh không hợp lý");
  EXPECT_EQ(line["found"], 2);
  EXPECT_EQ(line["href"], "/checks/birth_year_implausible");
  const Page page = Get("/checks/birth_year_implausible");
  EXPECT_EQ(page.model["items"].size(), 2u);
  EXPECT_FALSE(page.model["items"][0].contains("merge")) << "nothing to compare";
  DrawsInBoth(Get("/"), "Cần kiểm tra", "To check");
}

TEST_F(TodayPageTest, WhoWasRegisteredTwiceIsComparedAtOnce) {
  const RecordId one = Client("Đỗ Minh Hà"), two = Client("do minh ha");
  Json line = CheckLine("được đăng ký hai lần");
  EXPECT_EQ(line["href"], RecordPath(one, "/merge?with=" + two.Hex()));
  Client("An");
  Client("an");
  line = CheckLine("được đăng ký hai lần");
  EXPECT_EQ(line["found"], 4);
  EXPECT_EQ(line["href"], "/checks/same_person_twice");
  const Page page = Get("/checks/same_person_twice");
  ASSERT_EQ(page.model["items"].size(), 4u);
  EXPECT_EQ(page.model["items"][0]["merge"], RecordPath(one, "/merge"));
  DrawsInBoth(page, "So sánh để gộp", "Compare to merge");
  EXPECT_EQ(PageOf(Run(ConflictRoutes(), "GET", RecordPath(one, "/merge"))).model["others"].size(),
            1u)
      << "the other pair is not offered";
  ASSERT_TRUE(device_->MergeInto(one, two));
  EXPECT_EQ(CheckLine("được đăng ký hai lần")["found"], 2);
}

TEST_F(TodayPageTest, ACheckThatFindsNothingHasAPageThatSaysSo) {
  DrawsInBoth(Get("/checks/same_person_twice"), "Không còn hồ sơ nào như vậy",
              "No record is like this any more");
  EXPECT_EQ(Run(TodayRoutes(), "GET", "/checks/no_such").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace tram::client
