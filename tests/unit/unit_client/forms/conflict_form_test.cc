// Conflicts between two real devices, settled on the pages of one of them: values of one's own as
// in every form, places, deletions, and sets, of which both sides are kept.
#include <set>
#include <sstream>

#include "app/conflicts.h"
#include "tests/unit/unit_client/forms/form_fixture.h"
#include "web/reference_choices.h"

namespace tram::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class ConflictFormTest : public FormTest {
 protected:
  ConflictFormTest() : client_(Client()), episode_(Episode(client_)) { PassAll(); }

  std::uint32_t Number(const std::string& field) {
    return device().programme().ByName("episode")->ByName(field)->number;
  }
  std::string PathOf(std::uint32_t group) {
    return RecordPath(episode_, "/conflict/" + std::to_string(group));
  }
  std::string PathOf(const std::string& field) {
    return PathOf(device().programme().ByName("episode")->ByName(field)->group);
  }
  void Edit(const std::string& field, const std::string& text, std::size_t at) {
    clock_.now_ms += 60'000;
    HttpFields form = FormAt(RecordPath(episode_, "/edit"), at);
    Type(form, field, text);
    EXPECT_NE(Sent(RecordPath(episode_, "/edit"), form, at), "");
  }
  /// Both devices type something else, and then have both.
  void Conflicting(const std::string& field, const std::string& here, const std::string& there) {
    Edit(field, here, 0);
    Edit(field, there, 1);
    PassAll();
    ASSERT_TRUE(FieldOf(Find(episode_), field).conflict);
    ASSERT_TRUE(FieldOf(Find(episode_, 1), field).conflict);
  }
  /// What the page of a conflict posts with a value of one's own.
  HttpFields Own(const std::string& field, const std::string& text) {
    HttpFields form = FormAt(PathOf(field));
    form.erase("choice");
    form.emplace("choice", "own");
    Type(form, field, text);
    return form;
  }
  Value Settled(const std::string& field, const std::string& text) {
    EXPECT_THAT(Sent(PathOf(field), Own(field, text)), StartsWith(RecordPath(episode_, "?saved=")));
    PassAll();
    for (const std::size_t at : {0u, 1u}) {
      EXPECT_FALSE(FieldOf(Find(episode_, at), field).conflict) << at;
      EXPECT_THAT(device(at).view().Conflicts(), IsEmpty()) << at;
    }
    EXPECT_EQ(ValueOf(episode_, field, 0), ValueOf(episode_, field, 1));
    return ValueOf(episode_, field, 1);
  }
  Json OwnField(const Page& page, const std::string& name) {
    return Drawn({"", "", page.model.at("own")}, name);
  }
  void Move(const RecordId& to, std::size_t at) {
    clock_.now_ms += 60'000;
    RecordForm form;
    form.type = device(at).programme().ByName("episode");
    form.record = episode_;
    form.parent = to;
    const auto moved = device(at).Save(form);
    ASSERT_TRUE(moved) << moved.error().message;
    ASSERT_TRUE(moved->changed);
  }
  std::vector<std::string> Items(const std::string& kind, std::size_t at = 0) {
    std::vector<std::string> hrefs;
    const Page page = PageAt("/conflicts", at);
    if (!page.model.contains(kind)) return hrefs;
    for (const Json& item : page.model[kind]["items"]) hrefs.push_back(item["href"]);
    return hrefs;
  }
  /// The candidate whose line says so.
  std::string OpOf(const Page& page, const std::string& words) {
    for (const Json& candidate : page.model["candidates"]) {
      if (candidate["lines"].dump().find(words) != std::string::npos) return candidate["op"];
    }
    ADD_FAILURE() << words << " is not offered: " << page.model["candidates"].dump(1);
    return "";
  }

  RecordId client_, episode_;
};

TEST_F(ConflictFormTest, ADecimalIsTypedWithItsComma) {
  Conflicting("weight", "62,5", "63,5");
  const Page page = PageAt(PathOf("weight"));
  EXPECT_THAT(Html(page), HasSubstr("62,5"));
  EXPECT_EQ(OwnField(page, "weight")["inputmode"], "decimal");
  EXPECT_EQ(OwnField(page, "weight")["typed"], "") << "the two do not agree";
  EXPECT_EQ(Settled("weight", " 63,2 "), Value(Decimal{632, 1}));
}

TEST_F(ConflictFormTest, ADateIsTypedByDayMonthAndYear) {
  Conflicting("ended", "23/11/2026", "24/11/2026");
  EXPECT_EQ(Settled("ended", "1.12.26"), Value(DateOf(2026, 12, 1)));
}

TEST_F(ConflictFormTest, AChoiceIsChosenFromTheList) {
  Conflicting("drug", "a", "b");
  const Json drawn = OwnField(PageAt(PathOf("drug")), "drug");
  EXPECT_EQ(drawn["options"].size(), 9u) << "eight, and nothing";
  EXPECT_EQ(Settled("drug", "h"), Value(Code{8}));
}

TEST_F(ConflictFormTest, AReferenceIsChosenAmongTheRecords) {
  const RecordId lan = Add("worker", {{"f.display_name", "Lan"}}),
                 tuan = Add("worker", {{"f.display_name", "Tuấn"}}),
                 mai = Add("worker", {{"f.display_name", "Mai"}});
  PassAll();
  Conflicting("by", lan.Hex(), tuan.Hex());
  const Page page = PageAt(PathOf("by"));
  EXPECT_THAT(page.model["candidates"].dump(), HasSubstr("Tuấn"));
  EXPECT_EQ(OwnField(page, "by")["options"].size(), 4u);
  EXPECT_EQ(Settled("by", mai.Hex()), Value(mai));
}

TEST_F(ConflictFormTest, FieldsOfOneGroupAreTypedTogether) {
  Edit("use", "none", 0);
  HttpFields form = FormAt(RecordPath(episode_, "/edit"), 1);
  Type(form, "use", "lapse");
  Type(form, "use_date", "20/11/2026");
  clock_.now_ms += 60'000;
  ASSERT_NE(Sent(RecordPath(episode_, "/edit"), form, 1), "");
  PassAll();
  HttpFields own = Own("use", "lapse");
  Type(own, "use_date", "");
  const Page missing = Refused(PathOf("use"), own);
  EXPECT_EQ(OwnField(missing, "use_date")["error"], "bắt buộc phải điền");
  Type(own, "use", "none");
  Type(own, "use_date", "20/11/2026");
  EXPECT_THAT(OwnField(Refused(PathOf("use"), own), "use_date")["error"], HasSubstr("để trống"));
  Type(own, "use", "lapse");
  Type(own, "use_date", "19/11/2026");
  EXPECT_NE(Sent(PathOf("use"), own), "");
  EXPECT_EQ(ValueOf(episode_, "use"), Value(Code{2}));
  EXPECT_EQ(ValueOf(episode_, "use_date"), Value(DateOf(2026, 11, 19)));
}

TEST_F(ConflictFormTest, WhatIsWrongStandsBesideItsFieldAndNothingTypedIsLost) {
  Conflicting("days", "3", "5");
  language_ = Language::kEnglish;
  for (const auto& [text, what] : {std::pair("29", "from 0 to 28"), {"x", "whole number"}}) {
    const EntryNumber before = device().log().size();
    const Page page = Refused(PathOf("days"), Own("days", text));
    EXPECT_EQ(page.status, 400);
    EXPECT_EQ(device().log().size(), before);
    EXPECT_EQ(OwnField(page, "days")["typed"], text);
    EXPECT_THAT(OwnField(page, "days")["error"], HasSubstr(what));
    EXPECT_EQ(page.model["own"]["chosen"], true);
    EXPECT_EQ(page.model["candidates"].size(), 2u) << "the two stand there still";
    const std::string html = Html(page);
    EXPECT_THAT(html, HasSubstr(" href=\"#f-days\">Days</a>"));
    EXPECT_THAT(html, HasSubstr("aria-describedby=\"e-days\" aria-invalid=\"true\""));
  }
  Conflicting("ended", "22/11/2026", "23/11/2026");
  const Page rule = Refused(PathOf("ended"), Own("ended", "1/1/2026"));
  EXPECT_EQ(OwnField(rule, "ended")["error"], "is not valid here: Not before the intake");
}

TEST_F(ConflictFormTest, WhatHasTheCommandsWordsNeedsNoPage) {
  Conflicting("days", "3", "5");
  Output out(Language::kVietnamese, false);
  Call call{device(), out, clock_, SystemRandom(), {}};
  ResolveOptions options;
  options.id = episode_.Hex();
  options.field = "days";
  options.values = {"4"};
  ASSERT_TRUE(ResolveConflict(call, options));
  EXPECT_EQ(ValueOf(episode_, "days"), Value(std::int64_t{4}));
}

TEST_F(ConflictFormTest, NothingIsSettledOverWhatCameMeanwhile) {
  Edit("days", "3", 0);
  Edit("days", "5", 1);
  HttpFields late = FormAt(RecordPath(episode_, "/edit"), 1);
  PassAll();
  const HttpFields own = Own("days", "4");
  Type(late, "days", "7");
  ASSERT_NE(Sent(RecordPath(episode_, "/edit"), late, 1), "");
  PassAll();
  const std::size_t candidates = FieldOf(Find(episode_), "days").candidates.size();
  const Page again = Refused(PathOf("days"), own);
  EXPECT_EQ(again.status, 400);
  EXPECT_THAT(again.model["problems"][0]["label"], HasSubstr("có thêm thay đổi"));
  EXPECT_THAT(again.model["candidates"].dump(), HasSubstr("\"7\""));
  EXPECT_EQ(OwnField(again, "days")["typed"], "4") << "what was typed is still there";
  EXPECT_EQ(FieldOf(Find(episode_), "days").candidates.size(), candidates);
  EXPECT_TRUE(FieldOf(Find(episode_), "days").conflict);
}

TEST_F(ConflictFormTest, OfSetsBothSidesAreKeptAndNothingIsToBeSettled) {
  Edit("others", "a", 0);
  PassAll();
  HttpFields here = FormAt(RecordPath(episode_, "/edit"), 0);
  here.erase("f.others");
  here.emplace("f.others", "b");  // instead of a
  HttpFields there = FormAt(RecordPath(episode_, "/edit"), 1);
  there.emplace("f.others", "c");  // beside a
  ASSERT_NE(Sent(RecordPath(episode_, "/edit"), here, 0), "");
  ASSERT_NE(Sent(RecordPath(episode_, "/edit"), there, 1), "");
  PassAll();
  for (const std::size_t at : {0u, 1u}) {
    EXPECT_THAT(FieldOf(Find(episode_, at), "others").elements, ElementsAre(2, 3)) << at;
    EXPECT_EQ(PageAt("/conflicts", at).model["nothing"], true) << at;
  }
}

TEST_F(ConflictFormTest, ARecordMovedToTwoPlacesIsSettledByAPerson) {
  const RecordId hoa = Client("Hoa"), binh = Client("Bình");
  PassAll();
  Move(hoa, 0);
  Move(binh, 1);
  PassAll();
  for (const std::size_t at : {0u, 1u}) {
    EXPECT_THAT(Items("places", at), ElementsAre(PathOf(kFieldParent))) << at;
    EXPECT_EQ(Find(episode_, at).parent, binh) << "the later one meanwhile";
  }
  const Page page = PageAt(PathOf(kFieldParent));
  ASSERT_EQ(page.model["candidates"].size(), 2u);
  std::set<std::string> devices, times;
  for (const Json& candidate : page.model["candidates"]) {
    EXPECT_EQ(candidate["lines"][0]["label"], "Người bệnh");
    devices.insert(candidate["by"]["device"]);
    times.insert(candidate["by"]["when"]);
  }
  EXPECT_EQ(devices.size(), 2u);
  EXPECT_EQ(times.size(), 2u);
  EXPECT_THAT(Html(page), testing::AllOf(HasSubstr("Hoa"), HasSubstr("Bình")));

  HttpFields form = InputsOf(Html(page));
  const EntryNumber before = device().log().size();
  EXPECT_EQ(Refused(PathOf(kFieldParent), form).status, 400) << "nothing was chosen";
  EXPECT_EQ(device().log().size(), before);
  form.emplace("choice", OpOf(page, "Hoa"));
  EXPECT_THAT(Sent(PathOf(kFieldParent), form), StartsWith(RecordPath(episode_, "?saved=")));
  PassAll();
  for (const std::size_t at : {0u, 1u}) {
    EXPECT_EQ(Find(episode_, at).parent, hoa) << at;
    EXPECT_THAT(device(at).view().Conflicts(), IsEmpty()) << at;
  }
  EXPECT_TRUE(PageAt(PathOf(kFieldParent), 1).model.contains("settled"));
  EXPECT_EQ(Find(episode_).root, client_) << "it stays sealed under whom it was created";
}

TEST_F(ConflictFormTest, APlaceIsNotSettledOverAThirdOneThatCame) {
  const RecordId hoa = Client("Hoa"), binh = Client("Bình");
  PassAll();
  Move(hoa, 0);
  Move(binh, 1);
  PassAll();
  const Page page = PageAt(PathOf(kFieldParent));
  HttpFields form = InputsOf(Html(page));
  form.emplace("choice", OpOf(page, "Hoa"));
  Move(client_, 1);
  PassAll();
  EXPECT_TRUE(PageAt(PathOf(kFieldParent)).model.contains("settled")) << "the mover saw both";
  const EntryNumber before = device().log().size();
  Refused(PathOf(kFieldParent), form);
  EXPECT_EQ(device().log().size(), before);
  EXPECT_EQ(Find(episode_).parent, client_);
}

TEST_F(ConflictFormTest, APlaceThatWentIsNotChosenAndOneThatWasMergedStandsForTheOther) {
  const RecordId hoa = Client("Hoa"), binh = Client("Bình"), hoa_too = Client("Hoà");
  PassAll();
  Move(hoa, 0);
  Move(binh, 1);
  PassAll();
  ASSERT_TRUE(device().Delete(binh, "nhầm", std::nullopt));
  ASSERT_TRUE(device().MergeInto(hoa, hoa_too));
  const Page page = PageAt(PathOf(kFieldParent));
  HttpFields form = InputsOf(Html(page));
  HttpFields merged = form;
  merged.emplace("choice", OpOf(page, "Hoa"));
  HttpFields deleted = form;
  deleted.emplace("choice", OpOf(page, "Bình"));
  const EntryNumber before = device().log().size();
  EXPECT_THAT(Refused(PathOf(kFieldParent), deleted).model["problems"][0]["label"],
              HasSubstr("đã bị xoá"));
  EXPECT_EQ(device().log().size(), before);
  EXPECT_NE(Sent(PathOf(kFieldParent), merged), "");
  EXPECT_EQ(Find(episode_).parent, hoa_too);
  PassAll();
  EXPECT_THAT(device(1).view().Conflicts(), IsEmpty());
}

TEST_F(ConflictFormTest, AMoveGoesWhereARecordMayStand) {
  const RecordId hoa = Client("Hoa");
  const auto move = [&](const RecordId& record, const char* type, const RecordId& to) {
    RecordForm form;
    form.type = device().programme().ByName(type);
    form.record = record;
    form.parent = to;
    return device().Save(form);
  };
  const EntryNumber before = device().log().size();
  EXPECT_EQ(move(episode_, "episode", episode_).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(move(client_, "client", hoa).error().code, ErrorCode::kInvalid);
  ASSERT_TRUE(device().Delete(hoa, "nhầm", std::nullopt));
  EXPECT_THAT(move(episode_, "episode", hoa).error().message, StartsWith("parent: "));
  const auto same = move(episode_, "episode", client_);
  ASSERT_TRUE(same);
  EXPECT_FALSE(same->changed) << "it stands there already";
  EXPECT_EQ(device().log().size(), before + 1);
}

TEST_F(ConflictFormTest, ARecordMergedIntoTwoIsSettledByAPerson) {
  const RecordId hoa = Client("Hoa"), binh = Client("Bình");
  PassAll();
  ASSERT_TRUE(device(0).MergeInto(client_, hoa));
  clock_.now_ms += 60'000;
  ASSERT_TRUE(device(1).MergeInto(client_, binh));
  PassAll();
  const std::string path = RecordPath(client_, "/conflict/" + std::to_string(kFieldMergedInto));
  EXPECT_THAT(Items("places"), ElementsAre(path));
  const Page page = PageAt(path);
  EXPECT_EQ(page.model["candidates"][0]["lines"][0]["label"], "Gộp vào");
  HttpFields form = InputsOf(Html(page));
  form.emplace("choice", OpOf(page, "Hoa"));
  EXPECT_NE(Sent(path, form), "");
  PassAll();
  for (const std::size_t at : {0u, 1u}) {
    EXPECT_EQ(Find(client_, at).merged_into, hoa) << at;
    EXPECT_EQ(Find(episode_, at).parent, hoa) << at;
    EXPECT_THAT(device(at).view().Conflicts(), IsEmpty()) << at;
  }
}

TEST_F(ConflictFormTest, APlaceIsSettledByACommandToo) {
  const RecordId hoa = Client("Hoa"), binh = Client("Bình");
  PassAll();
  Move(hoa, 0);
  Move(binh, 1);
  PassAll();
  Output out(Language::kVietnamese, true);
  Call call{device(), out, clock_, SystemRandom(), {}};
  ASSERT_TRUE(ListConflicts(call));
  const Json conflict = out.document()["conflicts"][0];
  EXPECT_EQ(conflict["kind"], "place");
  EXPECT_EQ(conflict["field"], "parent");
  ASSERT_EQ(conflict["candidates"].size(), 2u);
  ResolveOptions options;
  options.id = episode_.Hex();
  options.field = "parent";
  EXPECT_EQ(ResolveConflict(call, options).error().code, ErrorCode::kInvalid);
  options.keep = conflict["candidates"][0]["place"] == hoa.Hex() ? 1 : 2;
  ASSERT_TRUE(ResolveConflict(call, options));
  EXPECT_EQ(Find(episode_).parent, hoa);
  EXPECT_THAT(device().view().Conflicts(), IsEmpty());
}

TEST_F(ConflictFormTest, EditedHereAndDeletedThereIsKeptOrDeletedByAPerson) {
  const std::string path = RecordPath(episode_, "/conflict/deletion");
  const auto clash = [&] {
    ASSERT_TRUE(device(1).Delete(episode_, "ghi hai lần", std::nullopt));
    Edit("days", std::to_string(device().log().size() % 28), 0);
    PassAll();
    for (const std::size_t at : {0u, 1u}) {
      ASSERT_TRUE(Find(episode_, at).deletion_conflict) << at;
      EXPECT_THAT(Items("deletions", at), ElementsAre(path)) << at;
    }
  };
  clash();
  const Page page = PageAt(path);
  ASSERT_EQ(page.model["deleted_by"].size(), 1u);
  EXPECT_EQ(page.model["deleted_by"][0]["why"], "ghi hai lần");
  EXPECT_NE(page.model["deleted_by"][0]["device"], page.model["changed"]["device"]);
  EXPECT_THAT(Html(page), HasSubstr(RecordPath(episode_, "/history")));
  const HttpFields keep = {{"seen", page.model["seen"]}, {"choice", "keep"}};
  EXPECT_NE(Sent(path, keep), "");
  PassAll();
  EXPECT_FALSE(Find(episode_, 1).deleted);
  EXPECT_FALSE(Find(episode_, 1).deletion_conflict);

  clash();
  HttpFields gone = {{"seen", PageAt(path).model["seen"]}, {"choice", "delete"}, {"reason", " "}};
  EXPECT_THAT(Refused(path, gone).model["reason_error"], HasSubstr("lý do"));
  gone.erase("reason");
  gone.emplace("reason", "đúng là hai lần");
  const HttpFields old = {
      {"seen", keep.find("seen")->second}, {"choice", "delete"}, {"reason", "x"}};
  EXPECT_EQ(Refused(path, old).status, 400) << "drawn from what was before";
  EXPECT_FALSE(Find(episode_).deleted);
  EXPECT_NE(Sent(path, gone), "");
  PassAll();
  for (const std::size_t at : {0u, 1u}) EXPECT_TRUE(Find(episode_, at).deleted) << at;
  EXPECT_THAT(device(1).view().Conflicts(), IsEmpty());
}

TEST_F(ConflictFormTest, OneOfManyRecordsIsLookedForHereToo) {
  std::vector<RecordId> workers;
  for (std::size_t i = 0; i <= kReferenceChoicesMax; ++i) {
    workers.push_back(Add("worker", {{"f.display_name", "Người thứ " + std::to_string(i)}}));
  }
  PassAll();
  Conflicting("by", workers[1].Hex(), workers[2].Hex());
  const Page page = PageAt(PathOf("by"));
  EXPECT_TRUE(OwnField(page, "by")["finder"].is_object());
  EXPECT_THAT(Html(page), HasSubstr("data-choices=\"/form/episode/choices\""));
  EXPECT_EQ(Html(page).find(workers[0].Hex()), std::string::npos) << "the fifty-first";
  const EntryNumber before = device().log().size();
  for (const char* button : {"find", "go"}) {
    HttpFields form = FormAt(PathOf("by"));
    form.erase("q.by");
    form.emplace("q.by", "thu 0");
    form.emplace(button, button == std::string("go") ? "enter" : "by");
    const Page found = Refused(PathOf("by"), form);
    EXPECT_EQ(found.status, 200) << "looking is no mistake";
    EXPECT_EQ(OwnField(found, "by")["options"].size(), 7u) << "0, 10, 20 … 50, and none";
    EXPECT_EQ(found.model["own"]["chosen"], true);
    HttpFields chosen = InputsOf(Html(found));
    EXPECT_EQ(FirstOf(chosen, "choice"), "own");
    EXPECT_EQ(FirstOf(chosen, "q.by"), "thu 0");
    EXPECT_EQ(device().log().size(), before);
  }
  EXPECT_EQ(Settled("by", workers[0].Hex()), Value(workers[0]));
}

TEST_F(ConflictFormTest, WhatIsDeletedIsNotToBeSettledUntilItIsBack) {
  Conflicting("days", "3", "5");
  ASSERT_TRUE(device().Delete(episode_, "nhầm", std::nullopt));
  EXPECT_THAT(device().view().Conflicts(), IsEmpty());
  EXPECT_EQ(PageAt("/conflicts").model["nothing"], true);
  ASSERT_TRUE(device().Undelete(episode_));
  EXPECT_THAT(Items("fields"), ElementsAre(PathOf("days")));
  device().Lock();
  EXPECT_THAT(device().view().Conflicts(), IsEmpty()) << "of a sealed field";
}

TEST_F(ConflictFormTest, EveryProblemOfASavingStandsInALineOfItsOwn) {
  RecordForm form;
  form.type = device().programme().ByName("episode");
  form.record = episode_;
  form.values[Number("days")] = Value(std::int64_t{99});
  form.values[Number("ended")] = Value(DateOf(2020, 1, 1));
  const auto saved = device().Save(form);
  ASSERT_FALSE(saved);
  std::istringstream lines(saved.error().message);
  std::vector<std::string> names;
  for (std::string line; std::getline(lines, line);)
    names.push_back(line.substr(0, line.find(':')));
  EXPECT_THAT(names, ElementsAre("days", "ended"));
  Output out(Language::kVietnamese, false);
  EXPECT_THAT(out.Finish(saved.error()).err, HasSubstr("; ended: ")) << "one line on a terminal";
}

}  // namespace
}  // namespace tram::client
