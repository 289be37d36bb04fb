// Files and folders, with the calls that differ between systems behind one header.
// Every error message names the path and what the system said.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "tram/base/bytes.h"
#include "tram/base/result.h"

namespace tram {

/// Errors: not_found | invalid (larger than `bytes_max`) | io.
Result<std::string> ReadFile(const std::filesystem::path& path, std::size_t bytes_max);

/// Writes beside the target, syncs, renames over it and syncs the folder: old or new, never half.
/// The file's mode is 0600. Errors: io (the old file is as it was).
Status WriteFileAtomically(const std::filesystem::path& path, ByteView content);

/// Syncs what was written to a file so far. Errors: io.
Status SyncFile(const std::filesystem::path& path);

/// Makes durable which names are in a folder. Errors: io.
Status SyncFolder(const std::filesystem::path& folder);

/// Gives a finished file its name: syncs `made`, renames it and syncs the folder. What bears the
/// name already is replaced, or with `replace` false an error.
/// Errors: exists | io. On an error before the rename `made` is as it was.
Status PutInPlace(const std::filesystem::path& made, const std::filesystem::path& path,
                  bool replace);

/// For a file that a person names to be written. Errors: invalid (it would lie in `own`, where only
/// the program itself writes, or there is something at `path` that is no ordinary file).
Status CheckOutputFile(const std::filesystem::path& own, const std::filesystem::path& path);

/// Creates the folder and its parents with mode 0700. Errors: io.
Status MakePrivateFolder(const std::filesystem::path& path);

/// An exclusive lock of this process on a file, until it is destroyed or the process ends.
class FileLock {
 public:
  /// Errors: exists (another process holds it) | io.
  static Result<std::unique_ptr<FileLock>> Acquire(const std::filesystem::path& path);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace tram
