// Copied devices, restored devices, a restored server, dead writers, forms that were open while a
// sync landed: through the real programs. After everybody has synced, nothing is missing.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/real_programs.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class HealingTest : public testing::Test {
 protected:
  void SetUp() override {
    server_.Start();
    const std::string code = server_.AddUnit("U", "Unit", "56", "2024-01-01");
    a_.Enrol(server_.url(), code);
    b_.Join(a_, server_.url());
    client_ = Add(a_, {"client", "full_name=Nguyễn Văn Một", "sex=male"});
    a_.Sync();
    b_.Sync();
  }

  static std::string Add(const RealDevice& device, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "add");
    return device.Json(arguments).value("id", "");
  }
  static std::string AddClient(const RealDevice& device, const std::string& name) {
    return Add(device, {"client", "full_name=" + name});
  }
  static std::string Clients(const RealDevice& device) {
    return device.Run({"export", "client"}).out;
  }
  void SyncAll(std::initializer_list<const RealDevice*> devices) {
    for (int round = 0; round < 3; ++round) {
      for (const RealDevice* device : devices) device->Sync();
    }
  }
  /// What lies on the disk now, as a file copy while nothing runs.
  static void CopyFolder(const fs::path& from, const fs::path& to) {
    fs::remove_all(to);
    fs::copy(from, to, fs::copy_options::recursive);
  }

  ScratchFolder scratch_;
  RealServer server_{scratch_ / "server"};
  RealDevice a_{scratch_ / "a"}, b_{scratch_ / "b"};
  std::string client_;
};

TEST_F(HealingTest, ACopiedDeviceIsReportedAndLosesNothing) {
  RealDevice copy(scratch_ / "copy");
  CopyFolder(a_.folder(), copy.folder());
  AddClient(a_, "Của Máy");
  AddClient(copy, "Của Bản Sao");
  SyncAll({&a_, &copy, &b_});
  for (const RealDevice* device : {&a_, &copy, &b_}) {
    const std::string clients = Clients(*device);
    EXPECT_NE(clients.find("Của Máy"), std::string::npos);
    EXPECT_NE(clients.find("Của Bản Sao"), std::string::npos);
    EXPECT_EQ(clients, Clients(a_));
    EXPECT_FALSE(device->Json({"status"}).at("copied_feeds").empty());
  }
}

TEST_F(HealingTest, ADevicePutBackToABackupGetsEverythingBack) {
  const fs::path backup = scratch_ / "backup.db";
  ASSERT_EQ(a_.Run({"backup", backup.string()}).exit, 0);
  AddClient(a_, "Sau Bản Lưu");
  a_.Sync();
  RealDevice restored(scratch_ / "restored");
  ASSERT_EQ(restored.Run({"restore", backup.string()}).exit, 0);
  AddClient(restored, "Sau Khi Phục Hồi");
  SyncAll({&restored, &b_});
  for (const RealDevice* device : {&restored, &b_}) {
    const std::string clients = Clients(*device);
    EXPECT_NE(clients.find("Sau Bản Lưu"), std::string::npos);
    EXPECT_NE(clients.find("Sau Khi Phục Hồi"), std::string::npos);
  }
  EXPECT_EQ(restored.Run({"verify"}).exit, 0);
}

TEST_F(HealingTest, AnOlderServerIsHealedByOthersWhereTheWriterIsGone) {
  server_.Stop();
  CopyFolder(server_.folder(), scratch_ / "older");
  server_.Start();
  AddClient(a_, "Máy Này Sẽ Mất");
  a_.Sync();
  b_.Sync();
  server_.Stop();
  CopyFolder(scratch_ / "older", server_.folder());
  fs::remove_all(a_.folder());  // the writer is gone for good
  server_.Start();
  json report = b_.Sync();
  EXPECT_FALSE(report.at("gone").empty()) << report.dump();
  EXPECT_EQ(server_.Json({"report", "--by", "unit"}).value("units", 0), 1);
  EXPECT_EQ(server_.Run({"verify"}).exit, 0);
  // A new device gets it from the server alone.
  RealDevice c(scratch_ / "c");
  c.Join(b_, server_.url());
  c.Sync();
  EXPECT_NE(Clients(c).find("Máy Này Sẽ Mất"), std::string::npos);
}

TEST_F(HealingTest, ASyncThatLandsUnderAnOpenFormIsAConflictNotALoss) {
  json form = b_.Json({"show", client_});
  std::string parents;
  for (const auto& parent : form.at("fields").at("phone").at("parents")) {
    parents += (parents.empty() ? "" : ",") + parent.get<std::string>();
  }
  ASSERT_EQ(a_.Run({"set", client_, "phone=0911"}).exit, 0);
  a_.Sync();
  b_.Sync();  // lands while the form is open
  std::vector<std::string> save{"set", client_, "phone=0922", "--parents", parents};
  ASSERT_EQ(b_.Run(save).exit, 0);
  json shown = b_.Json({"show", client_});
  EXPECT_TRUE(shown.at("fields").at("phone").value("conflict", false));
  const std::string text = shown.at("fields").at("phone").dump();
  EXPECT_NE(text.find("0911"), std::string::npos);
  EXPECT_NE(text.find("0922"), std::string::npos);
}

TEST_F(HealingTest, BundlesReplaceTheNetwork) {
  AddClient(a_, "Bằng USB");
  const fs::path out = scratch_ / "out.bundle", answer = scratch_ / "answer.bundle";
  ASSERT_EQ(a_.Run({"bundle", "write", out.string()}).exit, 0);
  RunResult read = server_.Run({"bundle", "read", out.string(), "--answer", answer.string()});
  ASSERT_EQ(read.exit, 0) << read.err;
  ASSERT_EQ(a_.Run({"bundle", "read", answer.string()}).exit, 0);
  EXPECT_EQ(a_.Json({"status"}).value("waiting_for_server", 9), 0);
  ASSERT_EQ(b_.Run({"bundle", "read", out.string()}).exit, 0);
  EXPECT_EQ(Clients(b_), Clients(a_));
}

TEST_F(HealingTest, NeverSuccessWhileSomethingIsLeft) {
  AddClient(a_, "Chưa Gửi");
  server_.Stop();
  RunResult run = a_.Run({"sync", "--json"});
  EXPECT_EQ(run.exit, 1);
  EXPECT_GT(json::parse(run.out, nullptr, false).value("waiting", 0), 0) << run.out;
  EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
}

// A device's own report and the server's figure for the unit agree by construction.
TEST_F(HealingTest, TheDeviceAndTheServerAgree) {
  const std::string episode =
      Add(a_, {"episode", "parent=" + client_, "intake_date=2026-01-05", "referral=self"});
  for (const char* date : {"2026-01-06", "2026-01-20", "2026-02-03"}) {
    Add(a_, {"session", "parent=" + episode, std::string("date=") + date, "use_since_last=none"});
  }
  SyncAll({&a_, &b_});
  json mine = a_.Json({"report", "--as-of", "2026-02"});
  json theirs = server_.Json({"report", "--by", "unit", "--as-of", "2026-02-28", "--exact"});
  // Whatever its shape: the same tables, but for the name of the place.
  auto without_places = [](json tables) {
    for (json& table : tables) {
      for (json& row : table.at("rows")) {
        row.erase("place");
        row.erase("place_name");
      }
    }
    return tables;
  };
  const json here = without_places(mine.at("tables")), there = without_places(theirs.at("tables"));
  ASSERT_GT(here.size(), 5u);
  std::size_t rows = 0;
  for (const json& table : here) {
    rows += table.at("rows").size();
    EXPECT_NE(std::find(there.begin(), there.end(), table), there.end()) << table.dump();
  }
  EXPECT_GT(rows, 8u);
}

}  // namespace
}  // namespace tram::test
