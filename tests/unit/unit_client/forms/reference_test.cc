// References to one of many records: looked for by words, with JavaScript and without.
#include "app/drafts.h"
#include "tests/unit/unit_client/forms/form_fixture.h"
#include "web/reference_choices.h"

namespace tram::client {
namespace {

using testing::HasSubstr;
using testing::Not;

class ReferenceTest : public FormTest {
 protected:
  void SetUp() override {
    client_ = Client("Hoàng Văn Đạt");
    target_ = "/new/episode?parent=" + client_.Hex();
  }
  /// Saved without a form: these are many.
  RecordId Make(const std::string& type, const std::string& name) {
    RecordForm form;
    form.type = device().programme().ByName(type);
    const char* field = type == "worker" ? "display_name" : "full_name";
    form.values[form.type->ByName(field)->number] = name;
    auto saved = device().Save(form);
    EXPECT_TRUE(saved) << saved.error().message;
    return saved->record;
  }
  void Fill(const std::string& type) {
    for (std::size_t i = 0; i <= kReferenceChoicesMax; ++i) {
      Make(type, "Người thứ " + std::to_string(i));
    }
  }
  Json Choices(const std::string& field, const std::string& words) {
    Answer answer = Ask("POST", "/form/episode/choices", {{"field", field}, {"q", words}});
    return Json::parse(std::get<HttpResponse>(answer).body);
  }
  static std::string LocationOf(const Answer& answer) {
    const auto* response = std::get_if<HttpResponse>(&answer);
    EXPECT_NE(response, nullptr) << "a POST never answers with a page";
    if (response == nullptr) return "";
    for (const auto& [name, value] : response->headers) {
      if (name == "Location") return value;
    }
    return "";
  }
  static std::vector<std::string> Titles(const Json& options) {
    std::vector<std::string> titles;
    for (const Json& option : options) {
      titles.push_back(option.value(option.contains("title") ? "title" : "label", ""));
    }
    return titles;
  }

  RecordId client_;
  std::string target_;
};

TEST_F(ReferenceTest, AFewAreAListAndManyAreLookedFor) {
  Make("worker", "Mai");
  EXPECT_EQ(Drawn(PageAt(target_), "by")["finder"], false);
  EXPECT_THAT(Html(PageAt(target_)), Not(HasSubstr("name=\"find\"")));
  const RecordId oldest = device().view().Records(*device().programme().ByName("worker"))[0];
  Fill("worker");
  const Page page = PageAt(target_);
  const Json by = Drawn(page, "by");
  EXPECT_THAT(by["finder"]["said"].get<std::string>(), HasSubstr("50 trong 52"));
  EXPECT_EQ(by["options"].size(), kReferenceChoicesMax + 1) << "and none";
  EXPECT_EQ(Html(page).find(oldest.Hex()), std::string::npos) << "it is found by its name only";
  EXPECT_THAT(Html(page), HasSubstr("name=\"find\" value=\"by\""));
  EXPECT_EQ(Drawn(page, "friend")["finder"], false);
}

TEST_F(ReferenceTest, WithoutJavaScriptTheFormIsDrawnAgainWithWhatFits) {
  const RecordId wanted = Make("worker", "Nguyễn Thị Lụa");
  Fill("worker");
  HttpFields form = FormAt(target_);
  Type(form, "days", "12");
  Type(form, "weight", "nhiều");  // looking is not saving: what is wrong may stay so far
  form.erase("q.by");
  form.emplace("q.by", "nguyen lua");
  form.emplace("find", "by");
  const EntryNumber before = device().log().size();
  const std::string location = LocationOf(Ask("POST", "/new/episode", form));
  EXPECT_EQ(location, target_ + "&find=by#f-by") << "words stand in no address";
  EXPECT_EQ(device().log().size(), before);
  const Page page = PageAt(location.substr(0, location.find('#')));
  EXPECT_EQ(page.status, 200);
  const Json by = Drawn(page, "by");
  EXPECT_THAT(Titles(by["options"]), testing::Contains("Nguyễn Thị Lụa"));
  EXPECT_EQ(by["options"].size(), 2u) << "and none";
  EXPECT_EQ(by["looked"], true);
  EXPECT_THAT(by["finder"]["said"].get<std::string>(), HasSubstr("1 hồ sơ hợp"));
  HttpFields again = InputsOf(Html(page));
  EXPECT_EQ(FirstOf(again, "f.days"), "12");
  EXPECT_EQ(FirstOf(again, "f.weight"), "nhiều");
  EXPECT_EQ(FirstOf(again, "q.by"), "nguyen lua");
  Type(again, "weight", "60");
  Type(again, "by", wanted.Hex());
  const std::string op = OpIn(Sent("/new/episode", again));
  EXPECT_EQ(ValueOf(RecordOf(*OpId::FromHexText(op)), "by"), Value(wanted));
  EXPECT_TRUE(AllDrafts(device())->empty());
}

TEST_F(ReferenceTest, TheEnterKeyInItsBoxLooksAndElsewhereSaves) {
  Fill("worker");
  HttpFields form = FormAt(target_);
  form.emplace("go", "enter");
  HttpFields looking = form;
  looking.erase("q.by");
  looking.emplace("q.by", "thu 7");
  const EntryNumber before = device().log().size();
  EXPECT_THAT(LocationOf(Ask("POST", "/new/episode", looking)), HasSubstr("&find=by"));
  EXPECT_EQ(device().log().size(), before);
  EXPECT_THAT(LocationOf(Ask("POST", "/new/episode", form)), HasSubstr("saved="));
}

TEST_F(ReferenceTest, WhatWasChosenStaysWhereItDoesNotFitTheWords) {
  const RecordId chosen = Make("worker", "Bác sĩ Mai");
  Fill("worker");
  HttpFields form = FormAt(target_);
  form.erase("q.by");
  form.emplace("q.by", "không có ai");
  Type(form, "by", chosen.Hex());
  form.emplace("find", "by");
  const std::string location = LocationOf(Ask("POST", "/new/episode", form));
  const Page page = PageAt(location.substr(0, location.find('#')));
  EXPECT_THAT(Titles(Drawn(page, "by")["options"]), testing::Contains("Bác sĩ Mai"));
  EXPECT_EQ(FirstOf(InputsOf(Html(page)), "f.by"), chosen.Hex());
  EXPECT_THAT(Drawn(page, "by")["finder"]["said"].get<std::string>(),
              HasSubstr("Không có hồ sơ nào hợp"));
}

TEST_F(ReferenceTest, OnlyRecordsOfTheTypeThatTheFieldRefersToAreOffered) {
  const RecordId worker = Make("worker", "Trần An Bình"), client = Make("client", "Trần An Bình");
  const Json workers = Choices("by", "an binh"), clients = Choices("friend", "an binh");
  ASSERT_EQ(workers["choices"].size(), 1u);
  EXPECT_EQ(workers["choices"][0]["id"], worker.Hex());
  ASSERT_EQ(clients["choices"].size(), 1u);
  EXPECT_EQ(clients["choices"][0]["id"], client.Hex());
  EXPECT_THAT(clients["said"].get<std::string>(), HasSubstr("1 hồ sơ"));
  for (const char* field : {"intake", "nothing", "", "drug"}) {
    EXPECT_EQ(FailsWith("POST", "/form/episode/choices", {{"field", field}, {"q", ""}}),
              ErrorCode::kNotFound)
        << field;
  }
  EXPECT_EQ(FailsWith("POST", "/form/nothing/choices", {{"field", "by"}}), ErrorCode::kNotFound);
  // Whoever sends another one all the same is refused by the programme's rules.
  HttpFields form = FormAt(target_);
  Type(form, "by", client.Hex());
  EXPECT_NE(Drawn(Refused("/new/episode", form), "by")["error"], "");
}

TEST_F(ReferenceTest, EveryWordCountsAndAccentsDoNot) {
  for (const char* type : {"worker", "client"}) {
    Make(type, "Đỗ Thị Hương");
    Make(type, "Đỗ Văn Hùng");
    const RecordId gone = Make(type, "Đỗ Thị Huệ");
    ASSERT_TRUE(device().Delete(gone, "nhầm", std::nullopt));
    const std::string field = type == std::string("worker") ? "by" : "friend";
    EXPECT_THAT(Titles(Choices(field, "do hu")["choices"]),
                testing::UnorderedElementsAre("Đỗ Thị Hương", "Đỗ Văn Hùng"))
        << type;
    EXPECT_THAT(Titles(Choices(field, "HƯƠNG đỗ")["choices"]), testing::ElementsAre("Đỗ Thị Hương"))
        << type;
    EXPECT_TRUE(Choices(field, "do huong x")["choices"].empty()) << type;
  }
}

}  // namespace
}  // namespace tram::client
