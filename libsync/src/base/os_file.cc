#include "tram/base/os_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "base/os_descriptor.h"

namespace tram {
namespace {

namespace fs = std::filesystem;

Status WriteAll(int descriptor, ByteView content, const fs::path& path) {
  std::size_t written = 0;
  while (written < content.size()) {
    ssize_t n = ::write(descriptor, content.data() + written, content.size() - written);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return SystemError("cannot write", path);
    written += static_cast<std::size_t>(n);
  }
  if (::fsync(descriptor) != 0) return SystemError("cannot sync", path);
  return {};
}

fs::path FolderOf(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

/// rename() that never replaces. Some file systems cannot: there it is looked first.
int RenameToNew(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return -1;
  std::error_code code;
  if (fs::exists(fs::symlink_status(to, code))) {
    errno = EEXIST;
    return -1;
  }
  return ::rename(from.c_str(), to.c_str());
}

}  // namespace

Result<std::string> ReadFile(const fs::path& path, std::size_t bytes_max) {
  std::error_code code;
  if (!fs::exists(path, code)) {
    return MakeError(ErrorCode::kNotFound, "there is no file " + path.string());
  }
  if (fs::is_directory(path, code)) {
    return MakeError(ErrorCode::kInvalid, path.string() + " is a folder, not a file");
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) return SystemError("cannot open", path);
  std::string content;
  char block[65536];
  while (in.read(block, sizeof block) || in.gcount() > 0) {
    content.append(block, static_cast<std::size_t>(in.gcount()));
    if (content.size() > bytes_max) {
      return MakeError(ErrorCode::kInvalid, path.string() + " is larger than the " +
                                                std::to_string(bytes_max) +
                                                " bytes that are read here");
    }
  }
  if (in.bad()) return SystemError("cannot read", path);
  return content;
}

Status SyncFolder(const fs::path& folder) {
  Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.value < 0 || ::fsync(opened.value) != 0) return SystemError("cannot sync", folder);
  return {};
}

Status WriteFileAtomically(const fs::path& path, ByteView content) {
  fs::path temporary = path;
  temporary += ".new";
  {
    Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (file.value < 0) return SystemError("cannot create", temporary);
    if (Status status = WriteAll(file.value, content, temporary); !status) {
      ::unlink(temporary.c_str());
      return status;
    }
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    Error error = SystemError("cannot rename to", path);
    ::unlink(temporary.c_str());
    return error;
  }
  return SyncFolder(FolderOf(path));
}

Status SyncFile(const fs::path& path) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.value < 0 || ::fsync(file.value) != 0) return SystemError("cannot sync", path);
  return {};
}

Status PutInPlace(const fs::path& made, const fs::path& path, bool replace) {
  TRAM_TRY(SyncFile(made));
  const int renamed = replace ? ::rename(made.c_str(), path.c_str()) : RenameToNew(made, path);
  if (renamed != 0 && errno == EEXIST) {
    return MakeError(ErrorCode::kExists,
                     path.string() + " is there already: choose another name, or move it away");
  }
  if (renamed != 0) return SystemError("cannot rename to", path);
  Status synced = SyncFolder(FolderOf(path));
  // A name that may be gone tomorrow is none: the caller is told that it failed, and nobody else
  // shall believe in the file. What was replaced cannot be brought back.
  if (!synced && !replace) ::rename(path.c_str(), made.c_str());
  return synced;
}

Status CheckOutputFile(const fs::path& own, const fs::path& path) {
  std::error_code code;  // a folder that is not there is another one
  if (fs::equivalent(FolderOf(path), own, code)) {
    return MakeError(ErrorCode::kInvalid, path.string() +
                                              " would lie among the program's own files: choose "
                                              "another folder");
  }
  const fs::file_status there = fs::status(path, code);
  if (!fs::exists(there) || fs::is_regular_file(there)) return {};
  return MakeError(ErrorCode::kInvalid,
                   path.string() + (fs::is_directory(there) ? " is a folder: give a file's name"
                                                            : " is no ordinary file: choose "
                                                              "another name"));
}

Status MakePrivateFolder(const fs::path& path) {
  std::error_code code;
  if (fs::is_directory(path, code)) return {};
  if (path.has_parent_path() && !path.parent_path().empty() && path.parent_path() != path) {
    TRAM_TRY(MakePrivateFolder(path.parent_path()));
  }
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return SystemError("cannot create the folder", path);
  }
  if (!fs::is_directory(path, code)) {
    return MakeError(ErrorCode::kIo, path.string() + " is in the way: it is not a folder");
  }
  return {};
}

Result<std::unique_ptr<FileLock>> FileLock::Acquire(const fs::path& path) {
  int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return SystemError("cannot open the lock", path);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    bool held = errno == EWOULDBLOCK;
    Error error = SystemError("cannot lock", path);
    ::close(descriptor);
    if (held) return MakeError(ErrorCode::kExists, "another process holds " + path.string());
    return error;
  }
  return std::unique_ptr<FileLock>(new FileLock(descriptor));
}

// Explicitly: a process that was forked meanwhile has the descriptor until it runs its program, and
// closing ours alone would leave the lock with it.
FileLock::~FileLock() {
  ::flock(descriptor_, LOCK_UN);
  ::close(descriptor_);
}

}  // namespace tram
