// Several programs at once on the folder of one server: each does its work or says in one line why
// it did not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <functional>
#include <thread>

#include "tests/support/paths.h"
#include "tests/support/real_programs.h"

namespace tram::test {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

constexpr int kThreads = 6;

void ExpectOneLine(const RunResult& run) {
  EXPECT_EQ(run.exit, 1) << run.out << run.err;
  EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
}

class OneServerFolder : public testing::Test {
 protected:
  static void InThreads(int threads, const std::function<void(int)>& work) {
    std::vector<std::jthread> running;
    for (int i = 0; i < threads; ++i) running.emplace_back([&work, i] { work(i); });
  }
  std::string Path(const std::string& name) const { return (scratch_ / name).string(); }
  std::size_t Units() const { return server_.Json({"unit", "list"}).at("units").size(); }

  ScratchFolder scratch_;
  RealServer server_{scratch_ / "server"};
};

TEST_F(OneServerFolder, AServerServesAllCommandsAndSecondOnesAreRefused) {
  server_.Start();
  server_.Json({"backup", Path("before.db")});
  std::atomic<int> added = 0;
  InThreads(kThreads + 2, [&](int thread) {
    for (int i = 0; i < 4; ++i) {
      if (thread == kThreads) {
        ExpectOneLine(server_.Run({"serve", "--listen", "127.0.0.1:0"}));
        ExpectOneLine(server_.Run({"restore", Path("before.db")}));
        ExpectOneLine(server_.Run({"init"}));
      } else if (thread == kThreads + 1) {
        EXPECT_EQ(server_.Run({"report", "--by", "unit"}).exit, 0);
        EXPECT_EQ(server_.Run({"backup", Path("copy-" + std::to_string(i) + ".db")}).exit, 0);
      } else {
        // Everybody wants the same units: each is made once.
        const RunResult run = server_.Run({"unit", "add", "U" + std::to_string(i), "Unit",
                                           "--province", "56", "--from", "2026-01-01"});
        if (run.exit == 0) {
          ++added;
        } else {
          ExpectOneLine(run);
        }
      }
    }
  });
  EXPECT_EQ(added, 4);
  EXPECT_EQ(Units(), 4u);
  EXPECT_EQ(server_.Run({"verify"}).exit, 0);
  EXPECT_EQ(server_.Stop(), 0);
  EXPECT_EQ(Units(), 4u);
}

TEST_F(OneServerFolder, CommandsAtOnceWithoutAServerTakeTurnsOrSaySo) {
  std::atomic<std::size_t> added = 0, refused = 0;
  InThreads(kThreads, [&](int thread) {
    for (int i = 0; i < 5; ++i) {
      const RunResult run =
          server_.Run({"unit", "add", "U" + std::to_string(thread) + "-" + std::to_string(i),
                       "Unit", "--province", "56", "--from", "2026-01-01"});
      if (run.exit == 0) {
        ++added;
        continue;
      }
      ++refused;
      ExpectOneLine(run);
      EXPECT_THAT(run.err, AnyOf(HasSubstr("another"), HasSubstr("try again")));
    }
  });
  EXPECT_GT(added, 0u);
  EXPECT_EQ(Units(), added);
  EXPECT_EQ(server_.Run({"verify"}).exit, 0);
}

TEST_F(OneServerFolder, OfSeveralServesOneServes) {
  std::vector<std::unique_ptr<ChildProcess>> serves;
  std::vector<std::string> ports;
  for (int i = 0; i < kThreads; ++i) {
    ports.push_back(Path("port-" + std::to_string(i)));
    serves.push_back(std::make_unique<ChildProcess>(
        std::vector<std::string>{test::kCentralServer, "--data", server_.folder().string(), "serve",
                                 "--listen", "127.0.0.1:0", "--port-file", ports.back()},
        std::map<std::string, std::string>{}, Path("serve.log")));
  }
  int serving = 0, refused = 0;
  for (std::size_t i = 0; i < serves.size(); ++i) {
    if (!AwaitFile(ports[i], *serves[i]).empty()) ++serving;
  }
  for (auto& serve : serves) refused += serve->Running() ? 0 : 1;
  EXPECT_EQ(serving, 1);
  EXPECT_EQ(refused, kThreads - 1);
  EXPECT_EQ(server_.Run({"unit", "list"}).exit, 0);
  for (auto& serve : serves) serve->Stop();
  EXPECT_EQ(server_.Run({"verify"}).exit, 0);
}

TEST_F(OneServerFolder, OfSeveralInitsOneMakesAWholeServer) {
  const std::string folder = Path("another");
  std::atomic<int> made = 0;
  InThreads(kThreads, [&](int) {
    const RunResult run = RunProgram({test::kCentralServer, "--data", folder, "init"});
    if (run.exit == 0) {
      ++made;
    } else {
      ExpectOneLine(run);
    }
  });
  EXPECT_EQ(made, 1);
  EXPECT_EQ(RunProgram({test::kCentralServer, "--data", folder, "verify"}).exit, 0);
}

}  // namespace
}  // namespace tram::test
