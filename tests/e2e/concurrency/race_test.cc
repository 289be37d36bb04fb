// Hundreds of devices at once against the real server, while it is asked for backups, checks,
// reports, new units and metrics. Built with the preset tsan it looks for data races as well:
// ./dev race.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <thread>

#include "tests/e2e/concurrency/memory_device.h"
#include "tests/support/real_programs.h"
#include "tram/base/os_file.h"
#include "tram/session/enrolment.h"

namespace tram::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::size_t kDevicesOfAUnit = 15;
constexpr std::size_t kLogBytesMax = 64 << 20;
constexpr int kHttpOk = 200;

std::size_t Named(const char* variable, std::size_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::stoul(text);
}

class RaceTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string programme = (scratch_ / "visits.toml").string();
    std::ofstream(programme) << server::kTestProgramme;
    server_.emplace(scratch_ / "server", std::vector<std::string>{"--programme", programme});
    server_->Start({"--metrics-listen", "127.0.0.1:0"});
    ASSERT_TRUE(server_->Running());
    const std::size_t devices = Named("TRAM_RACE_DEVICES", 45);
    for (std::size_t i = 0; i < devices; ++i) {
      const bool first = i % kDevicesOfAUnit == 0;
      if (!first) {
        devices_.push_back(std::make_unique<MemoryDevice>(*devices_[i - i % kDevicesOfAUnit]));
        continue;
      }
      devices_.push_back(std::make_unique<MemoryDevice>(
          server_->AddUnit("U" + std::to_string(i), "Unit", "56", "2026-01-01")));
      devices_[i]->Enrol(server_->url());
    }
  }

  void Work(MemoryDevice& device, bool first) const {
    if (!first) device.Enrol(server_->url());
    while (!ended_ && !testing::Test::HasFailure()) {
      device.Visit();
      if (!device.Sync(server_->url())) return;
    }
  }

  /// What a province's people ask while devices sync; each must be answered.
  void AskLong() const {
    for (std::size_t i = 0; !ended_; ++i) {
      ExpectDone({"backup", (scratch_ / ("copy-" + std::to_string(i) + ".db")).string()});
      ExpectDone({"verify"});
    }
  }
  void AskShort() const {
    for (std::size_t i = 0; !ended_; ++i) {
      ExpectDone({"report", "--by", "province"});
      ExpectDone({"unit", "add", "N" + std::to_string(i), "New", "--province", "24"});
      ExpectDone({"device", "code", "N" + std::to_string(i)});
      ExpectDone({"export", "--exact"});
      ExpectDone({"unit", "list"});
    }
  }
  void AskMetrics() const {
    HttpClient http;
    std::size_t pages = 0;
    while (!ended_ || pages == 0) {
      auto page = http.Get(server_->metrics_url());
      // A page that the busy server cannot give within its deadline is given up, and that is said.
      ASSERT_TRUE(page ? page->status == kHttpOk : page.error().code == ErrorCode::kOutcomeUnknown);
      if (page) ++pages;
    }
  }
  void EnrolWrongly() const {
    HttpClient http;
    EnrolRequest request{SigningKey::Generate(SystemRandom()).id(), "AAAA-AAAA-AAAA-AAAA", {}, {}};
    while (!ended_) {
      auto reply = http.Post(server_->url() + kEnrolPath, AsBytes(EncodeEnrolRequest(request)));
      // Refused; or refused without a look, after so many wrong ones.
      EXPECT_TRUE(reply ? reply->status != kHttpOk : reply.error().code == ErrorCode::kOverloaded);
    }
  }
  void ExpectDone(const std::vector<std::string>& command) const {
    const RunResult run = server_->Run(command);
    EXPECT_EQ(run.exit, 0) << command[0] << ": " << run.err;
  }

  std::size_t OpsAtServer() const {
    std::size_t ops = 0;
    const nlohmann::json list = server_->Json({"unit", "list"});
    for (const auto& unit : list.at("units")) ops += unit.value("ops", std::size_t{0});
    return ops;
  }

  ScratchFolder scratch_;
  std::optional<RealServer> server_;
  std::vector<std::unique_ptr<MemoryDevice>> devices_;
  std::atomic<bool> ended_ = false;
};

TEST_F(RaceTest, HundredsOfDevicesSyncWhileTheServerDoesEverythingElse) {
  const std::chrono::seconds lasts(Named("TRAM_RACE_SECONDS", 4));
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < devices_.size(); ++i) {
      threads.emplace_back([this, i] { Work(*devices_[i], i % kDevicesOfAUnit == 0); });
    }
    threads.emplace_back([this] { AskLong(); });
    threads.emplace_back([this] { AskShort(); });
    threads.emplace_back([this] { AskMetrics(); });
    threads.emplace_back([this] { EnrolWrongly(); });
    std::this_thread::sleep_for(lasts);  // this is how long the run lasts: nothing waits for it
    ended_ = true;
  }
  std::size_t visits = 0, syncs = 0;
  std::map<UnitId, std::size_t> of_unit;
  for (auto& device : devices_) {
    visits += device->visits();
    syncs += device->syncs();
    of_unit[device->unit()] += device->visits();
    EXPECT_TRUE(device->Sync(server_->url()));
  }
  std::cout << devices_.size() << " devices, " << visits << " visits, " << syncs << " syncs in "
            << lasts.count() << " s\n";
  EXPECT_GE(visits, devices_.size());
  for (auto& device : devices_) {
    EXPECT_TRUE(device->Sync(server_->url()));
    EXPECT_EQ(device->ops(), of_unit[device->unit()]) << "of the whole unit";
  }
  EXPECT_EQ(OpsAtServer(), visits);
  ExpectDone({"verify"});
  EXPECT_EQ(server_->Stop(), 0);
  const std::string log = ReadFile(server_->folder() / "serve.log", kLogBytesMax).value_or("");
  EXPECT_THAT(log, Not(HasSubstr("ThreadSanitizer"))) << log;
  EXPECT_THAT(log, Not(HasSubstr("\"level\":\"error\"")));
}

}  // namespace
}  // namespace tram::test
