// A health worker's day in the browser: recording without a network, what is half typed, what a
// power cut takes, what goes to the server.
#include <gmock/gmock.h>

#include "tests/e2e/browser/pages_fixture.h"

namespace tram::test {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST_F(PagesTest, ADayIsRecordedOfflineAndSentWhenThereIsANetwork) {
  SetUpUnit();
  BecomeWorker("Nguyễn Thị Lan");
  server_->Stop();
  browser_->Go(At("/new/client"));
  Shoot("new-client");
  browser_->Type("[name='f.full_name']", "Đỗ Minh Hà");
  browser_->Click("#f-sex");
  browser_->Follow("button[name=go][value=next]");  // his first stay in treatment
  Shoot("new-episode");
  EXPECT_THAT(browser_->Text(), HasSubstr("Đỗ Minh Hà")) << "whose episode it is";
  browser_->Follow("button[name=go][value=next]");  // and the first session
  Shoot("new-session");
  browser_->Type("[name='f.note']", "muốn về quê làm vườn");
  browser_->Follow("button[name=go][value=save]");
  const std::string page = browser_->Text();
  EXPECT_THAT(page, HasSubstr("Đỗ Minh Hà"));
  EXPECT_THAT(page, HasSubstr("Đã lưu trên máy này"));
  EXPECT_THAT(page, HasSubstr("Nguyễn Thị Lan")) << "who recorded it";
  Shoot("person");
  EXPECT_THAT(browser_->Text("footer"), Not(HasSubstr("Không có gì chờ gửi")));
  browser_->Go(At("/"));
  Shoot("today");

  browser_->Go(At("/list/client"));
  browser_->Type("input[type=search]", "do minh");
  browser_->Wait("document.querySelector('#results').innerText.includes('Đỗ Minh Hà')");
  browser_->Type("input[type=search]", "khong co ai");
  browser_->Wait("!document.querySelector('#results').innerText.includes('Đỗ Minh Hà')");

  server_->Start();
  browser_->Go(At("/sync"));
  Shoot("sync-waiting");
  browser_->Follow("form[action='/sync'] button");
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (browser_->Text("footer").find("Không có gì chờ gửi") == std::string::npos) {
    ASSERT_LT(std::chrono::steady_clock::now(), until) << browser_->Text();
    browser_->Reload();
  }
  Shoot("sync-done");
}

TEST_F(PagesTest, WhatIsHalfTypedSurvivesReloadLockAndPowerCut) {
  SetUpUnit();
  browser_->Go(At("/new/client"));
  browser_->Type("[name='f.full_name']", "Lò Văn Páo");
  AwaitDraft();
  browser_->Reload();
  EXPECT_EQ(browser_->Value("[name='f.full_name']"), "Lò Văn Páo");
  Shoot("draft");
  browser_->Follow("header form[action='/lock'] button");
  browser_->Type("#passphrase", kTestPassphrase);
  browser_->Follow("main button.primary");
  browser_->Go(At("/new/client"));
  EXPECT_EQ(browser_->Value("[name='f.full_name']"), "Lò Văn Páo");
  unit_->Kill();
  unit_->Start();
  SignIn();
  browser_->Go(At("/new/client"));
  EXPECT_EQ(browser_->Value("[name='f.full_name']"), "Lò Văn Páo");
}

TEST_F(PagesTest, KilledInTheMiddleOfASaveItIsSavedOrStillBeingTyped) {
  SetUpUnit();
  for (int round = 0; round < 4; ++round) {
    const std::string name = "Người thứ " + std::to_string(round);
    browser_->Go(At("/new/client"));
    browser_->Type("[name='f.full_name']", name);
    AwaitDraft();
    browser_->Run("document.getElementById('form').requestSubmit(); return true");
    unit_->Kill();
    unit_->Start();
    SignIn();
    browser_->Go(At("/list/client"));
    if (browser_->Text("#results").find(name) != std::string::npos) continue;
    browser_->Go(At("/new/client"));
    EXPECT_EQ(browser_->Value("[name='f.full_name']"), name);
    browser_->Follow("button[name=go][value=save]");
  }
}

TEST_F(PagesTest, WhatIsWrongStandsBesideItsField) {
  SetUpUnit();
  browser_->Go(At("/new/client"));
  browser_->Type("[name='f.birth_year']", "một nghìn");
  browser_->Run("document.querySelectorAll('details').forEach((d) => { d.open = true; })");
  browser_->Follow("button[name=go][value=save]");
  EXPECT_TRUE(browser_->Has(".field.wrong[data-field=birth_year] .error"));
  EXPECT_EQ(browser_->Value("[name='f.birth_year']"), "một nghìn") << "what was typed stays";
  Shoot("form-wrong");
}

}  // namespace
}  // namespace tram::test
