// Tokens of other programs: made on the page or at the console, shown once, used, and ended in
// every way that there is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "app/account_desk.h"
#include "app/token_desk.h"
#include "app/verbs_users.h"
#include "cli/command_line.h"
#include "tests/unit/central_server/made_up_data.h"
#include "tests/unit/central_server/pages_fixture.h"
#include "tests/unit/central_server/visitor.h"
#include "tram/base/os_file.h"
#include "tram/web/throttle.h"

namespace tram::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kNewPassword[] = "bốn con vịt bơi quanh hồ";
constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;

class TokensTest : public PagesTest {
 protected:
  void SetUp() override {
    PagesTest::SetUp();
    unit_ = AddTestUnit("BG01", "24");
    admin_ = AddAccount("quan.tri", Role::kAdministrator);
    staff_ = AddAccount("can.bo", Role::kProvince, {"24"});
    Serve({{kTestHost}, false, &MadeUpDataSets()});
  }
  static HttpFields Wish(const std::string& label, std::vector<std::string> scopes,
                         const std::string& password = kTestPassword,
                         const std::string& days = "90") {
    HttpFields fields{{"label", label}, {"days", days}, {"current", password}};
    for (std::string& scope : scopes) fields.emplace("scope", std::move(scope));
    return fields;
  }
  /// What the page after making a token shows; "" where it shows none.
  static std::string SecretIn(const std::string& page) {
    static const std::regex secret("value=\"(tram_[0-9a-f]{64})\"");
    std::smatch found;
    return std::regex_search(page, found, secret) ? found[1].str() : "";
  }
  /// By the page, as whoever is signed in.
  std::string Make(const std::string& label, const std::vector<std::string>& scopes) {
    const HttpResponse page = Follow(Post("/me/tokens", Wish(label, scopes)));
    const std::string secret = SecretIn(page.body);
    EXPECT_NE(secret, "") << page.body;
    return secret;
  }
  int StatusWith(const std::string& secret, const std::string& path = "/api/v1/me") {
    HttpRequest request;
    request.method = "GET";
    EXPECT_TRUE(SetTarget(request, path));
    request.headers["authorization"] = "Bearer " + secret;
    const std::string cookie = std::exchange(cookie_, "");
    const HttpResponse response = Send(std::move(request));
    cookie_ = cookie;
    return response.status;
  }
  std::vector<ApiToken> TokensOf(const Account& account) {
    std::vector<ApiToken> tokens;
    OnOwner([&](ServerState& server, RollupWorker&) -> Status {
      TRAM_ASSIGN(tokens, server.store().tokens().OfAccount(account.number));
      return {};
    });
    return tokens;
  }
  static std::string RevokePath(const std::string& of, const ApiToken& token) {
    return of + "/tokens/" + std::to_string(token.number) + "/revoke";
  }
  Result<VerbResult> Console(const std::function<Result<VerbResult>(VerbContext&)>& verb) {
    VerbContext context{*owner_, "console:test", outside_.path(), Language::kEnglish, nullptr};
    return verb(context);
  }

  Unit unit_;
  Account admin_, staff_;
};

TEST_F(TokensTest, ATokenIsShownOnceAndServesAndItsHashAloneIsStored) {
  Become(staff_);
  const HttpResponse answer = Post("/me/tokens", Wish("Kho dữ liệu", {"activity", "outcomes"}));
  const std::string secret = SecretIn(Follow(answer).body);
  ASSERT_NE(secret, "");
  EXPECT_EQ(StatusWith(secret), 200);
  EXPECT_EQ(StatusWith(secret, "/api/v1/data/states"), 200);
  const HttpResponse list = Get("/me/tokens");
  EXPECT_THAT(list.body, HasSubstr("Kho dữ liệu"));
  EXPECT_THAT(list.body, HasSubstr("activity, outcomes"));
  EXPECT_THAT(list.body, Not(HasSubstr("tram_")));
  Become(admin_);
  EXPECT_EQ(SecretIn(Follow(Get(HeaderOf(answer, "Location"))).body), "") << "not for others";
  EXPECT_THAT(Trail(),
              HasSubstr("account:can.bo: token make can.bo/Kho dữ liệu: activity outcomes, "
                        "until "));
  EXPECT_THAT(Trail(), Not(HasSubstr("tram_")));
  const std::string number = secret.substr(kTokenPrefix.size());
  for (const char* file : {"server.db", "server.db-wal"}) {
    const auto bytes = ReadFile(folder_ / file, 1 << 26);
    if (!bytes) continue;
    EXPECT_EQ(bytes->find(number), std::string::npos) << file;
    EXPECT_EQ(bytes->find(std::string(AsText(*FromHex(number)))), std::string::npos) << file;
  }
}

TEST_F(TokensTest, AnOpenSessionWithoutThePasswordMakesNone) {
  Become(staff_);
  for (int i = 0; i < Throttle::kFreeTries; ++i) {
    const HttpResponse page = Follow(Post("/me/tokens", Wish("kho", {"activity"}, "đoán mò")));
    EXPECT_EQ(SecretIn(page.body), "");
    EXPECT_THAT(page.body, HasSubstr("href=\"#current\""));
    EXPECT_THAT(page.body, HasSubstr("value=\"kho\"")) << "what was typed stays";
  }
  const std::uint64_t hashed = front_->secrets().done();
  EXPECT_THAT(Follow(Post("/me/tokens", Wish("kho", {"activity"}))).body,
              HasSubstr("wait 1 second"))
      << "it is no place to guess";
  EXPECT_EQ(front_->secrets().done(), hashed);
  EXPECT_TRUE(TokensOf(staff_).empty());
}

TEST_F(TokensTest, WhatIsWrongInTheFormIsSaidBesideItsField) {
  Become(staff_);
  Make("kho", {"activity"});
  const std::vector<std::pair<HttpFields, std::string>> cases{
      {Wish("", {"activity"}), "label"},
      {Wish("   ", {"activity"}), "label"},
      {Wish("hai\ndòng", {"activity"}), "label"},
      {Wish(std::string(81, 'a'), {"activity"}), "label"},
      {Wish("kho", {"activity"}), "label"},
      {Wish("moi", {}), "scopes"},
      {Wish("moi", {"king"}), "scopes"},
      {Wish("moi", {"activity", "units"}), "scopes"},  // his role has no units
      {Wish("moi", {"questions"}), "scopes"},          // he has it himself, no program may
      {Wish("moi", {"activity"}, kTestPassword, "0"), "days"},
      {Wish("moi", {"activity"}, kTestPassword, "366"), "days"},
      {Wish("moi", {"activity"}, kTestPassword, "mãi mãi"), "days"}};
  const std::uint64_t hashed = front_->secrets().done();
  for (const auto& [fields, field] : cases) {
    const HttpResponse page = Follow(Post("/me/tokens", fields));
    EXPECT_EQ(page.status, 400) << field;
    EXPECT_THAT(page.body, HasSubstr("href=\"#" + field + "\"")) << "the summary leads there";
    EXPECT_THAT(page.body, HasSubstr("class=\"error\"")) << field;
  }
  EXPECT_EQ(front_->secrets().done(), hashed) << "no password is hashed for it";
  EXPECT_EQ(TokensOf(staff_).size(), 1u);
  Become(admin_);
  EXPECT_THAT(Follow(Post("/me/tokens", Wish("moi", {"accounts"}))).body,
              HasSubstr("href=\"#scopes\""))
      << "an administrator's neither";
}

TEST_F(TokensTest, OnlyScopesThatTheRoleHasAreOffered) {
  const auto offered = [&](const Account& account) {
    Become(account);
    const std::string page = Get("/me/tokens").body;
    std::string names;
    for (const Right right : kRights) {
      if (page.find("value=\"" + std::string(RightName(right)) + "\"") == page.npos) continue;
      names += std::string(RightName(right)) + " ";
    }
    return names;
  };
  EXPECT_EQ(offered(admin_), "activity units programmes audit ");
  EXPECT_EQ(offered(staff_), "activity outcomes ");
}

TEST_F(TokensTest, AnAccountHasTwentyAtMost) {
  OnOwner([&](ServerState& server, RollupWorker&) -> Status {
    for (std::size_t i = 0; i < kTokensOfAccountMax; ++i) {
      TRAM_TRY(MakeToken(server, staff_, {std::to_string(i), {Right::kActivity}, 1}, "test",
                         Language::kEnglish));
    }
    return {};
  });
  Become(staff_);
  EXPECT_THAT(Follow(Post("/me/tokens", Wish("mot nua", {"activity"}))).body,
              HasSubstr("has 20 tokens"));
  Post(RevokePath("/me", TokensOf(staff_).front()), {});
  Make("mot nua", {"activity"});
}

// ---- its end ----

TEST_F(TokensTest, WhoMadeItRevokesItAndItIsDeadAtOnce) {
  Become(staff_);
  const std::string first = Make("một", {"activity"}), second = Make("hai", {"activity"});
  const ApiToken token = TokensOf(staff_).back();
  EXPECT_EQ(token.label, "một");
  EXPECT_EQ(HeaderOf(Post(RevokePath("/me", token), {}), "Location"), "/me/tokens?done=1");
  EXPECT_EQ(StatusWith(first), 401);
  EXPECT_EQ(StatusWith(second), 200);
  EXPECT_THAT(Trail(), HasSubstr("account:can.bo: token revoke can.bo/một\n"));
  EXPECT_THAT(Get("/me/tokens").body, HasSubstr("revoked "));
  Make("một", {"activity"});  // the name is free again
}

TEST_F(TokensTest, NobodyRevokesAnothersButAnAdministratorDoes) {
  Become(staff_);
  const std::string secret = Make("kho", {"activity"});
  const ApiToken token = TokensOf(staff_).front();
  const Account other = AddAccount("khac", Role::kManager);
  Become(other);
  EXPECT_EQ(Follow(Post(RevokePath("/me", token), {})).status, 404);
  EXPECT_EQ(StatusWith(secret), 200);
  Become(admin_);
  const std::string page = "/accounts/" + std::to_string(staff_.number);
  EXPECT_THAT(Get(page).body, HasSubstr(RevokePath(page, token)));
  const std::string wrong = "/accounts/" + std::to_string(other.number);
  EXPECT_EQ(Follow(Post(RevokePath(wrong, token), {})).status, 404) << "of another account";
  EXPECT_EQ(StatusWith(secret), 200);
  EXPECT_EQ(HeaderOf(Post(RevokePath(page, token), {}), "Location"), page + "?done=1");
  EXPECT_EQ(StatusWith(secret), 401);
  EXPECT_THAT(Trail(), HasSubstr("account:quan.tri: token revoke can.bo/kho\n"));
}

TEST_F(TokensTest, ADisabledAccountsTokensAreDeadAtOnceAndForGood) {
  Become(staff_);
  const std::string secret = Make("kho", {"activity"});
  OnOwner([&](ServerState& server, RollupWorker&) -> Status {
    return server.store().database().Execute("UPDATE account SET disabled = 1 WHERE name='can.bo'");
  });
  EXPECT_EQ(StatusWith(secret), 401) << "whoever disabled it";
  OnOwner([&](ServerState& server, RollupWorker&) -> Status {
    return server.store().database().Execute("UPDATE account SET disabled = 0 WHERE name='can.bo'");
  });
  EXPECT_EQ(StatusWith(secret), 200);
  Become(admin_);
  const std::string page = "/accounts/" + std::to_string(staff_.number);
  Post(page + "/disable", {});
  EXPECT_EQ(StatusWith(secret), 401);
  Post(page + "/enable", {});
  EXPECT_EQ(StatusWith(secret), 401) << "who comes back makes new ones";
  EXPECT_THAT(Trail(), HasSubstr("account:quan.tri: token revoke can.bo/kho\n"));
}

TEST_F(TokensTest, ALinkForANewPasswordRevokesAllOfThem) {
  Become(staff_);
  const std::string secret = Make("kho", {"activity"});
  Become(admin_);
  const std::string own = Make("khác", {"units"});
  Post("/accounts/" + std::to_string(staff_.number) + "/link", {});
  EXPECT_EQ(StatusWith(secret), 401);
  EXPECT_EQ(StatusWith(own), 200);
}

TEST_F(TokensTest, AnotherPasswordOfOnesOwnRevokesThemWhereThatIsAsked) {
  Become(staff_);
  EXPECT_THAT(Get("/me").body, Not(HasSubstr("revoke_tokens")));
  const std::string secret = Make("kho", {"activity"});
  EXPECT_THAT(Get("/me").body, HasSubstr("revoke_tokens"));
  HttpFields fields{
      {"current", kTestPassword}, {"password", kNewPassword}, {"again", kNewPassword}};
  EXPECT_EQ(Post("/me/password", fields).status, 303);
  EXPECT_EQ(StatusWith(secret), 200) << "his programs go on";
  fields = {{"current", kNewPassword},
            {"password", kTestPassword},
            {"again", kTestPassword},
            {"revoke_tokens", "1"}};
  EXPECT_EQ(HeaderOf(Post("/me/password", fields), "Location"), "/me?done=1");
  EXPECT_EQ(StatusWith(secret), 401);
}

TEST_F(TokensTest, ATokenNeverHasMoreThanItsAccountHasNow) {
  const Account manager = AddAccount("quan.ly", Role::kManager);
  AddTestUnit("KH01", "56");
  Become(manager);
  const std::string secret = Make("kho", {"activity", "outcomes"});
  EXPECT_EQ(StatusWith(secret, "/api/v1/data/visits?unit=KH01"), 200);
  EXPECT_EQ(StatusWith(secret, "/api/v1/data/states"), 200);
  const auto become = [&](Role role, std::vector<std::string> provinces) {
    OnOwner([&](ServerState& server, RollupWorker&) -> Status {
      Account changed = manager;
      changed.role = role;
      changed.provinces = std::move(provinces);
      return ChangeRights(server, changed, "test");
    });
  };
  become(Role::kProvince, {"24"});
  EXPECT_EQ(StatusWith(secret, "/api/v1/data/visits?unit=KH01"), 403);
  EXPECT_EQ(StatusWith(secret, "/api/v1/data/visits?unit=BG01"), 200);
  become(Role::kAdministrator, {});
  EXPECT_EQ(StatusWith(secret, "/api/v1/data/states"), 403);
  EXPECT_EQ(StatusWith(secret, "/api/v1/data/unit_list"), 403) << "nor more than its scopes";
  EXPECT_EQ(StatusWith(secret, "/api/v1/data/visits?unit=KH01"), 200);
}

TEST_F(TokensTest, AnExpiredTokenServesNoMore) {
  Become(staff_);
  const std::string secret =
      SecretIn(Follow(Post("/me/tokens", Wish("kho", {"activity"}, kTestPassword, "30"))).body);
  clock_.ms += 30 * kDayMs - 1;
  EXPECT_EQ(StatusWith(secret), 200);
  clock_.ms += 1;
  EXPECT_EQ(StatusWith(secret), 401);
  Become(staff_);
  EXPECT_THAT(Get("/me/tokens").body, HasSubstr(">expired<"));
}

TEST_F(TokensTest, TheListSaysWhenATokenWasUsedLast) {
  Become(staff_);
  const std::string secret = Make("kho", {"activity"});
  EXPECT_THAT(Get("/me/tokens").body, HasSubstr("<dd>never</dd>"));
  clock_.ms += 60'000;
  EXPECT_EQ(StatusWith(secret), 200);
  EXPECT_EQ(TokensOf(staff_).front().seen_ms, clock_.ms);
  EXPECT_THAT(Get("/me/tokens").body, HasSubstr("<dd>" + TimeText(clock_.ms) + "</dd>"));
}

// ---- the console ----

TEST_F(TokensTest, TheConsoleMakesListsAndRevokesThem) {
  const TokenMakeOptions wish{"can.bo", "kho số liệu", {"activity"}, 10};
  auto made = Console([&](VerbContext& c) { return TokenMake(c, wish); });
  ASSERT_TRUE(made) << made.error().message;
  const std::string secret = made->json.at("token");
  EXPECT_EQ(made->text, secret + "\n");
  for (const std::string& note : made->notes) EXPECT_THAT(note, Not(HasSubstr("tram_")));
  EXPECT_EQ(StatusWith(secret), 200);
  EXPECT_THAT(Trail(), HasSubstr("console:test: token make can.bo/kho số liệu: activity, until "));
  auto list = Console([](VerbContext& c) { return TokenList(c, "can.bo"); });
  ASSERT_TRUE(list);
  EXPECT_THAT(list->text, HasSubstr("kho số liệu"));
  EXPECT_THAT(list->text + list->json.dump(), Not(HasSubstr("tram_")));
  EXPECT_EQ(list->json.at("tokens").at(0).at("state"), "serves");
  ASSERT_TRUE(Console([](VerbContext& c) { return TokenRevoke(c, {"can.bo", "kho số liệu"}); }));
  EXPECT_EQ(StatusWith(secret), 401);
  EXPECT_FALSE(Console([](VerbContext& c) { return TokenRevoke(c, {"can.bo", "kho số liệu"}); }));
  EXPECT_FALSE(Console([](VerbContext& c) { return TokenRevoke(c, {"ai", "kho"}); }));
}

TEST_F(TokensTest, TheConsoleRefusesWhatDoesNotFit) {
  for (const TokenMakeOptions& wish : {TokenMakeOptions{"ai", "kho", {"activity"}, 10},
                                       TokenMakeOptions{"can.bo", "", {"activity"}, 10},
                                       {"can.bo", "kho", {"units"}, 10},
                                       {"can.bo", "kho", {"questions"}, 10},
                                       {"can.bo", "kho", {}, 10},
                                       {"can.bo", "kho", {"activity"}, 400}}) {
    EXPECT_FALSE(Console([&](VerbContext& c) { return TokenMake(c, wish); })) << wish.label;
  }
  using Arguments = std::vector<std::string>;
  for (const Arguments& arguments :
       {Arguments{"user", "token", "an", "--label", "x"},
        {"user", "token", "an", "--scope", "activity"},
        {"user", "token", "an", "--label", "x", "--scope", "accounts"},
        {"user", "token", "an", "--label", "x", "--scope", "activity", "--days", "366"},
        {"user", "revoke", "an"}}) {
    EXPECT_TRUE(std::holds_alternative<UsageStop>(ParseCommandLine(arguments)));
  }
  EXPECT_TRUE(std::holds_alternative<Invocation>(ParseCommandLine(
      {"user", "token", "an", "--label", "x", "--scope", "activity", "--scope", "outcomes"})));
}

}  // namespace
}  // namespace tram::server
