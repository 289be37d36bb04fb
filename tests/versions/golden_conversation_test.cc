// Whole conversations between the golden device and the golden server, as programs of each version
// had them: today's server answers the recorded requests, today's client takes the recorded
// replies, byte for byte the same. Files: tests/golden/wire/conversation-NAME-VERSION.hex, a line
// that begins with > for a request, with < for its reply, then hexadecimal digits.
// TRAM_WRITE_GOLDEN=1 writes files that are missing.
#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>

#include "tests/support/paths.h"
#include "tests/versions/golden_world.h"
#include "tests/versions/store_facts.h"
#include "tram/base/os_file.h"
#include "tram/session/bundle.h"

namespace tram::versions {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDigitsInLine = 96;

/// A request and its reply, one after the other.
using Conversation = std::vector<std::pair<Bytes, Bytes>>;

std::string Lines(char mark, const Bytes& bytes) {
  const std::string hex = ToHex(bytes);
  std::string text = std::string(1, mark) + "\n";
  for (std::size_t i = 0; i < hex.size(); i += kDigitsInLine) {
    text += hex.substr(i, kDigitsInLine) + "\n";
  }
  return text;
}

std::string Written(const Conversation& conversation) {
  std::string text;
  for (const auto& [request, reply] : conversation) text += Lines('>', request) + Lines('<', reply);
  return text;
}

Conversation Parsed(const std::string& text) {
  Conversation conversation;
  std::vector<std::string> messages;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line == ">" || line == "<") {
      messages.emplace_back();
    } else {
      messages.back() += line;
    }
  }
  for (std::size_t i = 0; i + 1 < messages.size(); i += 2) {
    conversation.emplace_back(Must(FromHex(messages[i])), Must(FromHex(messages[i + 1])));
  }
  return conversation;
}

class GoldenConversationTest : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    fs::copy(GoldenFolder(GetParam()), scratch_ / "golden", fs::copy_options::recursive);
    clock_.ms = GoldenNowMs();
  }
  std::unique_ptr<UnitDevice> Device() {
    return OpenDevice(scratch_ / "golden/device", clock_, random_);
  }
  TestServer Server() { return TestServer(scratch_ / "golden/server", clock_, server_random_); }

  /// What was recorded under this name. `now` is what today's programs say, for a missing file.
  Conversation Golden(const std::string& name, const std::function<Conversation()>& now) {
    const fs::path path = test::InSource("tests/golden/wire") /
                          ("conversation-" + name + "-" + std::to_string(GetParam()) + ".hex");
    if (std::getenv("TRAM_WRITE_GOLDEN") != nullptr && !fs::exists(path)) {
      Must(WriteFileAtomically(path, AsBytes(Written(now()))));
      fs::remove_all(scratch_ / "golden");
      fs::copy(GoldenFolder(GetParam()), scratch_ / "golden", fs::copy_options::recursive);
      random_ = SeededRandom(kDeviceSeed);
    }
    Conversation conversation = Parsed(TextOf(path));
    EXPECT_FALSE(conversation.empty()) << path;
    return conversation;
  }

  /// A device that has something to say: what it had not sent, and what a bundle brings it.
  std::unique_ptr<UnitDevice> Talkative() {
    auto device = Device();
    const std::string bundle = TextOf(scratch_ / "golden/first.bundle");
    Must(ReadBundle(device->replica(), &device->own(), AsBytes(bundle)));
    Must(device->RefreshView());
    Save(*device, {"client", {}, {}, {{"full_name", "Người Nói Chuyện"}, {"sex", "female"}}});
    return device;
  }
  /// A device that the golden one invites, before its first sync.
  std::unique_ptr<UnitDevice> Newcomer(UnitDevice& inviter) {
    return JoinDevice(scratch_ / "newcomer", inviter, clock_, random_);
  }

  /// Today's client and today's server.
  Conversation Record(UnitDevice& device, TestServer& server) {
    Conversation conversation;
    Must(Sync(device, [&](const Bytes& request) -> Result<Bytes> {
      TRAM_ASSIGN(Bytes reply, server.Answer(request));
      conversation.emplace_back(request, reply);
      return reply;
    }));
    return conversation;
  }
  void ExpectServerSaysTheSame(TestServer& server, const Conversation& conversation) {
    for (const auto& [request, reply] : conversation) {
      const Result<Bytes> now = server.Answer(request);
      ASSERT_TRUE(now) << now.error().message;
      EXPECT_EQ(ToHex(*now), ToHex(reply));
    }
  }
  void ExpectClientSaysTheSame(UnitDevice& device, const Conversation& conversation) {
    std::size_t at = 0;
    const SyncReport report = Must(Sync(device, [&](const Bytes& request) -> Result<Bytes> {
      if (at == conversation.size()) return MakeError(ErrorCode::kInvalid, "it was over");
      EXPECT_EQ(ToHex(request), ToHex(conversation[at].first));
      return conversation[at++].second;
    }));
    EXPECT_EQ(at, conversation.size());
    EXPECT_TRUE(report.complete);
    EXPECT_EQ(report.left_ops, 0u);
  }

  static constexpr std::uint64_t kDeviceSeed = 11;
  test::ScratchFolder scratch_;
  SetClock clock_;
  SeededRandom random_{kDeviceSeed}, server_random_{12};
};

TEST_P(GoldenConversationTest, ADeviceThatPushes) {
  const Conversation conversation = Golden("push", [&] {
    TestServer server = Server();
    return Record(*Talkative(), server);
  });
  {
    TestServer server = Server();
    const UnitId unit = Must(server.state().store().units().ByCode("GS-01")).id;
    const std::size_t before = server.LogOf(unit).size();
    ExpectServerSaysTheSame(server, conversation);
    EXPECT_EQ(server.LogOf(unit).size(), before + 5);
  }
  ExpectClientSaysTheSame(*Talkative(), conversation);
}

TEST_P(GoldenConversationTest, ANewDeviceThatPulls) {
  const Conversation conversation = Golden("pull", [&] {
    TestServer server = Server();
    auto newcomer = Newcomer(*Device());
    server.Welcome(*newcomer);
    Conversation recorded = Record(*newcomer, server);
    newcomer.reset();
    fs::remove_all(scratch_ / "newcomer");
    return recorded;
  });
  auto newcomer = Newcomer(*Device());
  {
    TestServer server = Server();
    server.Welcome(*newcomer);
    ExpectServerSaysTheSame(server, conversation);
  }
  ExpectClientSaysTheSame(*newcomer, conversation);
  EXPECT_EQ(newcomer->view().Conflicts().size(), Device()->view().Conflicts().size());
}

TEST_P(GoldenConversationTest, AFileAndItsAnswer) {
  const auto write = [&](UnitDevice& device) {
    return Must(WriteBundle(device.replica(), Known(device.log()), device.signing_key(),
                            device.own().id(), device.time().Estimate(), random_));
  };
  const auto answer = [&](TestServer& server, const UnitId& unit, const Bytes& file) {
    Replica& replica = *Must(server.state().units().Open(unit))->replica;
    Must(ReadBundle(replica, nullptr, file));
    return Must(AnswerBundle(replica, server.state().keys().server, file, clock_));
  };
  const Conversation conversation = Golden("file", [&] {
    TestServer server = Server();
    auto device = Talkative();
    const WrittenBundle bundle = write(*device);
    return Conversation{{bundle.file, answer(server, device->unit(), bundle.file)}};
  });
  ASSERT_EQ(conversation.size(), 1u);
  const auto& [file, reply] = conversation[0];
  auto device = Talkative();
  {
    TestServer server = Server();
    EXPECT_EQ(ToHex(answer(server, device->unit(), file)), ToHex(reply));
  }
  const WrittenBundle bundle = write(*device);
  EXPECT_EQ(ToHex(bundle.file), ToHex(file));
  SyncClient client = device->NewSync();
  EXPECT_GT(UnconfirmedOps(device->log()), 0u);
  const Status taken = ReadAnswer(client, bundle.nonce, reply);
  EXPECT_TRUE(taken) << taken.error().message;
  EXPECT_EQ(UnconfirmedOps(device->log()), 0u);
}

INSTANTIATE_TEST_SUITE_P(Versions, GoldenConversationTest, testing::ValuesIn(kGoldenVersions),
                         [](const auto& golden) {
                           return "Format" + std::to_string(golden.param);
                         });

}  // namespace
}  // namespace tram::versions
