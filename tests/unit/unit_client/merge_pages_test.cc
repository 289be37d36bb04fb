// One person registered twice: compared, merged, taken apart again.
#include "tests/unit/unit_client/page_fixture.h"
#include "web/record_words.h"

namespace tram::client {
namespace {

class MergePagesTest : public PageTest {
 protected:
  void SetUp() override {
    PageTest::SetUp();
    one_ = Client("Đỗ Minh Hà", "1990");
    two_ = Client("do minh ha", "1991");
    episode_ = Add("episode", {{"intake_date", "2026-01-02"}}, one_);
  }
  RecordId Client(const std::string& name, const std::string& year) {
    return Add("client", {{"full_name", name}, {"birth_year", year}});
  }
  RecordView Find(const RecordId& record) { return *device_->view().Find(record); }
  Page Get(const std::string& path) { return PageOf(Run(ConflictRoutes(), "GET", path)); }
  Page Compared() { return Get(RecordPath(one_, "/merge?with=" + two_.Hex())); }
  Result<Answer> Merge(const RecordId& at, const RecordId& with, const std::string& stays,
                       const std::string& seen) {
    return Run(ConflictRoutes(), "POST", RecordPath(at, "/merge"),
               {{"with", with.Hex()}, {"stays", stays}, {"seen", seen}});
  }
  /// The first goes into the second.
  void MergeThem() {
    const HttpResponse done = ResponseOf(Merge(one_, two_, two_.Hex(), Compared().model["seen"]));
    ASSERT_TRUE(HeaderOf(done, "Location").starts_with(RecordPath(two_, "?saved=")));
  }
  HttpResponse Unmerge(const RecordId& record) {
    return ResponseOf(Run(ConflictRoutes(), "POST", RecordPath(record, "/unmerge")));
  }
  std::vector<RecordId> Listed() { return device_->view().Records(Type("client")); }
  std::vector<std::string> Found(const std::string& words) {
    std::vector<std::string> titles;
    const auto found =
        device_->view().Search(Type("client"), words, 0, 10, LocalDate(SystemClock().WallMs()));
    for (const TitledRecord& one : found->records) titles.push_back(one.title);
    return titles;
  }

  std::size_t MergeLinks() {
    std::size_t links = 0;
    const Page list = Get("/conflicts");
    for (const Json& check : list.model["checks"]) {
      for (const Json& item : check["items"]) links += item.contains("merge") ? 1 : 0;
    }
    return links;
  }

  RecordId one_, two_, episode_;
};

TEST_F(MergePagesTest, TwoAlikeAreFoundAndComparedFieldByField) {
  EXPECT_EQ(MergeLinks(), 2u);
  EXPECT_EQ(Get(RecordPath(one_, "/merge")).model["others"].size(), 1u);
  const Page page = Compared();
  DrawsInBoth(page, "Hồ sơ nào được giữ lại", "Which record stays");
  std::map<std::string, std::pair<std::string, std::string>> differing;
  for (const Json& row : page.model["comparison"]["rows"]) {
    if (row["differs"].get<bool>()) differing[row["label"]] = {row["one"], row["other"]};
  }
  EXPECT_EQ(differing["Năm sinh"], (std::pair<std::string, std::string>("1990", "1991")));
}

TEST_F(MergePagesTest, TheOneThatIsChosenStays) {
  MergeThem();
  EXPECT_EQ(Find(one_).merged_into, two_);
  EXPECT_FALSE(Find(two_).merged_into);
  Unmerge(one_);
  EXPECT_EQ(ResponseOf(Merge(one_, two_, one_.Hex(), Compared().model["seen"])).status, 303);
  EXPECT_EQ(Find(two_).merged_into, one_);
  EXPECT_FALSE(Find(one_).merged_into);
}

TEST_F(MergePagesTest, WhatBelongedToEitherIsSeenBelowTheOneThatStays) {
  const RecordId own = Add("episode", {{"intake_date", "2026-03-04"}}, two_);
  MergeThem();
  EXPECT_EQ(Find(episode_).parent, two_);
  EXPECT_EQ(Find(own).parent, two_);
  const Page page = PageOf(Run(RecordRoutes(), "GET", RecordPath(two_)));
  EXPECT_EQ(page.model["below"].size(), 2u);
}

TEST_F(MergePagesTest, TheOneThatWentIsListedAndFoundNoMore) {
  EXPECT_EQ(Listed().size(), 2u);
  MergeThem();
  EXPECT_EQ(Listed(), std::vector<RecordId>{two_});
  EXPECT_EQ(Found("do minh").size(), 1u);
  EXPECT_EQ(MergeLinks(), 0u) << "they are compared no more";
  const Page gone = PageOf(Run(RecordRoutes(), "GET", RecordPath(one_)));
  EXPECT_EQ(gone.model["merged_into"], RecordPath(two_)) << "its own page says where it went";
}

TEST_F(MergePagesTest, TakingApartGivesBackBothWithAllTheirs) {
  MergeThem();
  DrawsInBoth(Get(RecordPath(one_, "/merge")), "Bỏ gộp", "Undo the merging");
  EXPECT_EQ(Unmerge(one_).status, 303);
  EXPECT_FALSE(Find(one_).merged_into);
  EXPECT_EQ(Find(episode_).parent, one_);
  EXPECT_EQ(Listed().size(), 2u);
  EXPECT_EQ(FindFieldView(Find(one_), Type("client").ByName("birth_year")->number)->value,
            Value(std::int64_t{1990}));
  const EntryNumber ops = device_->log().size();
  EXPECT_EQ(Unmerge(one_).status, 303) << "twice";
  EXPECT_EQ(Unmerge(two_).status, 303) << "it was never merged";
  EXPECT_EQ(device_->log().size(), ops);
}

TEST_F(MergePagesTest, NothingIsMergedOverWhatCameMeanwhile) {
  for (const RecordId& changed : {one_, two_}) {
    const std::string seen = Compared().model["seen"];
    RecordForm form = FormOf("client", {{"phone", "091" + std::to_string(device_->log().size())}});
    form.record = changed;
    ASSERT_TRUE(device_->Save(form));
    const Page again = PageOf(Merge(one_, two_, two_.Hex(), seen));
    EXPECT_EQ(again.status, 400);
    EXPECT_EQ(again.model["other_chosen"], true) << "what was chosen stays so";
    EXPECT_NE(again.model["seen"], seen);
    EXPECT_NE(again.model["error"].get<std::string>().find("có thêm thay đổi"), std::string::npos);
    DrawsInBoth(again, "Hồ sơ nào được giữ lại", "Which record stays");
    EXPECT_FALSE(Find(one_).merged_into);
  }
}

TEST_F(MergePagesTest, OnlyTwoThatStandAloneAreMerged) {
  const std::string seen = Compared().model["seen"];
  const auto refused = [&](const RecordId& at, const RecordId& with, const std::string& stays) {
    const EntryNumber ops = device_->log().size();
    const Page page = PageOf(Merge(at, with, stays, seen));
    EXPECT_EQ(page.status, 400);
    EXPECT_EQ(device_->log().size(), ops);
    return page.model["obstacle"].get<std::string>();
  };
  EXPECT_EQ(refused(one_, two_, ""), "") << "none was chosen";
  EXPECT_EQ(refused(one_, two_, episode_.Hex()), "") << "neither of the two";
  EXPECT_NE(refused(one_, one_, one_.Hex()), "");
  EXPECT_NE(refused(one_, episode_, one_.Hex()), "") << "another type";
  MergeThem();
  EXPECT_NE(refused(two_, one_, one_.Hex()), "") << "a circle";
  const RecordId three = Client("Đỗ Minh Hà", "1992");
  EXPECT_NE(refused(three, one_, three.Hex()), "") << "merged already";
  ASSERT_TRUE(device_->Delete(three, "nhầm", std::nullopt));
  EXPECT_NE(refused(two_, three, two_.Hex()), "") << "deleted";
  EXPECT_EQ(Merge(two_, RecordId(), two_.Hex(), seen).error().code, ErrorCode::kNotFound);
}

TEST_F(MergePagesTest, AMergingIsTakenBackByWhoDidIt) {
  MergeThem();
  const std::string op = Find(one_).changed.op.Hex();
  EXPECT_EQ(ResponseOf(Run(HistoryRoutes(), "POST", "/undo/" + op)).status, 303);
  EXPECT_FALSE(Find(one_).merged_into);
}

}  // namespace
}  // namespace tram::client
