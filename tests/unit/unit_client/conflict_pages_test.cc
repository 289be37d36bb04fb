// The pages on which people settle what only people can settle.
#include <set>

#include "tests/unit/unit_client/page_fixture.h"

namespace tram::client {
namespace {

class ConflictPagesTest : public PageTest {
 protected:
  RecordId Client(const std::string& name = "Lê Thị Hoa", const std::string& year = "1990") {
    return Add("client", {{"full_name", name}, {"birth_year", year}, {"sex", "female"}});
  }
  std::uint32_t Number(const std::string& field) { return Type("client").ByName(field)->number; }
  std::string PathOf(const RecordId& record, const std::string& field) {
    return RecordPath(record, "/conflict/" + std::to_string(Number(field)));
  }
  FieldView FieldNow(const RecordId& record, const std::string& field) {
    auto found = device_->view().Find(record);
    return *FindFieldView(*found, Number(field));
  }
  Page Get(const std::string& path) { return PageOf(Run(ConflictRoutes(), "GET", path)); }
  Result<Answer> Post(const std::string& path, const HttpFields& form) {
    return Run(ConflictRoutes(), "POST", path, form);
  }
  static std::string Op(const Page& page, std::size_t candidate) {
    return page.model["candidates"][candidate]["op"];
  }
  /// Deleted by somebody, changed by somebody else who had not seen it.
  RecordId DeletedAndChanged() {
    const RecordId client = Client();
    const auto before = device_->view().Find(client)->deletion_parents;
    RecordForm form = FormOf("client", {{"phone", "0912345678"}});
    form.record = client;
    EXPECT_TRUE(device_->Save(form));
    EXPECT_TRUE(device_->Delete(client, "nhập nhầm", before));
    EXPECT_TRUE(device_->view().Find(client)->deletion_conflict);
    return client;
  }
};

TEST_F(ConflictPagesTest, TheListSaysWhatToLookAtAndWhere) {
  DrawsInBoth(Get("/conflicts"), "Không có gì cần xem lại", "There is nothing to look at again");
  const RecordId client = Client();
  Conflicting(client, "client", "phone", {"0911", "0922"});
  const Page page = Get("/conflicts");
  ASSERT_EQ(page.model["fields"]["items"].size(), 1u);
  EXPECT_EQ(page.model["fields"]["items"][0]["href"], PathOf(client, "phone"));
  EXPECT_EQ(page.model["fields"]["items"][0]["candidates"], 2);
  DrawsInBoth(page, "Hai người ghi khác nhau", "Two people wrote one field differently");
}

TEST_F(ConflictPagesTest, EveryValueStandsWithItsWriter) {
  const RecordId client = Client();
  Conflicting(client, "client", "phone", {"0911", "0922", "0933"});
  const Page page = Get(PathOf(client, "phone"));
  ASSERT_EQ(page.model["candidates"].size(), 3u);
  std::set<std::string> values;
  for (const Json& candidate : page.model["candidates"]) {
    values.insert(candidate["lines"][0]["value"]);
    EXPECT_NE(candidate["by"]["when"], "");
    EXPECT_NE(candidate["by"]["device"], "");
  }
  EXPECT_EQ(values, (std::set<std::string>{"0911", "0922", "0933"}));
  DrawsInBoth(page, "Giá trị nào đúng", "Which one is right");
}

TEST_F(ConflictPagesTest, TheChosenValueIsKept) {
  const RecordId client = Client();
  Conflicting(client, "client", "phone", {"0911", "0922"});
  const Page page = Get(PathOf(client, "phone"));
  const std::string wanted = page.model["candidates"][1]["lines"][0]["value"];
  const HttpResponse done = ResponseOf(
      Post(PathOf(client, "phone"), {{"choice", Op(page, 1)}, {"seen", page.model["seen"]}}));
  EXPECT_EQ(done.status, 303);
  EXPECT_TRUE(HeaderOf(done, "Location").starts_with(RecordPath(client, "?saved=")));
  EXPECT_FALSE(FieldNow(client, "phone").conflict);
  EXPECT_EQ(std::get<std::string>(FieldNow(client, "phone").value), wanted);
}

TEST_F(ConflictPagesTest, WhatCameMeanwhileIsNotOverwrittenUnseen) {
  const RecordId client = Client();
  const auto before = FieldNow(client, "phone").parents;
  Conflicting(client, "client", "phone", {"0911", "0922"});
  const Page page = Get(PathOf(client, "phone"));
  RecordForm late = FormOf("client", {{"phone", "0933"}});
  late.record = client;
  late.parents = before;
  ASSERT_TRUE(device_->Save(late));
  const Page again = PageOf(
      Post(PathOf(client, "phone"), {{"choice", Op(page, 0)}, {"seen", page.model["seen"]}}));
  EXPECT_EQ(again.status, 400);
  EXPECT_EQ(again.model["candidates"].size(), 3u);
  EXPECT_EQ(FieldNow(client, "phone").candidates.size(), 3u);
  DrawsInBoth(again, "Giá trị nào đúng", "Which one is right");
}

TEST_F(ConflictPagesTest, AValueOfOnesOwnIsCheckedAndNothingTypedIsLost) {
  const RecordId client = Client();
  Conflicting(client, "client", "birth_year", {"1991", "1992"});
  const Page page = Get(PathOf(client, "birth_year"));
  HttpFields form{{"choice", "own"}, {"seen", page.model["seen"]}, {"f.birth_year", "19x1"}};
  const Page wrong = PageOf(Post(PathOf(client, "birth_year"), form));
  EXPECT_EQ(wrong.status, 400);
  EXPECT_EQ(wrong.model["own"]["fields"][0]["typed"], "19x1");
  EXPECT_NE(wrong.model["own"]["fields"][0]["error"], "");
  EXPECT_EQ(wrong.model["problems"][0]["href"], "#f-birth_year");
  EXPECT_TRUE(FieldNow(client, "birth_year").conflict);
  form.erase("f.birth_year");
  form.emplace("f.birth_year", "1993");
  EXPECT_EQ(ResponseOf(Post(PathOf(client, "birth_year"), form)).status, 303);
  EXPECT_EQ(std::get<std::int64_t>(FieldNow(client, "birth_year").value), 1993);
}

TEST_F(ConflictPagesTest, BothTextsAreOfferedAsTheBeginningOfAThird) {
  const RecordId client = Client();
  Conflicting(client, "client", "note", {"gọi buổi sáng", "gọi buổi chiều"});
  const std::string begin = Get(PathOf(client, "note")).model["own"]["fields"][0]["typed"];
  EXPECT_NE(begin.find("gọi buổi sáng"), std::string::npos) << begin;
  EXPECT_NE(begin.find("gọi buổi chiều"), std::string::npos) << begin;
}

TEST_F(ConflictPagesTest, WhatWasSettledMeanwhileSaysSo) {
  const RecordId client = Client();
  Conflicting(client, "client", "phone", {"0911", "0922"});
  const Page page = Get(PathOf(client, "phone"));
  const HttpFields form{{"choice", Op(page, 0)}, {"seen", page.model["seen"]}};
  ASSERT_EQ(ResponseOf(Post(PathOf(client, "phone"), form)).status, 303);
  const auto ops = device_->log().size();
  const Page settled = PageOf(Post(PathOf(client, "phone"), form));
  EXPECT_EQ(settled.status, 200);
  EXPECT_EQ(device_->log().size(), ops);
  DrawsInBoth(settled, "đã được giải quyết rồi", "This is settled already");
}

TEST_F(ConflictPagesTest, ADeletionNeedsAReasonAndKeepingNone) {
  const RecordId first = DeletedAndChanged(), second = DeletedAndChanged();
  const Page list = Get("/conflicts");
  EXPECT_EQ(list.model["deletions"]["items"].size(), 2u);
  const std::string path = RecordPath(first, "/conflict/deletion");
  const Page page = Get(path);
  EXPECT_EQ(page.model["deleted_by"].size(), 1u);
  DrawsInBoth(page, "Giữ hay xoá hồ sơ", "Keep or delete the record");
  HttpFields form{{"choice", "delete"}, {"seen", page.model["seen"]}, {"reason", " "}};
  const Page wrong = PageOf(Post(path, form));
  EXPECT_EQ(wrong.status, 400);
  EXPECT_NE(wrong.model["reason_error"], "");
  EXPECT_TRUE(device_->view().Find(first)->deletion_conflict);
  form.erase("reason");
  form.emplace("reason", "đăng ký nhầm");
  EXPECT_EQ(ResponseOf(Post(path, form)).status, 303);
  EXPECT_TRUE(device_->view().Find(first)->deleted);

  const std::string other = RecordPath(second, "/conflict/deletion");
  const HttpFields keep{{"choice", "keep"}, {"seen", Get(other).model["seen"]}};
  EXPECT_EQ(ResponseOf(Post(other, keep)).status, 303);
  EXPECT_FALSE(device_->view().Find(second)->deleted);
  EXPECT_FALSE(device_->view().Find(second)->deletion_conflict);
}

TEST_F(ConflictPagesTest, AStrangersPathIsNotFound) {
  const RecordId client = Client();
  EXPECT_EQ(Run(ConflictRoutes(), "GET", "/record/00/conflict/16").error().code,
            ErrorCode::kNotFound);
  for (const char* group : {"999", "16x", "-1", "99999999999999"}) {
    auto answer = Run(ConflictRoutes(), "GET", RecordPath(client, "/conflict/") + group);
    ASSERT_FALSE(answer) << group;
    EXPECT_EQ(answer.error().code, ErrorCode::kNotFound) << group;
  }
}

}  // namespace
}  // namespace tram::client
