// The door of the pages: where a request comes from, who sends it, what he may see; signing in and
// locking; and that nothing sealed stands where a browser keeps things.
#include "tests/unit/unit_client/front_fixture.h"
#include "tram/base/embedded.h"

namespace tram {

std::span<const EmbeddedFile> PageTemplates();  // tram_embed

}  // namespace tram

namespace tram::client {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST_F(FrontTest, NobodySignedInSeesTheSignInPageOnly) {
  for (const Route& route : Front::Routes()) {
    std::string path(route.pattern);
    for (std::size_t at; (at = path.find("{}")) != path.npos;) path.replace(at, 2, "x");
    const HttpResponse answer = route.method == "GET" ? Get(path) : Post(path, {});
    if (route.method == "GET") {
      EXPECT_EQ(answer.status, 303) << path;
      EXPECT_THAT(HeaderOf(answer, "Location"), testing::StartsWith("/sign-in")) << path;
    } else {
      EXPECT_EQ(Landing(answer).status, 403) << path << ": no token";
    }
  }
}

TEST_F(FrontTest, TheCommitteeSeesNothingClinical) {
  ASSERT_EQ(SignIn(kDung, kDungPassphrase).status, 303);
  const std::string csrf = CsrfOf(Get("/people"));
  for (const Route& route : Front::Routes()) {
    if (route.access != Access::kClinical) continue;
    std::string path(route.pattern);
    for (std::size_t at; (at = path.find("{}")) != path.npos;) path.replace(at, 2, "x");
    const HttpResponse answer =
        route.method == "GET" ? Get(path) : Landing(Post(path, {{"csrf", csrf}}));
    EXPECT_EQ(answer.status, 403) << route.method << " " << path;
  }
  EXPECT_FALSE(device_->unlocked()) << "the committee's passphrase opens no record";
}

TEST_F(FrontTest, OtherSitesAndOtherNamesAreRefused) {
  ASSERT_EQ(SignIn(kLan, kUnitPassphrase).status, 303);
  const std::string csrf = CsrfOf(Get("/people"));
  const std::vector<std::pair<std::string, std::string>> fields = {{"csrf", csrf}};
  EXPECT_EQ(Post("/lock", fields, "http://127.0.0.1:9999").status, 403);
  EXPECT_EQ(Post("/lock", fields, "https://evil.example").status, 403);
  EXPECT_EQ(Post("/lock", fields, "null").status, 403);
  EXPECT_EQ(Post("/lock", fields, "").status, 403) << "neither Origin nor Sec-Fetch-Site";
  HttpRequest rebound = Request("GET", "/");
  rebound.headers["host"] = "evil.example:7780";
  const HttpResponse refused = front_->Handle(rebound);
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, Not(HasSubstr("<form")));
  EXPECT_EQ(Get("/people").status, 200) << "none of these locked it";
  EXPECT_EQ(Landing(Post("/lock", {{"csrf", std::string(csrf.size(), '0')}})).status, 403)
      << "wrong token";
  EXPECT_EQ(Post("/lock", fields).status, 303);
}

TEST_F(FrontTest, FiveIdleMinutesLockThePagesAndTheDevice) {
  ASSERT_EQ(SignIn(kLan, kUnitPassphrase, "8264").status, 303);
  EXPECT_TRUE(device_->unlocked());
  clock_.steady_ms += kIdleMsMax - 1;
  EXPECT_EQ(Get("/").status, 200);
  clock_.steady_ms += kIdleMsMax + 1;
  front_->Tick();
  EXPECT_FALSE(device_->unlocked()) << "sealed text leaves the memory";
  const HttpResponse locked = Get("/list/client");
  EXPECT_EQ(locked.status, 303);
  EXPECT_THAT(HeaderOf(locked, "Location"), HasSubstr("/lock?back=%2Flist%2Fclient"));
  const std::string csrf = CsrfOf(Get("/lock"));
  EXPECT_EQ(Landing(Post("/unlock", {{"csrf", csrf}, {"pin", "1111"}})).status, 403);
  const HttpResponse open =
      Post("/unlock", {{"csrf", csrf}, {"pin", "8264"}, {"back", "/list/client"}});
  EXPECT_EQ(open.status, 303) << open.body;
  EXPECT_EQ(HeaderOf(open, "Location"), "/list/client");
  EXPECT_TRUE(device_->unlocked());
}

TEST_F(FrontTest, WhatAPageAsksByItselfKeepsNobodySignedIn) {
  ASSERT_EQ(SignIn(kLan, kUnitPassphrase).status, 303);
  for (int i = 0; i < 4; ++i) {
    clock_.steady_ms += kIdleMsMax / 3;
    Get("/sync/state");
  }
  EXPECT_EQ(Get("/").status, 303) << "it is locked";
}

TEST_F(FrontTest, WrongPassphrasesSlowDown) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Landing(SignIn(kLan, "wrong passphrase")).status, 403);
  const HttpResponse waits = Landing(SignIn(kLan, kUnitPassphrase));
  EXPECT_EQ(waits.status, 403) << "right, but too early";
  EXPECT_THAT(waits.body, HasSubstr("đợi 1 giây"));
  clock_.steady_ms += 1000;
  EXPECT_EQ(SignIn(kLan, kUnitPassphrase).status, 303);
}

TEST_F(FrontTest, NobodyIsSentToAnotherSite) {
  for (const char* back : {"//evil.example/", "https://evil.example", "/\\evil.example", "x"}) {
    cookies_.clear();
    const std::string csrf = CsrfOf(Get("/sign-in"));
    const HttpResponse response = Post("/sign-in", {{"csrf", csrf},
                                                    {"name", std::string(kLan)},
                                                    {"passphrase", kUnitPassphrase},
                                                    {"back", back}});
    EXPECT_EQ(HeaderOf(response, "Location"), "/") << back;
  }
}

TEST_F(FrontTest, EveryPageForbidsStoringFramingAndInlineScripts) {
  ASSERT_EQ(SignIn(kLan, kUnitPassphrase).status, 303);
  for (const char* path : {"/", "/list/client", "/people", "/nothing", "/record/00"}) {
    const HttpResponse page = Get(path);
    EXPECT_EQ(HeaderOf(page, "Cache-Control"), "no-store") << path;
    EXPECT_THAT(HeaderOf(page, "Content-Security-Policy"), HasSubstr("default-src 'none'")) << path;
    EXPECT_THAT(page.body, Not(HasSubstr("style="))) << path;
    EXPECT_THAT(page.body, Not(HasSubstr("onclick"))) << path;
  }
}

TEST_F(FrontTest, NoFormIsCompletedByTheBrowserOrSentWithoutItsToken) {
  for (const EmbeddedFile& file : PageTemplates()) {
    std::string_view rest = file.bytes;
    for (std::size_t at; (at = rest.find("<form")) != rest.npos;) {
      rest.remove_prefix(at);
      const std::string_view head = rest.substr(0, rest.find('>'));
      const std::string_view form = rest.substr(0, rest.find("</form>"));
      EXPECT_NE(head.find("autocomplete=\"off\""), head.npos) << file.name << ": " << head;
      if (head.find("method=\"post\"") != head.npos) {
        EXPECT_NE(form.find("name=\"csrf\""), form.npos) << file.name << ": " << head;
      }
      rest.remove_prefix(head.size());
    }
  }
}

}  // namespace
}  // namespace tram::client
