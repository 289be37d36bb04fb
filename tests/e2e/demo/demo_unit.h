// One unit of the demonstration: two real devices with folders and clocks of their own, which live
// through the story offline and sync over real HTTP.
// Threads: one at a time.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/e2e/demo/demo_story.h"
#include "tram/session/unit_device.h"
#include "tram/transport/http_client.h"

namespace tram::demo {

/// Wall time is the story's.
class StoryClock : public Clock {
 public:
  std::int64_t WallMs() override { return wall_ms; }
  std::int64_t SteadyMs() override { return SystemClock().SteadyMs(); }
  std::int64_t wall_ms = 0;
};

struct DemoTotals {
  std::size_t records = 0, edits = 0, syncs = 0, conflicts = 0, resolved = 0;
  std::uint64_t bytes_up = 0, bytes_down = 0;
};

class DemoUnit {
 public:
  DemoUnit(const UnitPlan& plan, std::filesystem::path folder, std::string server_url,
           std::string passphrase);
  ~DemoUnit();

  /// The first device by the one-time code, the second by an invitation.
  Status Found(const std::string& code, Date day);
  /// Lives through one day: what the story tells, and the days on which a device has a network.
  Status Live(Date day);
  /// Everybody syncs until nothing is left, and the conflicts are listed and half of them settled.
  Status Finish(Date day);

  /// Every type of record as the program's `export` writes it: FOLDER/TYPE.csv.
  Status Export(const std::filesystem::path& folder);

  const UnitPlan& plan() const { return plan_; }
  const DemoTotals& totals() const { return totals_; }
  /// Lines that show a few conflicts: both values, who and when.
  const std::vector<std::string>& conflict_lines() const { return conflict_lines_; }

 private:
  struct Device {
    StoryClock clock;
    std::unique_ptr<UnitDevice> unit;
    std::unique_ptr<HttpClient> http;
    Date next_sync;
    std::map<std::string, RecordId> keys;
  };
  Status FoundDevice(int index, const std::string& server, const std::string& invite,
                     const std::string& secret_variable, const std::string& secret);
  Status Write(const StoryEvent& event);
  Status Sync(Device& device);
  /// Both devices change the same session's next appointment and note while they are apart.
  Status Disagree(Date day);
  Status Settle();

  UnitPlan plan_;
  std::filesystem::path folder_;
  std::string server_url_, passphrase_;
  StoryRandom random_;
  std::vector<StoryEvent> story_;
  std::size_t told_ = 0;
  Device devices_[2];
  std::vector<std::string> sessions_;  // keys that both devices have by now
  std::set<std::string> disagreed_;
  DemoTotals totals_;
  std::vector<std::string> conflict_lines_;
};

/// The months that the story tells.
Date StoryBegin();
Date StoryEnd();

}  // namespace tram::demo
