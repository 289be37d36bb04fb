#include "tram/base/os_control.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <future>

namespace tram {
namespace {

namespace fs = std::filesystem;

class OsControlTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "tram_control_XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path Socket() const { return folder_ / "control.sock"; }
  std::unique_ptr<ControlServer> Listen(ControlServer::Answer answer) {
    auto server = ControlServer::Listen(Socket(), std::move(answer));
    EXPECT_TRUE(server) << (server ? "" : server.error().message);
    return server ? std::move(*server) : nullptr;
  }
  /// A connected client that may do what none should.
  int Connect() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, Socket().c_str(), sizeof address.sun_path - 1);
    const int client = ::socket(AF_UNIX, SOCK_STREAM, 0);
    EXPECT_EQ(::connect(client, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    return client;
  }

  fs::path folder_;
};

std::string Echo(std::string request) { return "<" + std::move(request) + ">"; }

TEST_F(OsControlTest, AnswersOneRequestAfterAnother) {
  auto server = Listen(Echo);
  for (const std::string& request :
       {std::string("a"), std::string(), std::string(3'000'000, 'x')}) {
    Result<std::string> reply = AskControl(Socket(), request);
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(*reply, "<" + request + ">");
  }
}

TEST_F(OsControlTest, OnlyTheOwnerMayConnect) {
  auto server = Listen(Echo);
  struct stat status {};
  ASSERT_EQ(::stat(Socket().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(OsControlTest, NobodyThereIsNotFound) {
  EXPECT_EQ(AskControl(Socket(), "x").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(AskControl(folder_ / "none" / "control.sock", "x").error().code, ErrorCode::kNotFound);
  Listen(Echo).reset();
  EXPECT_FALSE(fs::exists(Socket()));
}

TEST_F(OsControlTest, AStaleSocketIsReplacedAFileIsNot) {
  const int stale = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, Socket().c_str(), sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(stale, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ::close(stale);
  EXPECT_EQ(AskControl(Socket(), "x").error().code, ErrorCode::kNotFound);
  auto server = Listen(Echo);
  EXPECT_TRUE(AskControl(Socket(), "x"));
  server.reset();
  std::ofstream(Socket()) << "precious";
  auto refused = ControlServer::Listen(Socket(), Echo);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
  EXPECT_TRUE(fs::exists(Socket()));
}

TEST_F(OsControlTest, ADeepFolderIsReached) {
  folder_ = fs::path(folder_) / std::string(100, 'd') / std::string(100, 'e');
  fs::create_directories(folder_);
  auto server = Listen(Echo);
  EXPECT_TRUE(AskControl(Socket(), "x"));
  server.reset();
  folder_ = folder_.parent_path().parent_path();
}

TEST_F(OsControlTest, HostileClientsDoNotDisturbTheOthers) {
  auto server = Listen(Echo);
  const int huge = Connect();
  ASSERT_EQ(::send(huge, "\xff\xff\xff\xff", 4, 0), 4);
  const int cut = Connect();
  ASSERT_EQ(::send(cut, "\x09\x00\x00\x00half", 8, 0), 8);
  ::shutdown(cut, SHUT_WR);
  EXPECT_TRUE(AskControl(Socket(), "x"));
  char byte = 0;
  EXPECT_EQ(::recv(huge, &byte, 1, 0), 0) << "closed without an answer";
  EXPECT_EQ(::recv(cut, &byte, 1, 0), 0);
  ::close(huge);
  ::close(cut);
}

TEST_F(OsControlTest, EndingLetsTheRunningAnswerFinish) {
  std::promise<void> begun;
  std::promise<void> go;
  auto server = Listen([&](const std::string& request) {
    begun.set_value();
    go.get_future().wait();
    return request;
  });
  auto reply = std::async(std::launch::async, [&] { return AskControl(Socket(), "long"); });
  begun.get_future().wait();
  auto ending = std::async(std::launch::async, [&] { server.reset(); });
  go.set_value();
  ending.wait();
  Result<std::string> answer = reply.get();
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(*answer, "long");
}

}  // namespace
}  // namespace tram
