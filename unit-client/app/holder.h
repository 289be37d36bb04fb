// Holder: the program that holds the log for hours: it owns the device, answers commands through
// DIR/control.sock, and syncs in the background.
//
// After a failed commit nobody knows what the disk holds: the device is closed and opened again (it
// is locked then), and where that fails the holder ends.
// Threads: Run() on the thread that is to own the device; it starts the others.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "app/control.h"
#include "app/owner_queue.h"
#include "app/sync_loop.h"
#include "app/verb.h"
#include "tram/base/os_control.h"

namespace tram::client {

class Holder {
 public:
  /// Reads a command's arguments. Errors: invalid (wrong usage).
  using ReadVerb = std::function<Result<Verb>(const std::vector<std::string>& argv)>;
  /// A line about what happens, for who started the program.
  using Tell = std::function<void(const std::string& line)>;

  Holder(std::filesystem::path folder, std::unique_ptr<UnitDevice> device, RunOptions options,
         Clock& clock, Random& random, ReadVerb read_verb, Tell tell);

  /// Tells "ready" once commands are answered; ends on `stop`, when a running answer is finished.
  /// Errors: io (no socket; or the device could not be opened again) | corrupt.
  Status Run(const std::stop_token& stop);

  /// One sync, during which commands are answered too: a slow link keeps nobody from recording.
  /// Errors: io (no socket; or the device could not be opened again) | corrupt.
  Result<SyncOutcome> SyncAlone(const std::string& ca_file,
                                const std::function<void(std::size_t, std::size_t)>& progress);

 private:
  Result<std::unique_ptr<ControlServer>> Listen();
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
  bool sync_alone_ = false;
  std::uint64_t generation_ = 1;  // of device_; read and written by the owner
  Status failure_;
};

}  // namespace tram::client
