#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tram/base/bytes.h"
#include "tram/base/hash.h"
#include "tram/base/os_file.h"
#include "tram/base/text_table.h"
#include "tram/base/vietnamese.h"

namespace tram {
namespace {

namespace fs = std::filesystem;

class FilesTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "tram-base-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path folder_;
};

TEST(BytesTest, HexAndBase64GoBothWays) {
  const Bytes bytes{0, 1, 0x7f, 0x80, 0xff};
  EXPECT_EQ(ToHex(bytes), "00017f80ff");
  EXPECT_EQ(*FromHex("00017F80ff"), bytes);
  EXPECT_EQ(*FromBase64(ToBase64(bytes)), bytes);
  EXPECT_FALSE(FromHex("0"));
  EXPECT_FALSE(FromHex("0g"));
  EXPECT_FALSE(FromBase64("a b"));
  EXPECT_FALSE(FromBase64("\xc6\xd0\xcc\xd0"));
  EXPECT_EQ(*FromBase64(""), Bytes());
}

TEST(IdsTest, ANumberOfDigitsThatIsWrongIsRefused) {
  EXPECT_FALSE(OpId::FromHexText("00"));
  EXPECT_TRUE(OpId::FromHexText(std::string(40, 'a')));
}

TEST(HashTest, ChainsDependOnUnitFeedAndOrder) {
  const UnitId unit = UnitId::From(Bytes(16, 1)), other = UnitId::From(Bytes(16, 2));
  const FeedId feed{DeviceId::From(Bytes(32, 3)), 7}, second{feed.device, 8};
  const OpId a = OpIdOf(unit, AsBytes("a")), b = OpIdOf(unit, AsBytes("b"));
  EXPECT_NE(FirstChain(unit, feed), FirstChain(other, feed));
  EXPECT_NE(FirstChain(unit, feed), FirstChain(unit, second));
  EXPECT_NE(a, OpIdOf(other, AsBytes("a")));
  const Chain first = FirstChain(unit, feed);
  EXPECT_NE(NextChain(unit, NextChain(unit, first, a), b),
            NextChain(unit, NextChain(unit, first, b), a));
}

TEST(VietnameseTest, FoldingDropsAccentsAndCase) {
  EXPECT_EQ(Fold("Đỗ Minh  Hà"), "do minh ha");
  EXPECT_EQ(Fold("  NGUYỄN\tThị Ánh "), "nguyen thi anh");
  EXPECT_EQ(Fold(*Nfc("e\u0302\u0301")), Fold("ế"));
}

TEST(VietnameseTest, NfcComposesAndRefusesWhatIsNoText) {
  EXPECT_EQ(*Nfc("a\u0300"), "à");
  EXPECT_FALSE(Nfc(std::string("a\0b", 3)));
  EXPECT_FALSE(Nfc("\xff\xfe"));
}

TEST(TextTableTest, AlignsVietnameseTextAndFigures) {
  TextTable table({"tên", "số", "ghi chú"});
  table.Add({"Đỗ", "1", "một"});
  table.Add({"Nguyễn", "22", ""});
  EXPECT_EQ(table.Text(), "tên     số  ghi chú\nĐỗ       1  một\nNguyễn  22\n");
  EXPECT_EQ(TextTable({"a"}).Text(), "");
}

TEST(TextTableTest, WrapsBetweenWords) {
  EXPECT_EQ(Wrapped("một hai ba", 7, "  "), "  một hai\n  ba\n");
  EXPECT_EQ(Wrapped("", 7, "  "), "");
  EXPECT_EQ(Wrapped("dàidàidàidài x", 4, ""), "dàidàidàidài\nx\n");
}

TEST_F(FilesTest, AFileIsOldOrNewAndPrivate) {
  const fs::path path = folder_ / "file";
  ASSERT_TRUE(WriteFileAtomically(path, AsBytes("one")));
  ASSERT_TRUE(WriteFileAtomically(path, AsBytes("two")));
  EXPECT_EQ(*ReadFile(path, 10), "two");
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

TEST_F(FilesTest, WhatCannotBeReadSaysWhy) {
  EXPECT_EQ(ReadFile(folder_ / "none", 10).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(ReadFile(folder_, 10).error().code, ErrorCode::kInvalid);
  ASSERT_TRUE(WriteFileAtomically(folder_ / "large", Bytes(11, 'x')));
  EXPECT_EQ(ReadFile(folder_ / "large", 10).error().code, ErrorCode::kInvalid);
  EXPECT_FALSE(WriteFileAtomically(folder_ / "no" / "folder", AsBytes("x")));
}

TEST_F(FilesTest, AFinishedFileGetsItsName) {
  ASSERT_TRUE(WriteFileAtomically(folder_ / "made", AsBytes("new")));
  ASSERT_TRUE(WriteFileAtomically(folder_ / "name", AsBytes("old")));
  Status refused = PutInPlace(folder_ / "made", folder_ / "name", false);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kExists);
  EXPECT_EQ(*ReadFile(folder_ / "name", 10), "old");
  EXPECT_EQ(*ReadFile(folder_ / "made", 10), "new");
  ASSERT_TRUE(PutInPlace(folder_ / "made", folder_ / "name", true));
  EXPECT_EQ(*ReadFile(folder_ / "name", 10), "new");
  ASSERT_TRUE(PutInPlace(folder_ / "name", folder_ / "other", false));
  EXPECT_EQ(*ReadFile(folder_ / "other", 10), "new");
  EXPECT_FALSE(PutInPlace(folder_ / "none", folder_ / "x", true));
}

TEST_F(FilesTest, ALockIsHeldByOne) {
  auto first = FileLock::Acquire(folder_ / "lock");
  ASSERT_TRUE(first);
  auto second = FileLock::Acquire(folder_ / "lock");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kExists);
  first->reset();
  EXPECT_TRUE(FileLock::Acquire(folder_ / "lock"));
}

TEST_F(FilesTest, ALockDoesNotStayWithAProcessForkedMeanwhile) {
  auto lock = FileLock::Acquire(folder_ / "lock");
  ASSERT_TRUE(lock);
  int wake[2];
  ASSERT_EQ(::pipe(wake), 0);
  const pid_t child = ::fork();
  if (child == 0) {  // has our descriptors until the pipe is closed
    char byte;
    ::close(wake[1]);
    ::_exit(::read(wake[0], &byte, 1) == 0 ? 0 : 1);
  }
  lock->reset();
  EXPECT_TRUE(FileLock::Acquire(folder_ / "lock"));
  ::close(wake[1]);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  ::close(wake[0]);
}

}  // namespace
}  // namespace tram
