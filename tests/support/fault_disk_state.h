// FaultDisk's own affair: what it knows of each file, and of the calls that it counts. The VFS
// (fault_disk_vfs.cc) and the calls past SQLite (fault_disk_calls.cc) work on it.
//
// The real files always hold the newest content, as the system's cache does. Beside it lies, sector
// by sector, what stood on the disk under what is not durable yet: writing pays for what it
// changes, a sync forgets it.
// Threads: one at a time for each disk.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/fault_disk.h"

namespace tram::test {

/// What no other file has, also after renaming: inode and time of birth.
using FileKey = std::array<std::uint64_t, 3>;
/// Nothing: no file there.
std::optional<FileKey> KeyOfFile(const std::string& path);
std::optional<FileKey> KeyOfDescriptor(int descriptor);

/// One file: what stood on the disk where that differs from what the file shows.
struct FaultFile {
  static constexpr std::uint64_t kSectorBytes = 512;
  using Sector = std::array<std::uint8_t, kSectorBytes>;
  using Sectors = std::map<std::uint64_t, Sector>;  // by number; beyond the old end: zeros

  std::uint64_t size = 0;       // now
  std::uint64_t disk_size = 0;  // when it was synced last
  Sectors unsynced;             // written since the last sync
  Sectors dropped;              // written before a sync that failed: no later sync brings them

  bool durable() const { return unsynced.empty() && dropped.empty() && size == disk_size; }
  /// Puts away what stands in these bytes before they are changed. `read` reads the real file.
  template <typename Read>
  void PutAway(std::uint64_t offset, std::uint64_t bytes, const Read& read) {
    if (bytes == 0) return;
    const std::uint64_t end = (offset + bytes - 1) / kSectorBytes;
    for (std::uint64_t number = offset / kSectorBytes; number <= end; ++number) {
      if (unsynced.count(number) != 0) continue;
      // A dropped sector that is written again has its chance with the next sync.
      if (auto before = dropped.find(number); before != dropped.end()) {
        unsynced.insert(dropped.extract(before));
        continue;
      }
      Sector& sector = unsynced[number];
      sector.fill(0);
      const std::uint64_t start = number * kSectorBytes;
      if (start < size) read(sector.data(), std::min(kSectorBytes, size - start), start);
    }
  }
  void Synced();
  void SyncFailed();
};

/// A name that went or changed while the folder was not synced since. A power cut undoes the last
/// ones, as a file system with a journal does: any number of them, in their order.
struct NameChange {
  std::string path;                 // the name that is gone
  std::string renamed;              // what it became; "": deleted
  int before = -1;                  // content of the file that is gone, or was in the way
  std::shared_ptr<FaultFile> file;  // its sectors that are not durable; may be null
};

struct FaultDisk::State {
  enum class Call { kWrite, kTruncate, kSync, kDelete, kRename };
  enum class Verdict {
    kDo,
    kFail,     // nothing happens
    kHalf,     // half happens, the call fails
    kNoRoom,   // nothing happens
    kDrop,     // a sync: fails, and what was not synced may be gone
    kDoAndCut  // the power goes while it happens
  };

  State(std::filesystem::path folder_of, std::uint64_t seed)
      : folder(std::move(folder_of)), prefix(folder.string() + "/"), random(seed) {}
  ~State();

  /// Counts a changing call and says what becomes of it.
  Verdict Judge(Call call, bool grows);
  /// Whether a file of this path lies in the folder.
  bool Owns(std::string_view path) const { return path.starts_with(prefix); }
  /// The file of this key, known from here on.
  std::shared_ptr<FaultFile> FileOf(const FileKey& key, std::uint64_t size);
  std::shared_ptr<FaultFile> Known(const FileKey& key) const;
  /// Its last handle is closed: what is durable need not be remembered.
  void Closed(const FileKey& key);
  /// A sync of a file (null: one that is not SQLite's). True: the caller is told that it succeeded.
  bool Sync(FaultFile* file);
  /// Of a file's own name. 0 or errno.
  int Delete(const std::string& path);
  int Rename(const std::string& from, const std::string& to, bool replace);
  void FolderSynced();
  /// Makes the files what a disk would hold.
  void WriteImage();

  std::filesystem::path folder;  // absolute
  std::string prefix;
  std::mt19937_64 random;
  std::uint64_t calls = 0;
  std::uint64_t fail_at = 0;  // 0: no order
  Fault fault = Fault::kError;
  bool failed = false;
  bool off = false;     // nothing works
  bool killed = false;  // for the program only
  bool full = false;
  bool lying = false;
  std::size_t handles = 0;
  std::map<FileKey, std::shared_ptr<FaultFile>> files;
  std::vector<NameChange> names;  // oldest first

 private:
  NameChange Remember(const std::string& path);
  void Undo(const NameChange& change);
  void LoseParts(const std::string& path, FaultFile& file);
};

/// The disk whose folder this path lies in, or null.
FaultDisk::State* DiskOfPath(std::string_view path);
bool AnyDisk();

/// The default VFS while at least one disk is alive.
void RegisterFaultVfs();
void UnregisterFaultVfs();

/// While one lives on this thread, calls to the system are the disk's own and are not looked at.
class PastTheDisk {
 public:
  PastTheDisk() { ++depth_; }
  ~PastTheDisk() { --depth_; }
  PastTheDisk(const PastTheDisk&) = delete;
  PastTheDisk& operator=(const PastTheDisk&) = delete;
  static bool here() { return depth_ > 0; }

 private:
  static thread_local int depth_;
};

}  // namespace tram::test
