// Signing in and out, the second factor, one-time links, and what stands in cookies and headers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/account_desk.h"
#include "auth/second_steps.h"
#include "auth/totp.h"
#include "tests/unit/central_server/pages_fixture.h"
#include "tests/unit/central_server/visitor.h"

namespace tram::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kMinuteMs = 60 * 1000, kHourMs = 60 * kMinuteMs;
constexpr char kCookie[] = "tramserver8080";
constexpr char kNewPassword[] = "bốn con vịt bơi quanh hồ";

class SignInTest : public PagesTest {
 protected:
  void SetUp() override {
    PagesTest::SetUp();
    admin_ = AddAccount("quan.tri", Role::kAdministrator);
    Serve();
    visitor_ = std::make_unique<Visitor>(*front_, "203.0.113.7");
  }

  void Pass(std::int64_t ms) {
    OnOwner([&](ServerState&, RollupWorker&) -> Status {
      clock_.ms += ms;
      return {};
    });
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
  void Store(const Account& account) {
    OnOwner([&](ServerState& server, RollupWorker&) {
      return server.store().accounts().Update(account);
    });
  }
  /// With a second factor; its secret is returned.
  Bytes GiveFactor(Account account) {
    account = Now(account);
    account.totp_secret = NewTotpSecret(SystemRandom());
    Store(account);
    return account.totp_secret;
  }
  std::string CodeNow(const Bytes& secret, int steps_on = 0) {
    return TotpCode(secret, clock_.ms / 1000 / kTotpStepSeconds + steps_on);
  }
  std::string NewLinkFor(const Account& account) {
    std::string path;
    OnOwner([&](ServerState& server, RollupWorker&) -> Status {
      TRAM_ASSIGN(const auto now, server.store().accounts().Find(account.number));
      TRAM_ASSIGN(const NewLink link, IssueLink(server, *now, SecondFactor::kKeep, "test"));
      path = link.path;
      return {};
    });
    return path;
  }
  bool SignedIn(Visitor& visitor) { return visitor.Get("/me").status == 200; }

  Account admin_;
  std::unique_ptr<Visitor> visitor_;
};

TEST_F(SignInTest, WhoSignsInComesToThePageThatHeAskedFor) {
  const HttpResponse sent = visitor_->Get("/accounts");
  EXPECT_EQ(HeaderOf(sent, "Location"), "/sign-in?back=%2Faccounts");
  const HttpResponse page = visitor_->Follow(sent);
  EXPECT_THAT(page.body, HasSubstr("name=\"back\" value=\"/accounts\""));
  const HttpResponse entered = visitor_->Post(
      "/sign-in", {{"name", "Quan.Tri"}, {"password", kTestPassword}, {"back", "/accounts"}});
  EXPECT_EQ(HeaderOf(entered, "Location"), "/accounts");
  const HttpResponse accounts = visitor_->Follow(entered);
  EXPECT_EQ(accounts.status, 200);
  EXPECT_THAT(accounts.body, HasSubstr("quan.tri"));
  EXPECT_THAT(Trail(), HasSubstr("account:quan.tri: sign-in\n"));
  EXPECT_EQ(Now(admin_).seen_ms, clock_.ms);
  EXPECT_EQ(HeaderOf(visitor_->Get("/sign-in?back=//evil.example"), "Location"), "/");
}

TEST_F(SignInTest, ANameThatNobodyHasIsRefusedAsAWrongPasswordIs) {
  Account gone = AddAccount("da.khoa", Role::kAdministrator);
  gone.disabled = true;
  Store(gone);
  Account fresh = AddAccount("chua.chon", Role::kAdministrator);
  fresh.password_hash = "";
  Store(fresh);
  std::string first;
  for (const auto& [name, password] :
       std::vector<std::pair<std::string, std::string>>{{"quan.tri", "không phải thế này"},
                                                        {"khong.ai", kTestPassword},
                                                        {"da.khoa", kTestPassword},
                                                        {"chua.chon", ""}}) {
    Visitor visitor(*front_, "203.0.113." + std::to_string(name.size()));
    const std::uint64_t before = front_->secrets().done();
    const HttpResponse refused = visitor.Follow(visitor.SignIn(name, password));
    EXPECT_EQ(front_->secrets().done(), before + 1) << name << ": hashed as others are";
    EXPECT_EQ(refused.status, 400);
    EXPECT_FALSE(SignedIn(visitor)) << name;
    std::string body = refused.body.substr(0, refused.body.find("name=\"name\""));
    body = body.substr(body.find("<h1>"));
    body.erase(body.find("csrf"), 60);
    if (first.empty()) first = body;
    EXPECT_EQ(body, first) << name;
    EXPECT_THAT(refused.body, HasSubstr("Sai tên hoặc mật khẩu."));
  }
  EXPECT_THAT(Trail(), HasSubstr("page: sign-in refused: quan.tri\n"));
  EXPECT_THAT(Trail(), HasSubstr("page: sign-in refused: a name that nobody has\n"));
  EXPECT_THAT(Trail(), Not(HasSubstr("khong.ai"))) << "it may be a password";
}

TEST_F(SignInTest, SigningOutEndsTheSession) {
  visitor_->SignIn("quan.tri", kTestPassword);
  const auto stolen = visitor_->cookies;
  ASSERT_TRUE(SignedIn(*visitor_));
  const HttpResponse out = visitor_->Post("/sign-out", {});
  EXPECT_THAT(SetCookieOf(out, kCookie), HasSubstr("Max-Age=0"));
  visitor_->cookies = stolen;
  EXPECT_FALSE(SignedIn(*visitor_)) << "the cookie opens nothing any more";
}

TEST_F(SignInTest, ASessionEndsWhenItIsLeftAlone) {
  visitor_->SignIn("quan.tri", kTestPassword);
  Pass(kSessionIdleMs - 1);
  EXPECT_TRUE(SignedIn(*visitor_));
  Pass(kSessionIdleMs);
  EXPECT_FALSE(SignedIn(*visitor_));
}

TEST_F(SignInTest, ASessionEndsAfterTwelveHoursHoweverBusy) {
  visitor_->SignIn("quan.tri", kTestPassword);
  for (std::int64_t ms = 0; ms + 10 * kMinuteMs < 12 * kHourMs; ms += 10 * kMinuteMs) {
    Pass(10 * kMinuteMs);
    ASSERT_TRUE(SignedIn(*visitor_)) << ms;
  }
  Pass(10 * kMinuteMs);
  EXPECT_FALSE(SignedIn(*visitor_));
}

TEST_F(SignInTest, ARestartEndsEverySession) {
  visitor_->SignIn("quan.tri", kTestPassword);
  const auto cookies = visitor_->cookies;
  Serve();
  Visitor again(*front_, "203.0.113.7");
  again.cookies = cookies;
  EXPECT_FALSE(SignedIn(again));
}

TEST_F(SignInTest, CookiesAreForThisServersPagesOnly) {
  const HttpResponse entered = visitor_->SignIn("quan.tri", kTestPassword);
  const std::string session = SetCookieOf(entered, kCookie);
  EXPECT_THAT(session, HasSubstr("; Path=/; HttpOnly; SameSite=Strict"));
  EXPECT_THAT(session, Not(HasSubstr("Max-Age"))) << "it ends with the browser";
  EXPECT_THAT(session, Not(HasSubstr("Secure"))) << "a browser would not send it back";
  const std::string known =
      SetCookieOf(entered, std::string(kCookie) + "-known-" + std::to_string(admin_.number));
  EXPECT_THAT(known, HasSubstr("; Path=/; HttpOnly; SameSite=Strict; Max-Age=31536000"));
}

TEST_F(SignInTest, UnderTlsCookiesAreSecureAndOfThisHostAlone) {
  GiveFactor(admin_);
  AddAccount("khac", Role::kAdministrator);
  Serve({{"https://tram.example"}, true});
  Visitor visitor(*front_, "203.0.113.7", "https://tram.example");
  const HttpResponse step = visitor.SignIn("quan.tri", kTestPassword);
  const HttpResponse entered = visitor.SignIn("khac", kTestPassword);
  int cookies = 0;
  for (const HttpResponse* response : {&step, &entered}) {
    for (const auto& [name, value] : response->headers) {
      if (name != "Set-Cookie") continue;
      ++cookies;
      EXPECT_THAT(value, testing::StartsWith("__Host-tram"));
      EXPECT_THAT(value, HasSubstr("; Secure"));
      EXPECT_THAT(value, HasSubstr("; Path=/; HttpOnly"));
      EXPECT_THAT(value, Not(HasSubstr("Domain")));
    }
    EXPECT_EQ(HeaderOf(*response, "Strict-Transport-Security"), "max-age=31536000");
  }
  EXPECT_EQ(cookies, 4) << "the second step; it is over; a session; a known browser";
  EXPECT_TRUE(SignedIn(visitor));
}

TEST_F(SignInTest, WhoCallsTheServerByAnotherNameIsToldSoInTheLanguageOfHisBrowser) {
  Visitor visitor(*front_, "203.0.113.7", "https://elsewhere.example");
  HttpResponse refused = visitor.Get("/sign-in");
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr("chính địa chỉ của máy chủ"));
  visitor.cookies["tramlanguage"] = "en";
  refused = visitor.Get("/sign-in");
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr("these pages have another address"));
}

TEST_F(SignInTest, EveryAnswerSaysWhatABrowserMayDoWithIt) {
  std::vector<HttpResponse> answers{
      visitor_->Get("/sign-in"),           visitor_->Get("/accounts"),
      visitor_->Get("/nothing"),           visitor_->Get("/welcome/abc"),
      visitor_->SignIn("quan.tri", "sai"), visitor_->Get("/sign-out"),
      visitor_->Post("/language", {})};
  answers.push_back(visitor_->SignIn("quan.tri", kTestPassword));
  answers.push_back(visitor_->Get("/me"));
  answers.push_back(visitor_->Post("/me/name", {{"csrf", "x"}}));
  Visitor stranger(*front_, "203.0.113.7", "http://evil.example");
  answers.push_back(stranger.Get("/sign-in"));
  for (const HttpResponse& answer : answers) {
    EXPECT_EQ(HeaderOf(answer, "Cache-Control"), "no-store") << answer.body;
    const std::string policy = HeaderOf(answer, "Content-Security-Policy");
    EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
    EXPECT_THAT(policy, Not(HasSubstr("unsafe-inline")));
    EXPECT_EQ(HeaderOf(answer, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(HeaderOf(answer, "X-Frame-Options"), "DENY");
    EXPECT_EQ(HeaderOf(answer, "Strict-Transport-Security"), "") << "not under TLS";
    EXPECT_EQ(answer.body.find("<script>"), std::string::npos);
    EXPECT_EQ(answer.body.find("style="), std::string::npos);
  }
}

// ---- the second factor ----

TEST_F(SignInTest, WithASecondFactorThePasswordAloneOpensNothing) {
  const Bytes secret = GiveFactor(admin_);
  const HttpResponse step = visitor_->SignIn("quan.tri", kTestPassword);
  EXPECT_THAT(HeaderOf(step, "Location"), testing::StartsWith("/sign-in/code"));
  EXPECT_EQ(SetCookieOf(step, kCookie), "");
  EXPECT_EQ(visitor_->cookies.count(std::string(kCookie) + "-known-1"), 0u);
  EXPECT_FALSE(SignedIn(*visitor_));
  const std::string code = CodeNow(secret);
  visitor_->Follow(step);
  visitor_->Post("/sign-in/code", {{"code", code.substr(0, 3) + " " + code.substr(3)}});
  EXPECT_TRUE(SignedIn(*visitor_)) << "with or without a space";

  Visitor other(*front_, "203.0.113.8");
  other.Follow(other.SignIn("quan.tri", kTestPassword));
  const HttpResponse used = other.Follow(other.Post("/sign-in/code", {{"code", code}}));
  EXPECT_EQ(used.status, 400);
  EXPECT_FALSE(SignedIn(other)) << "no code serves twice";
  Pass(kTotpStepSeconds * 1000);
  other.Post("/sign-in/code", {{"code", CodeNow(secret)}});
  EXPECT_TRUE(SignedIn(other));
}

TEST_F(SignInTest, CodesAreNotGuessed) {
  const Bytes secret = GiveFactor(admin_);
  visitor_->SignIn("quan.tri", kTestPassword);
  const std::string wrong = CodeNow(secret) == "000000" ? "000001" : "000000";
  for (int i = 0; i < kSecondStepTriesMax; ++i) {
    Pass(kMinuteMs - 20 * 1000);
    visitor_->Post("/sign-in/code", {{"code", wrong}});
  }
  Pass(kMinuteMs - 20 * 1000);  // no wait is left
  visitor_->Post("/sign-in/code", {{"code", CodeNow(secret)}});
  EXPECT_FALSE(SignedIn(*visitor_)) << "a few tries, then the password is asked for again";

  Pass(kMinuteMs);
  visitor_->SignIn("quan.tri", kTestPassword);
  Pass(kSecondStepMsMax);
  visitor_->Post("/sign-in/code", {{"code", CodeNow(secret)}});
  EXPECT_FALSE(SignedIn(*visitor_)) << "a few minutes, too";
}

TEST_F(SignInTest, TheRightPasswordDoesNotForgetWrongCodes) {
  GiveFactor(admin_);
  Visitor visitor(*front_, "203.0.113.9");
  for (int i = 0; i < 2; ++i) {
    visitor.SignIn("quan.tri", kTestPassword);
    visitor.Post("/sign-in/code", {{"code", "x"}});
  }
  const std::uint64_t before = front_->secrets().done();
  const HttpResponse waits = visitor.Follow(visitor.SignIn("quan.tri", kTestPassword));
  EXPECT_EQ(waits.status, 429);
  EXPECT_EQ(front_->secrets().done(), before);
}

TEST_F(SignInTest, TheCodesAreThoseOfTheStandard) {
  // RFC 6238, appendix B (SHA-1), the last six of its eight digits.
  const Bytes secret = ToBytes(AsBytes("12345678901234567890"));
  EXPECT_EQ(TotpCode(secret, 59 / 30), "287082");
  EXPECT_EQ(TotpCode(secret, 1111111109 / 30), "081804");
  EXPECT_EQ(TotpCode(secret, 20000000000 / 30), "353130");
  EXPECT_EQ(TotpSecretText(secret), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
  EXPECT_EQ(MatchTotp(secret, "081804", 1111111109000 + 30'000, 0), 37037036) << "a slow clock";
  EXPECT_EQ(MatchTotp(secret, "081804", 1111111109000 + 60'000, 0), std::nullopt);
  EXPECT_EQ(MatchTotp(secret, "081804", 1111111109000, 37037036), std::nullopt);
  EXPECT_EQ(MatchTotp({}, "", 1111111109000, 0), std::nullopt);
}

// ---- one-time links ----

TEST_F(SignInTest, ALinkChoosesAPasswordOnce) {
  const std::string link = NewLinkFor(admin_);
  EXPECT_EQ(link.size(), std::string("/welcome/").size() + 32) << "128 random bits";
  EXPECT_EQ(visitor_->Get(link).status, 200);
  EXPECT_EQ(visitor_->Get(link).status, 200) << "looking at it does not use it up";
  const HttpResponse entered =
      visitor_->Post(link, {{"password", kNewPassword}, {"again", kNewPassword}});
  EXPECT_EQ(HeaderOf(entered, "Location"), "/");
  EXPECT_TRUE(SignedIn(*visitor_));
  EXPECT_THAT(Trail(), HasSubstr("account:quan.tri: password chosen by a link\n"));
  Visitor other(*front_, "203.0.113.8");
  EXPECT_EQ(other.Get(link).status, 404);
  EXPECT_EQ(other.Follow(other.Post(link, {{"password", kTestPassword}, {"again", kTestPassword}}))
                .status,
            404);
  other.SignIn("quan.tri", kTestPassword);
  EXPECT_FALSE(SignedIn(other)) << "the old password is gone";
  other.SignIn("quan.tri", kNewPassword);
  EXPECT_TRUE(SignedIn(other));
}

TEST_F(SignInTest, ALinkDoesNotStandInTheStore) {
  const std::string token = NewLinkFor(admin_).substr(std::string("/welcome/").size());
  bool found = false;
  OnOwner([&](ServerState& server, RollupWorker&) -> Status {
    TRAM_ASSIGN(SqlStatement rows, server.store().database().Prepare(
                                       "SELECT hex(hash), quote(expires_ms) FROM account_link"));
    for (;;) {
      TRAM_ASSIGN(const bool more, rows.Step());
      if (!more) break;
      found |= rows.Text(0).find(token.substr(0, 8)) != std::string::npos;
    }
    return {};
  });
  EXPECT_FALSE(found);
  EXPECT_THAT(Trail(), Not(HasSubstr(token)));
}

TEST_F(SignInTest, OnlyTheNewestLinkServesAndOnlyForTwoDays) {
  const std::string first = NewLinkFor(admin_);
  const std::string second = NewLinkFor(admin_);
  EXPECT_EQ(visitor_->Get(first).status, 404);
  Pass(kLinkMsMax - 1);
  EXPECT_EQ(visitor_->Get(second).status, 200);
  Pass(1);
  EXPECT_EQ(visitor_->Get(second).status, 404);
}

TEST_F(SignInTest, ANewLinkEndsTheOldPasswordAndEverySession) {
  visitor_->SignIn("quan.tri", kTestPassword);
  ASSERT_TRUE(SignedIn(*visitor_));
  NewLinkFor(admin_);  // as the console does it, which knows of no sessions
  EXPECT_FALSE(SignedIn(*visitor_));
  visitor_->SignIn("quan.tri", kTestPassword);
  EXPECT_FALSE(SignedIn(*visitor_));
}

TEST_F(SignInTest, APasswordThatIsShortDifferentOrEasyIsAskedForAgain) {
  const std::string link = NewLinkFor(admin_);
  visitor_->Get(link);
  const auto post = [&](const std::string& password, const std::string& again, bool sure) {
    HttpFields fields{{"password", password}, {"again", again}};
    if (sure) fields.emplace("weak_accepted", "1");
    return visitor_->Follow(visitor_->Post(link, fields));
  };
  EXPECT_THAT(post("ngắn", "ngắn", true).body, HasSubstr("ít nhất 10 ký tự"));
  EXPECT_THAT(post(kNewPassword, kTestPassword, true).body, HasSubstr("không giống nhau"));
  const HttpResponse weak = post("quan.tri2026", "quan.tri2026", false);
  EXPECT_EQ(weak.status, 400);
  EXPECT_THAT(weak.body, HasSubstr("weak_accepted"));
  EXPECT_THAT(weak.body, Not(HasSubstr("quan.tri2026"))) << "what was typed is not sent back";
  EXPECT_EQ(visitor_->Get(link).status, 200) << "the link is not used up";
  post("quan.tri2026", "quan.tri2026", true);
  EXPECT_TRUE(SignedIn(*visitor_));
}

TEST_F(SignInTest, ALinkIsNoWayAroundTheSecondFactor) {
  const Bytes secret = GiveFactor(admin_);
  const std::string link = NewLinkFor(admin_);
  visitor_->Get(link);
  const HttpResponse step =
      visitor_->Post(link, {{"password", kNewPassword}, {"again", kNewPassword}});
  EXPECT_THAT(HeaderOf(step, "Location"), testing::StartsWith("/sign-in/code"));
  EXPECT_FALSE(SignedIn(*visitor_));
  visitor_->Post("/sign-in/code", {{"code", CodeNow(secret)}});
  EXPECT_TRUE(SignedIn(*visitor_));
}

TEST_F(SignInTest, APasswordThatChangedWhileItWasCheckedOpensNothing) {
  std::promise<void> held, release;
  front_->secrets().Post({"x", "", true, true}, [&](const SecretResult&) {
    held.set_value();
    release.get_future().wait();
  });
  held.get_future().wait();
  visitor_->Get("/sign-in");
  auto answer =
      visitor_->PostLater("/sign-in", {{"name", "quan.tri"}, {"password", kTestPassword}});
  Account changed = Now(admin_);  // after the request: the owner does one thing after the other
  changed.password_hash = "of another password";
  Store(changed);
  release.set_value();
  EXPECT_EQ(SetCookieOf(answer.get(), kCookie), "");
}

}  // namespace
}  // namespace tram::server
