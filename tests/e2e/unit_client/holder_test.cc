// A program that holds the log: commands reach it through its socket.
#include <filesystem>
#include <future>
#include <thread>

#include "tests/e2e/unit_client/unit_fixture.h"
#include "tests/support/paths.h"
#include "tests/unit/transport/raw_server.h"
#include "tram/base/os_file.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;

class HeldUnit : public UnitClient {
 protected:
  /// Starts `run` on a device and waits until it answers.
  std::unique_ptr<ChildProcess> Hold(const RealDevice& device, const std::string& passphrase) {
    const fs::path log = scratch_ / "run.log";
    fs::remove(log);
    auto child = std::make_unique<ChildProcess>(
        std::vector<std::string>{test::kUnitClient, "--data", device.folder().string(), "run"},
        std::map<std::string, std::string>{{"TRAM_PASSPHRASE", passphrase}}, log);
    EXPECT_EQ(AwaitFile(log, *child).substr(0, 5), "ready");
    return child;
  }
};

TEST_F(HeldUnit, CommandsRunInTheHolder) {
  RealDevice device = Found("a");
  auto holder = Hold(device, kTestPassphrase);
  EXPECT_EQ(fs::status(device.folder() / "control.sock").permissions() & fs::perms::all,
            fs::perms::owner_read | fs::perms::owner_write);
  const std::map<std::string, std::string> none{{"TRAM_PASSPHRASE", ""}};
  RunResult added = device.Run({"add", "client", "full_name=Qua ổ cắm", "--json"}, none);
  ASSERT_EQ(added.exit, 0) << added.err;
  const std::string id = nlohmann::json::parse(added.out)["id"];
  EXPECT_EQ(device.Json({"show", id})["fields"]["full_name"]["value"], "Qua ổ cắm");
  ExpectRefused(device.Run({"add", "client", "sex=blue"}, none), "male");
  EXPECT_EQ(device.Run({"add"}, none).exit, 2);
  ExpectRefused(device.Run({"sync"}, none), "bundle");
  ExpectRefused(device.Run({"run"}, none), "another process");

  // Files are where the person is, not where the holder was started.
  Write("list.csv", "key,full_name\nk,Từ tệp\n");
  RunResult imported = RunProgram(
      {test::kUnitClient, "--data", device.folder().string(), "import", "client", "list.csv"}, none,
      "", scratch_.path());
  EXPECT_EQ(imported.exit, 0) << imported.err;
  EXPECT_EQ(device.Json({"list", "client"})["rows"].size(), 2u);
  EXPECT_EQ(device.Json({"verify"})["problems"].size(), 0u);
  device.Json({"backup", Path("held.db")});

  EXPECT_EQ(holder->Stop(), 0);
  EXPECT_FALSE(fs::exists(device.folder() / "control.sock"));
  EXPECT_EQ(device.Json({"list", "client"})["rows"].size(), 2u);
}

TEST_F(HeldUnit, LockedHolderReadsWithAPassphraseAndForgetsItAgain) {
  RealDevice device = Found("a");
  const std::string id = Add(device, {"client", "full_name=Bí mật"});
  auto holder = Hold(device, "");
  const std::map<std::string, std::string> none{{"TRAM_PASSPHRASE", ""}};
  ExpectRefused(device.Run({"add", "client", "full_name=B"}, none), "TRAM_PASSPHRASE");
  EXPECT_EQ(device.Json({"show", id})["fields"]["full_name"]["value"], "Bí mật");
  ExpectRefused(device.Run({"add", "client", "full_name=B"}, none), "TRAM_PASSPHRASE");
  ExpectRefused(device.Run({"unlock"}, {{"TRAM_PASSPHRASE", "sai rồi nhé"}}), "passphrase");
  EXPECT_EQ(device.Json({"unlock"})["locked"], false);
  EXPECT_EQ(device.Run({"add", "client", "full_name=B"}, none).exit, 0);
  EXPECT_EQ(device.Json({"lock"})["locked"], true);
  ExpectRefused(device.Run({"add", "client", "full_name=C"}, none), "TRAM_PASSPHRASE");
  EXPECT_EQ(holder->Stop(), 0);
}

TEST_F(HeldUnit, AKilledHolderLeavesNothingInTheWay) {
  RealDevice device = Found("a");
  auto holder = Hold(device, kTestPassphrase);
  const std::string id = Add(device, {"client", "full_name=Đã lưu"});
  holder->Kill();
  EXPECT_TRUE(fs::exists(device.folder() / "control.sock"));
  EXPECT_EQ(device.Json({"show", id})["fields"]["full_name"]["value"], "Đã lưu");
  auto again = Hold(device, kTestPassphrase);
  EXPECT_EQ(device.Json({"status"})["ops"], 1);
  EXPECT_EQ(again->Stop(), 0);
}

TEST_F(HeldUnit, ASlowSyncKeepsNobodyFromRecording) {
  std::promise<void> asked, recorded;
  RawServer server({[&](RawPeer& peer) {
    peer.ReadUntil("\r\n\r\n");
    asked.set_value();
    recorded.get_future().wait();
  }});
  RealDevice device = Found("a", server.Url());
  std::thread syncing([&] {
    RunResult sync = device.Run({"sync"});
    ExpectRefused(sync, "1 changes wait");
  });
  asked.get_future().wait();
  const std::string id = Add(device, {"client", "full_name=Giữa lúc đồng bộ"});
  EXPECT_EQ(device.Json({"list", "client"})["rows"].size(), 1u);
  ExpectRefused(device.Run({"sync"}), "under way");
  recorded.set_value();
  syncing.join();
  auto status = device.Json({"status"});
  EXPECT_EQ(status["waiting_for_server"], 1);
  EXPECT_EQ(status["last_sync"]["whole"], false);
}

TEST_F(HeldUnit, AHolderThatStopsBreaksOffItsSync) {
  std::promise<void> asked, stopped;
  RawServer server({[&](RawPeer& peer) {
    peer.ReadUntil("\r\n\r\n");
    asked.set_value();
    stopped.get_future().wait();
  }});
  RealDevice device = Found("a", server.Url());
  auto holder = Hold(device, kTestPassphrase);
  asked.get_future().wait();
  Add(device, {"client", "full_name=A"});
  EXPECT_EQ(holder->Stop(), 0);
  stopped.set_value();
  EXPECT_EQ(device.Json({"status"})["ops"], 1);
}

TEST_F(HeldUnit, AnotherCommandAtWorkIsSaidInOneLine) {
  RealDevice device = Found("a");
  auto lock = FileLock::Acquire(device.folder() / "lock");
  ASSERT_TRUE(lock);
  ExpectRefused(device.Run({"status"}), "another command");
}

}  // namespace
}  // namespace tram::test
