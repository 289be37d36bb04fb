// The holder's two small machines: the owner's queue and the sync loop.
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "app/owner_queue.h"
#include "app/sync_loop.h"

namespace tram::client {
namespace {

constexpr std::chrono::seconds kPatience{20};
constexpr std::chrono::milliseconds kTick{1000};

TEST(OwnerQueue, TasksRunOnTheOwnerOneAtATime) {
  OwnerQueue queue;
  std::jthread owner([&] { queue.Run(kTick, [] {}); });
  int count = 0;  // no lock: only the owner touches it
  std::vector<std::jthread> callers;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&] {
      for (int n = 0; n < 100; ++n) EXPECT_TRUE(queue.Call([&] { ++count; }));
    });
  }
  callers.clear();
  EXPECT_EQ(count, 400);
  queue.Close();
  EXPECT_FALSE(queue.Call([&] { ++count; }));
  EXPECT_EQ(count, 400);
}

TEST(OwnerQueue, ClosingDropsWhatWaits) {
  OwnerQueue queue;
  std::promise<bool> result;
  std::jthread caller([&] { result.set_value(queue.Call([] {})); });  // nobody runs the queue
  queue.Close();
  EXPECT_FALSE(result.get_future().get());
}

TEST(OwnerQueue, ATaskMayCloseTheQueue) {
  OwnerQueue queue;
  std::jthread owner([&] { queue.Run(kTick, [] {}); });
  EXPECT_TRUE(queue.Call([&] { queue.Close(); }));
}

TEST(OwnerQueue, PostedTasksRunInOrderAndTicksInBetween) {
  OwnerQueue queue;
  std::vector<int> order;
  EXPECT_TRUE(queue.Post([&] { order.push_back(1); }));
  EXPECT_TRUE(queue.Post([&] { order.push_back(2); }));
  int ticks = 0;
  queue.Run(std::chrono::milliseconds(1), [&] {
    if (++ticks == 3) queue.Close();
  });
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
  EXPECT_EQ(ticks, 3);
  EXPECT_FALSE(queue.Post([&] { order.push_back(3); }));
}

TEST(OwnerQueue, ClosingDestroysWhatWasPosted) {
  OwnerQueue queue;
  auto held = std::make_shared<int>(1);
  EXPECT_TRUE(queue.Post([held] { ++*held; }));
  queue.Close();
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_EQ(*held, 1);
}

SyncOutcome Whole() {
  SyncOutcome outcome;
  outcome.report.complete = true;
  return outcome;
}

TEST(SyncLoop, SyncsAtOnceAndWhenAsked) {
  std::atomic<int> syncs = 0;
  SyncLoop loop(
      [&] {
        ++syncs;
        return Whole();
      },
      SystemRandom(), std::chrono::hours(1));
  const std::uint64_t first = loop.Ask();
  std::jthread thread([&](const std::stop_token& stop) { loop.Run(stop); });
  ASSERT_TRUE(loop.Wait(first, kPatience));
  const std::uint64_t second = loop.Ask();
  EXPECT_GT(second, first);
  auto outcome = loop.Wait(second, kPatience);
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->Whole());
  EXPECT_EQ(syncs, 2);
}

TEST(SyncLoop, AnAskDuringASyncGetsOneOfItsOwn) {
  std::promise<void> go;
  std::shared_future<void> gone = go.get_future().share();
  std::promise<void> began;
  std::atomic<int> syncs = 0;
  SyncLoop loop(
      [&] {
        if (++syncs == 1) {
          began.set_value();
          gone.wait();
        }
        return Whole();
      },
      SystemRandom(), std::chrono::hours(1));
  std::jthread thread([&](const std::stop_token& stop) { loop.Run(stop); });
  began.get_future().wait();
  const std::uint64_t ticket = loop.Ask();  // what was written before this must be in that sync
  go.set_value();
  ASSERT_TRUE(loop.Wait(ticket, kPatience));
  EXPECT_EQ(syncs, 2);
}

TEST(SyncLoop, AFailureIsTriedAgainAndReported) {
  SyncLoop loop(
      [] {
        SyncOutcome outcome;
        outcome.status = MakeError(ErrorCode::kDisconnected, "no network");
        return outcome;
      },
      SystemRandom(), std::chrono::hours(1));
  const std::uint64_t ticket = loop.Ask();
  std::jthread thread([&](const std::stop_token& stop) { loop.Run(stop); });
  auto outcome = loop.Wait(ticket, kPatience);
  ASSERT_TRUE(outcome);
  EXPECT_FALSE(outcome->status);
}

}  // namespace
}  // namespace tram::client
