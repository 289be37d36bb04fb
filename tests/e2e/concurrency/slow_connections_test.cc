// Thousands of connections that send slowly, nothing, or read nothing, against the real server:
// what they cost, and that honest devices are served among them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <iostream>
#include <thread>

#include "tests/e2e/concurrency/memory_device.h"
#include "tests/support/real_programs.h"
#include "tests/unit/web/raw_client.h"

namespace tram::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Ms = std::chrono::duration<double, std::milli>;

constexpr std::size_t kSlow = 2000;
constexpr std::size_t kConnectionsMax = 4096;  // of the server
constexpr std::size_t kSocketsMax = 6000;      // that this test opens
constexpr std::size_t kBatch = 250;            // opened before the server is waited for
constexpr int kSyncs = 300;
constexpr double kBytesOfAConnectionMax = 64 * 1024;
constexpr char kHead[] = "POST /s HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n";
constexpr char kAsking[] = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";

bool MayOpenSockets() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, std::max<rlim_t>(limit.rlim_cur, kSocketsMax));
  ::setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur >= kSocketsMax;
}

class SlowConnectionsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!MayOpenSockets())
      GTEST_SKIP() << "this process may not open " << kSocketsMax << " sockets";
    const std::string programme = (scratch_ / "visits.toml").string();
    std::ofstream(programme) << server::kTestProgramme;
    server_.emplace(scratch_ / "server", std::vector<std::string>{"--programme", programme});
    server_->Start({"--metrics-listen", "127.0.0.1:0"});
    ASSERT_TRUE(server_->Running());
    honest_.emplace(server_->AddUnit("U", "Unit", "56", "2026-01-01"));
    honest_->Enrol(server_->url());
  }

  std::uint16_t port() const {
    return static_cast<std::uint16_t>(
        std::stoi(server_->url().substr(server_->url().rfind(':') + 1)));
  }
  /// Connections that the server says are open.
  std::size_t OpenNow() {
    auto page = http_.Get(server_->metrics_url());
    constexpr std::string_view kName = "\ntram_http_connections ";
    const std::size_t at = page ? page->body.find(kName) : std::string::npos;
    return at == std::string::npos ? 0 : std::stoul(page->body.substr(at + kName.size()));
  }
  template <class Condition>
  bool Await(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(kWaitMs);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::yield();
    }
    return true;
  }

  /// How long each of the honest device's syncs took, sorted. All must be answered.
  std::vector<double> Syncs() {
    std::vector<double> took;
    for (int i = 0; i < kSyncs; ++i) {
      honest_->Visit();
      const auto begin = std::chrono::steady_clock::now();
      EXPECT_TRUE(honest_->Sync(server_->url()));
      took.push_back(Ms(std::chrono::steady_clock::now() - begin).count());
    }
    std::sort(took.begin(), took.end());
    return took;
  }

  /// A quarter says nothing, a quarter stops in its head, a quarter after it, and a quarter asks
  /// and reads no answer.
  void OpenSlow(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      slow_.emplace_back(port());
      ASSERT_TRUE(slow_.back().connected()) << i;
      if (i % 4 == 1) slow_.back().Send(std::string_view(kHead).substr(0, 20));
      if (i % 4 == 2) slow_.back().Send(kHead);
      for (int asked = 0; i % 4 == 3 && asked < 20; ++asked) slow_.back().Send(kAsking);
      if ((i + 1) % kBatch != 0 && i + 1 != count) continue;
      ASSERT_TRUE(Await([&] { return OpenNow() > i; })) << OpenNow() << " of " << i + 1;
    }
  }

  ScratchFolder scratch_;
  std::optional<RealServer> server_;
  std::optional<MemoryDevice> honest_;
  std::vector<RawClient> slow_;
  HttpClient http_;
};

TEST_F(SlowConnectionsTest, HonestDevicesAreServedAmongThousandsAndTheServerStopsWell) {
  Syncs();  // the first ones find a server that still settles
  const std::vector<double> alone = Syncs();
  const double before = ProcessMemory(server_->pid(), "VmRSS");
  OpenSlow(kSlow);
  if (HasFatalFailure()) return;
  const double of_each = (ProcessMemory(server_->pid(), "VmRSS") - before) / kSlow;
  EXPECT_LT(of_each, kBytesOfAConnectionMax);
  std::atomic<bool> ended = false;
  std::jthread trickle([&] {  // one byte now and then, into those that are in their head or body
    for (std::size_t i = 0; !ended; i = (i + 4) % kSlow) {
      slow_[i + 1].Send("x");
      slow_[i + 2].Send("x");
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  });
  const std::vector<double> among = Syncs();
  ended = true;
  trickle.join();
  EXPECT_EQ(server_->Json({"unit", "list"}).at("units")[0].value("ops", 0), 3 * kSyncs);
  std::cout << "a sync: " << alone[kSyncs / 2] << " ms alone, " << among[kSyncs / 2] << " ms among "
            << kSlow << " slow connections (" << among[kSyncs / 2] / alone[kSyncs / 2]
            << " times), at most " << among.back() << " ms; " << of_each << " B a connection\n";
  EXPECT_EQ(server_->Stop(), 0);
  EXPECT_EQ(slow_[0].ReadToEnd(), "") << "it was not closed";
}

TEST_F(SlowConnectionsTest, MoreThanTheServerTakesAreToldSo) {
  OpenSlow(kConnectionsMax - 8);
  if (HasFatalFailure()) return;
  std::string told;
  std::vector<RawClient> more;
  for (int i = 0; i < 24 && told.empty(); ++i) {
    more.emplace_back(port());
    more.back().Send(kAsking);
    const std::string answer = more.back().ReadSome().value_or("");
    if (!answer.starts_with("HTTP/1.1 200 ")) told = answer;
  }
  EXPECT_THAT(told, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(told, HasSubstr("Too many connections"));
  // Once there is room again, whoever comes is served.
  more.clear();
  while (slow_.size() > kSlow) slow_.pop_back();
  EXPECT_TRUE(Await([&] { return OpenNow() <= kSlow + 1; })) << OpenNow();
  honest_->Visit();
  EXPECT_TRUE(honest_->Sync(server_->url()));
  EXPECT_EQ(server_->Stop(), 0);
}

// Takes as long as the server's deadlines are: two minutes.
TEST_F(SlowConnectionsTest, TheServersDeadlineEndsThemAll) {
  if (std::getenv("TRAM_SLOW_DEADLINES") == nullptr) {
    GTEST_SKIP() << "it takes two minutes: ./dev race runs it, or set TRAM_SLOW_DEADLINES";
  }
  OpenSlow(kSlow);
  if (HasFatalFailure()) return;
  constexpr std::chrono::seconds kDeadlines(60 + 120 + 30);  // without a request, of one, and some
  const auto until = std::chrono::steady_clock::now() + kDeadlines;
  std::size_t open = kSlow;
  while (open > 1 && std::chrono::steady_clock::now() < until) {
    honest_->Visit();
    EXPECT_TRUE(honest_->Sync(server_->url()));
    for (std::size_t i = 0; i < kSlow; i += 4) slow_[i + 2].Send("x");  // many are gone by and by
    open = OpenNow();
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  EXPECT_LE(open, 1u);
}

}  // namespace
}  // namespace tram::test
