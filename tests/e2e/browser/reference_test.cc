// A reference to one of many records in the browser: found as its name is typed and chosen with the
// keys, or with a text box and a button where scripts are blocked.
#include <gmock/gmock.h>

#include <fstream>

#include "tests/e2e/browser/pages_fixture.h"

namespace tram::test {
namespace {

using testing::HasSubstr;

constexpr char kDown[] = "\ue015", kEscape[] = "\ue00c";
constexpr char kProgramme[] = R"(
name = "visits"
version = 1
title = { vi = "Thăm khám", en = "Visits" }
[[record]]
number = 16
name = "helper"
shown_as = "name"
vi = "Cộng tác viên"
en = "Helper"
many = { vi = "Cộng tác viên", en = "Helpers" }
fields = [ { number = 16, name = "name", type = "text", max = 100, vi = "Tên", en = "Name" } ]
[[record]]
number = 17
name = "visit"
shown_as = "note"
vi = "Lần thăm"
en = "Visit"
many = { vi = "Các lần thăm", en = "Visits" }
fields = [
  { number = 16, name = "note", type = "text", max = 100, vi = "Ghi chú", en = "Note" },
  { number = 17, name = "by", type = "ref", refers_to = "helper", clear = true, vi = "Ai đi", en = "Who went" },
]
)";

class ReferencePagesTest : public PagesTest {
 protected:
  void SetUp() override {
    PagesTest::SetUp();
    if (IsSkipped()) return;
    const std::filesystem::path programme = scratch_ / "visits.toml",
                                names = scratch_ / "names.csv";
    std::ofstream(programme) << kProgramme;
    server_ = std::make_unique<RealServer>(
        scratch_ / "other", std::vector<std::string>{"--programme", programme.string()});
    server_->Start();
    SetUpUnit();
    std::ofstream csv(names);
    csv << "key,name\n0,Nguyễn Thị Lụa\nb,Trần Văn Bình\nc,Lê Bình An\n";
    for (int i = 1; i <= 60; ++i) csv << i << ",Người thứ " << i << "\n";
    csv.close();
    RealDevice(unit_->folder()).Json({"import", "helper", names.string()});
    browser_->Go(At("/new/visit"));
    browser_->Type("[name='f.note']", "thăm nhà");
  }
  bool Expanded() {
    return browser_->Run("return document.getElementById('f-by').ariaExpanded") == "true";
  }
  std::string Active() {
    return browser_->Run(
        "const id = document.getElementById('f-by').getAttribute('aria-activedescendant');"
        "return id ? document.getElementById(id).innerText : ''");
  }
};

TEST_F(ReferencePagesTest, ItIsFoundAsItIsTypedAndChosenWithTheKeys) {
  EXPECT_TRUE(browser_->Has("#f-by[role=combobox][aria-controls=l-by][aria-expanded=false]"));
  EXPECT_TRUE(browser_->Has("label[for=f-by]")) << "the label names it";
  EXPECT_FALSE(browser_->Has("button[name=find]"));
  browser_->Type("#f-by", "binh");
  browser_->Wait("document.querySelectorAll('#l-by [role=option]').length === 2");
  EXPECT_TRUE(Expanded());
  EXPECT_EQ(Active(), "") << "nothing is chosen by itself";
  Shoot("reference-list");
  browser_->Keys(kDown);
  browser_->Keys(kDown);
  EXPECT_THAT(Active(), HasSubstr("Bình"));
  browser_->Keys(kEscape);
  EXPECT_FALSE(Expanded());
  EXPECT_EQ(browser_->Value("[name='f.by']"), "");
  browser_->Type("#f-by", "lua");
  browser_->Wait("document.querySelectorAll('#l-by [role=option]').length === 1");
  browser_->Keys(kDown);
  browser_->Keys(kEnter);
  EXPECT_THAT(browser_->Url(), HasSubstr("/new/visit")) << "Enter chose, and saved nothing";
  EXPECT_FALSE(Expanded());
  EXPECT_EQ(browser_->Value("#f-by"), "Nguyễn Thị Lụa");
  EXPECT_NE(browser_->Value("[name='f.by']"), "");
  AwaitDraft();
  browser_->Reload();
  EXPECT_EQ(browser_->Value("#f-by"), "Nguyễn Thị Lụa") << "the draft has it";
  browser_->Follow("button[name=go][value=save]");
  EXPECT_THAT(browser_->Text(), HasSubstr("Nguyễn Thị Lụa"));
}

TEST_F(ReferencePagesTest, WithoutScriptsAButtonFindsIt) {
  browser_->BlockScripts();
  browser_->Go(At("/new/visit"));
  EXPECT_FALSE(browser_->Has("[role=combobox]"));
  browser_->Type("[name='f.note']", "thăm nhà");
  browser_->Type("[name='q.by']", "LUA");
  browser_->Follow("button[name=find]");
  EXPECT_EQ(browser_->Url().find("LUA"), std::string::npos);
  EXPECT_EQ(browser_->Value("[name='f.note']"), "thăm nhà");
  Shoot("reference-found");
  browser_->Run("document.getElementById('f-by').selectedIndex = 1");
  browser_->Follow("button[name=go][value=save]");
  EXPECT_THAT(browser_->Text(), HasSubstr("Nguyễn Thị Lụa"));
}

}  // namespace
}  // namespace tram::test
