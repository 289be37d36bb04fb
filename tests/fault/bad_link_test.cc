// The harm that a bad link does, each kind by itself, seen from both sides.
#include "tests/support/bad_link.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <string>
#include <vector>

#include "tests/support/recording_proxy.h"
#include "tram/transport/http_client.h"
#include "tram/web/listener.h"

namespace tram::test {
namespace {

constexpr std::uint64_t kSeed = 7;
constexpr Badness kNone{0, 0, 0, 0, 0, 0};

/// A server that answers with what it was sent, and counts the requests that came whole.
class BadLinkTest : public testing::Test {
 protected:
  BadLinkTest() {
    auto listener = Listener::Start({}, [this](const HttpRequest& request, const Respond& respond) {
      {
        std::lock_guard lock(mutex_);
        ++asked_;
        order_ += request.body.substr(0, 1);
        changed_.notify_all();
      }
      respond({200, "", request.body, {}});
    });
    EXPECT_TRUE(listener);
    listener_ = std::move(*listener);
  }
  Result<HttpReply> Ask(const BadLink& link, const std::string& body) {
    return HttpClient().Post(link.url() + "/", AsBytes(body));
  }
  std::size_t asked() {
    std::lock_guard lock(mutex_);
    return asked_;
  }
  bool AwaitAsked(std::size_t times) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return asked_ >= times; });
  }
  std::uint16_t port() const { return listener_->port(); }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t asked_ = 0;
  std::string order_;  // of the first letters of what was asked
  std::unique_ptr<Listener> listener_;
};

TEST_F(BadLinkTest, AGoodLinkPassesEverything) {
  const std::string body(300'000, 'x');
  BadLink link(port(), kSeed, kNone);
  auto reply = Ask(link, body);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, body);
  EXPECT_EQ(link.counts().connections, 1u);
}

TEST_F(BadLinkTest, RefusedConnectionsReachNobody) {
  Badness badness = kNone;
  badness.refused = 1000;
  BadLink link(port(), kSeed, badness);
  EXPECT_FALSE(Ask(link, "a"));
  EXPECT_EQ(asked(), 0u);
  EXPECT_GE(link.counts().refused, 1u);
  link.SetGood(true);
  EXPECT_TRUE(Ask(link, "a"));
}

/// Either way, a request is not answered, and is known not to have been.
void ExpectLost(const Result<HttpReply>& reply) {
  ASSERT_FALSE(reply);
  EXPECT_TRUE(reply.error().code == ErrorCode::kOutcomeUnknown ||
              reply.error().code == ErrorCode::kDisconnected)
      << reply.error().message;
}

TEST_F(BadLinkTest, CutAndTruncatedOnesLoseRequestsAndReplies) {
  const std::string body(40'000, 'x');  // more than a plan lets pass
  for (const bool cut : {true, false}) {
    Badness badness = kNone;
    (cut ? badness.cut : badness.truncated) = 1000;
    BadLink link(port(), kSeed, badness);
    const std::size_t before = asked();
    for (int i = 0; i < 12; ++i) ExpectLost(Ask(link, body));
    const std::size_t came = asked() - before;
    EXPECT_GT(came, 0u) << "replies were lost, too";
    EXPECT_LT(came, 12u) << "requests were lost, too";
    EXPECT_EQ(cut ? link.counts().cut : link.counts().truncated, link.counts().connections);
  }
}

TEST_F(BadLinkTest, AHeldConnectionIsPassedByLaterOnes) {
  Badness badness = kNone;
  badness.held = 1000;
  BadLink link(port(), kSeed, badness);
  const std::string sent = "abcdefgh";
  std::vector<std::thread> senders;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    senders.emplace_back([&, i] { EXPECT_TRUE(Ask(link, sent.substr(i, 1))); });
    while (link.counts().connections <= i) std::this_thread::yield();
  }
  for (std::thread& sender : senders) sender.join();
  EXPECT_EQ(link.counts().held, sent.size());
  std::lock_guard lock(mutex_);
  EXPECT_NE(order_, sent) << "they came in the order in which they were sent";
  std::sort(order_.begin(), order_.end());
  EXPECT_EQ(order_, sent);
}

TEST_F(BadLinkTest, DelayedOnesArriveWhole) {
  Badness badness = kNone;
  badness.delayed = 1000;
  BadLink link(port(), kSeed, badness);
  const std::string body(50'000, 'x');
  auto reply = Ask(link, body);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, body);
  EXPECT_GE(link.counts().delayed, 2u);
}

TEST_F(BadLinkTest, AReplayedRequestComesAgain) {
  Badness badness = kNone;
  badness.replayed = 1000;
  BadLink link(port(), kSeed, badness);
  EXPECT_TRUE(Ask(link, "a"));
  EXPECT_TRUE(AwaitAsked(2));
  EXPECT_EQ(link.counts().replayed, 1u);
}

TEST_F(BadLinkTest, TheSameSeedDoesTheSameHarm) {
  auto outcomes = [&](std::uint64_t seed) {
    BadLink link(port(), seed);
    std::string text;
    for (int i = 0; i < 25; ++i) text += Ask(link, std::string(9'000, 'x')) ? '+' : '-';
    return text;
  };
  EXPECT_EQ(outcomes(1), outcomes(1));
  EXPECT_NE(outcomes(1), outcomes(2));
}

TEST_F(BadLinkTest, CallsWhenSoManyBytesHaveCome) {
  BadLink link(port(), kSeed, kNone);
  std::mutex mutex;
  int calls = 0;
  BadLink::ByteWatch watch(link, Direction::kToClient, 5'000, [&] {
    std::lock_guard lock(mutex);
    ++calls;
  });
  EXPECT_TRUE(Ask(link, "short"));
  {
    std::lock_guard lock(mutex);
    EXPECT_EQ(calls, 0);
  }
  EXPECT_TRUE(Ask(link, std::string(6'000, 'x')));
  EXPECT_TRUE(Ask(link, std::string(6'000, 'x')));
  std::lock_guard lock(mutex);
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace tram::test
