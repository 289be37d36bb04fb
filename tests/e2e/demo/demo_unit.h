// One unit of the demonstration: its devices live through its story offline, sync now and then
// over real HTTP (or by files), disagree, are lost and restored.
// Threads: one.
#pragma once

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/e2e/demo/demo_device.h"

namespace tram::demo {

struct DemoTotals {
  std::size_t records = 0, edits = 0, syncs = 0, requests = 0, conflicts = 0, resolved = 0;
  std::size_t entered_again = 0;  // after a device was lost, from paper
  std::size_t unit_months = 0;
  std::uint64_t bytes = 0;
};

class DemoUnit {
 public:
  DemoUnit(const UnitPlan& plan, std::filesystem::path folder, const DemoServer& server);

  /// Everything up to `today`, a day on which there may be a network. Called with days that grow.
  Status Live(Date today);
  /// The last day: everybody syncs until nothing is left.
  Status Finish(Date today);
  /// Of the first device. Post: FOLDER/TYPE.csv.
  Status Export(const std::filesystem::path& folder) { return devices_[0].device.Export(folder); }

  const UnitPlan& plan() const { return plan_; }
  const DemoTotals& totals() const { return totals_; }
  /// One conflict, told: both values, who and when; empty where there is none.
  const std::vector<std::string>& conflict_lines() const { return conflict_lines_; }

 private:
  struct Slot {
    DemoDevice device;
    Date next_sync;
    std::vector<std::size_t> unsynced;  // places in the story
  };
  Status Found();
  Status Join(std::size_t index, Date day);
  Status Tell(Date today);
  Status WriteAt(std::size_t place, Date day);
  Status RetryMerges(Date today);
  Status Befall(Date today);
  Status Replace(Slot& slot, Date today, const Incident& incident);
  Status Sync(Slot& slot);
  Status SyncDue(Date today);
  Status SyncAll(int rounds);
  Status Disagree(Date today);
  Status Settle();
  void Describe(const RecordView& record, std::uint32_t group);
  int WrongDays(int device, Date day) const;
  void TellTime(Date day);

  UnitPlan plan_;
  std::filesystem::path folder_;
  const DemoServer& server_;
  StoryRandom random_;
  std::vector<StoryEvent> story_;
  std::size_t told_ = 0;
  std::vector<Slot> devices_;
  HttpClient http_;
  StoryKeys keys_;
  std::vector<std::size_t> merges_;    // places in the story that wait for a sync
  std::vector<std::string> sessions_;  // keys, oldest first
  std::set<std::string> disagreed_;
  Date next_disagreement_, next_settling_, month_;
  std::set<const Incident*> befallen_, prepared_;
  bool silent_ = false;
  DemoTotals totals_;
  std::vector<std::string> conflict_lines_;
};

}  // namespace tram::demo
