// A practice unit by itself: what stands in it, what its steps see, that nothing of it can leave,
// and that nothing of it stays.
#include "app/practice.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "app/names.h"
#include "app/sync_run.h"
#include "tests/support/process.h"
#include "tram/base/limits.h"
#include "tram/base/os_file.h"

namespace tram::client {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;

class SetClock : public Clock {
 public:
  std::int64_t WallMs() override { return now_ms; }
  std::int64_t SteadyMs() override { return now_ms; }
  std::int64_t now_ms = StartOfLocalDay(DateOf(2026, 11, 22)) + 9 * 3600 * 1000;
};

class PracticeTest : public testing::Test {
 protected:
  Result<std::unique_ptr<PracticeUnit>> Begin() {
    const auto files = FindPracticeFiles("");
    EXPECT_TRUE(files);
    return PracticeUnit::Begin(folder_, files->programme, files->script, Language::kVietnamese,
                               clock_, SystemRandom());
  }
  void SetUpUnit() {
    auto begun = Begin();
    ASSERT_TRUE(begun) << begun.error().message;
    unit_ = std::move(*begun);
    ASSERT_TRUE(unit_->device().Unlock(unit_->passphrase()));
  }
  UnitDevice& device() { return unit_->device(); }
  const PracticeStep& Step(ScriptStep::Kind kind) {
    steps_ = unit_->Steps();
    for (const PracticeStep& step : steps_) {
      if (step.step->kind == kind) return step;
    }
    ADD_FAILURE() << "there is no such step";
    return steps_.front();
  }
  bool IsDone(ScriptStep::Kind kind) { return Step(kind).done; }
  std::size_t StepsDone() {
    std::size_t done = 0;
    for (const PracticeStep& step : unit_->Steps()) done += step.done ? 1 : 0;
    return done;
  }
  RecordId Add(const std::string& type, const std::optional<RecordId>& parent,
               const std::map<std::string, std::string>& values = {}) {
    RecordForm form;
    form.type = device().programme().ByName(type);
    form.parent = parent;
    for (const auto& [name, text] : values) {
      const Field* field = form.type->ByName(name);
      form.values[field->number] = *ParseValue(device().programme(), *field, text);
    }
    auto saved = device().Save(form);
    EXPECT_TRUE(saved) << saved.error().message;
    return saved ? saved->record : RecordId();
  }
  RecordId Named(const std::string& name) {
    const RecordType& type = *device().programme().ByName("client");
    auto found = device().view().Search(type, name, 0, 5, LocalDate(clock_.now_ms));
    EXPECT_TRUE(found && found->all >= 1) << name;
    return found->records.front().record;
  }
  std::string Today() { return IsoDate(LocalDate(clock_.now_ms)); }

  test::ScratchFolder scratch_;
  const fs::path folder_ = scratch_ / "unit" / kPracticeFolder;
  SetClock clock_;
  std::unique_ptr<PracticeUnit> unit_;
  std::vector<PracticeStep> steps_;
};

TEST_F(PracticeTest, TheScriptFitsTheProgrammeOnAnyDay) {
  for (const Date day : {DateOf(2026, 11, 22), DateOf(2027, 3, 31), DateOf(2028, 2, 29)}) {
    SCOPED_TRACE(IsoDate(day));
    clock_.now_ms = StartOfLocalDay(day) + 3600 * 1000;
    unit_.reset();
    SetUpUnit();
    EXPECT_THAT(unit_->left_out(), IsEmpty());
    for (const Worklist& list : device().programme().worklists) {
      const auto items = device().view().Work(list, day);
      ASSERT_TRUE(items) << items.error().message;
      EXPECT_FALSE(items->empty()) << list.name << ": somebody is to be found in every list";
    }
    const RecordType& people = *device().programme().ByName("client");
    EXPECT_GE(device().view().Records(people).size(), 12u);
    EXPECT_EQ(device().view().Conflicts().size(), 1u);
    std::map<std::string, int> findings;
    const auto found = device().view().Checks(day);
    ASSERT_TRUE(found) << found.error().message;
    for (const CheckFinding& finding : *found) ++findings[finding.check->name];
    EXPECT_EQ(findings["same_person_twice"], 2) << "one pair";
    EXPECT_EQ(StepsDone(), 0u) << "nothing is done before anybody did it";
    EXPECT_EQ(UnconfirmedOps(device().log()), 0u);
  }
}

TEST_F(PracticeTest, TheQuestionIsOfAProvinceThatIsMadeUp) {
  SetUpUnit();
  const RecordType& type = *device().programme().ByName("question");
  ASSERT_TRUE(type.of_province);
  const std::vector<RecordId> questions = device().view().Records(type);
  ASSERT_EQ(questions.size(), 1u);
  const auto question = device().view().Find(questions.front());
  EXPECT_NE(question->created.device, device().device());
  EXPECT_TRUE(device().log().Verify()->problems.empty());
  RecordForm answer;
  answer.type = &type;
  answer.record = question->id;
  answer.values[type.ByName("answer")->number] =
      *ParseValue(device().programme(), *type.ByName("answer"), "right");
  EXPECT_TRUE(device().Save(answer));
  const Date day = LocalDate(clock_.now_ms);
  for (const Worklist& list : device().programme().worklists) {
    if (list.record != type.name) continue;
    EXPECT_THAT(*device().view().Work(list, day), IsEmpty()) << "it is answered";
  }
}

TEST_F(PracticeTest, EachStepIsDoneByWhatHappensAndByNothingElse) {
  using Kind = ScriptStep::Kind;
  SetUpUnit();
  for (const auto kind :
       {Kind::kAdd, Kind::kEdit, Kind::kWork, Kind::kSettle, Kind::kMerge, Kind::kSend}) {
    EXPECT_FALSE(IsDone(kind));
  }
  ASSERT_TRUE(unit_->PlaySending());
  EXPECT_FALSE(IsDone(Kind::kSend)) << "there was nothing to send";

  const RecordId client = Add("client", std::nullopt, {{"full_name", "Bịa Ra"}});
  const RecordId episode = Add("episode", client, {{"intake_date", Today()}});
  EXPECT_FALSE(IsDone(Kind::kAdd)) << "there is no session yet";
  Add("session", episode, {{"date", Today()}});
  EXPECT_TRUE(IsDone(Kind::kAdd));
  EXPECT_EQ(StepsDone(), 1u);

  RecordForm phone;
  phone.type = device().programme().ByName("client");
  phone.record = Named("tran thi mau");
  phone.values[phone.type->ByName("phone")->number] = std::string("0900 000 999");
  ASSERT_TRUE(device().Save(phone));
  EXPECT_TRUE(IsDone(Kind::kEdit));
  EXPECT_EQ(StepsDone(), 2u);

  const Conflict conflict = device().view().Conflicts().front();
  const auto record = device().view().Find(conflict.record);
  ASSERT_TRUE(device().Resolve(conflict.record, conflict.group,
                               {{conflict.group, FindFieldView(*record, conflict.group)->value}}));
  EXPECT_TRUE(IsDone(Kind::kSettle));
  EXPECT_EQ(StepsDone(), 3u);

  const Date day = LocalDate(clock_.now_ms);
  std::vector<WorkItem> overdue;
  for (const Worklist& list : device().programme().worklists) {
    if (list.name == Step(Kind::kWork).step->list) overdue = *device().view().Work(list, day);
  }
  ASSERT_FALSE(overdue.empty());
  auto values = overdue.front().fills;
  values["date"] = Today();
  Add("followup", overdue.front().record, values);
  EXPECT_TRUE(IsDone(Kind::kWork));
  EXPECT_EQ(StepsDone(), 4u);

  const RecordType& people = *device().programme().ByName("client");
  const auto twins = device().view().Search(people, "le van tap", 0, 5, day);
  ASSERT_EQ(twins->all, 2u);
  ASSERT_TRUE(device().MergeInto(twins->records[0].record, twins->records[1].record));
  EXPECT_TRUE(IsDone(Kind::kMerge));
  ASSERT_TRUE(unit_->PlaySending());
  EXPECT_EQ(UnconfirmedOps(device().log()), 0u);
  EXPECT_EQ(StepsDone(), 6u);
  Add("client", std::nullopt, {{"full_name", "Thêm Nữa"}});
  EXPECT_TRUE(IsDone(Kind::kSend)) << "what was sent was sent";
}

TEST_F(PracticeTest, NothingOfItCanReachAServer) {
  SetUpUnit();
  EXPECT_EQ(device().server_url(), "");
  EXPECT_FALSE(EnrolmentPending(device().log()));
  for (const KeyEntry& entry : device().log().keys()) {
    EXPECT_NE(entry.kind, KeyEntry::Kind::kMember) << "no server has certified this device";
  }
  Add("client", std::nullopt, {{"full_name", "Bịa Ra"}});
  HttpClient http;
  const SyncOutcome outcome = RunSync(
      [&](const std::function<void(UnitDevice&)>& task) {
        task(device());
        return true;
      },
      http, clock_, "", nullptr);
  ASSERT_FALSE(outcome.status);
  EXPECT_EQ(outcome.status.error().code, ErrorCode::kInvalid) << outcome.status.error().message;
  EXPECT_EQ(outcome.report.requests, 0u);
  EXPECT_EQ(outcome.bytes_up, 0u);
}

TEST_F(PracticeTest, NothingOfItStays) {
  SetUpUnit();
  ASSERT_TRUE(fs::exists(folder_ / "unit.db"));
  ASSERT_TRUE(unit_->End());
  EXPECT_FALSE(fs::exists(folder_));
  unit_.reset();
  SetUpUnit();
  unit_.reset();
  EXPECT_FALSE(fs::exists(folder_)) << "the program ended without a word";
}

TEST_F(PracticeTest, WhatAPowerCutLeftIsErasedAtTheNextStart) {
  SetUpUnit();
  const fs::path left = scratch_ / "left";
  fs::copy(folder_, left, fs::copy_options::recursive);
  unit_.reset();
  fs::rename(left, folder_);
  ASSERT_TRUE(fs::exists(folder_ / "unit.db"));
  ASSERT_TRUE(ErasePractice(folder_));
  EXPECT_FALSE(fs::exists(folder_));
  EXPECT_TRUE(ErasePractice(folder_)) << "there is nothing to erase";
  fs::create_directories(folder_);
  SetUpUnit();  // the power went before anything stood in the folder
}

TEST_F(PracticeTest, AFolderOfSomebodyElsesIsLeftAlone) {
  fs::create_directories(folder_);
  std::ofstream(folder_ / "unit.db") << "not ours";
  auto begun = Begin();
  ASSERT_FALSE(begun);
  EXPECT_EQ(begun.error().code, ErrorCode::kExists);
  EXPECT_FALSE(ErasePractice(folder_));
  EXPECT_EQ(*ReadFile(folder_ / "unit.db", 100), "not ours");
}

TEST_F(PracticeTest, AnotherProgrammeHasNoMadeUpRecords) {
  EXPECT_FALSE(FindPracticeFiles("kangaroo"));
  const auto own = FindPracticeFiles("treatment");
  ASSERT_TRUE(own);
  EXPECT_EQ(own->script, FindPracticeFiles("")->script);
  EXPECT_FALSE(ReadPracticeScript("{}"));
  EXPECT_FALSE(ReadPracticeScript("{"));
}

TEST_F(PracticeTest, ARecordThatAProgrammeDoesNotKnowIsLeftOut) {
  const auto files = FindPracticeFiles("");
  std::string other(files->programme);
  const std::string field = "name = \"frequency_30d\"";
  other.replace(other.find(field), field.size(), "name = \"frequency_now\"");
  auto begun = PracticeUnit::Begin(folder_, other, files->script, Language::kEnglish, clock_,
                                   SystemRandom());
  ASSERT_TRUE(begun) << begun.error().message;
  EXPECT_FALSE((*begun)->left_out().empty());
  ASSERT_TRUE((*begun)->device().Unlock((*begun)->passphrase()));
  (*begun)->Steps();  // those that cannot be done any more stay to be done
}

}  // namespace
}  // namespace tram::client
