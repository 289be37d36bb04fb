// The province's desk: a question is an op on the server's own feed in the unit's log. It is
// durable, comes to the devices and stays one history, whatever becomes of the server.
#include "app/province_desk.h"

#include <gmock/gmock.h>

#include "storage/store_check.h"
#include "tests/unit/central_server/questions_fixture.h"
#include "tram/wire/op_codec.h"

namespace tram::server {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class ProvinceDeskTest : public QuestionsTest {
 protected:
  void SetUp() override {
    QuestionsTest::SetUp();
    about_ = WrongVisit(*device_);
    Sync(*device_);
  }
  Result<RecordId> Ask(const std::string& text, const RecordId& about) {
    return ProvinceDesk(state()).Ask(unit_, about, text, kDaysWithoutUse, "account:hoa");
  }
  RecordId MustAsk(const std::string& text, const std::optional<RecordId>& about = std::nullopt) {
    const Result<RecordId> asked = Ask(text, about.value_or(about_));
    EXPECT_TRUE(asked) << (asked ? "" : asked.error().message);
    return asked ? *asked : RecordId();
  }
  OpLog& Log() { return *(*state().units().Open(unit_.id))->log; }
  std::vector<Leaf> ServersLeaves(const OpLog& log) {
    std::vector<Leaf> leaves;
    for (const Leaf& leaf : log.Leaves()) {
      if (leaf.feed.device == state().keys().server.id()) leaves.push_back(leaf);
    }
    return leaves;
  }
  QuestionStanding StandingAtServer(const RecordId& question) {
    UnitView* view = *state().units().ViewOf(unit_.id, state().programme().programme);
    return FindQuestion(*view, *QuestionFormOf(view->programme()), question)->standing;
  }
  /// What a backup of the database would hold.
  std::filesystem::path CopyOfDatabase() {
    const std::filesystem::path copy = outside_ / "copy.db";
    EXPECT_TRUE(store().database().BackupTo(copy));
    return copy;
  }
  void PutBack(const std::filesystem::path& copy) {
    worker_.reset();
    state_.reset();
    std::filesystem::remove(folder_ / kDatabaseName);
    std::filesystem::remove(folder_ / (std::string(kDatabaseName) + "-wal"));
    std::filesystem::copy_file(copy, folder_ / kDatabaseName);
    Reopen();
  }
  void ExpectStoreFits() {
    const auto check = CheckStore(store(), [](std::size_t, std::size_t) { return true; });
    ASSERT_OK(check);
    EXPECT_THAT(check->problems, IsEmpty());
  }

  RecordId about_;
};

TEST_F(ProvinceDeskTest, AQuestionComesToTheUnitAndItsAnswerBack) {
  const RecordId question = MustAsk("Số ngày có đúng không?");
  EXPECT_EQ(StandingAtServer(question), QuestionStanding::kWaiting);
  EXPECT_THAT(ToAnswer(*device_), IsEmpty()) << "it is not here before a sync";
  Sync(*device_);
  ASSERT_THAT(ToAnswer(*device_), ElementsAre(question));
  const RecordView shown = *device_->view().Find(question);
  EXPECT_EQ(ValueOf(shown, kAskedAbout), Value(about_));
  EXPECT_EQ(ValueOf(shown, kAskedText), Value(std::string("Số ngày có đúng không?")));
  EXPECT_EQ(ValueOf(shown, kAskedState), Value(Code{1}));
  EXPECT_EQ(shown.created.device, state().keys().server.id());
  EXPECT_THAT(device_->view().Held(), IsEmpty());

  Change(*device_, question, {{kAskedReply, Code{2}}, {kAskedWords, std::string("đã sửa ngày")}});
  EXPECT_THAT(ToAnswer(*device_), IsEmpty());
  Sync(*device_);
  EXPECT_EQ(StandingAtServer(question), QuestionStanding::kAnswered);

  ASSERT_OK(ProvinceDesk(state()).Close(unit_, question, "account:hoa"));
  EXPECT_EQ(StandingAtServer(question), QuestionStanding::kClosed);
  Sync(*device_);
  const RecordView closed = *device_->view().Find(question);
  EXPECT_EQ(ValueOf(closed, kAskedState), Value(Code{3}));
  EXPECT_EQ(ValueOf(closed, kAskedReply), Value(Code{2})) << "the answer stays";
  EXPECT_THAT(device_->view().Conflicts(), IsEmpty());
  ExpectStoreFits();
}

TEST_F(ProvinceDeskTest, AskedWhileTheUnitWasOfflineAboutARecordThatItDeleted) {
  const RecordId question = MustAsk("Số ngày có đúng không?");
  ASSERT_OK(device_->Delete(about_, "nhập hai lần", std::nullopt));
  const RecordId later = WrongVisit(*device_);
  Sync(*device_);
  EXPECT_THAT(ToAnswer(*device_), ElementsAre(question)) << "it is still to be answered";
  EXPECT_TRUE(device_->view().Find(about_)->deleted);
  Change(*device_, question, {{kAskedReply, Code{2}}});
  Sync(*device_);
  EXPECT_EQ(StandingAtServer(question), QuestionStanding::kAnswered);
  UnitView* view = *state().units().ViewOf(unit_.id, state().programme().programme);
  EXPECT_TRUE(view->Find(about_)->deleted);
  EXPECT_TRUE(view->Find(later));
}

TEST_F(ProvinceDeskTest, EachIsDurableAndMarksItsUnit) {
  Work();
  EXPECT_THAT(*store().rollups().Dirty(), IsEmpty());
  const RecordId question = MustAsk("Đúng không?");
  EXPECT_THAT(*store().rollups().Dirty(), SizeIs(1));
  const std::int64_t entries = store().units().ByNumber(unit_.number)->entries;
  Reopen();
  EXPECT_EQ(StandingAtServer(question), QuestionStanding::kWaiting);
  EXPECT_EQ(static_cast<std::int64_t>(Log().size()), entries);
  Work();
  EXPECT_THAT(*store().questions().OfUnit(unit_.number),
              ElementsAre(AskedQuestion{question, QuestionStanding::kWaiting}));
  EXPECT_THAT(AuditLines(),
              Contains("account:hoa | question asked of unit KH-01 about " + about_.Hex() +
                       ", found by days_without_use: " + question.Hex()));
  ExpectStoreFits();
}

TEST_F(ProvinceDeskTest, OneFeedOverRestartsAndTimeNeverRunsBack) {
  const RecordId first = MustAsk("Một?");
  const HybridTime asked = Log().entry(Log().size()).time;
  Reopen();
  clock_.ms -= 3'600'000;
  ASSERT_OK(ProvinceDesk(state()).Close(unit_, first, "test"));
  ASSERT_THAT(ServersLeaves(Log()), SizeIs(1));
  EXPECT_EQ(ServersLeaves(Log())[0].seq, 2u);
  EXPECT_GT(Log().entry(Log().size()).time, asked);
  EXPECT_EQ(StandingAtServer(first), QuestionStanding::kClosed);
}

TEST_F(ProvinceDeskTest, AServerPutBackFromABackupTakesANewFeedAndLosesNoQuestion) {
  const RecordId before = MustAsk("Hỏi trước bản sao lưu?");
  const std::filesystem::path backup = CopyOfDatabase();
  const RecordId lost = MustAsk("Hỏi sau bản sao lưu?", WrongVisit(*device_));
  Sync(*device_);
  // As `restore` does, into an empty folder: what is no database does not come along.
  std::filesystem::remove(folder_ / kIncarnationName);
  PutBack(backup);
  const RecordId next = MustAsk("Hỏi sau khi khôi phục?", WrongVisit(*device_));
  Sync(*device_);
  EXPECT_THAT(ToAnswer(*device_), UnorderedElementsAre(before, lost, next));
  EXPECT_EQ(StandingAtServer(lost), QuestionStanding::kWaiting) << "a device brought it back";
  EXPECT_EQ(StandingAtServer(next), QuestionStanding::kWaiting);
  EXPECT_THAT(ServersLeaves(Log()), SizeIs(2));
  EXPECT_THAT(CopiedFeeds(Log()), IsEmpty()) << "nothing was written on one feed twice";
  ExpectStoreFits();
}

TEST_F(ProvinceDeskTest, AnOlderDatabaseFileUnderTheSameServerGoesOnOnAnotherFeed) {
  MustAsk("Trước bản sao?");
  const std::filesystem::path copy = CopyOfDatabase();
  const RecordId lost = MustAsk("Sau bản sao?", WrongVisit(*device_));
  Sync(*device_);
  PutBack(copy);
  Sync(*device_);  // brings `lost` back, on the feed that this server goes on to write
  const FeedId before = ServersLeaves(Log()).at(0).feed;
  EXPECT_EQ(StandingAtServer(lost), QuestionStanding::kWaiting);
  const RecordId next = MustAsk("Sau khi nhận lại?", WrongVisit(*device_));
  ASSERT_THAT(ServersLeaves(Log()), SizeIs(2));
  EXPECT_EQ(Log().LeavesOf(before).at(0).seq, 2u) << "nothing more was written there";
  const RecordId further = MustAsk("Và nữa?", WrongVisit(*device_));
  EXPECT_THAT(ServersLeaves(Log()), SizeIs(2)) << "one new feed is enough";
  Sync(*device_);
  EXPECT_THAT(ToAnswer(*device_), testing::IsSupersetOf({lost, next, further}));
  EXPECT_THAT(CopiedFeeds(device_->log()), IsEmpty());
}

TEST_F(ProvinceDeskTest, OneOpenQuestionForARecord) {
  const RecordId first = MustAsk("Một?");
  EXPECT_EQ(Ask("Hai?", about_).error().code, ErrorCode::kExists);
  Sync(*device_);
  Change(*device_, first, {{kAskedReply, Code{1}}});
  Sync(*device_);
  EXPECT_EQ(Ask("Hai?", about_).error().code, ErrorCode::kExists) << "answered, and not closed";
  ASSERT_OK(ProvinceDesk(state()).Close(unit_, first, "test"));
  EXPECT_EQ(ProvinceDesk(state()).Close(unit_, first, "test").error().code, ErrorCode::kExists);
  EXPECT_EQ(ProvinceDesk(state()).Close(unit_, about_, "test").error().code, ErrorCode::kNotFound);
  MustAsk("Hai?");
}

TEST_F(ProvinceDeskTest, TooManyOpenQuestionsAreRefused) {
  for (std::size_t i = 0; i < kOpenQuestionsMax; ++i) {
    MustAsk("Hỏi?", SystemRandom().NewId<RecordId>());
  }
  EXPECT_EQ(Ask("Nữa?", about_).error().code, ErrorCode::kOverloaded);
}

TEST_F(ProvinceDeskTest, WithoutItsLineInTheAuditTrailThereIsNoQuestion) {
  const EntryNumber before = Log().size();
  ASSERT_OK(store().database().Execute("ALTER TABLE audit RENAME TO elsewhere"));
  EXPECT_FALSE(Ask("Đúng không?", about_));
  EXPECT_EQ(Log().size(), before);
  ASSERT_OK(store().database().Execute("ALTER TABLE elsewhere RENAME TO audit"));
  Reopen();
  EXPECT_EQ(Log().size(), before);
  Sync(*device_);
  EXPECT_THAT(ToAnswer(*device_), IsEmpty());
}

TEST_F(ProvinceDeskTest, AProgrammeWithoutQuestionsAsksNothing) {
  const auto plain = Programme::Load(kTestProgramme, "test.toml");
  ASSERT_OK(plain);
  ASSERT_OK(state().UseProgramme(**plain, "test"));
  EXPECT_EQ(Ask("Đúng không?", about_).error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(QuestionFormOf(**plain));
}

TEST_F(ProvinceDeskTest, WhatTheServerWritesBesideQuestionsIsHeldByDevicesAndByItself) {
  OpLog& log = Log();
  Result<ServerFeed> feed = ServerFeed::Of(state(), log);
  ASSERT_OK(feed);
  OpBody body;
  body.type = kVisit;
  body.edits = {{kFieldDeleted, true}};
  Op op;
  op.device = feed->device();
  op.record = about_;
  op.parents = {CreatingOp(about_)};
  op.time = feed->Next({});
  op.body = EncodeBody(body);
  const OpId forged = feed->Append(op);
  ASSERT_OK(log.Commit());
  Sync(*device_);
  EXPECT_FALSE(device_->view().Find(about_)->deleted);
  ASSERT_THAT(device_->view().Held(), SizeIs(1));
  EXPECT_EQ(device_->view().Held()[0].id, forged);
  EXPECT_THAT(device_->view().Held()[0].reason, HasSubstr("the server wrote it"));
  UnitView* view = *state().units().ViewOf(unit_.id, state().programme().programme);
  EXPECT_FALSE(view->Find(about_)->deleted) << "both sides show the same";
  EXPECT_THAT(view->Held(), SizeIs(1));
}

}  // namespace
}  // namespace tram::server
