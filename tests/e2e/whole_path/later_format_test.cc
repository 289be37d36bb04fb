// Data of a later format under today's programs: refused in one line that says what to do, and not
// one byte of them is touched.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/support/paths.h"
#include "tests/support/real_programs.h"
#include "tram/base/os_file.h"
#include "tram/programme/sql.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;

/// Every file below a folder with its bytes; the lock, which is empty, aside.
std::map<std::string, std::string> Files(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.path().filename() == "lock") continue;
    auto bytes = ReadFile(entry.path(), 1 << 26);
    EXPECT_TRUE(bytes) << entry.path();
    files[entry.path().filename()] = bytes.value_or("");
  }
  return files;
}

void Execute(const fs::path& file, const std::string& sql) {
  auto database = SqlDatabase::Open(file, SqlDatabase::Mode::kExisting);
  ASSERT_TRUE(database) << database.error().message;
  Status done = (*database)->Execute(sql);
  ASSERT_TRUE(done) << done.error().message;
}

/// Refused in one line that names both formats and what to do.
void ExpectTooNew(const RunResult& run, const std::string& what) {
  EXPECT_EQ(run.exit, 1) << what;
  EXPECT_NE(run.err.find("format 2"), std::string::npos) << what << ": " << run.err;
  EXPECT_NE(run.err.find("update the program"), std::string::npos) << what << ": " << run.err;
  EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << what << ": " << run.err;
}

class LaterFormatTest : public testing::Test {
 protected:
  void SetUp() override {
    server_.Start();
    const std::string code = server_.AddUnit("U", "Unit", "56", "2024-01-01");
    device_.Enrol(server_.url(), code);
    device_.Json({"add", "client", "full_name=Nguyễn Văn Một"});
    device_.Sync();
    server_.Stop();
  }
  void ExpectServerRefuses() {
    const auto before = Files(server_.folder());
    for (const std::vector<std::string>& verb :
         std::vector<std::vector<std::string>>{{"report", "--by", "unit"},
                                               {"verify"},
                                               {"unit", "list"},
                                               {"backup", (scratch_ / "copy.db").string()},
                                               {"serve", "--listen", "127.0.0.1:0"}}) {
      ExpectTooNew(server_.Run(verb), verb.front());
    }
    EXPECT_EQ(Files(server_.folder()), before);
    EXPECT_FALSE(fs::exists(scratch_ / "copy.db"));
  }

  ScratchFolder scratch_;
  RealServer server_{scratch_ / "server"};
  RealDevice device_{scratch_ / "device"};
};

TEST_F(LaterFormatTest, ADevicesStoreIsRefusedAndNotTouched) {
  Execute(device_.folder() / "unit.db", "PRAGMA user_version=2");
  const auto before = Files(device_.folder());
  for (const std::vector<std::string>& verb :
       std::vector<std::vector<std::string>>{{"status"},
                                             {"list", "client"},
                                             {"add", "client", "full_name=Không Được"},
                                             {"sync"},
                                             {"verify"},
                                             {"backup", (scratch_ / "copy.db").string()}}) {
    ExpectTooNew(device_.Run(verb), verb.front());
  }
  EXPECT_EQ(Files(device_.folder()), before);
  EXPECT_FALSE(fs::exists(scratch_ / "copy.db"));
}

TEST_F(LaterFormatTest, AServersLogsAreRefusedAndNotTouched) {
  Execute(server_.folder() / "server.db", "PRAGMA user_version=2");
  ExpectServerRefuses();
}

TEST_F(LaterFormatTest, AServersTablesAreRefusedAndNotTouched) {
  Execute(server_.folder() / "server.db",
          "UPDATE server_setting SET value = CAST('20' AS BLOB) WHERE name = 'format'");
  ExpectServerRefuses();
}

TEST_F(LaterFormatTest, ABackupOfALaterFormatIsNotRestored) {
  const fs::path backup = scratch_ / "backup.db", own = scratch_ / "own.db";
  ASSERT_EQ(server_.Run({"backup", backup.string()}).exit, 0);
  ASSERT_EQ(device_.Run({"backup", own.string()}).exit, 0);
  for (const fs::path& file : {backup, own}) Execute(file, "PRAGMA user_version=2");
  const RealDevice other(scratch_ / "other");
  ExpectTooNew(other.Run({"restore", own.string()}), "restore of a device");
  EXPECT_FALSE(fs::exists(other.folder() / "unit.db"));
  const RunResult run = RunProgram(
      {test::kCentralServer, "--data", (scratch_ / "new").string(), "restore", backup.string()});
  ExpectTooNew(run, "restore of a server");
  EXPECT_FALSE(fs::exists(scratch_ / "new/server.db"));
}

}  // namespace
}  // namespace tram::test
