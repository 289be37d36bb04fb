// A short run of kills (./dev kill is the long one), and the two moments that matter most: a
// program is killed as its answer passes.
#include <gtest/gtest.h>

#include <signal.h>

#include <cstdlib>
#include <iostream>
#include <optional>

#include "app/control.h"
#include "tests/fault/kill/kill_moment.h"
#include "tests/fault/kill/kill_run.h"
#include "tests/support/paths.h"
#include "tram/base/os_control.h"

namespace tram::test {
namespace {

constexpr int kRepeats = 8;
constexpr Badness kNoHarm{0, 0, 0, 0, 0, 0};

TEST(KillTest, NothingAcknowledgedIsLostWhenProgramsAreKilledOverBadLinks) {
  KillOptions options;
  if (const char* seed = std::getenv("TRAM_SEED")) options.seed = std::stoull(seed);
  const KillOutcome outcome = RunKills(options);
  std::cout << "seed " << options.seed << ": " << KillText(outcome);
  for (const std::string& problem : outcome.problems) ADD_FAILURE() << problem;
  EXPECT_GE(outcome.server_kills, options.kills / 2);
  EXPECT_GE(outcome.device_kills, options.kills / 2);
  EXPECT_GT(outcome.acknowledged, options.kills / 4) << "hardly anything was written";
  EXPECT_GE(outcome.ops, outcome.acknowledged);
}

/// A server and one device of a unit, over a good link.
class KilledAsItAnswers : public testing::Test {
 protected:
  void SetUp() override {
    server_.Start();
    const std::string& url = server_.url();
    link_.emplace(static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))), 1,
                  kNoHarm);
    device_.Enrol(link_->url(), server_.AddUnit("U", "Unit", "56", "2026-01-01"));
  }
  std::string Add() const { return device_.Json({"add", "client", "full_name=A"}).value("id", ""); }

  ScratchFolder scratch_;
  RealServer server_{scratch_ / "server"};
  RealDevice device_{scratch_ / "device"};
  std::optional<BadLink> link_;
};

TEST_F(KilledAsItAnswers, TheServerHasWhatItsReplyConfirms) {
  for (int i = 0; i < kRepeats; ++i) {
    Add();
    {
      KillSwitch at(server_.pid());
      BadLink::ByteWatch watch(*link_, Direction::kToClient, 1, [&at] { at.Kill(); });
      device_.Run({"sync"});
      ASSERT_EQ(server_.AwaitEnd(), 128 + SIGKILL);
    }
    ASSERT_EQ(device_.Json({"status"}).value("waiting_for_server", 1), 0) << "no reply came";
    server_.Start();
    EXPECT_TRUE(device_.Sync().at("gone").empty());
  }
  EXPECT_EQ(server_.Json({"unit", "list"}).at("units")[0].value("ops", 0), kRepeats);
}

TEST_F(KilledAsItAnswers, TheHolderHasWhatItsAnswerSays) {
  client::ControlRequest request;
  request.argv = {"add", "client", "full_name=A", "--json"};
  request.json = true;
  for (int i = 0; i < kRepeats; ++i) {
    const auto log = scratch_ / ("run-" + std::to_string(i));
    ChildProcess holder({test::kUnitClient, "--data", device_.folder().string(), "run"},
                        {{"TRAM_PASSPHRASE", kTestPassphrase}}, log);
    ASSERT_EQ(AwaitFile(log, holder).substr(0, 5), "ready");
    auto answer = AskControl(device_.folder() / client::kControlSocket,
                             client::EncodeControlRequest(request));
    holder.Kill();
    ASSERT_TRUE(answer) << answer.error().message;
    auto reply = client::DecodeControlReply(*answer);
    ASSERT_TRUE(reply && reply->outcome.exit == 0) << *answer;
    const auto said = nlohmann::json::parse(reply->outcome.out);
    EXPECT_EQ(device_.Run({"show", said.value("id", "")}).exit, 0) << "it is lost";
  }
}

}  // namespace
}  // namespace tram::test
