// What the central server's tests share: a clock that is set, a small programme, a server in a
// scratch folder, and devices in memory that sync with it through AnswerGroup.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "app/enrolment_desk.h"
#include "app/sync_group.h"
#include "app/unit_import.h"
#include "rollup/worker.h"
#include "storage/server_state.h"
#include "tests/support/memory_log_store.h"
#include "tests/support/process.h"
#include "tram/session/own_feed.h"
#include "tram/session/sync_client.h"

namespace tram::server {

class SetClock : public Clock {
 public:
  std::int64_t WallMs() override { return ms; }
  std::int64_t SteadyMs() override { return ms; }
  void Set(Date day, int hour = 12) { ms = StartOfLocalDay(day) + hour * 3'600'000LL; }
  std::int64_t ms = 0;
};

/// One record type `visit` (date, used, days; note sealed) and an indicator of each shape: visits
/// (activity), used_share, free, state (person).
extern const char kTestProgramme[];

#define ASSERT_OK(expression)                        \
  do {                                               \
    auto result_ = (expression);                     \
    ASSERT_TRUE(result_) << result_.error().message; \
  } while (false)

/// A device with its own log in memory.
class TestDevice {
 public:
  explicit TestDevice(Clock& clock);

  const DeviceId& id() const { return key_.id(); }
  const SigningKey& key() const { return key_; }
  /// After the enrolment; what was recorded before is lost.
  void Join(const UnitId& unit, const DeviceId& server, const std::vector<KeyEntry>& keys);
  void Visit(Date date, bool used, int days);
  Bytes Request();
  /// Whether another request is worth sending.
  bool Take(const HttpResponse& response);
  const SyncReport& report() const { return sync_->report(); }
  /// What came after the first `before` entries, as a file.
  Bytes Bundle(EntryNumber before);
  OpLog& log() { return *log_; }
  Replica& replica() { return *replica_; }

 private:
  Clock& clock_;
  SigningKey key_;
  test::MemoryLogStore store_;
  std::unique_ptr<OpLog> log_;
  std::unique_ptr<Replica> replica_;
  std::unique_ptr<OwnFeed> own_;
  std::unique_ptr<HybridClock> time_;
  std::unique_ptr<SyncClient> sync_;
};

class ServerTest : public testing::Test {
 protected:
  void SetUp() override;
  /// Opens the server again from its file.
  void Reopen(CacheLimits limits = {});
  ServerState& state() { return *state_; }
  ServerStore& store() { return state_->store(); }
  Unit AddTestUnit(const std::string& code, const std::string& province,
                   Date from = DateOf(2020, 1, 1));
  /// A device that is the unit's first, enrolled by a code.
  std::unique_ptr<TestDevice> Enrolled(const Unit& unit);
  /// Syncs until nothing is left; fails the test where it is refused.
  void Sync(TestDevice& device);
  HttpResponse Answer(const Bytes& request);
  /// Runs the worker until nothing is left.
  void Work();
  std::vector<IndicatorRow> Rows(const Unit& unit, Date as_of, const std::string& indicator);

  test::ScratchFolder folder_;   // the server's
  test::ScratchFolder outside_;  // where people name files
  SetClock clock_;
  std::unique_ptr<ServerState> state_;
  std::unique_ptr<RollupWorker> worker_;
};

}  // namespace tram::server
