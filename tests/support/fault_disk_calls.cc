// What the programs do past SQLite to the files of a FaultDisk's folder: sync, rename, remove.
// These names stand before the system's library in every program that this file is linked into,
// also for the libraries; outside the folders of disks the system is called.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "tests/support/fault_disk_state.h"

namespace tram::test {
namespace {

using State = FaultDisk::State;

std::string PathOf(int descriptor) {
  std::array<char, 4096> path;
  const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
  const ssize_t n = ::readlink(link.c_str(), path.data(), path.size());
  return n <= 0 ? std::string() : std::string(path.data(), static_cast<std::size_t>(n));
}

std::string Absolute(const char* path) {
  return path[0] == '/' ? path : (std::filesystem::current_path() / path).string();
}

State* DiskOf(const std::string& path) { return PastTheDisk::here() ? nullptr : DiskOfPath(path); }

int Said(int error) {
  if (error == 0) return 0;
  errno = error;
  return -1;
}

/// Nothing: none of ours, the system does it.
std::optional<int> SyncOnDisk(int descriptor) {
  if (PastTheDisk::here() || !AnyDisk()) return std::nullopt;
  const std::string path = PathOf(descriptor);
  // A folder as a path has no slash at its end.
  State* disk = DiskOfPath(path + "/");
  if (disk == nullptr) return std::nullopt;
  struct stat found;
  const bool folder = ::fstat(descriptor, &found) == 0 && S_ISDIR(found.st_mode);
  std::optional<FileKey> key = KeyOfDescriptor(descriptor);
  std::shared_ptr<FaultFile> file = key ? disk->Known(*key) : nullptr;
  if (!disk->Sync(file.get())) return Said(EIO);
  if (folder) disk->FolderSynced();
  return 0;
}

std::optional<int> RenameOnDisk(const char* from, const char* to, bool replace) {
  if (PastTheDisk::here() || !AnyDisk()) return std::nullopt;
  State* disk = DiskOf(Absolute(to));
  if (disk == nullptr) return std::nullopt;
  PastTheDisk past;
  return Said(disk->Rename(Absolute(from), Absolute(to), replace));
}

std::optional<int> RemoveOnDisk(const char* path) {
  if (PastTheDisk::here() || !AnyDisk()) return std::nullopt;
  State* disk = DiskOf(Absolute(path));
  if (disk == nullptr) return std::nullopt;
  PastTheDisk past;
  return Said(disk->Delete(Absolute(path)));
}

}  // namespace
}  // namespace tram::test

extern "C" {

int fsync(int descriptor) {
  if (auto done = tram::test::SyncOnDisk(descriptor)) return *done;
  return static_cast<int>(::syscall(SYS_fsync, descriptor));
}

int rename(const char* from, const char* to) noexcept {
  if (auto done = tram::test::RenameOnDisk(from, to, true)) return *done;
  return static_cast<int>(::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to,
              unsigned flags) noexcept {
  if (from_folder == AT_FDCWD && to_folder == AT_FDCWD) {
    const bool replace = (flags & RENAME_NOREPLACE) == 0;
    if (auto done = tram::test::RenameOnDisk(from, to, replace)) return *done;
  }
  return static_cast<int>(::syscall(SYS_renameat2, from_folder, from, to_folder, to, flags));
}

int unlink(const char* path) noexcept {
  if (auto done = tram::test::RemoveOnDisk(path)) return *done;
  return static_cast<int>(::syscall(SYS_unlinkat, AT_FDCWD, path, 0));
}

// As the system's: a file or an empty folder.
int remove(const char* path) noexcept {
  struct stat found;
  if (::lstat(path, &found) == 0 && S_ISDIR(found.st_mode)) return ::rmdir(path);
  return unlink(path);
}

}  // extern "C"
