// Forms: drawn from the programme, filled in, refused, saved; old forms and what came meanwhile.
#include "tests/unit/unit_client/forms/form_fixture.h"

namespace tram::client {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

using FormPageTest = FormTest;

const HttpFields kEverything = {
    {"f.intake", "5/1/26"},     {"f.drug", "h"},          {"f.others", "a"}, {"f.others", "c"},
    {"f.weight", "62,5"},       {"f.days", " 12 "},       {"f.family", "0"}, {"f.use", "lapse"},
    {"f.use_date", "04012026"}, {"f.ended", "2026-02-01"}};

TEST_F(FormPageTest, EveryTypeOfFieldIsReadAndDrawnAsItWasRead) {
  const RecordId worker = Add("worker", {{"f.display_name", "Bác sĩ Mai"}});
  const RecordId client = Client();
  HttpFields typed = kEverything;
  typed.emplace("f.by", worker.Hex());
  const RecordId episode = Add("episode", typed, client);
  EXPECT_EQ(ValueOf(episode, "intake"), Value(DateOf(2026, 1, 5)));
  EXPECT_EQ(ValueOf(episode, "drug"), Value(Code{8}));
  EXPECT_THAT(FieldOf(Find(episode), "others").elements, ElementsAre(1, 3));
  EXPECT_EQ(ValueOf(episode, "weight"), Value(Decimal{625, 1}));
  EXPECT_EQ(ValueOf(episode, "days"), Value(std::int64_t{12}));
  EXPECT_EQ(ValueOf(episode, "family"), Value(false));
  EXPECT_EQ(ValueOf(episode, "by"), Value(worker));
  EXPECT_EQ(ValueOf(episode, "use_date"), Value(DateOf(2026, 1, 4)));
  EXPECT_EQ(ValueOf(episode, "ended"), Value(DateOf(2026, 2, 1)));

  const HttpFields form = FormAt(RecordPath(episode, "/edit"));
  EXPECT_EQ(FirstOf(form, "f.intake"), "05/01/2026");
  EXPECT_EQ(FirstOf(form, "f.weight"), "62,5");
  EXPECT_EQ(FirstOf(form, "f.family"), "0");
  EXPECT_EQ(FirstOf(form, "f.by"), worker.Hex());
  EXPECT_THAT(tram::AllOf(form, "f.others"), ElementsAre("a", "c"));
  language_ = Language::kEnglish;
  EXPECT_EQ(FirstOf(FormAt(RecordPath(episode, "/edit")), "f.weight"), "62.5");
}

TEST_F(FormPageTest, AFormThatNobodyTouchedWritesNothing) {
  const RecordId client =
      Add("client", {{"f.full_name", "Hoa \"Bé\" <&>"}, {"f.note", "một\r\n\r\nhai"}});
  const RecordId episode = Add("episode", kEverything, client);
  for (const RecordId& record : {client, episode}) {
    const EntryNumber before = device().log().size();
    HttpFields form = FormAt(RecordPath(record, "/edit"));
    if (form.contains("f.note")) Type(form, "note", "một\r\n\r\nhai\r\n");  // as browsers send it
    EXPECT_EQ(Sent(RecordPath(record, "/edit"), form), RecordPath(client));
    EXPECT_EQ(device().log().size(), before);
  }
  EXPECT_EQ(ValueOf(client, "full_name"), Value(std::string("Hoa \"Bé\" <&>")));
  EXPECT_EQ(ValueOf(client, "note"), Value(std::string("một\n\nhai")));
}

TEST_F(FormPageTest, OnlyWhatWasChangedIsWritten) {
  const RecordId client = Add("client", {{"f.full_name", "Hoa"}, {"f.sex", "female"}});
  HttpFields form = FormAt(RecordPath(client, "/edit"));
  Type(form, "full_name", "Hòa");
  const std::string to = Sent(RecordPath(client, "/edit"), form);
  EXPECT_THAT(to, StartsWith(RecordPath(client) + "?saved="));
  const auto history = *device().view().History(client);
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[1].by.op.Hex(), OpIn(to));
  EXPECT_THAT(history[1].edits, ElementsAre(Edit{16, std::string("Hòa")}));
}

TEST_F(FormPageTest, InputsAreOfTheKindThatTheFieldNeeds) {
  const RecordId client = Client();
  const Page page = PageAt("/new/episode?parent=" + client.Hex());
  EXPECT_EQ(Drawn(page, "intake")["typed"], "22/11/2026") << "the programme's default";
  EXPECT_EQ(Drawn(page, "intake")["inputmode"], "numeric");
  EXPECT_EQ(Drawn(page, "weight")["inputmode"], "decimal");
  EXPECT_EQ(Drawn(page, "drug")["options"].size(), 9u) << "eight codes and none";
  EXPECT_EQ(Drawn(page, "drug")["options"][0]["value"], "");
  EXPECT_EQ(Drawn(page, "use")["kind"], "radio");
  EXPECT_EQ(Drawn(page, "use")["choices"].size(), 3u) << "two codes and none";
  EXPECT_EQ(Drawn(page, "others")["kind"], "checkbox");
  EXPECT_EQ(Drawn(page, "family")["choices"][0]["label"], "Có");
  const Page new_client = PageAt("/new/client");
  EXPECT_TRUE(Drawn(new_client, "full_name")["line"]);
  EXPECT_TRUE(Drawn(new_client, "full_name")["must"]);
  EXPECT_TRUE(Drawn(new_client, "note")["lines"]);
  EXPECT_EQ(Drawn(new_client, "sex")["choices"].size(), 3u) << "the retired code is not offered";
  EXPECT_TRUE(Drawn(new_client, "left_out").is_null()) << "retired";
  EXPECT_EQ(new_client.model["next"], "Đợt điều trị");
}

TEST_F(FormPageTest, FurtherFieldsOpenWhereOneHoldsSomething) {
  const Page empty = PageAt("/new/client");
  EXPECT_EQ(empty.model["more"].size(), 1u);
  EXPECT_EQ(empty.model["more_open"], false);
  EXPECT_THAT(Html(empty), Not(HasSubstr("<details open")));
  const RecordId client = Add("client", {{"f.full_name", "Hoa"}, {"f.phone", "0912"}});
  EXPECT_THAT(Html(PageAt(RecordPath(client, "/edit"))), HasSubstr("<details open"));
  HttpFields wrong = FormAt("/new/client");
  Type(wrong, "full_name", "Hoa");
  Type(wrong, "phone", std::string(21, '9'));
  EXPECT_EQ(Refused("/new/client", wrong).model["more_open"], true);
}

TEST_F(FormPageTest, ProblemsStandBesideTheirFieldsAndNothingTypedIsLost) {
  const RecordId client = Client();
  HttpFields form = FormAt("/new/episode?parent=" + client.Hex());
  Type(form, "intake", "31/02/2026");
  Type(form, "days", "29");
  Type(form, "weight", "62,55");
  Type(form, "ended", "1/1/2026");
  Type(form, "drug", "h");
  const EntryNumber before = device().log().size();
  const Page page = Refused("/new/episode", form);
  EXPECT_EQ(device().log().size(), before);
  EXPECT_EQ(page.status, 422);
  EXPECT_THAT(Drawn(page, "intake")["error"], HasSubstr("ngày/tháng/năm"));
  EXPECT_THAT(Drawn(page, "days")["error"], HasSubstr("từ 0 đến 28"));
  EXPECT_THAT(Drawn(page, "weight")["error"], HasSubstr("nhiều nhất 1 chữ số"));
  EXPECT_EQ(Drawn(page, "drug")["error"], "");
  const HttpFields again = InputsOf(Html(page));
  for (const auto& [name, value] : form) EXPECT_EQ(FirstOf(again, name), value) << name;
  const std::string html = Html(page);
  EXPECT_THAT(html, HasSubstr("<a href=\"#f-days\">Số ngày</a>"));
  EXPECT_THAT(html, HasSubstr("aria-describedby=\"e-days\" aria-invalid=\"true\""));

  Type(form, "intake", "22/11/2026");
  Type(form, "days", "28");
  Type(form, "weight", "62,5");
  language_ = Language::kEnglish;
  const Page rule = Refused("/new/episode", form);
  EXPECT_EQ(Drawn(rule, "ended")["error"], "is not valid here: Not before the intake");
}

TEST_F(FormPageTest, WhatMustBeFilledInGetsNoDefaultWhenItWasEmptied) {
  const RecordId client = Client();
  HttpFields form = FormAt("/new/episode?parent=" + client.Hex());
  Type(form, "intake", "");
  EXPECT_EQ(Drawn(Refused("/new/episode", form), "intake")["error"], "bắt buộc phải điền");
  HttpFields nameless = FormAt("/new/client");
  Type(nameless, "full_name", "   ");
  EXPECT_EQ(Drawn(Refused("/new/client", nameless), "full_name")["error"], "bắt buộc phải điền");
}

TEST_F(FormPageTest, WhatDoesNotApplyMustBeEmptyAndWhatAppliesMustNot) {
  const RecordId client = Client();
  const std::string target = "/new/episode?parent=" + client.Hex();
  EXPECT_EQ(Drawn(PageAt(target), "use_date")["hidden"], true);
  HttpFields form = FormAt(target);
  Type(form, "use", "none");
  Type(form, "use_date", "21/11/2026");
  const Page page = Refused("/new/episode", form);
  EXPECT_THAT(Drawn(page, "use_date")["error"], HasSubstr("hãy để trống"));
  EXPECT_EQ(Drawn(page, "use_date")["hidden"], false) << "it must be seen to be emptied";
  Type(form, "use", "lapse");
  Type(form, "use_date", "");
  EXPECT_EQ(Drawn(Refused("/new/episode", form), "use_date")["error"], "bắt buộc phải điền");
  Type(form, "use", "none");
  EXPECT_NE(Sent("/new/episode", form), "") << "hidden, required and empty";
}

TEST_F(FormPageTest, AnOldValueThatDoesNotApplyHindersNobodyWhoLeavesIt) {
  const RecordId client = Client();
  const RecordId episode = Add("episode", kEverything, client);
  RecordForm past;  // as an import, or an older programme, may have left it
  past.record = episode;
  past.type = device().programme().ByName("episode");
  past.values[23] = Code{1};
  ASSERT_TRUE(device().Save(past));
  EXPECT_EQ(Drawn(PageAt(RecordPath(episode, "/edit")), "use_date")["hidden"], false);
  HttpFields form = FormAt(RecordPath(episode, "/edit"));
  Type(form, "days", "3");
  EXPECT_NE(Sent(RecordPath(episode, "/edit"), form), "");
  EXPECT_EQ(ValueOf(episode, "use_date"), Value(DateOf(2026, 1, 4)));
}

TEST_F(FormPageTest, ALookSaysWhatIsHiddenAndWhatIsWrongSoFar) {
  const RecordId client = Client();
  HttpFields form = FormAt("/new/episode?parent=" + client.Hex());
  auto look = [&] {
    const auto answer = std::get<HttpResponse>(Ask("POST", "/form/episode/look", form));
    EXPECT_EQ(answer.content_type, "application/json");
    return Json::parse(answer.body);
  };
  Type(form, "intake", "");
  EXPECT_EQ(look(), (Json{{"hidden", {"use_date"}}, {"problems", Json::object()}}))
      << "that something is still empty is no problem";
  Type(form, "use", "lapse");
  Type(form, "days", "29");
  Type(form, "intake", "22/11/2026");
  Type(form, "ended", "21/11/2026");
  const Json said = look();
  EXPECT_THAT(said["hidden"], IsEmpty());
  EXPECT_THAT(said["problems"]["days"], HasSubstr("28"));
  EXPECT_THAT(said["problems"]["ended"], HasSubstr("Không trước ngày vào"));
  EXPECT_EQ(said["problems"].size(), 2u);
}

TEST_F(FormPageTest, AnOldFormMakesAConflictAndOverwritesNothing) {
  const RecordId client = Client("Hoa");
  PassAll();
  HttpFields mine = FormAt(RecordPath(client, "/edit"), 0);
  HttpFields theirs = FormAt(RecordPath(client, "/edit"), 1);
  Type(theirs, "full_name", "Hòa");
  Type(theirs, "sex", "male");
  Sent(RecordPath(client, "/edit"), theirs, 1);
  PassAll();  // while the first one's form is open
  Type(mine, "full_name", "Hoà B");
  Type(mine, "note", "khoẻ");
  Sent(RecordPath(client, "/edit"), mine, 0);
  PassAll();
  for (const std::size_t at : {0u, 1u}) {
    const RecordView record = Find(client, at);
    EXPECT_TRUE(FieldOf(record, "full_name").conflict);
    EXPECT_EQ(FieldOf(record, "full_name").candidates.size(), 2u);
    EXPECT_FALSE(FieldOf(record, "sex").conflict);
    EXPECT_EQ(FieldOf(record, "sex").value, Value(Code{2})) << "untouched in the old form";
    EXPECT_EQ(FieldOf(record, "note").value, Value(std::string("khoẻ")));
  }
  const Page page = PageAt(RecordPath(client, "/edit"));
  EXPECT_THAT(Drawn(page, "full_name")["conflict"], HasSubstr("/conflict/16"));
  HttpFields settled = InputsOf(Html(page));
  Type(settled, "full_name", "Hòa A");
  Sent(RecordPath(client, "/edit"), settled);
  EXPECT_FALSE(FieldOf(Find(client), "full_name").conflict);
}

TEST_F(FormPageTest, AGroupIsWrittenAsThePersonSawIt) {
  const RecordId episode = Add("episode", kEverything, Client());
  PassAll();
  HttpFields mine = FormAt(RecordPath(episode, "/edit"), 0);
  HttpFields theirs = FormAt(RecordPath(episode, "/edit"), 1);
  Type(theirs, "use_date", "02/01/2026");
  Sent(RecordPath(episode, "/edit"), theirs, 1);
  PassAll();
  Type(mine, "use", "none");
  Type(mine, "use_date", "");
  Sent(RecordPath(episode, "/edit"), mine, 0);
  const RecordView record = Find(episode);
  EXPECT_TRUE(FieldOf(record, "use").conflict);
  EXPECT_EQ(FieldOf(record, "use").candidates.size(), 2u);
}

TEST_F(FormPageTest, ASetGetsOnlyTheElementsThatThePersonTicked) {
  const RecordId episode = Add("episode", kEverything, Client());
  PassAll();
  HttpFields mine = FormAt(RecordPath(episode, "/edit"), 0);
  HttpFields theirs = FormAt(RecordPath(episode, "/edit"), 1);
  Type(theirs, "others", "c");  // a goes
  Sent(RecordPath(episode, "/edit"), theirs, 1);
  PassAll();
  mine.emplace("f.others", "e");  // a and c are still ticked here
  Sent(RecordPath(episode, "/edit"), mine, 0);
  PassAll();
  for (const std::size_t at : {0u, 1u}) {
    EXPECT_THAT(FieldOf(Find(episode, at), "others").elements, ElementsAre(3, 5));
  }
}

TEST_F(FormPageTest, ACodeThatIsNoLongerUsedStaysWhereItStands) {
  const RecordId episode = Add("episode", kEverything, Client());
  // What only a newer programme knows stays in a set that is edited here.
  HttpFields form = FormAt(RecordPath(episode, "/edit"));
  Type(form, "others", "");
  Sent(RecordPath(episode, "/edit"), form);
  EXPECT_THAT(FieldOf(Find(episode), "others").elements, IsEmpty());
  HttpFields client = FormAt("/new/client");
  Type(client, "full_name", "Hoa");
  Type(client, "sex", "old");
  EXPECT_THAT(Drawn(Refused("/new/client", client), "sex")["error"], HasSubstr("danh sách"));
}

TEST_F(FormPageTest, AfterSavingTheNextFormOrThePersonsPage) {
  HttpFields form = FormAt("/new/client");
  Type(form, "full_name", "Hoa");
  form.erase("go");
  form.emplace("go", "next");
  const std::string to = Sent("/new/client", form);
  EXPECT_THAT(to, StartsWith("/new/episode?parent="));
  const RecordId client = RecordOf(*OpId::FromHexText(OpIn(to)));
  EXPECT_THAT(to, HasSubstr("parent=" + client.Hex() + "&saved="));
  HttpFields episode = FormAt(to);
  EXPECT_THAT(Sent("/new/episode", episode), StartsWith(RecordPath(client) + "?saved="));
}

TEST_F(FormPageTest, AnAddressFillsInClearCodesAndIdsAsCsvWritesThem) {
  const RecordId client = Client();
  const HttpFields form = FormAt("/new/episode?parent=" + client.Hex() +
                                 "&intake=2026-03-01&drug=b&others=b%7Cd&family=1&use=nonsense" +
                                 "&friend=" + client.Hex());
  EXPECT_EQ(FirstOf(form, "f.drug"), "b");
  EXPECT_EQ(FirstOf(form, "f.family"), "1");
  EXPECT_EQ(FirstOf(form, "f.friend"), client.Hex());
  EXPECT_EQ(FirstOf(form, "f.use"), "") << "what cannot be read is left out";
  EXPECT_EQ(FirstOf(form, "f.intake"), "22/11/2026") << "a day stands in no address: the default";
  EXPECT_THAT(tram::AllOf(form, "f.others"), ElementsAre()) << "it is sealed";
}

TEST_F(FormPageTest, WhatHasNoFormIsSaid) {
  EXPECT_EQ(FailsWith("GET", "/new/nothing"), ErrorCode::kNotFound);
  EXPECT_EQ(FailsWith("GET", "/new/episode"), ErrorCode::kInvalid) << "no parent";
  EXPECT_EQ(FailsWith("GET", "/new/episode?parent=" + RecordId().Hex()), ErrorCode::kNotFound);
  EXPECT_EQ(FailsWith("GET", RecordPath(RecordId(), "/edit")), ErrorCode::kNotFound);
  const RecordId client = Client();
  const RecordId worker = Add("worker", {{"f.display_name", "Mai"}});
  EXPECT_EQ(FailsWith("GET", "/new/episode?parent=" + worker.Hex()), ErrorCode::kInvalid);
  ASSERT_TRUE(device().Delete(client, "nhầm", std::nullopt));
  EXPECT_EQ(FailsWith("GET", RecordPath(client, "/edit")), ErrorCode::kInvalid);
}

TEST_F(FormPageTest, ThePageSaysTheSameInBothLanguages) {
  const RecordId client = Client();
  const std::string target = "/new/episode?parent=" + client.Hex();
  const std::string vi = Html(PageAt(target));
  EXPECT_THAT(vi, AllOf(HasSubstr("<h1>Thêm: Đợt điều trị</h1>"), HasSubstr("bắt buộc"),
                        HasSubstr(">Lưu</button>"), HasSubstr("Lê Thị Hoa")));
  language_ = Language::kEnglish;
  const std::string en = Html(PageAt(target), language_);
  EXPECT_THAT(en, AllOf(HasSubstr("<h1>Add: Episode</h1>"), HasSubstr("required"),
                        HasSubstr(">Save</button>"), Not(HasSubstr("bắt buộc"))));
  EXPECT_EQ(InputsOf(vi).size(), InputsOf(en).size());
}

}  // namespace
}  // namespace tram::client
