// Where the programs cannot work as they should: a folder that may not be written, a disk that is
// full, a program that holds the data and does not answer. Each is said in one line within bounded
// time, and what was acknowledged is there afterwards.
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <functional>
#include <optional>

#include "tests/support/paths.h"
#include "tests/support/real_programs.h"
#include "tests/support/recording_proxy.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// Mounts in a view of the file system that only this process and its children have: whatever
/// happens to the test, the mount goes with it.
class PrivateMount {
 public:
  /// A file system of its own, in memory.
  static std::unique_ptr<PrivateMount> Small(const fs::path& at, const std::string& size) {
    return Make(at, [&] {
      return ::mount("tmpfs", at.c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0;
    });
  }
  /// A folder as it is, which nobody may write, not even root.
  static std::unique_ptr<PrivateMount> ReadOnly(const fs::path& at) {
    return Make(at, [&] {
      return ::mount(at.c_str(), at.c_str(), nullptr, MS_BIND, nullptr) == 0 &&
             ::mount(nullptr, at.c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) == 0;
    });
  }
  ~PrivateMount() { ::umount2(at_.c_str(), MNT_DETACH); }

 private:
  explicit PrivateMount(fs::path at) : at_(std::move(at)) {}
  static std::unique_ptr<PrivateMount> Make(const fs::path& at,
                                            const std::function<bool()>& mount_it) {
    if (::unshare(CLONE_NEWNS) != 0) return nullptr;
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return nullptr;
    return mount_it() ? std::unique_ptr<PrivateMount>(new PrivateMount(at)) : nullptr;
  }
  fs::path at_;
};

constexpr char kNoMounts[] = "mounting needs root here: ";

void ExpectOneLine(const RunResult& run, const std::string& what) {
  EXPECT_EQ(run.exit, 1) << what << "\n" << run.err;
  EXPECT_EQ(run.out, "") << what;
  EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << what << "\n" << run.err;
}

void ExpectNotSynced(const RunResult& run) {
  EXPECT_EQ(run.exit, 1) << run.out;
  EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
  EXPECT_NE(run.err.find("not synced"), std::string::npos) << run.err;
}

class BadPlaceTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directory(scratch_ / "place");
    server_.Start();
    code_ = server_.AddUnit("U", "Unit", "56", "2024-01-01");
  }
  std::string Path(const std::string& name) const { return (scratch_ / name).string(); }
  static std::string Add(const RealDevice& device, const std::string& name) {
    return device.Json({"add", "client", "full_name=" + name}).value("id", "");
  }
  static std::size_t Clients(const RealDevice& device) {
    return device.Json({"list", "client"}).at("rows").size();
  }
  std::unique_ptr<ChildProcess> Hold(const RealDevice& device) {
    const fs::path log = scratch_ / "run.log";
    fs::remove(log);
    auto holder = std::make_unique<ChildProcess>(
        std::vector<std::string>{test::kUnitClient, "--data", device.folder().string(), "run"},
        std::map<std::string, std::string>{{"TRAM_PASSPHRASE", kTestPassphrase}}, log);
    EXPECT_EQ(AwaitFile(log, *holder).substr(0, 5), "ready");
    return holder;
  }

  ScratchFolder scratch_;
  RealServer server_{scratch_ / "server"};
  std::string code_;
};

TEST_F(BadPlaceTest, AFolderThatMayNotBeWritten) {
  const RealDevice device(scratch_ / "place" / "a");
  device.Enrol(server_.url(), code_);
  Add(device, "Trước Đó");
  {
    auto mounted = PrivateMount::ReadOnly(scratch_ / "place");
    if (!mounted) GTEST_SKIP() << kNoMounts << std::strerror(errno);
    for (const std::vector<std::string>& command :
         std::vector<std::vector<std::string>>{{"add", "client", "full_name=A"},
                                               {"status"},
                                               {"sync"},
                                               {"run"},
                                               {"verify"},
                                               {"backup", Path("copy")}}) {
      ExpectOneLine(device.Run(command), command[0]);
    }
    const RealDevice other(scratch_ / "place" / "b");
    ExpectOneLine(other.Run({"init", "--server", server_.url()}, {{"TRAM_CODE", code_}}), "init");
    const RunResult served = RunProgram({test::kCentralServer, "--data", Path("place/s"), "init"});
    ExpectOneLine(served, "central-server init");
  }
  EXPECT_EQ(Clients(device), 1u);
  Add(device, "Sau Đó");
  EXPECT_EQ(device.Run({"verify"}).exit, 0);
}

// A device on a full disk: what was said to be saved is saved, and when there is room again work
// goes on. By single commands, and through a program that holds the log.
TEST_F(BadPlaceTest, ADiskThatIsFull) {
  auto mounted = PrivateMount::Small(scratch_ / "place", "2m");
  if (!mounted) GTEST_SKIP() << kNoMounts << std::strerror(errno);
  const RealDevice device(scratch_ / "place" / "a");
  device.Enrol(server_.url(), code_);
  const fs::path ballast = scratch_ / "place" / "ballast";
  std::size_t saved = 0;
  for (const bool held : {false, true}) {
    std::unique_ptr<ChildProcess> holder = held ? Hold(device) : nullptr;
    const auto room = fs::space(scratch_ / "place").available;
    constexpr std::size_t kRoomLeft = 200 * 1024;
    ASSERT_GT(room, kRoomLeft);
    std::ofstream(ballast, std::ios::binary) << std::string(room - kRoomLeft, 'x');
    std::optional<RunResult> refused;
    for (int i = 0; i < 100 && !refused; ++i) {
      const RunResult run =
          device.Run({"add", "client", "full_name=Người", "note=" + std::string(20'000, 'n')});
      if (run.exit != 0) refused = run;
      if (run.exit == 0) ++saved;
    }
    ASSERT_TRUE(refused) << "the disk did not fill up";
    ExpectOneLine(*refused, "add on a full disk");
    EXPECT_NE(refused->err.find("space"), std::string::npos) << refused->err;
    ExpectOneLine(device.Run({"backup", (scratch_ / "place" / "copy").string()}), "backup");
    EXPECT_FALSE(fs::exists(scratch_ / "place" / "copy"));
    EXPECT_FALSE(fs::exists(scratch_ / "place" / "copy.new"));
    fs::remove(ballast);

    EXPECT_EQ(Clients(device), saved) << (held ? "held" : "not held");
    Add(device, "Sau Khi Đầy");
    ++saved;
    EXPECT_EQ(Clients(device), saved);
    EXPECT_EQ(device.Run({"verify"}).exit, 0);
    EXPECT_EQ(holder ? holder->Stop() : 0, 0);
  }
  device.Sync();
}

TEST_F(BadPlaceTest, AServerWhoseDiskIsFullGivesNoReceipt) {
  auto mounted = PrivateMount::Small(scratch_ / "place", "2m");
  if (!mounted) GTEST_SKIP() << kNoMounts << std::strerror(errno);
  RealServer server(scratch_ / "place" / "server");
  server.Start();
  const RealDevice device(scratch_ / "a");
  device.Enrol(server.url(), server.AddUnit("V", "Unit", "56", "2024-01-01"));
  const fs::path ballast = scratch_ / "place" / "ballast";
  const auto room = fs::space(scratch_ / "place").available;
  std::ofstream(ballast, std::ios::binary) << std::string(room - 100 * 1024, 'x');
  std::ofstream csv(scratch_ / "many.csv");
  csv << "key,full_name,note\n";
  for (int i = 0; i < 200; ++i) {
    csv << "k" << i << ",Người " << i << ",";
    for (int j = 0; j < 300; ++j) csv << (i * 7919 + j * 104729) % 99991 << ' ';
    csv << "\n";
  }
  csv.close();
  device.Json({"import", "client", Path("many.csv")});
  const RunResult no_room = server.Run({"backup", Path("place/copy.db")});
  ExpectOneLine(no_room, "central-server backup on a full disk");
  EXPECT_NE(no_room.err.find("the disk is full"), std::string::npos) << no_room.err;
  EXPECT_FALSE(fs::exists(Path("place/copy.db")));
  EXPECT_FALSE(fs::exists(Path("place/copy.db.new")));
  const RunResult refused = device.Run({"sync", "--json"});
  EXPECT_EQ(refused.exit, 1);
  EXPECT_GT(json::parse(refused.out).value("waiting", 0), 0) << refused.out;
  EXPECT_GT(device.Json({"status"}).value("waiting_for_server", 0), 0);
  ASSERT_TRUE(server.Running());
  fs::remove(ballast);
  device.Sync();
  EXPECT_EQ(device.Json({"status"}).value("waiting_for_server", 9), 0);
  EXPECT_EQ(server.Run({"verify"}).exit, 0);
  EXPECT_EQ(server.Json({"unit", "list"}).at("units")[0].value("ops", 0), 200);
}

TEST_F(BadPlaceTest, AHolderThatIsStoppedIsNamedAndNotWaitedForWithoutEnd) {
  const RealDevice device(scratch_ / "a");
  device.Enrol(server_.url(), code_);
  auto holder = Hold(device);
  Add(device, "Trước Đó");
  ASSERT_EQ(::kill(holder->pid(), SIGSTOP), 0);
  siginfo_t seen{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(holder->pid()), &seen, WSTOPPED), 0);
  const auto began = std::chrono::steady_clock::now();
  for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
           {"status"}, {"add", "client", "full_name=A"}, {"sync"}, {"run"}}) {
    const RunResult run = device.Run(command);
    ExpectOneLine(run, command[0]);
    if (command[0] == "run") continue;  // says that another program holds the data
    EXPECT_NE(run.err.find("kill -CONT " + std::to_string(holder->pid())), std::string::npos)
        << run.err;
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(20));
  ASSERT_EQ(::kill(holder->pid(), SIGCONT), 0);
  Add(device, "Sau Đó");
  EXPECT_EQ(Clients(device), 2u);
  EXPECT_EQ(holder->Stop(), 0);

  ASSERT_TRUE(server_.Running());
}

// The reply is lost, or the request: the next sync sets it right, and nothing is there twice.
TEST_F(BadPlaceTest, ALinkThatIsCut) {
  const std::string& url = server_.url();
  RecordingProxy proxy(static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))));
  const RealDevice device(scratch_ / "a");
  device.Enrol(proxy.url(), code_);
  std::size_t clients = 0;
  for (const auto direction :
       {RecordingProxy::Direction::kToServer, RecordingProxy::Direction::kToClient}) {
    for (const std::size_t bytes : {0, 1, 50, 100}) {
      Add(device, "Người " + std::to_string(++clients));
      proxy.CutAfter(direction, bytes);
      ExpectNotSynced(device.Run({"sync"}));
      device.Sync();
    }
  }
  const json unit = server_.Json({"unit", "list"}).at("units")[0];
  EXPECT_EQ(unit.value("ops", std::size_t{0}), clients);
  EXPECT_EQ(server_.Run({"verify"}).exit, 0);
}

}  // namespace
}  // namespace tram::test
