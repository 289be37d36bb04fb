// The VFS between SQLite and the system's own. Reads and writes go to the real files; what a disk
// would still hold is put away beside them before each change. Real syncs are left out: the
// machine's own power is not what is tested.
#include <sqlite3.h>

#include <cerrno>
#include <cstddef>
#include <new>

#include "tests/support/fault_disk_state.h"
#include "tram/base/assert.h"

namespace tram::test {
namespace {

using State = FaultDisk::State;
using Verdict = State::Verdict;

sqlite3_vfs* system_vfs = nullptr;
sqlite3_vfs fault_vfs;

/// What SQLite holds of an open file; the system's own follows it in the same memory.
struct Handle {
  sqlite3_file base;
  State* disk;
  FileKey key;
  std::shared_ptr<FaultFile> file;
  bool new_name;  // a journal: its first sync is also one of the folder

  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};
static_assert(sizeof(Handle) % alignof(std::max_align_t) == 0);

Handle& HandleOf(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file); }

void PutAway(Handle& handle, std::uint64_t offset, std::uint64_t bytes) {
  handle.file->PutAway(offset, bytes, [&](void* into, std::uint64_t count, std::uint64_t start) {
    // Beyond the end SQLite's VFS fills with zeros, which is right here.
    handle.real()->pMethods->xRead(handle.real(), into, static_cast<int>(count),
                                   static_cast<sqlite3_int64>(start));
  });
}

int Close(sqlite3_file* base) {
  Handle& handle = HandleOf(base);
  const int closed = handle.real()->pMethods->xClose(handle.real());
  State* disk = handle.disk;
  const FileKey key = handle.key;
  handle.~Handle();
  base->pMethods = nullptr;
  disk->Closed(key);
  return closed;
}

int Read(sqlite3_file* base, void* into, int bytes, sqlite3_int64 offset) {
  Handle& handle = HandleOf(base);
  if (handle.disk->off) return SQLITE_IOERR_READ;
  return handle.real()->pMethods->xRead(handle.real(), into, bytes, offset);
}

int WriteReally(Handle& handle, const void* from, int bytes, sqlite3_int64 offset) {
  const auto start = static_cast<std::uint64_t>(offset);
  const std::uint64_t end = start + static_cast<std::uint64_t>(bytes);
  PutAway(handle, start, end - start);
  const int written = handle.real()->pMethods->xWrite(handle.real(), from, bytes, offset);
  if (written == SQLITE_OK) handle.file->size = std::max(handle.file->size, end);
  return written;
}

int Write(sqlite3_file* base, const void* from, int bytes, sqlite3_int64 offset) {
  Handle& handle = HandleOf(base);
  const std::uint64_t end = static_cast<std::uint64_t>(offset) + static_cast<std::uint64_t>(bytes);
  switch (handle.disk->Judge(State::Call::kWrite, end > handle.file->size)) {
    case Verdict::kDo:
      return WriteReally(handle, from, bytes, offset);
    case Verdict::kHalf:
      WriteReally(handle, from, bytes / 2, offset);
      return SQLITE_IOERR_WRITE;
    case Verdict::kDoAndCut:
      WriteReally(handle, from, bytes, offset);
      handle.disk->off = true;
      return SQLITE_IOERR_WRITE;
    case Verdict::kNoRoom:
      return SQLITE_FULL;
    default:
      return SQLITE_IOERR_WRITE;
  }
}

int Truncate(sqlite3_file* base, sqlite3_int64 size) {
  Handle& handle = HandleOf(base);
  FaultFile& file = *handle.file;
  const auto to = static_cast<std::uint64_t>(size);
  const Verdict verdict = handle.disk->Judge(State::Call::kTruncate, to > file.size);
  if (verdict == Verdict::kNoRoom) return SQLITE_FULL;
  if (verdict != Verdict::kDo && verdict != Verdict::kDoAndCut) return SQLITE_IOERR_TRUNCATE;
  if (to < file.size) PutAway(handle, to, file.size - to);
  const int truncated = handle.real()->pMethods->xTruncate(handle.real(), size);
  if (truncated == SQLITE_OK) file.size = to;
  if (verdict == Verdict::kDo) return truncated;
  handle.disk->off = true;
  return SQLITE_IOERR_TRUNCATE;
}

int Sync(sqlite3_file* base, int) {
  Handle& handle = HandleOf(base);
  if (!handle.disk->Sync(handle.file.get())) return SQLITE_IOERR_FSYNC;
  if (std::exchange(handle.new_name, false)) handle.disk->FolderSynced();
  return SQLITE_OK;
}

int FileSize(sqlite3_file* base, sqlite3_int64* size) {
  Handle& handle = HandleOf(base);
  if (handle.disk->off) return SQLITE_IOERR_FSTAT;
  return handle.real()->pMethods->xFileSize(handle.real(), size);
}

// Locks are no affair of the disk.
int Lock(sqlite3_file* base, int kind) {
  return HandleOf(base).real()->pMethods->xLock(HandleOf(base).real(), kind);
}
int Unlock(sqlite3_file* base, int kind) {
  return HandleOf(base).real()->pMethods->xUnlock(HandleOf(base).real(), kind);
}
int CheckReservedLock(sqlite3_file* base, int* result) {
  return HandleOf(base).real()->pMethods->xCheckReservedLock(HandleOf(base).real(), result);
}

int FileControl(sqlite3_file* base, int what, void* argument) {
  // A hint about the size may make the file longer, past what is counted here.
  if (what == SQLITE_FCNTL_SIZE_HINT || what == SQLITE_FCNTL_CHUNK_SIZE) return SQLITE_NOTFOUND;
  return HandleOf(base).real()->pMethods->xFileControl(HandleOf(base).real(), what, argument);
}

int SectorSize(sqlite3_file* base) {
  return HandleOf(base).real()->pMethods->xSectorSize(HandleOf(base).real());
}
int DeviceCharacteristics(sqlite3_file* base) {
  return HandleOf(base).real()->pMethods->xDeviceCharacteristics(HandleOf(base).real());
}

// Shared memory is memory.
int ShmMap(sqlite3_file* base, int page, int bytes, int extend, void volatile** memory) {
  return HandleOf(base).real()->pMethods->xShmMap(HandleOf(base).real(), page, bytes, extend,
                                                  memory);
}
int ShmLock(sqlite3_file* base, int offset, int n, int flags) {
  return HandleOf(base).real()->pMethods->xShmLock(HandleOf(base).real(), offset, n, flags);
}
void ShmBarrier(sqlite3_file* base) {
  HandleOf(base).real()->pMethods->xShmBarrier(HandleOf(base).real());
}
int ShmUnmap(sqlite3_file* base, int remove) {
  return HandleOf(base).real()->pMethods->xShmUnmap(HandleOf(base).real(), remove);
}

// Version 2: no pages mapped into memory, where nobody would see them change.
constexpr sqlite3_io_methods kMethods{2,
                                      Close,
                                      Read,
                                      Write,
                                      Truncate,
                                      Sync,
                                      FileSize,
                                      Lock,
                                      Unlock,
                                      CheckReservedLock,
                                      FileControl,
                                      SectorSize,
                                      DeviceCharacteristics,
                                      ShmMap,
                                      ShmLock,
                                      ShmBarrier,
                                      ShmUnmap,
                                      nullptr,
                                      nullptr};

int Open(sqlite3_vfs*, const char* name, sqlite3_file* base, int flags, int* flags_out) {
  State* disk = name == nullptr ? nullptr : DiskOfPath(name);
  if (disk == nullptr) return system_vfs->xOpen(system_vfs, name, base, flags, flags_out);
  base->pMethods = nullptr;
  if (disk->off) return SQLITE_CANTOPEN;
  Handle* handle = new (base) Handle{};
  const int opened = system_vfs->xOpen(system_vfs, name, handle->real(), flags, flags_out);
  std::optional<FileKey> key;
  sqlite3_int64 size = 0;
  if (opened == SQLITE_OK) {
    key = KeyOfFile(name);
    handle->real()->pMethods->xFileSize(handle->real(), &size);
  }
  if (!key) {
    handle->~Handle();
    return opened == SQLITE_OK ? SQLITE_CANTOPEN : opened;
  }
  handle->disk = disk;
  handle->key = *key;
  handle->file = disk->FileOf(*key, static_cast<std::uint64_t>(size));
  handle->new_name = (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
  ++disk->handles;
  base->pMethods = &kMethods;
  return SQLITE_OK;
}

int Delete(sqlite3_vfs*, const char* name, int sync_folder) {
  State* disk = DiskOfPath(name);
  if (disk == nullptr) return system_vfs->xDelete(system_vfs, name, sync_folder);
  PastTheDisk past;
  const int error = disk->Delete(name);
  if (error == ENOENT) return SQLITE_IOERR_DELETE_NOENT;
  if (error != 0) return SQLITE_IOERR_DELETE;
  if (sync_folder != 0) disk->FolderSynced();
  return SQLITE_OK;
}

int Access(sqlite3_vfs*, const char* name, int flags, int* result) {
  State* disk = DiskOfPath(name);
  if (disk != nullptr && disk->off) return SQLITE_IOERR_ACCESS;
  return system_vfs->xAccess(system_vfs, name, flags, result);
}

int FullPathname(sqlite3_vfs*, const char* name, int bytes, char* out) {
  return system_vfs->xFullPathname(system_vfs, name, bytes, out);
}
int Randomness(sqlite3_vfs*, int bytes, char* out) {
  return system_vfs->xRandomness(system_vfs, bytes, out);
}
int Sleep(sqlite3_vfs*, int microseconds) { return system_vfs->xSleep(system_vfs, microseconds); }
int CurrentTime(sqlite3_vfs*, double* now) { return system_vfs->xCurrentTime(system_vfs, now); }
int LastError(sqlite3_vfs*, int bytes, char* out) {
  return system_vfs->xGetLastError(system_vfs, bytes, out);
}
int CurrentTimeInt64(sqlite3_vfs*, sqlite3_int64* now) {
  return system_vfs->xCurrentTimeInt64(system_vfs, now);
}

}  // namespace

void RegisterFaultVfs() {
  system_vfs = sqlite3_vfs_find(nullptr);
  fault_vfs = {};
  fault_vfs.iVersion = 2;
  fault_vfs.szOsFile = static_cast<int>(sizeof(Handle)) + system_vfs->szOsFile;
  fault_vfs.mxPathname = system_vfs->mxPathname;
  fault_vfs.zName = "tram-fault";
  fault_vfs.xOpen = Open;
  fault_vfs.xDelete = Delete;
  fault_vfs.xAccess = Access;
  fault_vfs.xFullPathname = FullPathname;
  fault_vfs.xRandomness = Randomness;
  fault_vfs.xSleep = Sleep;
  fault_vfs.xCurrentTime = CurrentTime;
  fault_vfs.xGetLastError = LastError;
  fault_vfs.xCurrentTimeInt64 = CurrentTimeInt64;
  TRAM_ASSERT(sqlite3_vfs_register(&fault_vfs, 1) == SQLITE_OK);
}

void UnregisterFaultVfs() {
  sqlite3_vfs_unregister(&fault_vfs);
  TRAM_ASSERT(sqlite3_vfs_register(system_vfs, 1) == SQLITE_OK);
}

}  // namespace tram::test
