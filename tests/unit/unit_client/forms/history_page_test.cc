// Deleting, restoring, taking back what was just saved, and what the history says of all that.
#include "tests/unit/unit_client/forms/form_fixture.h"

namespace tram::client {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class HistoryPageTest : public FormTest {
 protected:
  std::string Edit(const RecordId& record, const std::string& field, const std::string& text,
                   std::size_t at = 0) {
    clock_.now_ms += 60'000;
    HttpFields form = FormAt(RecordPath(record, "/edit"), at);
    Type(form, field, text);
    return OpIn(Sent(RecordPath(record, "/edit"), form, at));
  }
  std::string Undo(const std::string& op) { return Sent("/undo/" + op, {}); }
  std::string Message(const std::string& op, std::size_t at = 0) {
    const Page page = Refused("/undo/" + op, {}, at);
    EXPECT_EQ(page.status, 409);
    EXPECT_THAT(Html(page), HasSubstr("/history\""));
    return page.model["message"];
  }
  std::vector<std::string> Lines(const Json& change) {
    std::vector<std::string> lines;
    for (const Json& line : change["lines"]) lines.push_back(line["text"]);
    return lines;
  }
};

TEST_F(HistoryPageTest, WhatWasAddedByMistakeIsTakenBack) {
  const RecordId client = Client();
  const std::string op = CreatingOp(client).Hex();
  EXPECT_THAT(Undo(op), StartsWith(RecordPath(client) + "?saved="));
  EXPECT_TRUE(Find(client).deleted);
  const RecordView record = Find(client);
  EXPECT_EQ(record.reserved.at(kFieldReason).value, Value(std::string("undo")));
  EXPECT_THAT(Message(op), HasSubstr("đã xoá"));
}

TEST_F(HistoryPageTest, WhatIsInUseIsNotTakenBack) {
  const RecordId client = Client();
  const RecordId episode = Episode(client);
  EXPECT_THAT(Message(CreatingOp(client).Hex()), HasSubstr("không hoàn tác"));
  Edit(episode, "days", "3");
  EXPECT_THAT(Message(CreatingOp(episode).Hex()), HasSubstr("không hoàn tác"));
  EXPECT_FALSE(Find(client).deleted);
  EXPECT_FALSE(Find(episode).deleted);
}

TEST_F(HistoryPageTest, AnEditIsTakenBackAndDoneAgain) {
  const RecordId client = Add("client", {{"f.full_name", "Hoa"}, {"f.sex", "female"}});
  HttpFields form = FormAt(RecordPath(client, "/edit"));
  Type(form, "full_name", "Hòa");
  Type(form, "note", "mới");
  const std::string edit = OpIn(Sent(RecordPath(client, "/edit"), form));
  const std::string undo = OpIn(Undo(edit));
  EXPECT_EQ(ValueOf(client, "full_name"), Value(std::string("Hoa")));
  EXPECT_TRUE(IsNull(ValueOf(client, "note")));
  EXPECT_EQ(ValueOf(client, "sex"), Value(Code{1}));
  Undo(undo);
  EXPECT_EQ(ValueOf(client, "full_name"), Value(std::string("Hòa")));
  EXPECT_EQ(ValueOf(client, "note"), Value(std::string("mới")));
}

TEST_F(HistoryPageTest, WhatOthersChangedSinceStays) {
  const RecordId client = Client("Hoa");
  const std::string edit = Edit(client, "full_name", "Hòa");
  PassAll();
  Edit(client, "full_name", "Hoa B", 1);
  PassAll();
  EXPECT_THAT(Message(edit), HasSubstr("“Họ và tên” đã được thay đổi"));
  EXPECT_EQ(ValueOf(client, "full_name"), Value(std::string("Hoa B")));
  // Another field's change is no hindrance.
  const std::string note = Edit(client, "note", "a");
  PassAll();
  Edit(client, "sex", "male", 1);
  PassAll();
  Undo(note);
  EXPECT_TRUE(IsNull(ValueOf(client, "note")));
  EXPECT_EQ(ValueOf(client, "sex"), Value(Code{2}));
}

TEST_F(HistoryPageTest, OnlyWhoSavedItTakesItBack) {
  const RecordId client = Client("Hoa");
  const std::string edit = Edit(client, "full_name", "Hòa");
  PassAll();
  EXPECT_THAT(Message(edit, 1), HasSubstr("Chỉ người đã lưu"));
  const RecordId worker = Add("worker", {{"f.display_name", "Mai"}});
  ASSERT_TRUE(device().SetAuthor(worker));
  EXPECT_THAT(Message(edit), HasSubstr("Chỉ người đã lưu"));
  EXPECT_EQ(FailsWith("POST", "/undo/" + OpId().Hex()), ErrorCode::kNotFound);
  EXPECT_EQ(FailsWith("POST", "/undo/nonsense"), ErrorCode::kNotFound);
}

TEST_F(HistoryPageTest, ASetAndAGroupAreTakenBack) {
  const RecordId episode =
      Add("episode", {{"f.others", "a"}, {"f.use", "lapse"}, {"f.use_date", "1/1/2026"}}, Client());
  HttpFields form = FormAt(RecordPath(episode, "/edit"));
  Type(form, "others", "b");
  Type(form, "use", "none");
  Type(form, "use_date", "");
  const std::string edit = OpIn(Sent(RecordPath(episode, "/edit"), form));
  EXPECT_THAT(FieldOf(Find(episode), "others").elements, ElementsAre(2));
  Undo(edit);
  EXPECT_THAT(FieldOf(Find(episode), "others").elements, ElementsAre(1));
  EXPECT_EQ(ValueOf(episode, "use"), Value(Code{2}));
  EXPECT_EQ(ValueOf(episode, "use_date"), Value(DateOf(2026, 1, 1)));
  const std::string set = Edit(episode, "others", "c");
  Edit(episode, "others", "d");
  EXPECT_THAT(Message(set), HasSubstr("“Chất khác” đã được thay đổi"));
}

TEST_F(HistoryPageTest, AChoiceBetweenSeveralIsNotTakenBackBlindly) {
  const RecordId client = Client("Hoa");
  PassAll();
  HttpFields theirs = FormAt(RecordPath(client, "/edit"), 1);
  Edit(client, "full_name", "A", 0);
  Type(theirs, "full_name", "B");
  Sent(RecordPath(client, "/edit"), theirs, 1);
  PassAll();
  const std::string chosen = Edit(client, "full_name", "C");
  EXPECT_FALSE(FieldOf(Find(client), "full_name").conflict);
  EXPECT_THAT(Message(chosen), HasSubstr("một trong nhiều giá trị"));
}

TEST_F(HistoryPageTest, ADeletionSaysWhatGoesWithItAndCanBeTakenBack) {
  const RecordId client = Client();
  const RecordId episode = Episode(client);
  Episode(client);
  const Page page = PageAt(RecordPath(client, "/delete"));
  ASSERT_EQ(page.model["below"].size(), 1u);
  EXPECT_EQ(page.model["below"][0]["label"], "Các đợt");
  EXPECT_EQ(page.model["below"][0]["count"], 2);
  const std::string html = Html(page);
  EXPECT_THAT(
      html, AllOf(HasSubstr("Các đợt: 2"), HasSubstr("có thể phục hồi"), HasSubstr("Lê Thị Hoa")));
  const HttpFields drawn = {{"drawn", page.model["drawn"]}, {"reason", "  "}};
  const Page refused = Refused(RecordPath(client, "/delete"), drawn);
  EXPECT_THAT(Html(refused), HasSubstr("hãy ghi lý do xoá"));
  EXPECT_FALSE(Find(client).deleted);
  const std::string to = Sent(RecordPath(client, "/delete"),
                              {{"drawn", page.model["drawn"]}, {"reason", "ghi hai lần"}});
  EXPECT_TRUE(Find(client).deleted);
  EXPECT_THAT(device().view().Records(*device().programme().ByName("episode")), IsEmpty());
  Undo(OpIn(to));
  EXPECT_FALSE(Find(client).deleted);
  EXPECT_FALSE(Find(episode).deleted);
  ASSERT_TRUE(device().Delete(client, "b", std::nullopt));
  EXPECT_THAT(Sent(RecordPath(client, "/undelete"), {}), StartsWith(RecordPath(client)));
  EXPECT_FALSE(Find(client).deleted);
  EXPECT_EQ(PageAt(RecordPath(episode, "/delete")).model["below_shown"], false);
}

TEST_F(HistoryPageTest, ADeletionThatDidNotSeeAChangeIsAConflict) {
  const RecordId client = Client();
  PassAll();
  const std::string drawn = PageAt(RecordPath(client, "/delete")).model["drawn"];
  Edit(client, "note", "vẫn đến khám", 1);
  PassAll();
  Sent(RecordPath(client, "/delete"), {{"drawn", drawn}, {"reason", "nhầm"}});
  EXPECT_FALSE(Find(client).deleted);
  EXPECT_TRUE(Find(client).deletion_conflict);
}

TEST_F(HistoryPageTest, TheHistoryTellsEveryChangeOfBothDevicesInWords) {
  const RecordId worker = Add("worker", {{"f.display_name", "Y sĩ Mai"}});
  ASSERT_TRUE(device().SetAuthor(worker));
  const RecordId client = Add("client", {{"f.full_name", "Hoa"}, {"f.sex", "female"}});
  const RecordId episode = Add("episode", {{"f.others", "a"}, {"f.intake", "1/2/2026"}}, client);
  PassAll();
  Edit(client, "full_name", "Hòa", 1);
  PassAll();
  Edit(client, "sex", "");
  Edit(episode, "others", "b");
  Sent(RecordPath(client, "/delete"), {{"reason", "chuyển đi"}});
  Sent(RecordPath(client, "/undelete"), {});

  const Page page = PageAt(RecordPath(client, "/history"));
  const Json& changes = page.model["changes"];
  ASSERT_EQ(changes.size(), 5u);
  EXPECT_EQ(changes[0]["what"], "Tạo hồ sơ");
  EXPECT_EQ(changes[0]["who"], "Y sĩ Mai");
  EXPECT_EQ(changes[0]["device"], "máy này");
  EXPECT_EQ(changes[0]["when"], "22/11/2026 14:05");
  EXPECT_THAT(Lines(changes[0]), ElementsAre("Họ và tên: “Hoa”", "Giới tính: “Nữ”"));
  EXPECT_EQ(changes[1]["who"], "không rõ ai ghi");
  EXPECT_THAT(changes[1]["device"], StartsWith("máy " + device(1).device().Hex().substr(0, 8)));
  EXPECT_THAT(Lines(changes[1]), ElementsAre("Họ và tên: từ “Hoa” thành “Hòa”"));
  EXPECT_THAT(Lines(changes[2]), ElementsAre("Giới tính: từ “Nữ” thành (trống)"));
  EXPECT_EQ(changes[3]["what"], "Xoá hồ sơ");
  EXPECT_THAT(Lines(changes[3]), ElementsAre("Lý do: chuyển đi"));
  EXPECT_EQ(changes[4]["what"], "Phục hồi hồ sơ");
  const Json below = PageAt(RecordPath(episode, "/history")).model["changes"];
  EXPECT_THAT(Lines(below[0]),
              ElementsAre("Thuộc: Hòa", "Ngày vào: “01/02/2026”", "Chất khác: thêm “A”"));
  EXPECT_THAT(Lines(below[1]), ElementsAre("Chất khác: thêm “B”", "Chất khác: bỏ “A”"));
  language_ = Language::kEnglish;
  EXPECT_THAT(Html(PageAt(RecordPath(client, "/history")), language_),
              AllOf(HasSubstr("Name: from “Hoa” to “Hòa”"), HasSubstr("Reason: chuyển đi"),
                    Not(HasSubstr("Lý do"))));
}

TEST_F(HistoryPageTest, TheHistoryOfAConflictShowsWhatWasChosenFrom) {
  const RecordId client = Client("Hoa");
  PassAll();
  HttpFields theirs = FormAt(RecordPath(client, "/edit"), 1);
  Edit(client, "full_name", "A", 0);
  clock_.now_ms += 60'000;
  Type(theirs, "full_name", "B");
  Sent(RecordPath(client, "/edit"), theirs, 1);
  PassAll();
  Edit(client, "full_name", "C");
  const Json changes = PageAt(RecordPath(client, "/history")).model["changes"];
  ASSERT_EQ(changes.size(), 4u);
  EXPECT_THAT(Lines(changes[2]), ElementsAre("Họ và tên: từ “Hoa” thành “B”"));
  EXPECT_THAT(Lines(changes[3]), ElementsAre("Họ và tên: từ “A” và “B” thành “C”"));
}

}  // namespace
}  // namespace tram::client
