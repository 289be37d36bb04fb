// What is half typed survives, sealed, until it is saved or thrown away.
#include "app/drafts.h"

#include "tests/support/planted_text.h"
#include "tests/unit/unit_client/forms/form_fixture.h"

namespace tram::client {
namespace {

using testing::HasSubstr;

class DraftTest : public FormTest {
 protected:
  void Keep(const HttpFields& form, std::size_t at = 0) {
    EXPECT_EQ(std::get<HttpResponse>(Ask("POST", "/draft", form, at)).status, 204);
  }
  Json NoteAt(const std::string& target) { return PageAt(target).model["draft"]; }
};

TEST_F(DraftTest, ItStandsInTheFormAgainAfterTheProgramDied) {
  HttpFields form = FormAt("/new/client");
  EXPECT_TRUE(NoteAt("/new/client").is_null());
  Type(form, "full_name", "Nguyễn Văn");
  Type(form, "sex", "male");
  Keep(form);
  Reopen();
  clock_.now_ms += 60'000;
  const Page page = PageAt("/new/client");
  EXPECT_EQ(page.model["draft"]["since"], "22/11/2026 14:05");
  EXPECT_EQ(page.model["draft"]["changed"], false);
  HttpFields again = InputsOf(Html(page));
  EXPECT_EQ(FirstOf(again, "f.full_name"), "Nguyễn Văn");
  EXPECT_EQ(FirstOf(again, "f.sex"), "male");
  Sent("/new/client", again);
  EXPECT_TRUE(NoteAt("/new/client").is_null()) << "it is gone once it is saved";
  Reopen();
  EXPECT_TRUE(NoteAt("/new/client").is_null());
}

TEST_F(DraftTest, NothingOfItCanBeReadInTheFiles) {
  test::PlantedText planted;
  const std::string name = planted.Plant("name"), note = planted.PlantWords("note");
  HttpFields form = FormAt("/new/client");
  Type(form, "full_name", name);
  Type(form, "note", note);
  Keep(form);
  EXPECT_EQ(FirstOf(FormAt("/new/client"), "f.full_name"), name);
  EXPECT_TRUE(planted.SearchFiles(FolderOf(0)).empty()) << "with -wal, while it is open";
  Reopen();
  EXPECT_TRUE(planted.SearchFiles(FolderOf(0)).empty());
  // That the search finds what lies there in the clear.
  device().log().SetSetting("clear", ToBytes(AsBytes(name)));
  ASSERT_TRUE(device().log().Commit());
  EXPECT_FALSE(planted.SearchFiles(FolderOf(0)).empty());
}

TEST_F(DraftTest, ItNeverSyncsAndALockedDeviceHasNone) {
  HttpFields form = FormAt("/new/client");
  Type(form, "full_name", "Nguyễn Văn");
  Keep(form);
  PassAll();
  EXPECT_TRUE(AllDrafts(device(1))->empty());
  EXPECT_EQ(AllDrafts(device(0))->size(), 1u);
  device().Lock();
  EXPECT_EQ(AllDrafts(device()).error().code, ErrorCode::kDenied);
  EXPECT_EQ(KeepDraft(device(), "", "/new/client", form, 0).error().code, ErrorCode::kDenied);
}

TEST_F(DraftTest, ItIsThrownAwayOnDemandAndWhereEverythingIsAsItWas) {
  HttpFields form = FormAt("/new/client");
  const HttpFields untouched = form;
  Type(form, "full_name", "Hoa");
  Keep(form);
  EXPECT_EQ(Sent("/draft/drop", form), "/new/client");
  EXPECT_TRUE(NoteAt("/new/client").is_null());
  Keep(form);
  Keep(untouched);
  EXPECT_TRUE(NoteAt("/new/client").is_null());
  form.erase("form");
  for (const char* path : {"https://elsewhere.example/", "//elsewhere.example/new/", "",
                           "/new/client\r\nSet-Cookie: a=b"}) {
    HttpFields other = form;
    other.emplace("form", path);
    EXPECT_EQ(FailsWith("POST", "/draft/drop", other), ErrorCode::kInvalid) << path;
    EXPECT_EQ(FailsWith("POST", "/draft", other), ErrorCode::kInvalid) << path;
  }
}

TEST_F(DraftTest, AFormWithOtherThingsFilledInHasADraftOfItsOwn) {
  const RecordId client = Client();
  const std::string plain = "/new/episode?parent=" + client.Hex();
  const std::string filled = plain + "&drug=b";
  HttpFields form = FormAt(filled);
  Type(form, "days", "3");
  Keep(form);
  EXPECT_TRUE(NoteAt(plain).is_null());
  EXPECT_FALSE(NoteAt(filled).is_null());
  EXPECT_FALSE(NoteAt(filled + "&saved=" + OpId().Hex()).is_null());
  Sent("/new/episode", FormAt(filled));
  EXPECT_TRUE(NoteAt(filled).is_null());
}

TEST_F(DraftTest, ARecordThatChangedMeanwhileIsSaidAndBecomesAConflict) {
  const RecordId client = Client("Hoa");
  const std::string edit = RecordPath(client, "/edit");
  HttpFields form = FormAt(edit);
  Type(form, "full_name", "Hòa");
  Keep(form);
  EXPECT_EQ(NoteAt(edit)["changed"], false);
  PassAll();
  HttpFields theirs = FormAt(edit, 1);
  Type(theirs, "full_name", "Hoa B");
  Sent(edit, theirs, 1);
  PassAll();
  Reopen();
  EXPECT_EQ(NoteAt(edit)["changed"], true);
  EXPECT_THAT(Html(PageAt(edit)), HasSubstr("đã được thay đổi từ lúc đó"));
  Sent(edit, FormAt(edit));
  EXPECT_TRUE(FieldOf(Find(client), "full_name").conflict);
}

TEST_F(DraftTest, WhatIsThereAlreadyIsNotWrittenAgain) {
  const HttpFields fields = {{"f.full_name", "Hoa"}, {"was.full_name", ""}};
  ASSERT_TRUE(KeepDraft(device(), "mai", "/new/client", fields, 1000));
  const std::optional<Bytes> kept = device().log().Setting("client.draft.0");
  ASSERT_TRUE(kept);
  ASSERT_TRUE(KeepDraft(device(), "mai", "/new/client", fields, 2000));
  EXPECT_EQ(device().log().Setting("client.draft.0"), kept) << "every sealing gives other bytes";
  ASSERT_TRUE(KeepDraft(device(), "mai", "/new/client", {{"f.full_name", "Hòa"}}, 3000));
  EXPECT_NE(device().log().Setting("client.draft.0"), kept);
  const Draft draft = **FindDraft(device(), "mai", "/new/client");
  EXPECT_EQ(draft.begun_ms, 1000);
  EXPECT_EQ(draft.kept_ms, 3000);
}

TEST_F(DraftTest, EachPersonHasHisOwn) {
  ASSERT_TRUE(KeepDraft(device(), "mai", "/new/client", {{"f.full_name", "Hoa"}}, 1));
  ASSERT_TRUE(KeepDraft(device(), "an", "/new/client", {{"f.full_name", "Lan"}}, 2));
  EXPECT_EQ(FirstOf((*FindDraft(device(), "mai", "/new/client"))->fields, "f.full_name"), "Hoa");
  ASSERT_TRUE(DropDraft(device(), "mai", "/new/client"));
  EXPECT_FALSE(*FindDraft(device(), "mai", "/new/client"));
  EXPECT_EQ(FirstOf((*FindDraft(device(), "an", "/new/client"))->fields, "f.full_name"), "Lan");
}

TEST_F(DraftTest, AtMostTwentyAreKeptAndTheOneUntouchedForLongestGoes) {
  for (std::size_t i = 0; i < kDraftsMax; ++i) {
    ASSERT_TRUE(KeepDraft(device(), "mai", "/new/" + std::to_string(i), {{"f.a", "x"}},
                          static_cast<std::int64_t>(i)));
  }
  ASSERT_TRUE(KeepDraft(device(), "mai", "/new/0", {{"f.a", "y"}}, 100));
  ASSERT_TRUE(KeepDraft(device(), "mai", "/new/more", {{"f.a", "x"}}, 101));
  EXPECT_EQ(AllDrafts(device())->size(), kDraftsMax);
  EXPECT_EQ(AllDrafts(device())->front().form, "/new/more");
  EXPECT_TRUE(*FindDraft(device(), "mai", "/new/0")) << "touched again";
  EXPECT_FALSE(*FindDraft(device(), "mai", "/new/1"));
  EXPECT_FALSE(device().log().Setting("client.draft." + std::to_string(kDraftsMax)));
}

TEST_F(DraftTest, ALongerOneThanFitsIsRefusedAndTheEarlierOneStays) {
  ASSERT_TRUE(KeepDraft(device(), "mai", "/new/client", {{"f.note", "x"}}, 1));
  const HttpFields huge = {{"f.note", std::string(kDraftBytesMax, 'x')}};
  EXPECT_EQ(KeepDraft(device(), "mai", "/new/client", huge, 2).error().code, ErrorCode::kInvalid);
  EXPECT_EQ((*FindDraft(device(), "mai", "/new/client"))->kept_ms, 1);
}

TEST_F(DraftTest, OneThatDoesNotOpenHindersNothing) {
  device().log().SetSetting("client.draft.0", Bytes(100, 7));
  ASSERT_TRUE(device().log().Commit());
  EXPECT_TRUE(AllDrafts(device())->empty());
  ASSERT_TRUE(KeepDraft(device(), "mai", "/new/client", {{"f.a", "x"}}, 1));
  EXPECT_EQ(AllDrafts(device())->size(), 1u);
}

}  // namespace
}  // namespace tram::client
