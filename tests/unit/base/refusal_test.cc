// How a command says no: in one line that fits a screen, without touching the program's own files,
// and without waiting for a program that is stopped.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "tram/base/os_control.h"
#include "tram/base/os_file.h"
#include "tram/base/text_table.h"

namespace tram {
namespace {

namespace fs = std::filesystem;

class RefusalTest : public testing::Test {
 protected:
  RefusalTest() {
    std::string name = (fs::temp_directory_path() / "tram-refusal-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~RefusalTest() override { fs::remove_all(folder_); }
  fs::path folder_;
};

TEST(ErrorLineTest, IsOneLineAndIsCutBetweenCharacters) {
  EXPECT_EQ(ErrorLine("short"), "short");
  EXPECT_EQ(ErrorLine("two\nlines\r\n"), "two lines");
  EXPECT_EQ(ErrorLine(std::string(kErrorLineBytesMax, 'x')), std::string(kErrorLineBytesMax, 'x'));
  std::string accents;
  while (accents.size() <= 2 * kErrorLineBytesMax) accents += "ệ";  // three bytes each
  for (const char* before : {"", "a", "ab"}) {
    const std::string line = ErrorLine(before + accents);
    EXPECT_LE(line.size(), kErrorLineBytesMax + 4);
    EXPECT_EQ(line.substr(line.size() - 7), "ệ …");
  }
}

TEST_F(RefusalTest, NoFileIsWrittenAmongTheProgramsOwn) {
  fs::create_directory(folder_ / "data");
  fs::create_directory_symlink(folder_ / "data", folder_ / "link");
  EXPECT_TRUE(CheckOutputFile(folder_ / "data", folder_ / "copy"));
  EXPECT_TRUE(CheckOutputFile(folder_ / "data", folder_ / "nowhere" / "copy"));
  EXPECT_TRUE(CheckOutputFile(folder_ / "nowhere", folder_ / "copy"));
  EXPECT_TRUE(CheckOutputFile(folder_ / "data", "copy"));
  for (const fs::path& inside : {folder_ / "data" / "unit.db", folder_ / "data" / "new",
                                 folder_ / "link" / "unit.db", folder_ / "data/../data/unit.db"}) {
    Status refused = CheckOutputFile(folder_ / "data", inside);
    ASSERT_FALSE(refused) << inside;
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
  }
}

TEST_F(RefusalTest, NoDeviceOrFolderIsReplacedByAFile) {
  const fs::path fifo = folder_ / "fifo", link = folder_ / "link";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  fs::create_symlink("/dev/null", link);
  for (const fs::path& other : {fifo, link, fs::path("/dev/full"), folder_}) {
    EXPECT_FALSE(CheckOutputFile(folder_ / "data", other)) << other;
  }
}

/// A process that holds `socket` and stops itself: at once, or when it is asked something.
pid_t StoppingHolder(const fs::path& socket, bool at_once) {
  const pid_t pid = ::fork();
  if (pid != 0) {
    int status = 0;
    ::waitpid(pid, &status, WUNTRACED);  // its first stop says that it listens
    EXPECT_TRUE(WIFSTOPPED(status));
    if (!at_once) ::kill(pid, SIGCONT);
    return pid;
  }
  auto control = ControlServer::Listen(socket, [](const std::string&) {
    ::raise(SIGSTOP);  // of this thread, so that it goes no further
    return std::string("too late");
  });
  if (!control) ::_exit(1);
  ::kill(::getpid(), SIGSTOP);
  for (;;) ::pause();
}

TEST_F(RefusalTest, AHolderThatIsStoppedIsNotWaitedFor) {
  for (const bool at_once : {true, false}) {
    const pid_t holder = StoppingHolder(folder_ / "control.sock", at_once);
    auto reply = AskControl(folder_ / "control.sock", "are you there?");
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, at_once ? ErrorCode::kDisconnected : ErrorCode::kOutcomeUnknown);
    EXPECT_NE(reply.error().message.find("kill -CONT " + std::to_string(holder)),
              std::string::npos);
    ::kill(holder, SIGKILL);
    ::waitpid(holder, nullptr, 0);
  }
}

}  // namespace
}  // namespace tram
