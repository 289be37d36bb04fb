// What administrators do with accounts, and everybody with his own; the same at the console.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "app/account_desk.h"
#include "app/verbs_users.h"
#include "auth/totp.h"
#include "tests/unit/central_server/pages_fixture.h"
#include "tests/unit/central_server/visitor.h"
#include "tram/web/throttle.h"

namespace tram::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kNewPassword[] = "bốn con vịt bơi quanh hồ";

class AccountPagesTest : public PagesTest {
 protected:
  void SetUp() override {
    PagesTest::SetUp();
    unit_ = AddTestUnit("KH01", "56");
    admin_ = AddAccount("quan.tri", Role::kAdministrator);
    staff_ = AddAccount("can.bo", Role::kProvince, {"24"});
    Serve();
  }
  Account Now(const Account& account) {
    Account now;
    OnOwner([&](ServerState& server, RollupWorker&) -> Status {
      TRAM_ASSIGN(const auto found, server.store().accounts().Find(account.number));
      now = found.value_or(Account());
      return {};
    });
    return now;
  }
  static std::string PathOf(const Account& account) {
    return "/accounts/" + std::to_string(account.number);
  }
  /// The path of the link that a page shows; "" where it shows none.
  static std::string LinkIn(const std::string& page) {
    static const std::regex link("http://127\\.0\\.0\\.1:8080(/welcome/[0-9a-f]{32})<");
    std::smatch found;
    return std::regex_search(page, found, link) ? found[1].str() : "";
  }
  Result<VerbResult> Console(const std::function<Result<VerbResult>(VerbContext&)>& verb) {
    VerbContext context{*owner_, "console:test", outside_.path(), Language::kEnglish, nullptr};
    return verb(context);
  }

  Unit unit_;
  Account admin_, staff_;
};

TEST_F(AccountPagesTest, AnAccountIsMadeAndItsLinkHandedOver) {
  Become(admin_);
  const HttpResponse made = Follow(Post("/accounts/new", {{"name", "Tinh.KH"},
                                                          {"full_name", "Lê Thị <Hoa>"},
                                                          {"role", "province"},
                                                          {"province", "56"},
                                                          {"province", "24"},
                                                          {"unit", "not used"}}));
  const std::string link = LinkIn(made.body);
  ASSERT_NE(link, "") << made.body;
  EXPECT_THAT(made.body, HasSubstr("Lê Thị &lt;Hoa&gt;"));
  EXPECT_THAT(Trail(), HasSubstr("account:quan.tri: account add tinh.kh: province 24 56\n"));
  const HttpResponse list = Get("/accounts");
  EXPECT_THAT(list.body, HasSubstr("tinh.kh"));
  EXPECT_THAT(list.body, Not(HasSubstr("/welcome/")));
  Visitor visitor(*front_, "203.0.113.7");
  EXPECT_THAT(visitor.Get(link).body, HasSubstr("tinh.kh"));
  visitor.Post(link, {{"password", kNewPassword}, {"again", kNewPassword}});
  EXPECT_EQ(visitor.Get("/me").status, 200);
  EXPECT_EQ(visitor.Get("/accounts").status, 403);
}

TEST_F(AccountPagesTest, WhatIsWrongInAFormIsSaidBesideItsField) {
  Become(admin_);
  const auto add = [&](HttpFields fields) { return Follow(Post("/accounts/new", fields)); };
  const std::vector<std::pair<HttpFields, std::string>> cases{
      {{{"name", "Thị Hoa"}, {"role", "administrator"}}, "name"},
      {{{"name", "CAN.BO"}, {"role", "administrator"}}, "name"},
      {{{"name", "moi"}}, "role"},
      {{{"name", "moi"}, {"role", "king"}}, "role"},
      {{{"name", "moi"}, {"role", "province"}}, "provinces"},
      {{{"name", "moi"}, {"role", "province"}, {"province", "27"}}, "provinces"},
      {{{"name", "moi"}, {"role", "committee"}}, "unit"},
      {{{"name", "moi"}, {"role", "committee"}, {"unit", "XX"}}, "unit"},
      {{{"name", "moi"}, {"role", "administrator"}, {"full_name", "a\nb"}}, "full_name"}};
  for (const auto& [fields, field] : cases) {
    const HttpResponse page = add(fields);
    EXPECT_EQ(page.status, 400) << field;
    EXPECT_THAT(page.body, HasSubstr("href=\"#" + field + "\"")) << "the summary leads there";
    EXPECT_THAT(page.body, HasSubstr("class=\"error\"")) << field;
  }
  EXPECT_THAT(Get("/accounts").body, Not(HasSubstr("moi<")));
}

TEST_F(AccountPagesTest, OtherRightsEndTheSessionAtOnce) {
  Visitor visitor(*front_, "203.0.113.7");
  visitor.SignIn("can.bo", kTestPassword);
  ASSERT_EQ(visitor.Get("/me").status, 200);
  Become(admin_);
  const HttpResponse set = Post(PathOf(staff_) + "/rights",
                                {{"role", "committee"}, {"province", "24"}, {"unit", "KH01"}});
  EXPECT_EQ(HeaderOf(set, "Location"), PathOf(staff_) + "?done=1");
  EXPECT_EQ(Now(staff_).role, Role::kCommittee);
  EXPECT_EQ(Now(staff_).unit, unit_.number);
  EXPECT_TRUE(Now(staff_).provinces.empty());
  EXPECT_EQ(visitor.Get("/me").status, 303);
  EXPECT_THAT(Trail(), HasSubstr("account rights can.bo: committee KH01, was province 24\n"));
}

TEST_F(AccountPagesTest, WhoIsDisabledIsOutAndStaysOut) {
  Visitor visitor(*front_, "203.0.113.7");
  visitor.SignIn("can.bo", kTestPassword);
  Become(admin_);
  Post(PathOf(staff_) + "/disable", {});
  EXPECT_EQ(visitor.Get("/me").status, 303);
  visitor.SignIn("can.bo", kTestPassword);
  EXPECT_EQ(visitor.Get("/me").status, 303);
  EXPECT_EQ(LinkIn(Follow(Post(PathOf(staff_) + "/link", {})).body), "") << "no way around it";
  const std::string link = LinkIn(Follow(Post(PathOf(staff_) + "/enable", {})).body);
  EXPECT_NE(link, "");
  visitor.Get(link);
  visitor.Post(link, {{"password", kNewPassword}, {"again", kNewPassword}});
  EXPECT_EQ(visitor.Get("/me").status, 200);
}

TEST_F(AccountPagesTest, ANewLinkIsShownOnceToItsMaker) {
  Become(admin_);
  const HttpResponse answer = Post(PathOf(staff_) + "/link", {});
  const std::string shown_at = HeaderOf(answer, "Location");
  EXPECT_NE(LinkIn(Get(shown_at).body), "");
  const Account other = AddAccount("khac", Role::kAdministrator);
  Become(other);
  EXPECT_EQ(LinkIn(Follow(Get(shown_at)).body), "") << "another administrator does not see it";
  Become(admin_);
  EXPECT_EQ(HeaderOf(Post(PathOf(admin_) + "/link", {}), "Location"), "/me");
}

TEST_F(AccountPagesTest, TheLastAdministratorStays) {
  AddAccount("khoa", Role::kAdministrator);
  const Account fresh = AddAccount("moi", Role::kAdministrator);
  OnOwner([&](ServerState& server, RollupWorker&) -> Status {
    TRAM_ASSIGN(auto other, server.store().accounts().ByName("khoa"));
    TRAM_TRY(DisableAccount(server, *other, "test"));
    TRAM_ASSIGN(auto without, server.store().accounts().Find(fresh.number));
    without->password_hash = "";
    return server.store().accounts().Update(*without);
  });
  Become(admin_);
  for (const char* what : {"/disable", "/rights"}) {
    const HttpResponse page =
        Follow(Post(PathOf(admin_) + what, {{"role", "province"}, {"province", "24"}}));
    EXPECT_THAT(page.body, HasSubstr("There is no other administrator")) << what;
    EXPECT_THAT(page.body, HasSubstr("<dd>administrator</dd>")) << "he is what he was";
    EXPECT_EQ(Now(admin_).role, Role::kAdministrator);
    EXPECT_FALSE(Now(admin_).disabled);
  }
  EXPECT_FALSE(Console([](VerbContext& c) { return UserDisable(c, "quan.tri"); }));
  EXPECT_TRUE(Console([](VerbContext& c) { return UserDisable(c, "moi"); }))
      << "who never chose a password administers nothing";
  AddAccount("hai", Role::kAdministrator);
  EXPECT_EQ(Post(PathOf(admin_) + "/disable", {}).status, 303);
  EXPECT_TRUE(Now(admin_).disabled) << "now there is another one";
}

TEST_F(AccountPagesTest, WhatARoleDoesNotIncludeIsSaidInTheReadersLanguage) {
  Visitor visitor(*front_, "203.0.113.7");
  visitor.SignIn("can.bo", kTestPassword);
  EXPECT_THAT(visitor.Get("/accounts").body, HasSubstr("vai trò của bạn không gồm việc này"));
  visitor.Post("/language", {{"to", "en"}, {"back", "/"}});
  EXPECT_THAT(visitor.Get("/accounts").body, HasSubstr("your role does not include this"));
}

// ---- one's own ----

TEST_F(AccountPagesTest, AnotherPasswordEndsTheOtherSessions) {
  Visitor other(*front_, "203.0.113.7");
  other.SignIn("can.bo", kTestPassword);
  Become(staff_);
  const HttpFields right{
      {"current", kTestPassword}, {"password", kNewPassword}, {"again", kNewPassword}};
  HttpFields wrong = right;
  wrong.erase("current");
  wrong.emplace("current", "không phải thế này");
  EXPECT_THAT(Follow(Post("/me/password", wrong)).body, HasSubstr("href=\"#current\""));
  EXPECT_EQ(other.Get("/me").status, 200);
  EXPECT_EQ(HeaderOf(Post("/me/password", right), "Location"), "/me?done=1");
  EXPECT_EQ(other.Get("/me").status, 303);
  EXPECT_EQ(Get("/me").status, 200) << "his own goes on";
  other.SignIn("can.bo", kNewPassword);
  EXPECT_EQ(other.Get("/me").status, 200);
  EXPECT_THAT(Trail(), HasSubstr("account:can.bo: own password\n"));
}

TEST_F(AccountPagesTest, AnOpenSessionIsNoPlaceToGuessThePassword) {
  Become(staff_);
  for (int i = 0; i < Throttle::kFreeTries; ++i) {
    Post("/me/password",
         {{"current", "đoán mò"}, {"password", kNewPassword}, {"again", kNewPassword}});
  }
  const std::uint64_t hashed = front_->secrets().done();
  const HttpResponse waits = Follow(
      Post("/me/password",
           {{"current", kTestPassword}, {"password", kNewPassword}, {"again", kNewPassword}}));
  EXPECT_THAT(waits.body, HasSubstr("wait 1 second"));
  EXPECT_EQ(front_->secrets().done(), hashed);
}

TEST_F(AccountPagesTest, ASecondFactorNeedsARightCodeToBegin) {
  Visitor other(*front_, "203.0.113.7");
  other.SignIn("can.bo", kTestPassword);
  Become(staff_);
  const std::string page = Get("/me/factor").body;
  static const std::regex shown("<strong>([A-Z2-7 ]{39})</strong>");
  std::smatch secret;
  ASSERT_TRUE(std::regex_search(page, secret, shown)) << page;
  EXPECT_THAT(page, HasSubstr("<svg width="));
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_EQ(Follow(Post("/me/factor", {{"code", "12345"}})).status, 400);
  EXPECT_TRUE(Now(staff_).totp_secret.empty());

  Bytes offered;
  OnOwner([&](ServerState& server, RollupWorker&) -> Status {
    offered = front_->sessions().Find(cookie_, server.clock().SteadyMs())->offered_factor;
    return {};
  });
  EXPECT_EQ(TotpSecretText(offered), secret[1]) << "the page shows what is meant";
  const std::int64_t step = clock_.ms / 1000 / kTotpStepSeconds;
  EXPECT_EQ(HeaderOf(Post("/me/factor", {{"code", TotpCode(offered, step)}}), "Location"),
            "/me?done=1");
  EXPECT_EQ(Now(staff_).totp_secret, offered);
  EXPECT_EQ(Now(staff_).totp_step, step) << "the code that turned it on does not serve again";
  EXPECT_EQ(other.Get("/me").status, 303);
  EXPECT_EQ(Get("/me").status, 200);

  Post("/me/factor/off", {{"current", "đoán mò"}});
  EXPECT_FALSE(Now(staff_).totp_secret.empty()) << "an open session is not enough";
  Post("/me/factor/off", {{"current", kTestPassword}});
  EXPECT_TRUE(Now(staff_).totp_secret.empty());
}

// ---- the console ----

TEST_F(AccountPagesTest, TheConsoleMakesTheFirstAdministrator) {
  const UserAddOptions options{"giam.doc", "administrator", "Trần Văn An", {}, ""};
  auto made = Console([&](VerbContext& c) { return UserAdd(c, options); });
  ASSERT_TRUE(made) << made.error().message;
  const std::string link = made->json.at("link");
  EXPECT_EQ(made->text, link + "\n");
  Visitor visitor(*front_, "203.0.113.7");
  visitor.Get(link);
  visitor.Post(link, {{"password", kNewPassword}, {"again", kNewPassword}});
  EXPECT_EQ(visitor.Get("/accounts").status, 200);
  EXPECT_THAT(Trail(), HasSubstr("console:test: account add giam.doc: administrator\n"));
  EXPECT_THAT(Trail(), HasSubstr("console:test: account link giam.doc\n"));
}

TEST_F(AccountPagesTest, TheConsoleEndsTheSessionsOfARunningServer) {
  for (const char* what : {"link", "disable"}) {
    const Account account = AddAccount(std::string("nguoi.") + what, Role::kProvince, {"24"});
    Visitor visitor(*front_, "203.0.113.7");
    visitor.SignIn(account.name, kTestPassword);
    ASSERT_EQ(visitor.Get("/me").status, 200);
    auto done = Console([&](VerbContext& c) {
      return what == std::string("link") ? UserLink(c, {account.name, false})
                                         : UserDisable(c, account.name);
    });
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(visitor.Get("/me").status, 303) << what;
  }
  auto enabled = Console([](VerbContext& c) { return UserEnable(c, "nguoi.disable"); });
  ASSERT_TRUE(enabled);
  EXPECT_THAT(enabled->text, HasSubstr("/welcome/"));
}

TEST_F(AccountPagesTest, ALostSecondFactorIsTakenOffAtTheConsoleOnly) {
  OnOwner([&](ServerState& server, RollupWorker&) -> Status {
    Account account = staff_;
    account.totp_secret = NewTotpSecret(SystemRandom());
    return server.store().accounts().Update(account);
  });
  Become(admin_);
  Post(PathOf(staff_) + "/link", {});
  EXPECT_FALSE(Now(staff_).totp_secret.empty());
  ASSERT_TRUE(Console([](VerbContext& c) { return UserLink(c, {"can.bo", false}); }));
  EXPECT_FALSE(Now(staff_).totp_secret.empty());
  ASSERT_TRUE(Console([](VerbContext& c) { return UserLink(c, {"can.bo", true}); }));
  EXPECT_TRUE(Now(staff_).totp_secret.empty());
  EXPECT_THAT(Trail(), HasSubstr("second factor off can.bo\n"));
}

TEST_F(AccountPagesTest, TheConsoleRefusesWhatDoesNotFit) {
  for (const UserAddOptions& options : {UserAddOptions{"can.bo", "administrator", "", {}, ""},
                                        {"moi", "province", "", {}, ""},
                                        {"moi", "province", "", {"27"}, ""},
                                        {"moi", "committee", "", {}, "XX"},
                                        {"moi", "administrator", "", {"24"}, ""},
                                        {"mới", "administrator", "", {}, ""}}) {
    EXPECT_FALSE(Console([&](VerbContext& c) { return UserAdd(c, options); })) << options.name;
  }
  EXPECT_FALSE(Console([](VerbContext& c) { return UserLink(c, {"khong.ai", false}); }));
  auto list = Console([](VerbContext& c) { return UserList(c); });
  ASSERT_TRUE(list);
  EXPECT_EQ(list->json.at("users").size(), 2u);
}

}  // namespace
}  // namespace tram::server
