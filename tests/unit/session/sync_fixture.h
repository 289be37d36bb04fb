// A server and devices without programs around them, in memory, that sync as often as a test says.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "tests/support/memory_log_store.h"
#include "tram/base/hash.h"
#include "tram/crypto/membership.h"
#include "tram/session/bundle.h"
#include "tram/session/sync_client.h"
#include "tram/session/sync_server.h"
#include "tram/wire/op_codec.h"

namespace tram {

inline const MessageTarget kTarget{"POST", "/s"};

/// The same bytes again and again: two copies of a machine that starts with the same state.
class StuckRandom : public Random {
 public:
  explicit StuckRandom(std::uint64_t seed) : state_(seed) {}
  void Fill(std::span<std::uint8_t> bytes) override {
    for (std::uint8_t& byte : bytes) {
      state_ = state_ * 6364136223846793005ull + 1442695040888963407ull;
      byte = static_cast<std::uint8_t>(state_ >> 56);
    }
  }

 private:
  std::uint64_t state_;
};

class HandClock : public Clock {
 public:
  std::int64_t WallMs() override { return wall; }
  std::int64_t SteadyMs() override { return steady; }
  std::int64_t wall = 1'750'000'000'000, steady = 0;
};

/// A device without a program around it.
struct Machine {
  Machine(const UnitId& unit, const DeviceId& server, std::uint64_t seed,
          test::MemoryLogStore disk = {}, Bytes token_bytes = Bytes(16, 1))
      : store(std::move(disk)),
        random(seed),
        key(SigningKey::Generate(random)),
        token(std::move(token_bytes)),
        time(clock) {
    auto opened = OpLog::Open(store, unit, clock);
    TRAM_ASSERT(opened);
    log = std::move(*opened);
    replica = std::make_unique<Replica>(*log, server, clock);
    random = StuckRandom(seed * 1000 + token[0]);  // a copy's entropy is its own
    own = std::make_unique<OwnFeed>(*log, key, random, token);
  }

  OpId Write(std::int64_t value, std::optional<RecordId> record = std::nullopt,
             std::vector<OpId> parents = {}, std::optional<std::uint64_t> nonce = std::nullopt) {
    Op op;
    op.device = key.id();
    op.record = record;
    op.parents = std::move(parents);
    OpBody body;
    body.type = 16;
    if (!record) body.nonce = nonce.value_or(random.Uint64());
    body.edits = {{16, value}};
    op.body = EncodeBody(body);
    op.time = time.Next({});
    EntryNumber number = own->Append(op);
    EXPECT_TRUE(log->Commit());
    return log->entry(number).op;
  }

  test::MemoryLogStore store;
  HandClock clock;
  StuckRandom random;
  SigningKey key;
  Bytes token;
  HybridClock time;
  std::unique_ptr<OpLog> log;
  std::unique_ptr<Replica> replica;
  std::unique_ptr<OwnFeed> own;
};

class SyncTest : public testing::Test {
 protected:
  SyncTest() : server_key_(SigningKey::Generate(random_)), unit_(random_.NewId<UnitId>()) {
    OpenServer();
  }

  void OpenServer() {
    server_.reset();
    server_log_ = std::move(*OpLog::Open(server_store_, unit_, clock_));
    server_ = std::make_unique<Replica>(*server_log_, server_key_.id(), clock_);
  }

  std::unique_ptr<Machine> NewMachine(std::uint64_t seed) {
    auto machine = std::make_unique<Machine>(unit_, server_key_.id(), seed);
    Enrol(*machine);
    return machine;
  }

  void Enrol(Machine& machine) {
    KeyEntry entry = EnrolDevice(unit_, machine.key.id(), {clock_.wall}, server_key_);
    server_->TakeKeys({entry});
    machine.replica->TakeKeys({entry});
    EXPECT_TRUE(server_log_->Commit());
    EXPECT_TRUE(machine.log->Commit());
  }

  Bytes Serve(Machine& machine, const Bytes& request) {
    auto answer = AnswerRequest(*server_, server_key_, request, kTarget, machine.key.id(), clock_);
    EXPECT_TRUE(answer) << answer.error().message;
    EXPECT_TRUE(server_log_->Commit());
    if (answer) served_ops_ += answer->served_ops;
    return answer ? answer->reply : Bytes{};
  }

  SyncReport Sync(Machine& machine) {
    SyncClient client(*machine.replica, *machine.own, machine.time, machine.clock, machine.random);
    for (bool more = true; more && client.report().requests < 50;) {
      auto taken = client.TakeReply(Serve(machine, *client.NextRequest(kTarget)));
      EXPECT_TRUE(taken) << taken.error().message;
      more = taken && *taken;
    }
    return client.report();
  }

  StuckRandom random_{99};
  HandClock clock_;
  SigningKey server_key_;
  UnitId unit_;
  test::MemoryLogStore server_store_;
  std::unique_ptr<OpLog> server_log_;
  std::unique_ptr<Replica> server_;
  std::size_t served_ops_ = 0;
};

}  // namespace tram
