// A person who seems to be registered already is not registered again before somebody has looked.
// Here the programme's check compares phone numbers, and nothing else does.
#include "app/drafts.h"
#include "app/same_person.h"
#include "tests/unit/unit_client/forms/form_fixture.h"

namespace tram::client {
namespace {

using testing::HasSubstr;
using testing::Not;

class SameWarningTest : public FormTest {
 protected:
  /// Saved without a form, as what comes from another device: drafts stay as they are.
  RecordId Known(const std::string& name, const std::string& phone) {
    RecordForm form;
    form.type = device().programme().ByName("client");
    form.values[form.type->ByName("full_name")->number] = name;
    form.values[form.type->ByName("phone")->number] = phone;
    auto saved = device().Save(form);
    EXPECT_TRUE(saved) << saved.error().message;
    return saved->record;
  }
  HttpFields Typed(const std::string& name, const std::string& phone) {
    HttpFields form = FormAt("/new/client");
    Type(form, "full_name", name);
    Type(form, "phone", phone);
    return form;
  }
  /// Whether a POST wrote something. With `sure`, warnings are confirmed as they are shown.
  bool Saved(const std::string& target, HttpFields form, bool sure = false) {
    const EntryNumber before = device().log().size();
    Answer answer = Ask("POST", target, form);
    location_ = LocationOf(answer);
    if (sure && device().log().size() == before) {
      form.emplace("not_same", SeenAt(location_));
      location_ = LocationOf(Ask("POST", target, form));
    }
    return device().log().size() != before;
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
  Json WarningAt(const std::string& target) { return PageAt(target).model["same"]; }
  std::string SeenAt(const std::string& target) { return WarningAt(target)["seen"]; }
  Json Look(const HttpFields& form) {
    Answer answer = Ask("POST", "/form/client/look", form);
    return Json::parse(std::get<HttpResponse>(answer).body)["same"];
  }

  std::string location_;  // where the last POST led
};

TEST_F(SameWarningTest, NothingIsStoredBeforeSomebodyHasSeenWhoIsThere) {
  const RecordId known = Known("Lò Văn Páo", "0912345678");
  const HttpFields form = Typed("Lo Van Pao", "0912345678");
  EXPECT_FALSE(Saved("/new/client", form));
  EXPECT_EQ(location_, "/new/client?check=1") << "nothing typed stands in an address";
  const Page page = PageAt(location_);
  ASSERT_EQ(page.model["same"]["people"].size(), 1u);
  EXPECT_EQ(page.model["same"]["people"][0]["title"], "Lò Văn Páo");
  EXPECT_EQ(page.model["same"]["people"][0]["href"], RecordPath(known));
  EXPECT_THAT(page.model["same"]["people"][0]["details"].get<std::string>(),
              HasSubstr(known.Hex().substr(0, 6)));
  const std::string html = Html(page);
  EXPECT_THAT(html, HasSubstr("Đúng là người này"));
  EXPECT_THAT(html, HasSubstr("Không phải, vẫn lưu"));
  EXPECT_THAT(Html(page, Language::kEnglish), HasSubstr("It is somebody else: save"));
  const HttpFields again = InputsOf(html);
  for (const auto& [name, value] : form) EXPECT_EQ(FirstOf(again, name), value) << name;
  EXPECT_FALSE(Saved("/new/client", again)) << "Save alone says nothing about who was seen";
  HttpFields sure = again;
  sure.emplace("not_same", page.model["same"]["seen"].get<std::string>());
  EXPECT_TRUE(Saved("/new/client", sure));
  EXPECT_TRUE(AllDrafts(device())->empty());
  EXPECT_EQ(device().view().Records(*Find(known).type).size(), 2u);
}

TEST_F(SameWarningTest, TheEnterKeyNeverConfirms) {
  Known("Lò Văn Páo", "0912345678");
  EXPECT_FALSE(Saved("/new/client", Typed("Páo", "0912345678")));
  const std::string html = Html(PageAt(location_));
  const std::string form = html.substr(html.find("id=\"form\""));
  const std::size_t first = form.find("<button");
  EXPECT_LT(form.find("value=\"enter\"", first), form.find(">", first))
      << "Enter presses the form's first button";
}

TEST_F(SameWarningTest, WhoCameOrChangedMeanwhileIsWarnedOfAgain) {
  const RecordId first = Known("Lò Văn Páo", "0912345678");
  HttpFields form = Typed("Páo", "0912345678");
  EXPECT_FALSE(Saved("/new/client", form));
  form.emplace("not_same", SeenAt(location_));
  const RecordId second = Known("Lò Thị Mai", "0912345678");
  EXPECT_FALSE(Saved("/new/client", form)) << "somebody came";
  EXPECT_EQ(WarningAt(location_)["people"].size(), 2u);
  form.erase("not_same");
  form.emplace("not_same", SeenAt(location_));
  HttpFields change = FormAt(RecordPath(first, "/edit"));
  Type(change, "full_name", "Lò Văn Pao");
  EXPECT_TRUE(Saved(RecordPath(first, "/edit"), change));
  EXPECT_FALSE(Saved("/new/client", form)) << "somebody's record is another one now";
  ASSERT_TRUE(device().Delete(second, "nhầm", std::nullopt));
  form.erase("not_same");
  form.emplace("not_same", SeenAt("/new/client?check=1"));
  EXPECT_TRUE(Saved("/new/client", form));
}

TEST_F(SameWarningTest, OthersWhoWereSeenStandForNobody) {
  Known("Lò Văn Páo", "0912345678");
  const RecordId other = Known("Lê Hoa", "0999");
  for (const std::string& seen : {other.Hex(), std::string("1"), std::string(" ")}) {
    HttpFields form = Typed("Páo", "0912345678");
    form.emplace("not_same", seen);
    EXPECT_FALSE(Saved("/new/client", form)) << seen;
  }
}

TEST_F(SameWarningTest, WhoWantedToGoOnGoesOnAfterTheWarning) {
  Known("Lò Văn Páo", "0912345678");
  HttpFields form = Typed("Páo", "0912345678");
  form.emplace("go", "next");
  EXPECT_FALSE(Saved("/new/client", form));
  EXPECT_EQ(location_, "/new/client?check=1&then=next");
  HttpFields sure = InputsOf(Html(PageAt(location_)));
  sure.emplace("not_same", SeenAt(location_));
  EXPECT_TRUE(Saved("/new/client", sure));
  EXPECT_THAT(location_, testing::StartsWith("/new/episode?parent="));
}

TEST_F(SameWarningTest, ItIsThisPersonLeadsThereAndLeavesNothingHalfTyped) {
  const RecordId known = Known("Lò Văn Páo", "0912345678");
  HttpFields form = Typed("Páo", "0912345678");
  EXPECT_FALSE(Saved("/new/client", form));
  EXPECT_EQ(AllDrafts(device())->size(), 1u);
  form.emplace("back", RecordPath(known));  // as the button sends it, with the whole form
  EXPECT_FALSE(Saved("/draft/drop", form));
  EXPECT_EQ(location_, RecordPath(known));
  EXPECT_TRUE(AllDrafts(device())->empty());
}

TEST_F(SameWarningTest, WhileItIsTypedTheWarningIsThereToo) {
  const RecordId known = Known("Lò Văn Páo", "0912345678");
  EXPECT_TRUE(Look(Typed("Páo", "091234567")).is_null());
  const Json same = Look(Typed("Páo", "0912345678"));
  ASSERT_EQ(same["people"].size(), 1u);
  EXPECT_EQ(same["people"][0]["href"], RecordPath(known));
  EXPECT_TRUE(AllDrafts(device())->empty()) << "looking keeps nothing";
}

TEST_F(SameWarningTest, WhoIsDeletedAndWhatIsWrongByItselfWarnsOfNobody) {
  const RecordId known = Known("Lò Văn Páo", "0912345678");
  Known("Lê Hoa", "01");
  EXPECT_TRUE(Look(Typed("Mai", "02")).is_null()) << "two short numbers";
  ASSERT_TRUE(device().Delete(known, "nhầm", std::nullopt));
  EXPECT_TRUE(Saved("/new/client", Typed("Páo", "0912345678")));
}

TEST_F(SameWarningTest, ACorrectionWarnsOfWhomItBringsAndNeverOfItself) {
  const RecordId known = Known("Lò Văn Páo", "0912345678");
  const RecordId twice = Known("Lò Văn Páo", "0912345678");
  const RecordId other = Known("Lê Hoa", "0999999999");
  EXPECT_TRUE(SamePersons(device().view(), other, DateOf(2026, 11, 22))->empty())
      << "itself, counted twice";
  const std::string edit = RecordPath(known, "/edit");
  HttpFields form = FormAt(edit);
  Type(form, "note", "gọi buổi sáng");
  EXPECT_TRUE(Saved(edit, form)) << "that they are two was so before";
  form = FormAt(edit);
  Type(form, "phone", "0999999999");
  EXPECT_FALSE(Saved(edit, form));
  const Json same = WarningAt(location_);
  ASSERT_EQ(same["people"].size(), 1u);
  EXPECT_EQ(same["people"][0]["merge"], RecordPath(known, "/merge?with=" + other.Hex()));
  EXPECT_THAT(Html(PageAt(location_)), HasSubstr("So sánh để gộp"));
  EXPECT_THAT(Html(PageAt(location_)), Not(HasSubstr("Đúng là người này")));
  EXPECT_TRUE(Saved(edit, form, true));
  EXPECT_NE(twice, known);
}

TEST_F(SameWarningTest, WhatIsWrongIsSaidWithIt) {
  Known("Lò Văn Páo", "0912345678");
  HttpFields form = Typed("", "0912345678");
  EXPECT_FALSE(Saved("/new/client", form));
  const Page page = PageAt(location_);
  EXPECT_EQ(page.model["same"]["people"].size(), 1u);
  EXPECT_NE(Drawn(page, "full_name")["error"], "");
}

}  // namespace
}  // namespace tram::client
