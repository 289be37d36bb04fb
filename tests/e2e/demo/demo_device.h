// One real device of the demonstration: a folder, the engine, a clock of its own, and the
// program's own ways to found, sync, carry bundles, back up and restore.
//
// What is written becomes durable at the next sync, backup or export, not one by one: that is the
// programs' way of importing, and spares a demonstration the wear of a disk.
// Threads: one.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/sync_run.h"
#include "tests/e2e/demo/demo_server.h"
#include "tests/e2e/demo/demo_story.h"
#include "tram/session/unit_device.h"
#include "tram/transport/http_client.h"

namespace tram::demo {

/// The same for all devices of the demonstration, so that whoever keeps their folders can open
/// them.
extern const char kDemoPassphrase[];

/// Wall time is the story's.
class StoryClock : public Clock {
 public:
  std::int64_t WallMs() override { return wall_ms; }
  std::int64_t SteadyMs() override { return SystemClock().SteadyMs(); }
  std::int64_t wall_ms = 0;
};

/// Story keys and what became of them, of one unit.
using StoryKeys = std::map<std::string, RecordId>;

class DemoDevice {
 public:
  explicit DemoDevice(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// The unit's first device, by a one-time code of the server's.
  Status Enrol(const DemoServer& server, const std::string& code);
  /// A further one, invited by another.
  Status Join(const DemoServer& server, DemoDevice& inviter);
  /// Begins in this folder from a backup.
  Status Restore(const std::filesystem::path& backup);

  /// Noon of a day, by a clock that may be wrong.
  void TellTime(Date day, int wrong_by_days);

  /// Writes what the event tells. Errors: those of saving.
  Status Write(const StoryEvent& event, StoryKeys& keys);
  /// Whether the device knows the record and shows it.
  bool Knows(const RecordId& record);

  Result<client::SyncOutcome> Sync(HttpClient& http);
  /// The same by files that somebody carries to the server and back.
  Status SyncByBundle(const DemoServer& server);
  Status Backup(const std::filesystem::path& file);
  /// Every type of record as the program's `export` writes it: FOLDER/TYPE.csv.
  Status Export(const std::filesystem::path& folder);
  /// The device is gone, with all that was not durable.
  void Break() { unit_.reset(); }

  UnitDevice& unit() { return *unit_; }
  const std::filesystem::path& folder() const { return folder_; }

 private:
  Status Init(const DemoServer& server, const std::string& invite, const std::string& code);
  Status Open();
  Status Save(const StoryEvent& event, StoryKeys& keys);

  std::filesystem::path folder_;
  std::unique_ptr<StoryClock> clock_ = std::make_unique<StoryClock>();  // its place is known
  std::unique_ptr<UnitDevice> unit_;
};

}  // namespace tram::demo
