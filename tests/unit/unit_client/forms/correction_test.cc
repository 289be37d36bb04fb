// Why a stored record is corrected: asked for where it is changed, told where it is read.
#include "tests/unit/unit_client/forms/form_fixture.h"
#include "web/record_words.h"

namespace tram::client {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class CorrectionTest : public FormTest {
 protected:
  void SetUp() override { client_ = Client("Hoa"); }
  std::string EditPath() { return RecordPath(client_, "/edit"); }
  HttpFields Corrected(const std::string& name, const std::string& reason, std::size_t at = 0) {
    clock_.now_ms += 60'000;
    HttpFields form = FormAt(EditPath(), at);
    Type(form, "full_name", name);
    form.erase("reason");
    form.emplace("reason", reason);
    return form;
  }
  std::vector<std::string> LastLines() {
    const Json changes = PageAt(RecordPath(client_, "/history")).model["changes"];
    std::vector<std::string> lines;
    for (const Json& line : changes.back()["lines"]) lines.push_back(line["text"]);
    return lines;
  }

  RecordId client_;
};

TEST_F(CorrectionTest, TheFormOfAStoredRecordAsksWhyAndANewOneDoesNot) {
  const std::string html = Html(PageAt(EditPath()));
  EXPECT_THAT(html, HasSubstr("Lý do sửa"));
  EXPECT_THAT(html, HasSubstr("<datalist id=\"correction-reasons\"><option value=\"Gõ nhầm\">"));
  EXPECT_THAT(Html(PageAt(EditPath()), Language::kEnglish), HasSubstr("Why it is corrected"));
  EXPECT_THAT(Html(PageAt("/new/client")), Not(HasSubstr("Lý do sửa")));
}

TEST_F(CorrectionTest, TheReasonIsToldInTheHistory) {
  Sent(EditPath(), Corrected("Hòa", "  gõ nhầm "));
  EXPECT_THAT(LastLines(), Contains("Lý do: gõ nhầm"));
  Sent(EditPath(), Corrected("Hoà An", ""));
  EXPECT_THAT(LastLines(), Not(Contains(HasSubstr("Lý do"))));
}

TEST_F(CorrectionTest, AReasonAloneIsNotSaved) {
  const EntryNumber before = device().log().size();
  EXPECT_EQ(Sent(EditPath(), Corrected("Hoa", "gõ nhầm")), RecordPath(client_));
  EXPECT_EQ(device().log().size(), before);
  EXPECT_EQ(FirstOf(FormAt(EditPath()), "reason"), "") << "nothing is left half typed";
}

TEST_F(CorrectionTest, ItIsKeptInTheDraft) {
  const HttpFields form = Corrected("Hoa", "gõ nhầm");
  EXPECT_EQ(std::get<HttpResponse>(Ask("POST", "/draft", form)).status, 204);
  Reopen();
  EXPECT_EQ(FirstOf(FormAt(EditPath()), "reason"), "gõ nhầm");
  EXPECT_FALSE(PageAt(EditPath()).model["draft"].is_null());
}

TEST_F(CorrectionTest, OneThatIsTooLongIsRefusedAndNothingTypedIsLost) {
  const std::string reason(kReasonBytesMax + 1, 'x');
  const Page page = Refused(EditPath(), Corrected("Hòa", reason));
  EXPECT_EQ(page.status, 422);
  const std::string html = Html(page);
  EXPECT_THAT(html, HasSubstr("href=\"#correction-reason\""));
  EXPECT_THAT(html, HasSubstr("aria-describedby=\"correction-help correction-error\""));
  const HttpFields again = InputsOf(html);
  EXPECT_EQ(FirstOf(again, "reason"), reason);
  EXPECT_EQ(FirstOf(again, "f.full_name"), "Hòa");
  EXPECT_EQ(ValueOf(client_, "full_name"), Value(std::string("Hoa")));
}

TEST_F(CorrectionTest, WhatNobodyCanReadIsRefusedInWords) {
  const Page page = Refused(EditPath(), Corrected("Hòa", "\xff"));
  EXPECT_THAT(Html(page), HasSubstr("Có chữ không đọc được"));
  EXPECT_EQ(ValueOf(client_, "full_name"), Value(std::string("Hoa")));
}

TEST_F(CorrectionTest, TwoDevicesMayGiveDifferentReasons) {
  PassAll();
  HttpFields theirs = FormAt(EditPath(), 1);
  Sent(EditPath(), Corrected("Hòa", "gõ nhầm"));
  clock_.now_ms += 60'000;
  Type(theirs, "phone", "0901");
  theirs.erase("reason");
  theirs.emplace("reason", "đổi số");
  Sent(EditPath(), theirs, 1);
  PassAll();
  for (const std::size_t at : {0u, 1u}) {
    EXPECT_TRUE(device(at).view().Conflicts().empty()) << at;
    EXPECT_EQ(ValueOf(client_, "full_name", at), Value(std::string("Hòa"))) << at;
    EXPECT_EQ(ValueOf(client_, "phone", at), Value(std::string("0901"))) << at;
  }
}

TEST_F(CorrectionTest, ItIsUndoneAndDoneAgain) {
  const std::string op = OpIn(Sent(EditPath(), Corrected("Hòa", "gõ nhầm")));
  const std::string undo = OpIn(Sent("/undo/" + op, {}));
  EXPECT_EQ(ValueOf(client_, "full_name"), Value(std::string("Hoa")));
  Sent("/undo/" + undo, {});
  EXPECT_EQ(ValueOf(client_, "full_name"), Value(std::string("Hòa")));
}

}  // namespace
}  // namespace tram::client
