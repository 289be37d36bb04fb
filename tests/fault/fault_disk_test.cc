// The disk itself, below bare SQLite: what it keeps, what it may lose, and that it fails as
// ordered.
#include "tests/support/fault_disk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cstddef>
#include <fstream>
#include <set>

#include "tests/fault/fault_folder.h"
#include "tram/base/os_file.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::Each;
using ::testing::SizeIs;

/// A file through SQLite's VFS, as SQLite uses it.
class RawFile {
 public:
  RawFile(const fs::path& path, int kind = SQLITE_OPEN_MAIN_DB) : name_(path.string() + '\0') {
    vfs_ = sqlite3_vfs_find(nullptr);
    memory_.resize(static_cast<std::size_t>(vfs_->szOsFile) / sizeof(std::max_align_t) + 1);
    int flags = 0;
    opened = vfs_->xOpen(vfs_, name_.c_str(), file(),
                         SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | kind, &flags);
  }
  ~RawFile() {
    if (file()->pMethods != nullptr) file()->pMethods->xClose(file());
  }
  int Write(std::size_t offset, const std::string& text) {
    return file()->pMethods->xWrite(file(), text.data(), static_cast<int>(text.size()),
                                    static_cast<sqlite3_int64>(offset));
  }
  int Sync() { return file()->pMethods->xSync(file(), SQLITE_SYNC_NORMAL); }
  int Truncate(sqlite3_int64 size) { return file()->pMethods->xTruncate(file(), size); }
  std::string Read(std::size_t bytes) {
    std::string text(bytes, '?');
    const int read = file()->pMethods->xRead(file(), text.data(), static_cast<int>(bytes), 0);
    return read == SQLITE_OK || read == SQLITE_IOERR_SHORT_READ ? text : "";
  }
  static int Delete(const fs::path& path, bool sync_folder) {
    sqlite3_vfs* vfs = sqlite3_vfs_find(nullptr);
    return vfs->xDelete(vfs, path.c_str(), sync_folder ? 1 : 0);
  }

  int opened;

 private:
  sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(memory_.data()); }
  std::string name_;
  sqlite3_vfs* vfs_;
  std::vector<std::max_align_t> memory_;
};

constexpr std::size_t kSector = 512;
constexpr std::size_t kSectors = 16;

std::string Content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class FaultDiskTest : public ::testing::Test {
 protected:
  FaultFolder folder_{"disk"};
  fs::path path_ = folder_.path() / "file.db";
};

TEST_F(FaultDiskTest, WhatWasSyncedSurvivesEveryPowerCut) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    fs::remove(path_);
    FaultDisk disk(folder_.path(), seed);
    {
      RawFile file(path_);
      file.Write(0, std::string(kSectors * kSector, 'a'));
      ASSERT_EQ(file.Sync(), SQLITE_OK);
      disk.CutPower();
    }
    disk.PowerOn();
    ASSERT_EQ(Content(path_), std::string(kSectors * kSector, 'a')) << "seed " << seed;
  }
}

TEST_F(FaultDiskTest, WhatWasNotSyncedIsLostInAnyPartBySectors) {
  std::set<std::string> images;
  bool longer = false, shorter = false;
  for (unsigned seed = 1; seed <= 200; ++seed) {
    fs::remove(path_);
    FaultDisk disk(folder_.path(), seed);
    {
      RawFile file(path_);
      file.Write(0, std::string(4 * kSector, 'a'));
      file.Sync();
      file.Write(0, std::string(4 * kSector, 'b'));
      file.Write(4 * kSector, std::string(2 * kSector, 'b'));
      disk.CutPower();
    }
    disk.PowerOn();
    const std::string image = Content(path_);
    images.insert(image);
    (image.size() > 4 * kSector ? longer : shorter) = true;
    ASSERT_TRUE(image.size() == 4 * kSector || image.size() == 6 * kSector);
    for (std::size_t start = 0; start < image.size(); start += kSector) {
      const std::string sector = image.substr(start, kSector);
      const char before = start < 4 * kSector ? 'a' : '\0';
      EXPECT_TRUE(sector == std::string(kSector, before) || sector == std::string(kSector, 'b'));
    }
  }
  EXPECT_GT(images.size(), 30u);
  EXPECT_TRUE(longer && shorter);
  EXPECT_THAT(images, Contains(std::string(4 * kSector, 'a')));
  EXPECT_THAT(images, Contains(std::string(6 * kSector, 'b')));
}

TEST_F(FaultDiskTest, TheSameSeedLeavesTheSame) {
  auto image = [&](unsigned seed) {
    FaultFolder folder("same");
    FaultDisk disk(folder.path(), seed);
    {
      RawFile one(folder.path() / "one"), two(folder.path() / "two");
      one.Write(100, std::string(5000, 'x'));
      two.Write(100, std::string(5000, 'y'));
      disk.CutPower();
    }
    disk.PowerOn();
    return Content(folder.path() / "one") + "|" + Content(folder.path() / "two");
  };
  EXPECT_EQ(image(7), image(7));
  EXPECT_NE(image(7), image(8));
}

TEST_F(FaultDiskTest, ATruncationThatWasNotSyncedMayComeUndone) {
  std::set<std::string> images;
  for (unsigned seed = 1; seed <= 50; ++seed) {
    fs::remove(path_);
    FaultDisk disk(folder_.path(), seed);
    {
      RawFile file(path_);
      file.Write(0, std::string(4 * kSector, 'a'));
      file.Sync();
      file.Truncate(kSector);
      disk.CutPower();
    }
    disk.PowerOn();
    images.insert(Content(path_));
  }
  EXPECT_EQ(images,
            (std::set<std::string>{std::string(kSector, 'a'), std::string(4 * kSector, 'a')}));
}

TEST_F(FaultDiskTest, ADeletedFileMayComeBackUntilTheFolderIsSynced) {
  std::set<bool> there;
  for (unsigned seed = 1; seed <= 50; ++seed) {
    for (bool synced : {false, true}) {
      FaultDisk disk(folder_.path(), seed);
      {
        RawFile file(path_);
        file.Write(0, "wal");
        file.Sync();
      }
      ASSERT_EQ(RawFile::Delete(path_, synced), SQLITE_OK);
      disk.CutPower();
      disk.PowerOn();
      if (synced) {
        EXPECT_FALSE(fs::exists(path_));
      } else {
        there.insert(fs::exists(path_));
        EXPECT_EQ(Content(path_), fs::exists(path_) ? "wal" : "");
      }
      fs::remove(path_);
    }
  }
  EXPECT_THAT(there, SizeIs(2));
}

TEST_F(FaultDiskTest, ARenamingMayComeUndoneUntilTheFolderIsSynced) {
  std::set<bool> renamed;
  const fs::path after = folder_.path() / "after.db";
  for (unsigned seed = 1; seed <= 50; ++seed) {
    for (bool synced : {false, true}) {
      fs::remove(path_);
      fs::remove(after);
      FaultDisk disk(folder_.path(), seed);
      {
        RawFile file(path_);
        file.Write(0, "new");
      }
      std::ofstream(after) << "old";
      if (synced) {
        ASSERT_TRUE(PutInPlace(path_, after, true));
      } else {
        ASSERT_TRUE(SyncFile(path_));
        fs::rename(path_, after);
      }
      disk.CutPower();
      disk.PowerOn();
      if (synced) {
        EXPECT_EQ(Content(after), "new") << "synced past SQLite";
        EXPECT_FALSE(fs::exists(path_));
      } else {
        renamed.insert(!fs::exists(path_));
        EXPECT_EQ(Content(after), fs::exists(path_) ? "old" : "new");
      }
    }
  }
  EXPECT_THAT(renamed, SizeIs(2));
}

TEST_F(FaultDiskTest, AfterAFailedSyncALaterOneDoesNotBringTheLostSectors) {
  std::set<std::string> images;
  for (unsigned seed = 1; seed <= 100; ++seed) {
    fs::remove(path_);
    FaultDisk disk(folder_.path(), seed);
    {
      RawFile file(path_);
      file.Write(0, std::string(2 * kSector, 'a'));
      file.Sync();
      disk.FailAt(1, FaultDisk::Fault::kSyncFails);
      file.Write(0, std::string(2 * kSector, 'b'));
      EXPECT_FALSE(disk.failed());
      EXPECT_NE(file.Sync(), SQLITE_OK);
      EXPECT_TRUE(disk.failed());
      file.Write(kSector, std::string(kSector, 'c'));
      EXPECT_EQ(file.Sync(), SQLITE_OK) << "the system has forgotten it";
      EXPECT_EQ(file.Read(1), "b") << "and shows what it has";
      disk.CutPower();
    }
    disk.PowerOn();
    images.insert(Content(path_));
  }
  const std::string last(kSector, 'c');
  EXPECT_EQ(images, (std::set<std::string>{std::string(kSector, 'a') + last,
                                           std::string(kSector, 'b') + last}));
}

TEST_F(FaultDiskTest, AnErrorHappensOnceAndATornWriteByHalf) {
  for (auto fault : {FaultDisk::Fault::kError, FaultDisk::Fault::kTornWrite}) {
    fs::remove(path_);
    FaultDisk disk(folder_.path(), 1);
    RawFile file(path_);
    EXPECT_EQ(file.Write(0, std::string(8, 'a')), SQLITE_OK);
    disk.FailAt(2, fault);
    EXPECT_EQ(file.Write(0, std::string(8, 'b')), SQLITE_OK);
    EXPECT_NE(file.Write(0, std::string(8, 'c')), SQLITE_OK);
    EXPECT_EQ(file.Read(8), fault == FaultDisk::Fault::kError ? "bbbbbbbb" : "ccccbbbb");
    EXPECT_EQ(file.Write(0, std::string(8, 'd')), SQLITE_OK);
    EXPECT_EQ(disk.calls(), 4u);
  }
}

TEST_F(FaultDiskTest, AFullDiskTakesNothingMoreButChangesInPlace) {
  FaultDisk disk(folder_.path(), 1);
  RawFile file(path_);
  EXPECT_EQ(file.Write(0, std::string(8, 'a')), SQLITE_OK);
  disk.FailAt(1, FaultDisk::Fault::kFull);
  EXPECT_EQ(file.Write(0, std::string(8, 'b')), SQLITE_OK);
  EXPECT_EQ(file.Write(4, std::string(8, 'c')), SQLITE_FULL);
  EXPECT_EQ(file.Write(8, "d"), SQLITE_FULL);
  EXPECT_EQ(file.Sync(), SQLITE_OK);
  disk.Mend();
  EXPECT_EQ(file.Write(8, "d"), SQLITE_OK);
  EXPECT_EQ(file.Read(9), "bbbbbbbbd");
}

TEST_F(FaultDiskTest, WithoutPowerNothingWorksAndNothingChanges) {
  FaultDisk disk(folder_.path(), 1);
  {
    RawFile file(path_);
    file.Write(0, "kept");
    file.Sync();
    disk.FailAt(1, FaultDisk::Fault::kPowerCut);
    EXPECT_NE(file.Write(0, "lost"), SQLITE_OK);
    EXPECT_NE(file.Write(0, "more"), SQLITE_OK);
    EXPECT_NE(file.Sync(), SQLITE_OK);
    EXPECT_NE(file.Truncate(0), SQLITE_OK);
    EXPECT_EQ(file.Read(4), "");
    EXPECT_NE(RawFile::Delete(path_, true), SQLITE_OK);
    EXPECT_NE(RawFile(folder_.path() / "second").opened, SQLITE_OK);
    EXPECT_FALSE(PutInPlace(path_, folder_.path() / "third", false));
    std::error_code code;
    EXPECT_FALSE(fs::remove(path_, code));
  }
  disk.PowerOn();
  EXPECT_THAT(Content(path_), ::testing::AnyOf("kept", "lost"));
  RawFile file(path_);
  EXPECT_EQ(file.Write(0, "more"), SQLITE_OK);
}

TEST_F(FaultDiskTest, AKilledProgramLosesNothingUntilThePowerGoes) {
  std::set<std::string> images;
  for (unsigned seed = 1; seed <= 50; ++seed) {
    fs::remove(path_);
    FaultDisk disk(folder_.path(), seed);
    {
      RawFile file(path_);
      file.Write(0, "a");
      disk.KillProgram();
      EXPECT_NE(file.Write(0, "b"), SQLITE_OK);
    }
    disk.PowerOn();
    EXPECT_EQ(Content(path_), "a");
    disk.CutPower();
    disk.PowerOn();
    images.insert(Content(path_));
  }
  EXPECT_THAT(images, Contains("a"));
  EXPECT_THAT(images, Contains(""));
}

TEST_F(FaultDiskTest, LyingSyncsKeepNothing) {
  std::set<std::string> images;
  for (unsigned seed = 1; seed <= 50; ++seed) {
    fs::remove(path_);
    FaultDisk disk(folder_.path(), seed);
    disk.LieAboutSyncs(true);
    {
      RawFile file(path_);
      file.Write(0, "a");
      ASSERT_EQ(file.Sync(), SQLITE_OK);
      disk.CutPower();
    }
    disk.PowerOn();
    images.insert(Content(path_));
  }
  EXPECT_THAT(images, Contains(""));
}

TEST_F(FaultDiskTest, TwoDisksFailEachByItselfAndOtherFoldersNever) {
  FaultFolder second("disk-2"), elsewhere("elsewhere");
  FaultDisk disk(folder_.path(), 1), other(second.path(), 1);
  RawFile one(path_), two(second.path() / "file.db"), three(elsewhere.path() / "file.db");
  disk.CutPower();
  EXPECT_NE(one.Write(0, "a"), SQLITE_OK);
  EXPECT_EQ(two.Write(0, "a"), SQLITE_OK);
  EXPECT_EQ(three.Write(0, "a"), SQLITE_OK);
  EXPECT_EQ(other.calls(), 1u);
  EXPECT_EQ(RawFile::Delete(elsewhere.path() / "file.db", false), SQLITE_OK);
}

}  // namespace
}  // namespace tram::test
