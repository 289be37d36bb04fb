// Questions of the province in the pages: read and answered; nobody is offered to add, delete or
// merge one.
#include <gmock/gmock.h>

#include "tests/support/province.h"
#include "tests/unit/unit_client/page_fixture.h"

namespace tram::client {
namespace {

using testing::HasSubstr;
using testing::Not;

class ProvincePagesTest : public PageTest {
 protected:
  void SetUp() override {
    PageTest::SetUp();
    client_ = Add("client", {{"full_name", "Lò Văn Páo"}});
    question_ = test::WriteAsProvince(
        *device_, "question", {{"about", client_.Hex()}, {"text", "Ngày này có đúng không?"}});
  }
  Page Get(std::span<const Route> routes, const std::string& path) {
    return PageOf(Run(routes, "GET", path));
  }
  ErrorCode Refused(std::span<const Route> routes, const std::string& method,
                    const std::string& path, const HttpFields& form = {}) {
    const EntryNumber before = device_->log().size();
    const auto answer = Run(routes, method, path, form);
    EXPECT_FALSE(answer) << path;
    EXPECT_EQ(device_->log().size(), before) << path;
    if (answer) return ErrorCode::kIo;
    EXPECT_THAT(answer.error().message, HasSubstr("do tỉnh ghi")) << path;
    return answer.error().code;
  }
  std::string Answered() {
    const auto record = device_->view().Find(question_);
    const Field& field = *record->type->ByName("answer");
    return FieldText(device_->programme(), field, FindFieldView(*record, field.number)->value);
  }

  RecordId client_, question_;
};

TEST_F(ProvincePagesTest, TheQuestionIsReadAboveItsAnswer) {
  const Page page = Get(FormRoutes(), RecordPath(question_, "/edit"));
  ASSERT_EQ(page.model["said"].size(), 2u);
  EXPECT_EQ(page.model["said"][0]["value"], "Lò Văn Páo");
  EXPECT_EQ(page.model["said"][0]["href"], RecordPath(client_));
  EXPECT_EQ(page.model["said"][1]["value"], "Ngày này có đúng không?");
  const std::string html = Drawn(page, Language::kVietnamese);
  EXPECT_THAT(html, HasSubstr("name=\"f.answer\""));
  EXPECT_THAT(html, HasSubstr("name=\"f.answer_text\""));
  for (const char* input : {"f.text", "f.about", "f.state", "was.text"}) {
    EXPECT_THAT(html, Not(HasSubstr(std::string("name=\"") + input + "\""))) << input;
  }
  EXPECT_THAT(page.title, HasSubstr("Trả lời"));
}

TEST_F(ProvincePagesTest, AnAnswerIsSavedAndWhatElseIsPostedIsNot) {
  const std::string path = RecordPath(question_, "/edit");
  const HttpFields form = {{"f.answer", "right"}, {"was.answer", ""},    {"from.answer", ""},
                           {"f.text", "Khác"},    {"was.text", "Khác?"}, {"go", "save"}};
  const std::string to = HeaderOf(ResponseOf(Run(FormRoutes(), "POST", path, form)), "Location");
  EXPECT_THAT(to, HasSubstr("saved="));
  EXPECT_EQ(Answered(), "right");
  EXPECT_EQ(device_->view().Title(question_, DateOf(2026, 11, 22))->title,
            "Ngày này có đúng không?");
}

TEST_F(ProvincePagesTest, NobodyIsOfferedToAddOrDeleteOne) {
  const std::string record = Drawn(Get(RecordRoutes(), RecordPath(question_)), Language::kEnglish);
  EXPECT_THAT(record, HasSubstr("/edit\" accesskey=\"e\">Answer</a>"));
  EXPECT_THAT(record, Not(HasSubstr("/delete")));
  const std::string books = Drawn(Get(ListRoutes(), "/registers"), Language::kEnglish);
  EXPECT_THAT(books, HasSubstr("/list/question"));
  EXPECT_THAT(books, Not(HasSubstr("/new/question")));
  EXPECT_THAT(books, HasSubstr("/new/training"));
  const std::string list = Drawn(Get(ListRoutes(), "/list/question"), Language::kEnglish);
  EXPECT_THAT(list, Not(HasSubstr("/new/question")));
  EXPECT_EQ(Get(TodayRoutes(), "/due/questions").model["list"]["count"], 1);
}

TEST_F(ProvincePagesTest, WhoAsksForItAnyhowIsRefusedInHisLanguage) {
  const HttpFields reason = {{"reason", "không thích"}, {"drawn", ""}};
  EXPECT_EQ(Refused(FormRoutes(), "GET", "/new/question"), ErrorCode::kInvalid);
  EXPECT_EQ(Refused(FormRoutes(), "POST", "/new/question", {{"f.text", "Tự hỏi?"}}),
            ErrorCode::kInvalid);
  const auto at = [&](const char* what) { return RecordPath(question_, what); };
  EXPECT_EQ(Refused(HistoryRoutes(), "GET", at("/delete")), ErrorCode::kInvalid);
  EXPECT_EQ(Refused(HistoryRoutes(), "POST", at("/delete"), reason), ErrorCode::kInvalid);
  EXPECT_EQ(Refused(HistoryRoutes(), "POST", at("/undelete")), ErrorCode::kInvalid);
  const RecordId other = test::WriteAsProvince(*device_, "question", {{"text", "Và ngày kia?"}});
  const Page merge = Get(ConflictRoutes(), at("/merge?with=") + other.Hex());
  EXPECT_THAT(merge.model["obstacle"].get<std::string>(), HasSubstr("do tỉnh ghi"));
}

}  // namespace
}  // namespace tram::client
