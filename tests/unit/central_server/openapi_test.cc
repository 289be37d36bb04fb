// The OpenAPI document is one, by the published schema of OpenAPI 3.1; and every answer of the
// interface is as the document says, what goes wrong too.
#include <gtest/gtest.h>

#include "exchange/dhis2_mapping.h"
#include "tests/support/openapi_check.h"
#include "tests/unit/central_server/made_up_data.h"
#include "tests/unit/central_server/pages_fixture.h"

namespace tram::server {
namespace {

class OpenApiTest : public PagesTest {
 protected:
  void SetUp() override {
    if (const std::string missing = test::OpenApiCheckMissing(); !missing.empty()) {
      GTEST_SKIP() << missing;
    }
    PagesTest::SetUp();
    AddTestUnit("BG01", "24");
    Serve({{kTestHost}, false, &MadeUpDataSets()});
    OnOwner([](ServerState& server, RollupWorker&) {
      return UseMapping(server, "what,code,item,uid\nunit,BG01,,DiszpKrYNg8\n", "test");
    });
    manager_ = AddAccount("quan.ly", Role::kManager);
    admin_ = AddAccount("quan.tri", Role::kAdministrator);
  }
  void Ask(const std::string& target) {
    const HttpResponse response = Get(target);
    answers_.push_back({target, response.status, response.content_type, response.body});
  }
  void AskAll() {
    for (const char* target :
         {"/api/v1", "/api/v1/me", "/api/v1/openapi.json", "/api/v1/data",
          "/api/v1/data/visits?unit=BG01", "/api/v1/data/states?lang=en", "/api/v1/data/unit_list",
          "/api/v1/data/visits", "/api/v1/data/none", "/api/v1/data/visits?unit=XX", "/api/v1/x",
          "/api/v1/data/states?lang=fr", "/api/v1/dhis2/data-value-set",
          "/api/v1/fhir/measure-reports?by=country", "/api/v1/fhir/measure-reports?by=town"}) {
      Ask(target);
    }
  }
  std::string Wrong(const std::string& document) const {
    std::string lines;
    for (const std::string& line : test::CheckOpenApi(document, answers_)) lines += line + "\n";
    return lines;
  }

  Account manager_, admin_;
  std::vector<test::ApiAnswer> answers_;
};

TEST_F(OpenApiTest, TheDocumentIsOneAndEveryAnswerIsAsItSays) {
  for (const Account& account : {manager_, admin_}) {
    AsToken(account, {std::begin(kRights), std::end(kRights)});
    AskAll();
  }
  AsToken(AddAccount("ban", Role::kCommittee, {}, 1), {});
  AskAll();
  AsToken(AddAccount("tinh", Role::kProvince, {"24"}), {Right::kActivity});
  AskAll();
  token_ = "";
  AskAll();
  token_ = "tram_" + std::string(64, '0');
  AskAll();
  AsToken(manager_, {Right::kActivity});
  for (const char* language : {"vi", "en"}) {
    EXPECT_EQ(Wrong(Get(std::string("/api/v1/openapi.json?lang=") + language).body), "");
  }
}

// The check itself: what is not as the document says is named.
TEST_F(OpenApiTest, WhatIsNotAsTheDocumentSaysIsNamed) {
  AsToken(manager_, {Right::kActivity, Right::kOutcomes});
  const std::string document = Get("/api/v1/openapi.json").body;
  Ask("/api/v1/data/states");
  answers_.back().body.replace(answers_.back().body.find("\"age\""), 5, "\"agf\"");
  const std::string wrong = Wrong(document);
  EXPECT_NE(wrong.find("/api/v1/data/states: 200: / must have required property 'age'"),
            std::string::npos)
      << wrong;
  EXPECT_NE(wrong.find("/api/v1/me: has no answer"), std::string::npos) << wrong;
  Json broken = Json::parse(document);
  broken["paths"]["/api/v1/me"]["get"]["responses"]["200"].erase("description");
  EXPECT_NE(Wrong(broken.dump()).find("openapi.json: /paths/~1api~1v1~1me/get"), std::string::npos);
}

}  // namespace
}  // namespace tram::server
