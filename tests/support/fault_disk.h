// FaultDisk: a disk that fails on demand, below SQLite: a VFS over the system's own, for the files
// of one folder. What the programs themselves sync, rename and remove there goes through it too.
//
// It counts the calls that change something (write, truncate, sync, delete, rename) and makes the
// n-th one fail. It keeps for each file what was synced last and what was written since. A power
// cut leaves of the latter any part: each sector of 512 bytes is there or not, in any order,
// whatever the order of the writes, and so is the file's new length. Deletions and new names that
// came after the last sync of the folder may be undone, the last ones first. What is written past
// SQLite (small files of their own) is on the disk at once, and can be written without power.
//
//   FaultDisk disk(folder, seed);              // before the first database in the folder is opened
//   disk.FailAt(17, FaultDisk::Fault::kPowerCut);
//   … work; the 17th call and all later ones fail …
//   (drop every object that has a file open)
//   disk.PowerOn();                            // the files are now what a disk would hold
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

namespace tram::test {

class FaultDisk {
 public:
  enum class Fault {
    kError,      // this call fails (EIO), nothing of it happened; later ones work
    kFull,       // SQLite's writes that make a file longer fail (ENOSPC) from here until Mend();
                 // it has happened when the first one failed
    kTornWrite,  // half of the write happens, the call fails; later ones work. Other calls: kError
    kSyncFails,  // the next sync from here fails, and what was not synced may be lost at the next
                 // power cut, also where a later sync of the same file succeeds (as Linux does it)
    kPowerCut,   // during this call, of which any part may have happened; it and all later ones
                 // fail until PowerOn(), reading too
    kKill,       // KillProgram() during this call
  };

  /// Takes the place of SQLite's default VFS until destroyed. Several may be alive, for different
  /// folders; files elsewhere go to the system. `seed` chooses what a power cut leaves.
  FaultDisk(std::filesystem::path folder, std::uint64_t seed);
  /// Needs all databases of the folder closed, as PowerOn().
  ~FaultDisk();
  FaultDisk(const FaultDisk&) = delete;
  FaultDisk& operator=(const FaultDisk&) = delete;

  /// Changing calls since the disk was made.
  std::uint64_t calls() const;
  /// The `nth` changing call from now (1: the next one). Replaces an earlier order.
  void FailAt(std::uint64_t nth, Fault fault);
  /// Whether the ordered fault has happened.
  bool failed() const;
  /// Takes an order back, and gives a full disk room again.
  void Mend();

  /// Cuts the power now.
  void CutPower();
  /// The program dies now: what it still calls while its objects are dropped fails, until
  /// PowerOn(), which then changes nothing: the system has what was written, synced or not.
  void KillProgram();
  /// Needs all databases of the folder closed. Post: the files are what a disk would hold after a
  /// power cut (nothing changes where there was none), and calls work again.
  void PowerOn();
  /// Syncs lie from here on: they say yes and make nothing durable (a cheap USB disk; with it,
  /// losses are expected).
  void LieAboutSyncs(bool lie);

  const std::filesystem::path& folder() const;

  struct State;  // its own affair

 private:
  std::unique_ptr<State> state_;
};

}  // namespace tram::test
