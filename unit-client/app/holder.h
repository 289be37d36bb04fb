// Holder: the program that holds the log for hours: it owns the device, answers commands through
// DIR/control.sock, and syncs in the background. Pages are its guest.
//
// After a failed commit nobody knows what the disk holds: the device is closed and opened again (it
// is locked then), and where that fails the holder ends.
// Threads: Run() on the thread that is to own the device; it starts the others.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "app/control.h"
#include "app/owner_queue.h"
#include "app/sync_loop.h"
#include "app/verb.h"
#include "tram/base/os_control.h"

namespace tram::client {

class Holder;

/// What runs beside the commands while a Holder holds the log. All on the owner's thread.
class Guest {
 public:
  virtual ~Guest() = default;
  /// Before the first task. An error ends the holder.
  virtual Status Begin(Holder& holder) = 0;
  /// About once a second.
  virtual void Tick() = 0;
  /// The device was closed after a failed write; where it opened again, it is locked.
  virtual void Reopened() = 0;
  /// After the last task.
  virtual void End() = 0;
};

class Holder {
 public:
  /// Reads a command's arguments. Errors: invalid (wrong usage).
  using ReadVerb = std::function<Result<Verb>(const std::vector<std::string>& argv)>;
  /// A line about what happens, for who started the program.
  using Tell = std::function<void(const std::string& line)>;

  /// Without a device there is no unit in the folder yet: a guest makes one, then OpenUnit().
  Holder(std::filesystem::path folder, std::unique_ptr<UnitDevice> device, RunOptions options,
         Clock& clock, Random& random, ReadVerb read_verb, Tell tell);

  /// Tells "ready" once commands are answered; ends on `stop`, when a running answer is finished.
  /// Errors: io (no socket; or the device could not be opened again) | corrupt.
  Status Run(const std::stop_token& stop, Guest* guest = nullptr);

  /// One sync, during which commands are answered too: a slow link keeps nobody from recording.
  /// Errors: io (no socket; or the device could not be opened again) | corrupt.
  Result<SyncOutcome> SyncAlone(const std::string& ca_file,
                                const std::function<void(std::size_t, std::size_t)>& progress);

  // --- for the guest ---
  /// Runs `task` on the owner's thread, later; what it wrote is synced soon. From any thread.
  /// False: the holder is ending, and it is not run.
  bool Post(std::function<void()> task);
  // On the owner's thread:
  UnitDevice* device() const { return device_.get(); }
  /// The unit that was made in the folder. Errors: those of UnitDevice::Open | io (no socket).
  Status OpenUnit();
  SyncState sync_state() const;
  /// Begins a sync in the background; nothing where the unit has no server.
  void AskSync();

 private:
  Result<std::unique_ptr<ControlServer>> Listen();
  /// Answers commands and syncs from now on.
  Status BeginWork();
  void EndWork();
  /// Runs on the owner; notes what was written, and checks the log.
  void RunTask(const std::function<void()>& task);
  ControlReply Answer(const ControlRequest& request);
  Outcome OnDevice(const ControlRequest& request, const Verb& verb);
  Outcome RunOnOwner(const ControlRequest& request, const Verb& verb);
  Outcome LockOrUnlock(Output& out, const ControlRequest& request, const Verb& verb);
  SyncOutcome SyncOnce(const std::string& ca_file,
                       const std::function<void(std::size_t, std::size_t)>& progress);
  /// On the owner's thread, after every task.
  void CheckHealth();

  std::filesystem::path folder_;
  std::unique_ptr<UnitDevice> device_;
  RunOptions options_;
  Clock& clock_;
  Random& random_;
  ReadVerb read_verb_;
  Tell tell_;
  OwnerQueue queue_;
  HttpClient http_;
  std::unique_ptr<SyncLoop> loop_;  // in Run(), where the unit has a server
  std::unique_ptr<ControlServer> control_;
  std::jthread syncing_;
  Guest* guest_ = nullptr;
  std::atomic<bool> sync_running_ = false;
  std::atomic<std::size_t> sync_left_ops_ = 0;
  bool sync_alone_ = false;
  std::uint64_t generation_ = 1;  // of device_; read and written by the owner
  Status failure_;
};

}  // namespace tram::client
