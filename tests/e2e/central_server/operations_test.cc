// Operating a real server: its metrics, its log, and backups while devices push.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <set>
#include <sstream>
#include <thread>

#include "tests/support/real_programs.h"
#include "tram/base/os_file.h"
#include "tram/programme/sql.h"
#include "tram/transport/http_client.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

std::uintmax_t SizeOf(const fs::path& path) {
  std::error_code code;
  const std::uintmax_t bytes = fs::file_size(path, code);
  return code ? 0 : bytes;
}

class OperationsTest : public testing::Test {
 protected:
  std::string Path(const std::string& name) const { return (scratch_ / name).string(); }
  std::string Log() const {
    Result<std::string> log = ReadFile(server_.folder() / "serve.log", 1 << 24);
    return log.value_or("");
  }
  /// The log's events of one name; fails the test where a line is no JSON object of ours.
  std::vector<nlohmann::json> Events(const std::string& name) const {
    std::vector<nlohmann::json> events;
    std::istringstream lines(Log());
    for (std::string line; std::getline(lines, line);) {
      nlohmann::json json = nlohmann::json::parse(line, nullptr, false);
      EXPECT_TRUE(json.is_object() && json.contains("time") && json.contains("level")) << line;
      if (json.is_object() && json.value("event", "") == name) events.push_back(std::move(json));
    }
    return events;
  }
  std::string Metrics() {
    auto page = http_.Get(server_.metrics_url());
    EXPECT_TRUE(page) << (page ? "" : page.error().message);
    return page ? page->body : "";
  }

  /// So much that a copy takes its time.
  void AddBallast(int megabytes) {
    auto database = SqlDatabase::Open(server_.folder() / "server.db", SqlDatabase::Mode::kExisting);
    ASSERT_TRUE(database);
    ASSERT_TRUE((*database)->Execute(
        "CREATE TABLE ballast(x); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
        " WHERE i < " +
        std::to_string(megabytes) + ") INSERT INTO ballast SELECT zeroblob(1048576) FROM n"));
  }

  ScratchFolder scratch_;
  RealServer server_{scratch_ / "server"};
  HttpClient http_;
};

TEST_F(OperationsTest, MetricsAndLogTellOfTheServerAndOfNobody) {
  const std::string code = server_.AddUnit("KH-XYZ", "Trạm Bí Mật", "56", "2026-01-01");
  server_.Start({"--metrics-listen", "127.0.0.1:0", "--log-level", "debug"});
  const RealDevice device(scratch_ / "device");
  const RealDevice wrong(scratch_ / "wrong");
  wrong.Run({"init", "--server", server_.url()}, {{"TRAM_CODE", "AAAA-AAAA-AAAA-AAAA"}});
  device.Enrol(server_.url(), code);
  device.Json({"add", "client", "full_name=Nguyễn Văn Kín"});
  device.Sync();
  EXPECT_EQ(http_.Get(server_.url() + "/Nguyen?name=VanKin")->status, 404);
  EXPECT_EQ(http_.Get(server_.url() + "/metrics")->status, 404) << "not where devices connect";
  server_.Json({"backup", Path("copy.db")});
  const std::string page = Metrics();
  EXPECT_THAT(page, HasSubstr("\ntram_sync_ops_accepted_total 1\n"));
  EXPECT_THAT(page, HasSubstr("\ntram_units 1\n"));
  EXPECT_THAT(page, HasSubstr("\ntram_devices 1\n"));
  EXPECT_THAT(page, HasSubstr("tram_http_requests_total{class=\"2xx\",route=\"sync\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("tram_http_requests_total{class=\"4xx\",route=\"other\"} 2\n"));
  EXPECT_THAT(page, Not(HasSubstr("\ntram_backup_timestamp_seconds 0\n")));
  server_.Stop();

  EXPECT_EQ(Events("device_enrolled").size(), 1u);
  EXPECT_EQ(Events("enrolment_refused").size(), 1u);
  EXPECT_EQ(Events("backup").size(), 1u);
  EXPECT_EQ(Events("stopped").size(), 1u);
  const auto requests = Events("request");
  ASSERT_EQ(requests.size(), 5u) << Log();
  EXPECT_EQ(requests[2].at("route"), "sync");
  EXPECT_EQ(requests[2].at("status"), 200);
  const std::string unit_id = server_.Json({"unit", "list"}).at("units")[0].value("id", "none");
  for (const std::string& text : {Log(), page}) {
    for (const std::string& secret :
         {code, std::string("AAAA"), std::string("Bí Mật"), std::string("KH-XYZ"),
          std::string("Nguy"), std::string("VanKin"), std::string("127.0.0.1:"), unit_id}) {
      EXPECT_THAT(text, Not(HasSubstr(secret)));
    }
  }
}

TEST_F(OperationsTest, ALogFileIsRotatedAndPrivate) {
  const fs::path log = scratch_ / "logs" / "server.log";
  fs::create_directory(scratch_ / "logs");
  server_.Start({"--log-file", log.string(), "--log-file-bytes", "4096", "--log-files", "2"});
  for (int i = 0; i < 200; ++i) ASSERT_EQ(http_.Get(server_.url() + "/nothing")->status, 404);
  server_.Stop();
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(scratch_ / "logs")) {
    names.insert(entry.path().filename().string());
    EXPECT_LE(entry.file_size(), 4096u);
    EXPECT_EQ(entry.status().permissions(), fs::perms::owner_read | fs::perms::owner_write);
  }
  EXPECT_EQ(names, (std::set<std::string>{"server.log", "server.1.log", "server.2.log"}));
  EXPECT_EQ(Log(), "") << "nothing on stderr";
}

TEST_F(OperationsTest, ServesFilesAreNeverItsOwn) {
  const std::string database = (server_.folder() / "server.db").string();
  fs::create_symlink(database, scratch_ / "link");
  const std::string before = ReadFile(database, 1 << 24).value_or("");
  for (const std::vector<std::string>& wrong : std::vector<std::vector<std::string>>{
           {"--port-file", database}, {"--log-file", database}, {"--log-file", Path("link")}}) {
    std::vector<std::string> command{"serve", "--listen", "127.0.0.1:0"};
    command.insert(command.end(), wrong.begin(), wrong.end());
    const RunResult run = server_.Run(command);
    EXPECT_EQ(run.exit, 1) << run.err;
    EXPECT_THAT(run.err, HasSubstr("among the program's own files"));
  }
  EXPECT_EQ(ReadFile(database, 1 << 24).value_or("-"), before);
  EXPECT_EQ(server_.Run({"serve", "--metrics-listen", "0.0.0.0:9090"}).exit, 2);
}

/// A device that records and syncs until it is told to stop.
class Pusher {
 public:
  explicit Pusher(const RealDevice& device) : device_(device) {
    thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
  }
  /// Clients that the server has given a receipt for.
  std::size_t acknowledged() const { return acknowledged_; }
  std::size_t added() const { return added_; }
  void Stop() { thread_ = std::jthread(); }

 private:
  void Run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      device_.Json({"add", "client", "full_name=Người " + std::to_string(added_)});
      ++added_;
      const RunResult synced = device_.Run({"sync"});
      if (synced.exit == 0) acknowledged_ = added_.load();
    }
  }
  const RealDevice& device_;
  std::atomic<std::size_t> added_ = 0, acknowledged_ = 0;
  std::jthread thread_;
};

class BackupTest : public OperationsTest {
 protected:
  void SetUp() override {
    AddBallast(kBallastMegabytes);
    const std::string code_a = server_.AddUnit("A", "Đơn vị A", "56", "2026-01-01");
    const std::string code_b = server_.AddUnit("B", "Đơn vị B", "24", "2016-01-01");
    server_.Start();
    a1_.Enrol(server_.url(), code_a);
    a2_.Join(a1_, server_.url());
    b_.Enrol(server_.url(), code_b);
  }
  std::int64_t OpsAtServer() {
    std::int64_t ops = 0;
    const nlohmann::json list = server_.Json({"unit", "list"});
    for (const auto& unit : list.at("units")) {
      ops += unit.value("ops", std::int64_t{0});
    }
    return ops;
  }
  /// Waits until so much of the copy is written, or it is there.
  void AwaitCopy(const fs::path& file, std::uintmax_t bytes) const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (SizeOf(file.string() + ".new") < bytes && !fs::exists(file) &&
           std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
  }

  static constexpr int kBallastMegabytes = 200;
  static constexpr std::uintmax_t kMostOfIt = 180u << 20;
  const RealDevice a1_{scratch_ / "a1"}, a2_{scratch_ / "a2"}, b_{scratch_ / "b"};
};

TEST_F(BackupTest, HoldsAllThatWasAcknowledgedWhileDevicesPush) {
  std::vector<std::unique_ptr<Pusher>> pushers;
  for (const RealDevice* device : {&a1_, &a2_, &b_}) {
    pushers.push_back(std::make_unique<Pusher>(*device));
  }
  for (auto& pusher : pushers) {
    while (pusher->acknowledged() < 2) std::this_thread::yield();
  }
  std::int64_t acknowledged = 0;
  for (auto& pusher : pushers) acknowledged += static_cast<std::int64_t>(pusher->acknowledged());
  std::atomic<bool> copying = true;
  std::size_t answered_meanwhile = 0;
  std::jthread other([&] {
    const fs::path making = Path("copy.db.new");
    while (copying) {
      const std::uintmax_t before = SizeOf(making);
      const bool answered = server_.Run({"unit", "list"}).exit == 0;
      const std::uintmax_t after = SizeOf(making);
      // Another command was answered between two steps of the copy.
      if (answered && before > 0 && after > before && after < kMostOfIt) ++answered_meanwhile;
    }
  });
  const nlohmann::json copy = server_.Json({"backup", Path("copy.db")});
  copying = false;
  other.join();
  EXPECT_GT(answered_meanwhile, 0u) << "other commands wait for the backup";
  for (auto& pusher : pushers) pusher->Stop();
  std::int64_t added = 0;
  for (auto& pusher : pushers) added += static_cast<std::int64_t>(pusher->added());
  EXPECT_GE(copy.value("ops", std::int64_t{0}), acknowledged);
  EXPECT_LE(copy.value("ops", std::int64_t{0}), added);
  EXPECT_FALSE(fs::exists(Path("copy.db.new")));
  EXPECT_EQ(fs::status(Path("copy.db")).permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(server_.Run({"backup", Path("copy.db")}).exit, 1) << "never over another file";

  server_.Stop();
  fs::rename(server_.folder(), Path("lost"));
  ASSERT_EQ(server_.Run({"restore", Path("copy.db")}).exit, 0);
  EXPECT_EQ(server_.Run({"verify"}).exit, 0);
  EXPECT_EQ(OpsAtServer(), copy.value("ops", std::int64_t{-1}));
  server_.Start();
  for (int round = 0; round < 2; ++round) {
    for (const RealDevice* device : {&a1_, &a2_, &b_}) device->Sync();
  }
  EXPECT_EQ(OpsAtServer(), added);
  EXPECT_EQ(server_.Run({"verify"}).exit, 0);
  EXPECT_EQ(a1_.Json({"list", "client"}).at("rows").size() +
                b_.Json({"list", "client"}).at("rows").size(),
            static_cast<std::size_t>(added));
}

TEST_F(BackupTest, KilledInTheMiddleHarmsNothing) {
  b_.Json({"add", "client", "full_name=Người"});
  b_.Sync();
  std::jthread command([&] { EXPECT_EQ(server_.Run({"backup", Path("copy.db")}).exit, 1); });
  AwaitCopy(Path("copy.db"), 4 << 20);
  server_.Kill();
  command.join();
  EXPECT_FALSE(fs::exists(Path("copy.db")));
  EXPECT_GT(SizeOf(Path("copy.db.new")), 0u) << "it was not in the middle";
  server_.Start();
  EXPECT_EQ(server_.Run({"verify"}).exit, 0);
  EXPECT_EQ(OpsAtServer(), 1);
  server_.Json({"backup", Path("copy.db")});
  EXPECT_FALSE(fs::exists(Path("copy.db.new")));
}

TEST_F(BackupTest, StopsWithTheServer) {
  std::jthread command([&] { EXPECT_EQ(server_.Run({"backup", Path("copy.db")}).exit, 1); });
  AwaitCopy(Path("copy.db"), 4 << 20);
  EXPECT_EQ(server_.Stop(), 0);
  command.join();
  EXPECT_FALSE(fs::exists(Path("copy.db")));
  EXPECT_FALSE(fs::exists(Path("copy.db.new")));
}

}  // namespace
}  // namespace tram::test
