// Stores of every version, as they lie on disks: opened, read, verified and synced by today's code.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/support/memory_log_store.h"
#include "tests/versions/golden_world.h"
#include "tests/versions/store_facts.h"
#include "tram/session/bundle.h"
#include "tram/session/enrolment.h"
#include "tram/session/sync_server.h"

namespace tram::versions {
namespace {

namespace fs = std::filesystem;

class GoldenStoreTest : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    const fs::path golden = GoldenFolder(GetParam());
    if (std::getenv("TRAM_WRITE_GOLDEN") != nullptr && !fs::exists(golden / "device")) {
      const test::ScratchFolder made;  // what fails half way leaves nothing
      WriteGoldenStores(made.path());
      fs::copy(made.path(), golden, fs::copy_options::recursive);
    }
    ASSERT_TRUE(fs::exists(golden / "device/unit.db")) << golden << " is missing";
    fs::copy(golden, scratch_ / "golden", fs::copy_options::recursive);
    clock_.ms = GoldenNowMs();
  }

  std::unique_ptr<UnitDevice> Device() {
    return OpenDevice(scratch_ / "golden/device", clock_, random_);
  }
  TestServer Server() { return TestServer(scratch_ / "golden/server", clock_, random_); }
  std::string Golden(const std::string& name) const {
    return TextOf(GoldenFolder(GetParam()) / name);
  }

  test::ScratchFolder scratch_;
  SetClock clock_;
  SeededRandom random_{7};
};

TEST_P(GoldenStoreTest, ADeviceOpensAndShowsWhatItShowed) {
  auto device = Device();
  EXPECT_EQ(DeviceFacts(*device, GoldenToday()), Golden("device.txt"));
}

TEST_P(GoldenStoreTest, AServerOpensAndShowsWhatItShowed) {
  TestServer server = Server();
  EXPECT_EQ(ServerFacts(server, GoldenFirstMonth(), GoldenToday()), Golden("server.txt"));
}

// Opening an old store leaves it as it was: a machine that goes back to the old program can read
// it.
TEST_P(GoldenStoreTest, OpeningChangesNoRow) {
  Device().reset();
  Device().reset();
  EXPECT_EQ(DeviceFacts(*Device(), GoldenToday()), Golden("device.txt"));
}

TEST_P(GoldenStoreTest, ADeviceSyncsWithTheServerOfItsTime) {
  auto device = Device();
  TestServer server = Server();
  EXPECT_GT(UnconfirmedOps(device->log()), 0u);
  const SyncReport report = Sync(*device, server);
  EXPECT_TRUE(report.complete);
  EXPECT_EQ(report.left_ops, 0u);
  EXPECT_TRUE(report.gone.empty());
  EXPECT_FALSE(report.new_feed);
  OpLog& log = server.LogOf(device->unit());
  EXPECT_EQ(log.Leaves(), device->log().Leaves());
  EXPECT_EQ(log.DigestOfKeys(), device->log().DigestOfKeys());
  EXPECT_TRUE(Must(log.Verify()).problems.empty());
}

// A server with the same keys that lost everything: the device brings all of it back.
TEST_P(GoldenStoreTest, ADeviceFillsAServerThatIsEmpty) {
  auto device = Device();
  TestServer golden = Server();
  const SigningKey& key = golden.state().keys().server;
  test::MemoryLogStore store;
  auto log = Must(OpLog::Open(store, device->unit(), clock_));
  Replica replica(*log, key.id(), clock_);
  replica.TakeKeys(device->log().keys());
  const SyncReport report = Must(Sync(*device, [&](const Bytes& request) -> Result<Bytes> {
    TRAM_ASSIGN(Answer answer, AnswerRequest(replica, key, request, {"POST", kSyncPath},
                                             device->device(), clock_));
    TRAM_TRY(log->Commit());
    return answer.reply;
  }));
  EXPECT_TRUE(report.complete);
  EXPECT_FALSE(report.gone.empty()) << "what the server confirmed once is missed";
  EXPECT_EQ(log->size(), device->log().size());
  EXPECT_EQ(log->DigestOfKeys(), device->log().DigestOfKeys());
  EXPECT_EQ(log->Leaves().size(), device->log().Leaves().size());
}

TEST_P(GoldenStoreTest, ANewDevicePullsEverything) {
  auto device = Device();
  TestServer server = Server();
  Sync(*device, server);
  auto fresh = JoinDevice(scratch_ / "fresh", *device, clock_, random_);
  server.Welcome(*fresh);
  EXPECT_TRUE(Sync(*fresh, server).complete);
  Sync(*device, server);
  EXPECT_EQ(RecordFacts(*fresh), RecordFacts(*device));
  EXPECT_EQ(fresh->view().Held().size(), device->view().Held().size());
  EXPECT_EQ(fresh->log().size(), device->log().size());
}

TEST_P(GoldenStoreTest, ABundleOfItsTimeBringsWhatTheStagedPiecesWaitFor) {
  auto device = Device();
  ASSERT_EQ(device->log().staged().size(), 1u);
  const std::size_t before = device->view().ByPrefix("").size();
  const std::string bundle = Golden("first.bundle");
  const Taken taken = Must(ReadBundle(device->replica(), &device->own(), AsBytes(bundle)));
  EXPECT_EQ(taken.new_ops, 2u);
  Must(device->RefreshView());
  EXPECT_TRUE(device->log().staged().empty());
  EXPECT_EQ(device->view().ByPrefix("").size(), before + 2);
  TestServer server = Server();
  EXPECT_TRUE(Sync(*device, server).complete);
}

// What was released stays as it was, whatever today's code would compute; open months follow.
TEST_P(GoldenStoreTest, TodaysFiguresOfTheSameRecordsAreTheSame) {
  TestServer server = Server();
  Must(server.state().store().rollups().MarkAll(clock_.ms));
  server.Work();
  EXPECT_EQ(ServerFacts(server, GoldenFirstMonth(), GoldenToday()), Golden("server.txt"));
}

TEST_P(GoldenStoreTest, RecordsAreEditedAndConflictsSettled) {
  auto device = Device();
  const std::vector<Conflict> conflicts = device->view().Conflicts();
  ASSERT_FALSE(conflicts.empty());
  for (const Conflict& conflict : conflicts) {
    if (conflict.kind == Conflict::Kind::kDeletion) {
      EXPECT_TRUE(device->Undelete(conflict.record));
      continue;
    }
    const RecordView record = Must(device->view().Find(conflict.record));
    std::map<std::uint32_t, Value> values;
    for (const FieldView& field : record.fields) {
      if (field.field->group == conflict.group) values[field.field->number] = field.value;
    }
    const Result<Saved> settled = device->Resolve(conflict.record, conflict.group, values);
    EXPECT_TRUE(settled) << settled.error().message;
  }
  EXPECT_TRUE(device->view().Conflicts().empty());
  TestServer server = Server();
  EXPECT_TRUE(Sync(*device, server).complete);
}

INSTANTIATE_TEST_SUITE_P(Versions, GoldenStoreTest, testing::ValuesIn(kGoldenVersions),
                         [](const auto& golden) {
                           return "Format" + std::to_string(golden.param);
                         });

}  // namespace
}  // namespace tram::versions
