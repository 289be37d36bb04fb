// Several programs at once on the folder of one unit: each does its work or says in one line why it
// did not, and what was acknowledged is there.
#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <mutex>
#include <set>
#include <thread>

#include "tests/e2e/unit_client/unit_fixture.h"
#include "tests/support/paths.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;
using ::testing::AnyOf;
using ::testing::HasSubstr;

constexpr int kThreads = 6;
constexpr int kAddsOfEach = 5;
/// The same where holders come and go: most tries are refused while one starts.
constexpr int kAddsOfComing = 2;
/// For commands that are refused and run again.
constexpr std::chrono::seconds kPatience{120};

/// Ids that were acknowledged; how often a command was refused.
struct Answers {
  std::mutex mutex;
  std::set<std::string> ids;
  std::size_t refused = 0;
};

class OneFolder : public UnitClient {
 protected:
  std::unique_ptr<ChildProcess> StartRun(const RealDevice& device, const fs::path& log) const {
    return std::make_unique<ChildProcess>(
        std::vector<std::string>{test::kUnitClient, "--data", device.folder().string(), "--lang",
                                 "en", "run"},
        std::map<std::string, std::string>{{"TRAM_PASSPHRASE", kTestPassphrase}}, log);
  }

  /// Adds a client. Where it is refused, exactly one line says why, and the answer is false.
  static bool AddTo(const RealDevice& device, Answers& answers) {
    const RunResult run = device.Run({"add", "client", "full_name=Nhiều tay", "--json"});
    std::lock_guard lock(answers.mutex);
    if (run.exit == 0) {
      answers.ids.insert(nlohmann::json::parse(run.out).value("id", ""));
      return true;
    }
    ++answers.refused;
    EXPECT_EQ(run.exit, 1);
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
    EXPECT_THAT(run.err, AnyOf(HasSubstr("another command is using"), HasSubstr("is stopping"),
                               HasSubstr("ended before it answered")));
    return false;
  }

  static void InThreads(int threads, const std::function<void(int)>& work) {
    std::vector<std::jthread> running;
    for (int i = 0; i < threads; ++i) running.emplace_back([&work, i] { work(i); });
  }

  static void ExpectAllThere(const RealDevice& device, const Answers& answers) {
    std::set<std::string> there;
    const auto list = device.Json({"list", "client"});
    for (const auto& row : list.at("rows")) there.insert(row.value("id", ""));
    for (const std::string& id : answers.ids) EXPECT_TRUE(there.contains(id)) << id << " is lost";
    EXPECT_EQ(device.Json({"verify"}).at("problems").size(), 0u);
    EXPECT_EQ(device.Json({"status"}).at("copied_feeds").size(), 0u);
  }
};

TEST_F(OneFolder, CommandsAtOnceTakeTurnsOrSaySo) {
  RealDevice device = Found("a");
  Answers answers;
  InThreads(kThreads, [&](int) {
    for (int i = 0; i < kAddsOfEach; ++i) AddTo(device, answers);
  });
  EXPECT_GT(answers.ids.size(), 0u);
  EXPECT_EQ(answers.ids.size() + answers.refused, std::size_t{kThreads * kAddsOfEach});
  ExpectAllThere(device, answers);
  EXPECT_EQ(device.Json({"list", "client"}).at("rows").size(), answers.ids.size());
}

TEST_F(OneFolder, AHolderServesEverybodyAndSecondOnesAreRefused) {
  RealDevice device = Found("a");
  auto holder = StartRun(device, Path("run.log"));
  ASSERT_EQ(AwaitFile(Path("run.log"), *holder).substr(0, 5), "ready");
  device.Json({"backup", Path("before.db")});
  Answers answers;
  InThreads(kThreads + 3, [&](int thread) {
    for (int i = 0; i < kAddsOfEach; ++i) {
      const std::string own = std::to_string(thread) + "-" + std::to_string(i);
      if (thread < kThreads) {
        AddTo(device, answers);
      } else if (thread == kThreads) {
        ExpectRefused(device.Run({"run"}), "another process");
        ExpectRefused(device.Run({"restore", Path("before.db")}), "");
        ExpectRefused(device.Run({"init", "--invite", Path("before.db")}, {{"TRAM_CODE", "A"}}),
                      "");
      } else if (thread == kThreads + 1) {
        EXPECT_EQ(device.Run({"backup", Path(own + ".db")}).exit, 0);
        EXPECT_EQ(device.Run({"bundle", "write", Path(own + ".bundle"), "--all"}).exit, 0);
      } else {
        EXPECT_EQ(device.Run({"verify"}).exit, 0);
        EXPECT_EQ(device.Run({"export", "client", "--out", Path(own + ".csv")}).exit, 0);
      }
    }
  });
  EXPECT_EQ(answers.refused, 0u) << "the holder has them wait";
  EXPECT_EQ(answers.ids.size(), std::size_t{kThreads * kAddsOfEach});
  EXPECT_EQ(holder->Stop(), 0);
  ExpectAllThere(device, answers);
}

TEST_F(OneFolder, HoldersThatComeAndGoLoseNothing) {
  RealDevice device = Found("a");
  Answers answers;
  std::atomic<bool> ended = false;
  std::atomic<int> tries = 0;
  // A holder stays for some tries: else, on a busy machine, each is gone before it is asked.
  const auto stay = [&] {
    const int until = tries + kThreads;
    for (int seen = tries; !ended && seen < until; seen = tries) tries.wait(seen);
  };
  std::jthread holders([&] {
    for (int i = 0; !ended; ++i) {
      const std::string log = Path("run-" + std::to_string(i) + ".log");
      auto holder = StartRun(device, log);
      const std::string said = AwaitFile(log, *holder);
      if (said.starts_with("ready")) {
        stay();
        EXPECT_EQ(holder->Stop(), 0);
      } else {  // a command holds the folder
        EXPECT_TRUE(holder->AwaitEnd());
        EXPECT_THAT(Read(fs::path(log).filename()), HasSubstr("another process holds"));
        EXPECT_EQ(holder->exit(), 1);
      }
    }
  });
  // Who is refused tries again: while a holder starts, all of them are.
  const auto until = std::chrono::steady_clock::now() + kPatience;
  InThreads(kThreads, [&](int) {
    for (int added = 0; added < kAddsOfComing && std::chrono::steady_clock::now() < until;) {
      if (AddTo(device, answers)) ++added;
      ++tries;
      tries.notify_all();
    }
  });
  ended = true;
  ++tries;  // who waits for a change of it is woken by nothing else
  tries.notify_all();
  holders.join();
  EXPECT_EQ(answers.ids.size(), std::size_t{kThreads * kAddsOfComing});
  ExpectAllThere(device, answers);
}

TEST_F(OneFolder, OfSeveralRunsOneHolds) {
  RealDevice device = Found("a");
  std::vector<std::unique_ptr<ChildProcess>> runs;
  for (int i = 0; i < kThreads; ++i) {
    runs.push_back(StartRun(device, Path("run-" + std::to_string(i) + ".log")));
  }
  int held = 0;
  for (int i = 0; i < kThreads; ++i) {
    const std::string said =
        AwaitFile(Path("run-" + std::to_string(i) + ".log"), *runs[static_cast<std::size_t>(i)]);
    if (said.starts_with("ready")) ++held;
  }
  EXPECT_EQ(held, 1);
  const std::string id = Add(device, {"client", "full_name=Một"});
  for (auto& run : runs) run->Stop();
  EXPECT_EQ(device.Json({"show", id})["fields"]["full_name"]["value"], "Một");
}

TEST_F(OneFolder, OfSeveralInitsOneFoundsAWholeUnit) {
  RealDevice inviter = Found("a");
  const std::string file = Path("invitation");
  const std::string code = inviter.Json({"invite", file}).value("code", "");
  RealDevice device(scratch_ / "b");
  std::atomic<int> founded = 0;
  InThreads(kThreads, [&](int) {
    const RunResult run = device.Run({"init", "--invite", file}, {{"TRAM_CODE", code}});
    if (run.exit == 0) {
      ++founded;
    } else {
      ExpectRefused(run, "");
    }
  });
  EXPECT_EQ(founded, 1);
  Carry(inviter, device);
  Add(device, {"client", "full_name=Hai"});
  EXPECT_EQ(device.Json({"verify"}).at("problems").size(), 0u);
}

}  // namespace
}  // namespace tram::test
