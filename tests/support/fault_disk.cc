#include "tests/support/fault_disk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <mutex>
#include <utility>

#include "tests/support/fault_disk_state.h"
#include "tram/base/assert.h"

namespace tram::test {
namespace {

namespace fs = std::filesystem;

std::mutex disks_mutex;
std::vector<FaultDisk::State*> disks;
std::atomic<bool> any_disk = false;

std::optional<FileKey> KeyOf(int descriptor, const char* path, int flags) {
  struct statx found;
  if (::statx(descriptor, path, flags, STATX_INO | STATX_BTIME, &found) != 0) return std::nullopt;
  const auto seconds = static_cast<std::uint64_t>(found.stx_btime.tv_sec);
  return FileKey{found.stx_ino, seconds, found.stx_btime.tv_nsec};
}

void CopyDescriptor(int from, const std::string& path) {
  const int to = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  TRAM_ASSERT(to >= 0);
  std::array<char, 65536> block;
  off_t offset = 0;
  for (;;) {
    const ssize_t n = ::pread(from, block.data(), block.size(), offset);
    TRAM_ASSERT(n >= 0);
    if (n == 0) break;
    TRAM_ASSERT(::pwrite(to, block.data(), static_cast<std::size_t>(n), offset) == n);
    offset += n;
  }
  ::close(to);
}

}  // namespace

std::optional<FileKey> KeyOfFile(const std::string& path) {
  return KeyOf(AT_FDCWD, path.c_str(), 0);
}
std::optional<FileKey> KeyOfDescriptor(int descriptor) {
  return KeyOf(descriptor, "", AT_EMPTY_PATH);
}

thread_local int PastTheDisk::depth_ = 0;

// ---- one file ----

void FaultFile::Synced() {
  unsynced.clear();
  disk_size = size;
}

void FaultFile::SyncFailed() {
  // What an earlier sync dropped is older, and is what stands on the disk.
  dropped.merge(unsynced);
  unsynced.clear();
}

// ---- what happens ----

FaultDisk::State::~State() {
  for (const NameChange& change : names) {
    if (change.before >= 0) ::close(change.before);
  }
}

FaultDisk::State::Verdict FaultDisk::State::Judge(Call call, bool grows) {
  if (off) return Verdict::kFail;
  ++calls;
  if (fail_at != 0 && calls >= fail_at) {
    switch (fault) {
      case Fault::kFull:
        full = true;
        break;
      case Fault::kSyncFails:
        if (call != Call::kSync) break;
        fail_at = 0;
        failed = true;
        return Verdict::kDrop;
      case Fault::kError:
      case Fault::kTornWrite:
      case Fault::kPowerCut:
      case Fault::kKill:
        fail_at = 0;
        failed = true;
        killed = fault == Fault::kKill;
        if (killed || fault == Fault::kPowerCut) return Verdict::kDoAndCut;
        return fault == Fault::kTornWrite && call == Call::kWrite ? Verdict::kHalf : Verdict::kFail;
    }
  }
  if (!full || !grows) return Verdict::kDo;
  failed = true;
  return Verdict::kNoRoom;
}

std::shared_ptr<FaultFile> FaultDisk::State::FileOf(const FileKey& key, std::uint64_t size) {
  std::shared_ptr<FaultFile>& file = files[key];
  if (file == nullptr) {
    file = std::make_shared<FaultFile>();
    file->size = file->disk_size = size;
  }
  return file;
}

std::shared_ptr<FaultFile> FaultDisk::State::Known(const FileKey& key) const {
  auto found = files.find(key);
  return found == files.end() ? nullptr : found->second;
}

void FaultDisk::State::Closed(const FileKey& key) {
  --handles;
  auto found = files.find(key);
  if (found != files.end() && found->second.use_count() == 1 && found->second->durable()) {
    files.erase(found);
  }
}

bool FaultDisk::State::Sync(FaultFile* file) {
  switch (Judge(Call::kSync, false)) {
    case Verdict::kDo:
      if (file != nullptr && !lying) file->Synced();
      return true;
    case Verdict::kDrop:
      if (file != nullptr) file->SyncFailed();
      return false;
    case Verdict::kDoAndCut:
      off = true;
      return false;
    default:
      return false;
  }
}

// ---- names ----

NameChange FaultDisk::State::Remember(const std::string& path) {
  NameChange change{path, "", ::open(path.c_str(), O_RDONLY | O_CLOEXEC), nullptr};
  if (change.before < 0) return change;
  if (std::optional<FileKey> key = KeyOfDescriptor(change.before)) {
    auto known = files.find(*key);
    if (known != files.end()) {
      change.file = known->second;
      if (known->second.use_count() == 2) files.erase(known);
    }
  }
  return change;
}

int FaultDisk::State::Delete(const std::string& path) {
  if (!KeyOfFile(path)) return ENOENT;
  const Verdict verdict = Judge(Call::kDelete, false);
  if (verdict != Verdict::kDo && verdict != Verdict::kDoAndCut) return EIO;
  names.push_back(Remember(path));
  if (::unlink(path.c_str()) != 0) return errno;
  if (verdict == Verdict::kDo) return 0;
  off = true;
  return EIO;
}

int FaultDisk::State::Rename(const std::string& from, const std::string& to, bool replace) {
  if (!KeyOfFile(from)) return ENOENT;
  if (!replace && KeyOfFile(to)) return EEXIST;
  const Verdict verdict = Judge(Call::kRename, false);
  if (verdict != Verdict::kDo && verdict != Verdict::kDoAndCut) return EIO;
  NameChange change = Remember(to);
  change.path = from;
  change.renamed = to;
  names.push_back(std::move(change));
  if (::rename(from.c_str(), to.c_str()) != 0) return errno;
  if (verdict == Verdict::kDo) return 0;
  off = true;
  return EIO;
}

void FaultDisk::State::FolderSynced() {
  if (lying) return;
  for (const NameChange& change : names) {
    if (change.before >= 0) ::close(change.before);
  }
  names.clear();
}

void FaultDisk::State::Undo(const NameChange& change) {
  const std::string& back = change.renamed.empty() ? change.path : change.renamed;
  if (!change.renamed.empty()) ::rename(change.renamed.c_str(), change.path.c_str());
  if (change.before < 0) return;
  CopyDescriptor(change.before, back);
  if (change.file != nullptr) LoseParts(back, *change.file);
}

// ---- what a disk would hold ----

void FaultDisk::State::LoseParts(const std::string& path, FaultFile& file) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return;
  // Some cuts leave nearly everything, some nearly nothing.
  const std::uint64_t kept_of_8 = random() % 9;
  auto kept = [&] { return random() % 8 < kept_of_8; };
  const bool new_size = kept();
  for (const FaultFile::Sectors* sectors : {&file.unsynced, &file.dropped}) {
    for (const auto& [number, before] : *sectors) {
      // Sectors that a lost truncation had cut off are as they were.
      const bool cut_off = !new_size && number * FaultFile::kSectorBytes >= file.size;
      if (kept() && !cut_off) continue;
      const auto start = static_cast<off_t>(number * FaultFile::kSectorBytes);
      TRAM_ASSERT(::pwrite(descriptor, before.data(), before.size(), start) ==
                  static_cast<ssize_t>(before.size()));
    }
  }
  // Where the old size stays, what lies beyond it is gone; where the file was longer, it is again.
  const std::uint64_t size = new_size ? file.size : file.disk_size;
  TRAM_ASSERT(::ftruncate(descriptor, static_cast<off_t>(size)) == 0);
  ::close(descriptor);
}

void FaultDisk::State::WriteImage() {
  std::uint64_t undone = names.empty() ? 0 : random() % (names.size() + 1);
  for (; undone > 0; --undone) {
    Undo(names.back());
    if (names.back().before >= 0) ::close(names.back().before);
    names.pop_back();
  }
  FolderSynced();
  std::map<FileKey, std::string> paths;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (auto key = KeyOfFile(entry.path().string())) paths[*key] = entry.path().string();
  }
  // In the order of their names, not of their inodes: the same seed leaves the same parts.
  std::map<std::string, FaultFile*> unsure;
  for (const auto& [key, file] : files) {
    auto path = paths.find(key);
    if (path != paths.end() && !file->durable()) unsure[path->second] = file.get();
  }
  for (const auto& [path, file] : unsure) LoseParts(path, *file);
  files.clear();
}

// ---- the disks that are alive ----

FaultDisk::State* DiskOfPath(std::string_view path) {
  std::lock_guard lock(disks_mutex);
  for (FaultDisk::State* disk : disks) {
    if (disk->Owns(path)) return disk;
  }
  return nullptr;
}

bool AnyDisk() { return any_disk; }

// ---- FaultDisk ----

FaultDisk::FaultDisk(fs::path folder, std::uint64_t seed)
    : state_(std::make_unique<State>(fs::canonical(folder), seed)) {
  std::lock_guard lock(disks_mutex);
  if (disks.empty()) RegisterFaultVfs();
  disks.push_back(state_.get());
  any_disk = true;
}

FaultDisk::~FaultDisk() {
  TRAM_ASSERT(state_->handles == 0);
  std::lock_guard lock(disks_mutex);
  std::erase(disks, state_.get());
  if (!disks.empty()) return;
  any_disk = false;
  UnregisterFaultVfs();
}

std::uint64_t FaultDisk::calls() const { return state_->calls; }
bool FaultDisk::failed() const { return state_->failed; }
const fs::path& FaultDisk::folder() const { return state_->folder; }
void FaultDisk::LieAboutSyncs(bool lie) { state_->lying = lie; }

void FaultDisk::FailAt(std::uint64_t nth, Fault fault) {
  TRAM_ASSERT(nth >= 1);
  state_->fail_at = state_->calls + nth;
  state_->fault = fault;
  state_->failed = false;
}

void FaultDisk::Mend() {
  state_->fail_at = 0;
  state_->full = false;
}

void FaultDisk::CutPower() {
  state_->off = true;
  state_->killed = false;
}

void FaultDisk::KillProgram() {
  if (state_->off) return;
  state_->off = state_->killed = true;
}

void FaultDisk::PowerOn() {
  TRAM_ASSERT(state_->handles == 0);
  if (!state_->off) return;
  PastTheDisk past;
  if (!std::exchange(state_->killed, false)) state_->WriteImage();
  state_->off = false;
}

}  // namespace tram::test
