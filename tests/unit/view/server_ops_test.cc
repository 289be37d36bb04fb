// Ops of the server: shown where it writes for the province, held everywhere else.
#include <gmock/gmock.h>

#include "tests/support/op_builder.h"
#include "tests/support/small_programme.h"
#include "tram/programme/province.h"

namespace tram {
namespace {

using namespace small;  // NOLINT: the field names of the small programme
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint32_t kQuestion = 30, kText = 16, kAnswer = 17, kOwnAnswer = 18;

/// The small programme, and a question of the province.
std::shared_ptr<const Programme> WithQuestions(bool of_province = true) {
  auto programme = std::make_shared<Programme>(*SmallProgramme());
  RecordType question;
  question.number = kQuestion;
  question.name = "question";
  question.of_province = of_province;
  const auto add = [&](std::uint32_t number, const char* name, bool clear, bool answer) {
    Field field;
    field.number = field.group = number;
    field.name = name;
    field.clear = clear;
    field.answer = answer;
    question.fields.push_back(field);
  };
  add(kText, "text", true, false);
  add(kAnswer, "answer", true, true);
  add(kOwnAnswer, "own_answer", false, true);
  programme->records.push_back(std::move(question));
  return programme;
}

class ServerOpsTest : public testing::Test {
 protected:
  std::unique_ptr<UnitView> NewView(const std::shared_ptr<const Programme>& programme,
                                    const std::optional<DeviceId>& its_server) {
    auto made = UnitView::Create(programme, TestUnit(), its_server);
    EXPECT_TRUE(made) << made.error().message;
    EXPECT_TRUE((*made)->SetUnsealer(&keys_));
    return std::move(*made);
  }
  std::vector<OpId> Held() {
    std::vector<OpId> ids;
    for (const HeldOp& held : view_->Held()) {
      ids.push_back(held.id);
      EXPECT_THAT(held.reason, HasSubstr("the server wrote it"));
    }
    return ids;
  }
  Value TextOf(const RecordId& record) {
    const Result<RecordView> found = view_->Find(record);
    EXPECT_TRUE(found);
    return found ? found->fields.at(0).value : Value();
  }
  ViewEntry Asked(OpBuilder& by) {
    return by.Create({.type = kQuestion, .clear = {{kText, std::string("Đúng không?")}}});
  }

  const DeviceId server_ = TestDevice(9);
  TestKeys keys_{TestUnit()};
  OpBuilder device_{TestUnit(), TestDevice(1), &keys_};
  OpBuilder by_server_{TestUnit(), server_, &keys_};
  std::unique_ptr<UnitView> view_ = NewView(WithQuestions(), server_);
};

TEST_F(ServerOpsTest, AQuestionOfTheServerAndItsChangesAreShown) {
  const ViewEntry asked = Asked(by_server_);
  const RecordId id = RecordOf(asked.id);
  const ViewEntry changed = by_server_.Change(
      id, {.type = kQuestion, .clear = {{kText, std::string("Sai?")}}, .parents = {asked.id}});
  ASSERT_TRUE(view_->Apply(std::vector{asked, changed}));
  EXPECT_EQ(TextOf(id), Value(std::string("Sai?")));
  EXPECT_THAT(view_->Held(), IsEmpty());
}

TEST_F(ServerOpsTest, WhatItWritesElsewhereIsHeld) {
  const ViewEntry client = device_.Create(
      {.type = kClient, .clear = {{kCode, std::string("C1")}, {kSex, Code{1}}}, .person = true});
  const RecordId id = RecordOf(client.id);
  const ViewEntry forged =
      by_server_.Change(id, {.type = kClient, .clear = {{kSex, Code{2}}}, .parents = {client.id}});
  const ViewEntry deleted = by_server_.Change(
      id, {.type = kClient, .clear = {{kFieldDeleted, true}}, .parents = {client.id}});
  const ViewEntry made = by_server_.Create({.type = kWorker});
  ASSERT_TRUE(view_->Apply(std::vector{client, forged, deleted, made}));
  EXPECT_THAT(Held(), ElementsAre(forged.id, deleted.id, made.id));
  const RecordView record = *view_->Find(id);
  EXPECT_FALSE(record.deleted);
  EXPECT_THAT(record.deletion_parents, ElementsAre(client.id));
  EXPECT_FALSE(view_->Find(RecordOf(made.id)));
  EXPECT_EQ(view_->ops(), 4u) << "they keep their places";
}

TEST_F(ServerOpsTest, ItAnswersNothingAndDeletesNothingOfWhatItAsked) {
  const ViewEntry asked = Asked(by_server_);
  const RecordId id = RecordOf(asked.id);
  const auto change = [&](std::vector<Edit> clear, std::vector<Edit> sealed = {}) {
    return by_server_.Change(id, {.type = kQuestion,
                                  .clear = std::move(clear),
                                  .sealed = std::move(sealed),
                                  .parents = {asked.id}});
  };
  const std::vector<ViewEntry> forged = {
      change({{kAnswer, std::string("đúng")}}),
      change({{kText, std::string("Sai?")}, {kAnswer, std::string("đúng")}}),
      change({{kFieldDeleted, true}}), change({{kFieldMergedInto, id}}),
      change({}, {{kOwnAnswer, std::string("đúng")}})};
  ASSERT_TRUE(view_->Apply(std::vector{asked}));
  ASSERT_TRUE(view_->Apply(forged));
  EXPECT_THAT(Held(),
              ElementsAre(forged[0].id, forged[1].id, forged[2].id, forged[3].id, forged[4].id));
  EXPECT_EQ(TextOf(id), Value(std::string("Đúng không?")));
  EXPECT_FALSE(view_->Find(id)->deleted);
}

TEST_F(ServerOpsTest, OthersAnswerAndWriteAsEver) {
  const ViewEntry asked = Asked(by_server_);
  const RecordId id = RecordOf(asked.id);
  const ViewEntry answer = device_.Change(
      id, {.type = kQuestion, .clear = {{kAnswer, std::string("đúng")}}, .parents = {asked.id}});
  const ViewEntry client = device_.Create({.type = kClient, .person = true});
  ASSERT_TRUE(view_->Apply(std::vector{asked, answer, client}));
  EXPECT_THAT(view_->Held(), IsEmpty());
  EXPECT_EQ(view_->Find(id)->fields.at(1).value, Value(std::string("đúng")));
  EXPECT_TRUE(view_->Find(RecordOf(client.id)));
}

TEST_F(ServerOpsTest, WhatAnOlderProgrammeHoldsShowsUnderTheNewer) {
  const ViewEntry asked = Asked(by_server_);
  view_ = NewView(WithQuestions(false), server_);
  ASSERT_TRUE(view_->Apply(std::vector{asked}));
  EXPECT_THAT(Held(), ElementsAre(asked.id));
  view_ = NewView(WithQuestions(), server_);
  ASSERT_TRUE(view_->Apply(std::vector{asked}));
  EXPECT_THAT(view_->Held(), IsEmpty());
  EXPECT_TRUE(view_->Find(RecordOf(asked.id)));
}

}  // namespace
}  // namespace tram
