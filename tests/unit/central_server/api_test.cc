// The interface for programs at its door: who gets in, what is refused and how that is said, what
// the trail says of it, and what figures look like there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>

#include "auth/refusal_notes.h"
#include "auth/request_rate.h"
#include "tests/unit/central_server/made_up_data.h"
#include "tests/unit/central_server/pages_fixture.h"
#include "tests/unit/central_server/visitor.h"
#include "web/api.h"
#include "web/api_problem.h"

namespace tram::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::set<Right> kBoth{Right::kActivity, Right::kOutcomes};

class ApiTest : public PagesTest {
 protected:
  void SetUp() override {
    PagesTest::SetUp();
    AddTestUnit("BG01", "24");
    manager_ = AddAccount("quan.ly", Role::kManager);
    Serve({{kTestHost}, false, &MadeUpDataSets()});
  }
  HttpResponse Ask(const std::string& target,
                   std::map<std::string, std::string, std::less<>> headers = {},
                   const std::string& method = "GET") {
    HttpRequest request;
    request.method = method;
    request.headers = std::move(headers);
    EXPECT_TRUE(SetTarget(request, target)) << target;
    return Send(std::move(request));
  }
  static Json Body(const HttpResponse& response) {
    Json json = Json::parse(response.body, nullptr, false);
    EXPECT_FALSE(json.is_discarded()) << response.body;
    return json;
  }
  /// A problem of this kind, said whole.
  static void ExpectProblem(const HttpResponse& response, int status, const std::string& name) {
    EXPECT_EQ(response.status, status) << response.body;
    EXPECT_EQ(response.content_type, "application/problem+json");
    const Json json = Body(response);
    EXPECT_EQ(json.value("type", ""), "/api#" + name);
    EXPECT_EQ(json.value("status", 0), status);
    EXPECT_NE(json.value("title", ""), "");
    EXPECT_NE(json.value("detail", ""), "");
    EXPECT_EQ(HeaderOf(response, "Cache-Control"), "no-store");
  }

  Account manager_;
};

// ---- who gets in ----

TEST_F(ApiTest, ATokenAloneGetsInAndNothingElse) {
  ExpectProblem(Ask("/api/v1"), 401, "no-token");
  EXPECT_EQ(HeaderOf(Ask("/api/v1"), "WWW-Authenticate"), "Bearer realm=\"Tram\"");
  Become(manager_);
  ExpectProblem(Ask("/api/v1/me"), 401, "no-token");
  const std::string cookie = cookie_;
  const std::string secret = AsToken(manager_, kBoth);
  EXPECT_EQ(Ask("/api/v1/me").status, 200);
  EXPECT_EQ(HeaderOf(Get("/"), "Location"), "/sign-in?back=%2F") << "no page is open to a token";
  EXPECT_EQ(Get("/api").status, 303);
  token_ = "";
  EXPECT_EQ(Ask("/api/v1/me", {{"authorization", "bEARER " + secret}}).status, 200);
  const std::vector<std::string> headers{"Basic " + secret,
                                         secret,
                                         "Bearer",
                                         "Bearer ",
                                         "Bearer " + secret + "0",
                                         "Bearer tram_" + std::string(64, 'A'),
                                         "Bearer " + cookie};
  for (const std::string& header : headers) {
    EXPECT_EQ(Ask("/api/v1/me", {{"authorization", header}}).status, 401) << header;
  }
  const HttpResponse wrong =
      Ask("/api/v1/me", {{"authorization", "Bearer tram_" + std::string(64, '0')}});
  ExpectProblem(wrong, 401, "bad-token");
  EXPECT_THAT(HeaderOf(wrong, "WWW-Authenticate"), HasSubstr("error=\"invalid_token\""));
  EXPECT_EQ(Ask("/api/v1/me?token=" + secret).status, 401) << "never in an address";
  EXPECT_EQ(HeaderOf(Ask("/api/v1/me"), "Set-Cookie"), "");
}

TEST_F(ApiTest, ItIsReadOnly) {
  AsToken(manager_, kBoth);
  for (const char* method : {"POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
    const HttpResponse response =
        Ask("/api/v1/me", {{"origin", std::string("http://") + kTestHost}}, method);
    ExpectProblem(response, 405, "method");
    EXPECT_EQ(HeaderOf(response, "Allow"), "GET, HEAD") << method;
  }
  EXPECT_EQ(Ask("/api/v1/me", {}, "HEAD").status, 200);
}

TEST_F(ApiTest, AnotherNameOfThisServerAndAnotherSitesScriptAreRefused) {
  AsToken(manager_, kBoth);
  ExpectProblem(Ask("/api/v1/me", {{"host", "evil.example"}}), 403, "not-permitted");
  ExpectProblem(Ask("/api/v1/me", {{"sec-fetch-site", "cross-site"}, {"sec-fetch-mode", "cors"}}),
                403, "not-permitted");
  const HttpResponse mine = Ask("/api/v1/me");
  EXPECT_EQ(HeaderOf(mine, "Access-Control-Allow-Origin"), "");
}

// ---- how often ----

TEST(RequestRateTest, SomeAtOnceThenOneAfterTheOther) {
  RequestRate rate;
  for (int i = 0; i < kRequestsAtOnce; ++i) ASSERT_EQ(rate.Take(1, 5000), 0) << i;
  EXPECT_EQ(rate.Take(1, 5000), kMsPerRequest);
  EXPECT_EQ(rate.Take(1, 5400), kMsPerRequest - 400) << "what is refused is not counted";
  EXPECT_EQ(rate.Take(2, 5400), 0) << "another token has its own";
  EXPECT_EQ(rate.Take(1, 5000 + kMsPerRequest), 0);
  EXPECT_EQ(rate.Take(1, 5000 + kMsPerRequest), kMsPerRequest);
  for (TokenNumber token = 10; token < 5000; ++token) {
    EXPECT_EQ(rate.Take(token, 5000 + token * kMsPerRequest), 0);
  }
  EXPECT_LT(rate.size(), 1100u) << "who is quiet is forgotten";
}

TEST_F(ApiTest, WhoAsksTooOftenIsToldHowLongToWait) {
  AsToken(manager_, kBoth);
  for (int i = 0; i < kRequestsAtOnce; ++i) ASSERT_EQ(Ask("/api/v1").status, 200) << i;
  const std::string before = Trail();
  const HttpResponse refused = Ask("/api/v1");
  ExpectProblem(refused, 429, "too-many");
  EXPECT_EQ(HeaderOf(refused, "Retry-After"), "1");
  EXPECT_EQ(Trail(), before) << "asking too often fills no trail";
  const std::string busy = token_;
  AsToken(AddAccount("khac", Role::kManager), kBoth);
  EXPECT_EQ(Ask("/api/v1").status, 200) << "others are not held up";
  token_ = busy;
  clock_.ms += kMsPerRequest;
  EXPECT_EQ(Ask("/api/v1").status, 200);
  EXPECT_EQ(Ask("/api/v1").status, 429);
}

TEST_F(ApiTest, AFloodOfWrongTokensCostsLittleAndLocksNobodyOut) {
  AsToken(manager_, kBoth);
  const std::string right = token_;
  std::string wrong = "tram_" + std::string(64, '0');
  for (int i = 0; i < 3000; ++i) {
    const std::string digits = std::to_string(i);
    token_ = wrong.replace(wrong.size() - digits.size(), digits.size(), digits);
    ASSERT_EQ(Ask("/api/v1/me").status, 401);
  }
  token_ = right;
  EXPECT_EQ(Ask("/api/v1/me").status, 200);
  EXPECT_EQ(front_->secrets().done(), 0u) << "nothing is hashed at a password's cost";
  const std::string trail = Trail();
  int noted = 0;
  for (std::size_t at = 0; (at = trail.find("api: token refused", at)) != trail.npos; ++at) ++noted;
  EXPECT_EQ(noted, kRefusalsPerHourMax);
  EXPECT_THAT(trail, Not(HasSubstr("tram_")));
}

TEST_F(ApiTest, WhatIsNoTokenAtAllDoesNotEvenReachTheOwnersThread) {
  std::promise<void> go_on, held;
  ASSERT_TRUE(owner_->Post([&] {
    held.set_value();
    go_on.get_future().wait();
  }));
  held.get_future().wait();
  const auto answered_at_once = [&](const std::string& method, const std::string& header) {
    HttpRequest request;
    request.method = method;
    EXPECT_TRUE(SetTarget(request, "/api/v1/me"));
    request.headers = {{"host", kTestHost}, {"authorization", header}};
    auto status = std::make_shared<std::atomic<int>>(0);
    front_->Handle(std::move(request),
                   [status](const HttpResponse& response) { *status = response.status; });
    return status->load();
  };
  EXPECT_EQ(answered_at_once("GET", ""), 401);
  EXPECT_EQ(answered_at_once("GET", "Bearer tram_x"), 401);
  EXPECT_EQ(answered_at_once("POST", ""), 405);
  EXPECT_EQ(answered_at_once("GET", "Bearer tram_" + std::string(64, '0')), 0) << "this one waits";
  go_on.set_value();
}

// ---- the trail ----

TEST_F(ApiTest, EveryAnswerIsInTheTrailBeforeItIsGiven) {
  AsToken(manager_, {Right::kActivity});
  Ask("/api/v1/data/visits?unit=BG01&lang=en");
  Ask("/api/v1/data/states");
  Ask("/api/v1/nowhere");
  const std::string trail = Trail();
  EXPECT_THAT(trail,
              HasSubstr("token:quan.ly/kho: api 200 /api/v1/data/visits?unit=BG01&lang=en\n"));
  EXPECT_THAT(trail, HasSubstr("token:quan.ly/kho: api 403 /api/v1/data/states\n"));
  EXPECT_THAT(trail, HasSubstr("token:quan.ly/kho: api 404 /api/v1/nowhere\n"));
  Ask("/api/v1/data/visits?unit=%0Atoken:giả\x7f" + std::string(500, 'x'));
  EXPECT_THAT(Trail(), HasSubstr("unit=%0Atoken:gi???"));
  EXPECT_THAT(Trail(), Not(HasSubstr(std::string(250, 'x'))));
  OnOwner([](ServerState& server, RollupWorker&) -> Status {
    return server.store().database().Execute("ALTER TABLE audit RENAME TO gone");
  });
  const HttpResponse without = Ask("/api/v1/data/visits?unit=BG01");
  EXPECT_EQ(without.status, 500);
  EXPECT_THAT(without.body, Not(HasSubstr("BG01")));
}

// ---- figures ----

TEST_F(ApiTest, RowsAreObjectsAndWhatIsHiddenIsNullAndNamed) {
  AsToken(manager_, kBoth);
  const Json table = Body(Ask("/api/v1/data/states?lang=en"));
  const Json row{{"state", "“quoted” <b>"},
                 {"persons", 35},
                 {"died", nullptr},
                 {"share", 0.6},
                 {"interval", {{"low", 0.4}, {"high", 0.75}}},
                 {"days", nullptr},
                 {"note", nullptr},
                 {"hidden", {"died"}}};
  EXPECT_EQ(table.at("rows"), Json::array({row})) << table.dump();
  EXPECT_TRUE(table.at("rows").at(0).at("persons").is_number_integer());
  EXPECT_EQ(table.at("columns").at(2),
            Json({{"name", "died"}, {"label", "Died"}, {"kind", "count"}, {"definition", ""}}));
  EXPECT_EQ(table.at("age").at("as_of"), "2026-10-31");
  EXPECT_EQ(table.at("age").at("published"), UtcText(clock_.ms));
  EXPECT_THAT(UtcText(clock_.ms), ::testing::MatchesRegex("....-..-..T..:..:..Z"));
  EXPECT_EQ(table.at("about"), Json::array({"an explanation"}));
  const Json visits = Body(Ask("/api/v1/data/visits?unit=BG01"));
  EXPECT_EQ(visits.at("age").at("as_of"), nullptr);
  EXPECT_FALSE(visits.at("rows").at(0).contains("hidden"));
  EXPECT_EQ(visits.at("columns").at(0).at("label"), "Đơn vị") << "Vietnamese unless asked";
  EXPECT_EQ(visits.at("title"), "Bảng thử");
}

TEST_F(ApiTest, AParameterThatIsUnknownMissingOrWrongIsRefusedAndNamed) {
  AsToken(manager_, kBoth);
  const auto refused = [&](const std::string& target, const std::string& name) {
    const HttpResponse response = Ask(target);
    ExpectProblem(response, 400, "invalid");
    EXPECT_THAT(Body(response).value("detail", ""), HasSubstr(name)) << target;
  };
  refused("/api/v1/data/visits?unit=BG01&mouth=2026-10", "mouth");
  refused("/api/v1/data/visits", "unit=BG01");
  refused("/api/v1/data/visits?unit=BG01&kind=c", "a, b");
  refused("/api/v1/data/states?lang=fr", "vi, en");
  refused("/api/v1/me?x=1", "x");
  EXPECT_EQ(Ask("/api/v1/data/visits?unit=BG01&kind=b&lang=en").status, 200);
  ExpectProblem(Ask("/api/v1/data/visits?unit=XX"), 404, "not-found");
  ExpectProblem(Ask("/api/v1/data/none"), 404, "not-found");
  EXPECT_THAT(Body(Ask("/api/v1/data/none?lang=en")).value("detail", ""),
              HasSubstr("there is no such data set"));
  EXPECT_THAT(Body(Ask("/api/v1/data/none")).value("detail", ""), HasSubstr("không có bảng"));
}

TEST_F(ApiTest, WhatIsMissingForAReadIsSaid) {
  AsToken(manager_, {Right::kActivity});
  const HttpResponse scope = Ask("/api/v1/data/states?lang=en");
  ExpectProblem(scope, 403, "not-permitted");
  EXPECT_THAT(Body(scope).value("detail", ""), HasSubstr("has not the scope 'outcomes'"));
  EXPECT_THAT(HeaderOf(scope, "WWW-Authenticate"), HasSubstr("insufficient_scope"));
  AsToken(manager_, {Right::kUnits, Right::kAccounts});
  EXPECT_THAT(Body(Ask("/api/v1/data/unit_list?lang=en")).value("detail", ""),
              HasSubstr("role does not include 'units'"));
  EXPECT_THAT(Body(Ask("/api/v1/data/people?lang=en")).value("detail", ""),
              HasSubstr("not for programs"));
}

TEST_F(ApiTest, WhoHasTheFiguresAlreadyIsToldThatTheyAreTheSame) {
  AsToken(manager_, kBoth);
  const HttpResponse first = Ask("/api/v1/data/visits?unit=BG01");
  const std::string tag = HeaderOf(first, "ETag");
  ASSERT_NE(tag, "");
  clock_.ms += 3'600'000;  // made again, an hour later
  const HttpResponse same =
      Ask("/api/v1/data/visits?unit=BG01", {{"if-none-match", "W/\"other\", " + tag}});
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.body, "");
  EXPECT_EQ(HeaderOf(same, "ETag"), tag);
  EXPECT_EQ(Ask("/api/v1/data/visits?unit=BG01&lang=en", {{"if-none-match", tag}}).status, 200);
  EXPECT_THAT(Trail(), HasSubstr("api 304 /api/v1/data/visits?unit=BG01\n"));
}

// ---- what there is ----

TEST_F(ApiTest, WhatThereIsIsListedForWhoAsks) {
  AsToken(manager_, kBoth);
  const Json data = Body(Ask("/api/v1/data?lang=en")).at("data");
  ASSERT_EQ(data.size(), 3u) << "what is for people alone is not there";
  EXPECT_EQ(data.at(0).at("path"), "/api/v1/data/visits");
  EXPECT_EQ(data.at(0).at("scope"), "activity");
  EXPECT_EQ(data.at(0).at("permitted"), true);
  EXPECT_EQ(data.at(0).at("parameters").at(0).at("required"), true);
  EXPECT_EQ(data.at(2).at("permitted"), false);
  const Json me = Body(Ask("/api/v1/me"));
  EXPECT_EQ(me.at("account"), "quan.ly");
  EXPECT_EQ(me.at("label"), "kho");
  EXPECT_EQ(me.at("scopes"), Json({"activity", "outcomes"}));
  EXPECT_EQ(me.at("places").at("country"), true);
  AsToken(AddAccount("can.bo", Role::kProvince, {"24"}), {Right::kOutcomes, Right::kUnits});
  const Json his = Body(Ask("/api/v1/me"));
  EXPECT_EQ(his.at("rights"), Json({"outcomes"})) << "of the scopes what the role has";
  EXPECT_EQ(his.at("places").at("provinces").at(0).at("code"), "24");
}

TEST_F(ApiTest, TheOpenApiDocumentHoldsEveryRouteAndEveryDataSet) {
  AsToken(manager_, kBoth);
  for (const char* language : {"vi", "en"}) {
    const Json document = Body(Ask(std::string("/api/v1/openapi.json?lang=") + language));
    const Json& paths = document.at("paths");
    std::size_t expected = 0;
    for (const ApiRoute& route : ApiRoutes()) {
      if (route.of_data_sets) continue;
      ++expected;
      EXPECT_TRUE(paths.contains(std::string(route.pattern))) << route.pattern;
    }
    for (const DataSet& set : MadeUpDataSets()) {
      const std::string path = "/api/v1/data/" + std::string(set.name);
      EXPECT_EQ(paths.contains(path), set.name != "people") << path;
      if (set.name == "people") continue;
      ++expected;
      const Json& get = paths.at(path).at("get");
      EXPECT_EQ(get.at("security").at(0).at("token").at(0), std::string(RightName(set.right)));
      EXPECT_EQ(get.at("parameters").size(), set.parameters.size() + 1) << "and lang";
      EXPECT_EQ(get.at("summary"), language == std::string("vi") ? set.title.vi : set.title.en);
    }
    EXPECT_EQ(paths.size(), expected);
  }
}

TEST_F(ApiTest, ThePageSaysWhatTheReaderMayTakeAndEveryProblem) {
  Become(AddAccount("quan.tri", Role::kAdministrator));
  const std::string page = Get("/api").body;
  EXPECT_THAT(page, HasSubstr("http://127.0.0.1:8080/api/v1/data/visits?unit=BG01"));
  EXPECT_THAT(page, HasSubstr("/api/v1/data/unit_list"));
  EXPECT_THAT(page, Not(HasSubstr("/api/v1/data/states"))) << "not his";
  EXPECT_THAT(page, Not(HasSubstr("/api/v1/data/people")));
  for (const ProblemKind& kind : ProblemKinds()) {
    EXPECT_THAT(page, HasSubstr("id=\"" + std::string(kind.name) + "\"")) << "its type leads there";
  }
  Become(manager_);
  EXPECT_THAT(Get("/api").body, HasSubstr("/api/v1/data/states"));
}

}  // namespace
}  // namespace tram::server
