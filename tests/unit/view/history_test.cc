// A record's ops for its history: all of them, in one order, sealed parts only where they open.
#include <gmock/gmock.h>

#include "tests/unit/view/fixture.h"

namespace tram {
namespace {

using namespace small;  // NOLINT: the field names of the small programme
using testing::ElementsAre;
using testing::IsEmpty;

class HistoryTest : public ViewTest {
 protected:
  std::vector<RecordChange> History(const RecordId& record) {
    Result<std::vector<RecordChange>> history = view->History(record);
    EXPECT_TRUE(history) << history.error().message;
    return history.value_or({});
  }
};

TEST_F(HistoryTest, TellsEveryChangeOldestFirstWhateverOrderTheyCameIn) {
  const ViewEntry client = Client("Trần Văn Bảo");
  const RecordId id = RecordOf(client.id);
  const ViewEntry later = b.Change(id, {.type = kClient,
                                        .clear = {{kSex, Code{2}}},
                                        .parents = {client.id},
                                        .time_ms = 1'700'000'900'000});
  const ViewEntry between = a.Change(id, {.type = kClient,
                                          .sealed = {{kFullName, std::string("Trần Bảo")}},
                                          .parents = {client.id},
                                          .root = id,
                                          .time_ms = 1'700'000'800'000});
  Apply({client, later, between});
  const std::vector<RecordChange> history = History(id);
  ASSERT_EQ(history.size(), 3u);
  EXPECT_TRUE(history[0].creates);
  EXPECT_FALSE(history[1].creates);
  EXPECT_EQ(history[0].by.op, client.id);
  EXPECT_EQ(history[1].by.op, between.id);
  EXPECT_EQ(history[2].by.op, later.id);
  EXPECT_EQ(history[2].by.device, TestDevice(2));
  EXPECT_THAT(history[1].parents, ElementsAre(client.id));
  EXPECT_THAT(history[1].edits, ElementsAre(Edit{kFullName, std::string("Trần Bảo")}));
  EXPECT_THAT(history[2].edits, ElementsAre(Edit{kSex, Code{2}}));
}

TEST_F(HistoryTest, SealedPartsThatDoNotOpenAreMissingAndSaid) {
  const ViewEntry client = Client("Trần Văn Bảo");
  Apply({client});
  EXPECT_FALSE(History(RecordOf(client.id))[0].sealed_unread);
  ASSERT_TRUE(view->SetUnsealer(nullptr));
  const std::vector<RecordChange> locked = History(RecordOf(client.id));
  ASSERT_EQ(locked.size(), 1u);
  EXPECT_TRUE(locked[0].sealed_unread);
  EXPECT_THAT(locked[0].edits, ElementsAre(Edit{kCode, std::string("C1")}, Edit{kSex, Code{1}}));
}

TEST_F(HistoryTest, ARecordThatIsNotHereHasNone) {
  const Result<std::vector<RecordChange>> history = view->History(RecordId());
  ASSERT_FALSE(history);
  EXPECT_EQ(history.error().code, ErrorCode::kNotFound);
}

TEST_F(HistoryTest, WhatTheProgrammeHidesFollowsTheValues) {
  const ViewEntry client = Client();
  const ViewEntry episode = Episode(RecordOf(client.id));
  Apply({client, episode});
  auto hidden = [&](const std::map<std::uint32_t, Value>& values) {
    Result<std::set<std::uint32_t>> found =
        view->Hidden(TypeOf(kSession), values, {}, RecordOf(episode.id), std::nullopt, today);
    EXPECT_TRUE(found) << found.error().message;
    return found.value_or({});
  };
  EXPECT_THAT(hidden({}), ElementsAre(kUseDate)) << "NULL hides";
  EXPECT_THAT(hidden({{kUse, Code{1}}}), ElementsAre(kUseDate));
  EXPECT_THAT(hidden({{kUse, Code{2}}}), IsEmpty());
}

}  // namespace
}  // namespace tram
