// Findings that are right as they are: settled from the pages where they stand, listed with who and
// when, taken back.
#include <gmock/gmock.h>

#include "app/reviews.h"
#include "tests/unit/unit_client/page_fixture.h"

namespace tram::client {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kLate[] = "registered_late";

class ReviewPagesTest : public PageTest {
 protected:
  void SetUp() override {
    PageTest::SetUp();
    worker_ = Add("worker", {{"display_name", "Chị Lan"}});
    ASSERT_TRUE(device_->SetAuthor(worker_));
    client_ = Add("client", {{"full_name", "Lò Văn Páo"}});
    late_ = Late(client_);
  }
  /// Registered a month after the diagnosis: nobody can mend that.
  RecordId Late(const RecordId& client) {
    return Add("episode",
               {{"diagnosis_date", "2026-01-05"},
                {"registered_on", "2026-02-09"},
                {"intake_date", "2026-02-09"},
                {"notice_start", "2026-02-10"},
                {"end_date", "2026-02-20"},
                {"end_reason", "died"},  // nobody is to be followed up
                {"notice_end", "2026-02-20"}},
               client);
  }
  Page Get(const std::string& path) {
    std::span<const Route> routes = ConflictRoutes();
    if (path == "/" || path.starts_with("/checks")) routes = TodayRoutes();
    if (path.starts_with("/record")) routes = RecordRoutes();
    return PageOf(Run(routes, "GET", path));
  }
  /// Where a POST leads to.
  std::string Post(const std::string& path, const RecordId& record, const std::string& why = "",
                   const std::string& back = "/conflicts") {
    return HeaderOf(ResponseOf(Run(ConflictRoutes(), "POST", path,
                                   {{"record", record.Hex()}, {"why", why}, {"back", back}})),
                    "Location");
  }
  std::size_t Found(const std::string& check) {
    const Page page = Get("/checks/" + check);
    return page.model["items"].size();
  }

  RecordId worker_, client_, late_;
};

TEST_F(ReviewPagesTest, AButtonStandsWhereverTheFindingDoes) {
  const std::string action = "action=\"/checks/registered_late/settle\"";
  for (const std::string& path : {std::string("/checks/registered_late"), std::string("/conflicts"),
                                  std::string("/"), RecordPath(late_), RecordPath(client_)}) {
    SCOPED_TRACE(path);
    const Page page = Get(path);
    DrawsInBoth(page, "Đã xem, đúng như vậy", "Looked at: right as it is");
    const std::string html = Drawn(page, Language::kVietnamese);
    EXPECT_THAT(html, HasSubstr(action));
    EXPECT_THAT(html, HasSubstr("name=\"record\" value=\"" + late_.Hex() + "\""));
    EXPECT_THAT(html, HasSubstr("name=\"back\" value=\"" + path + "\""));
    EXPECT_THAT(html, HasSubstr("Vì sao (không bắt buộc)"));
    EXPECT_THAT(html, HasSubstr("maxlength=\"500\""));
  }
}

TEST_F(ReviewPagesTest, WhatWasLookedAtIsShownNowhereButWhereItIsListed) {
  ASSERT_EQ(Found(kLate), 1u);
  const std::string to = Post("/checks/registered_late/settle", late_, "  chuyển từ nơi khác đến ");
  EXPECT_THAT(to, testing::StartsWith("/conflicts?saved="));
  EXPECT_EQ(Found(kLate), 0u);
  for (const std::string& path : {std::string("/"), std::string("/conflicts")}) {
    EXPECT_THAT(Drawn(Get(path), Language::kVietnamese), Not(HasSubstr("registered_late/settle")))
        << path;
  }
  DrawsInBoth(Get("/checks/registered_late"), "Đã xem, đúng như vậy: 1",
              "Looked at, right as they are: 1");
  EXPECT_EQ(Get("/conflicts").model["nothing"], true);

  const Page list = Get("/reviews");
  ASSERT_EQ(list.model["items"].size(), 1u);
  const Json& item = list.model["items"][0];
  EXPECT_EQ(item["href"], RecordPath(late_));
  EXPECT_EQ(item["person"], "Lò Văn Páo");
  EXPECT_EQ(item["why"], "chuyển từ nơi khác đến");
  EXPECT_THAT(item["by"].get<std::string>(), HasSubstr("Chị Lan"));
  EXPECT_THAT(item["label"].get<std::string>(), HasSubstr("Đăng ký chậm hơn"));
  DrawsInBoth(list, "Cần xem lại", "To be looked at again");
  for (const RecordId& record : {late_, client_}) {
    const std::string html = Drawn(Get(RecordPath(record)), Language::kVietnamese);
    EXPECT_THAT(html, HasSubstr("action=\"/checks/registered_late/reopen\""));
    EXPECT_THAT(html, Not(HasSubstr("registered_late/settle")));
  }
}

TEST_F(ReviewPagesTest, TakingItBackBringsTheFindingBack) {
  Post("/checks/registered_late/settle", late_);
  EXPECT_THAT(Post("/checks/registered_late/reopen", late_, "", "/reviews"),
              testing::StartsWith("/reviews?saved="));
  EXPECT_EQ(Found(kLate), 1u);
  EXPECT_EQ(Get("/reviews").model["none"], true);
  DrawsInBoth(Get("/reviews"), "Chưa có gì ở đây", "Nothing is here yet");
}

TEST_F(ReviewPagesTest, TwoPeopleWhoLookedAtItAreOneLineAndBothAreTakenBack) {
  const Check& check = *CheckNamed(device_->programme(), kLate);
  RecordForm form = FormOf("review", {{"check", check.name}});
  form.values[form.type->ByName("about")->number] = late_;
  ASSERT_TRUE(device_->Save(form));
  ASSERT_TRUE(device_->Save(form)) << "as from another device";
  EXPECT_EQ(Get("/reviews").model["items"].size(), 1u);
  Post("/checks/registered_late/reopen", late_);
  EXPECT_EQ(Found(kLate), 1u);
}

TEST_F(ReviewPagesTest, OneOfTwoFindingsStays) {
  const RecordId other = Late(Add("client", {{"full_name", "Vàng A Sình"}}));
  ASSERT_EQ(Found(kLate), 2u);
  Post("/checks/registered_late/settle", other);
  const Page page = Get("/checks/registered_late");
  ASSERT_EQ(page.model["items"].size(), 1u);
  EXPECT_EQ(page.model["items"][0]["href"], RecordPath(late_));
}

TEST_F(ReviewPagesTest, OnlyWhatIsFoundIsSettledAndTheWayBackIsOurs) {
  const auto error = [&](const std::string& path, const std::string& record,
                         const std::string& why = "") {
    const auto answer =
        Run(ConflictRoutes(), "POST", path, {{"record", record}, {"why", why}, {"back", "/"}});
    EXPECT_FALSE(answer);
    return answer ? ErrorCode::kIo : answer.error().code;
  };
  const EntryNumber before = device_->log().size();
  EXPECT_EQ(error("/checks/no_such/settle", late_.Hex()), ErrorCode::kNotFound);
  EXPECT_EQ(error("/checks/registered_late/settle", client_.Hex()), ErrorCode::kNotFound);
  EXPECT_EQ(error("/checks/registered_late/reopen", late_.Hex()), ErrorCode::kNotFound);
  EXPECT_EQ(error("/checks/registered_late/settle", late_.Hex(), std::string(501, 'x')),
            ErrorCode::kInvalid);
  EXPECT_EQ(device_->log().size(), before);
  EXPECT_THAT(Post("/checks/registered_late/settle", late_, "", "//evil.example/"),
              testing::StartsWith("/?saved="));
}

TEST_F(ReviewPagesTest, ReviewsAreNoBookOfTheUnit) {
  const Page page = PageOf(Run(ListRoutes(), "GET", "/registers"));
  EXPECT_THAT(page.model.dump(), Not(HasSubstr("\"review\"")));
}

TEST_F(ReviewPagesTest, AReviewIsCalledByItsCheckAndMadeWithTheButtonOnly) {
  Post("/checks/registered_late/settle", late_);
  const std::vector<LookedAt> all = AllLookedAt(device_->view());
  ASSERT_EQ(all.size(), 1u);
  const Page page = Get(RecordPath(all[0].kept.at(0)));
  EXPECT_THAT(page.heading, HasSubstr("Đăng ký chậm hơn"));
  EXPECT_THAT(Drawn(page, Language::kVietnamese), HasSubstr("<dd>Đăng ký chậm hơn"));
  EXPECT_THAT(Drawn(page, Language::kVietnamese), Not(HasSubstr("registered_late<")));
  for (const char* method : {"GET", "POST"}) {
    const Result<Answer> answer =
        Run(FormRoutes(), method, "/new/review", {{"check", kLate}, {"about", late_.Hex()}});
    ASSERT_FALSE(answer) << method;
    EXPECT_THAT(answer.error().message, HasSubstr("Đã xem, đúng như vậy"));
  }
  EXPECT_EQ(AllLookedAt(device_->view()).size(), 1u);
}

TEST_F(ReviewPagesTest, ManyFindingsOfOneCheckHavePagesOfTheirOwn) {
  constexpr std::size_t kAll = 40, kFirst = 8, kOnPage = 30;
  while (Get("/checks/registered_late").model["count"] < kAll) Late(client_);
  const Page list = Get("/conflicts");
  Json line;
  for (const Json& check : list.model["checks"]) {
    if (check["name"] == kLate) line = check;
  }
  EXPECT_EQ(line["items"].size(), kFirst);
  EXPECT_EQ(line["more"], kAll - kFirst);
  const Page first = Get("/checks/registered_late");
  EXPECT_EQ(first.model["items"].size(), kOnPage);
  EXPECT_THAT(Drawn(first, Language::kVietnamese),
              HasSubstr("href=\"/checks/registered_late?page=2\""));
  const auto page_of = [&](const std::string& number) {
    return PageOf(Run(TodayRoutes(), "GET", "/checks/registered_late?page=" + number)).model;
  };
  EXPECT_EQ(page_of("2")["items"].size(), kAll - kOnPage);
  EXPECT_EQ(page_of("9")["items"], page_of("2")["items"]) << "as after the last one was settled";
}

}  // namespace
}  // namespace tram::client
