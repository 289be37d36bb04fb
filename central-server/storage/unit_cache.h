// UnitCache: the units that are open in memory, each with its log, its replica and, where figures
// were asked for, its view (clear fields only: the server has no key). The least recently used go
// first when a limit is passed.
// Threads: one thread owns it.
#pragma once

#include <list>
#include <memory>
#include <unordered_map>

#include "storage/units.h"
#include "tram/base/clock.h"
#include "tram/log/op_log.h"
#include "tram/session/replica.h"
#include "tram/view/unit_view.h"

namespace tram::server {

struct CacheLimits {
  std::size_t log_entries = 1'000'000;  // of all open logs, about 250 bytes each
  std::size_t view_ops = 200'000;       // of all open views, about 1 KB each
  std::size_t views = 128;              // each has tables of its own, empty or not
  std::size_t units = 4096;
};

struct OpenUnit {
  std::unique_ptr<OpLog> log;
  std::unique_ptr<Replica> replica;
  std::unique_ptr<UnitView> view;  // empty until ViewOf
  EntryNumber viewed = 0;          // entries that the view has taken
};

class UnitCache {
 public:
  UnitCache(LogStore& store, const DeviceId& server, Clock& clock, CacheLimits limits)
      : store_(store), server_(server), clock_(clock), limits_(limits) {}

  /// Valid until the next call of Open or Drop. Errors: those of OpLog::Open.
  Result<OpenUnit*> Open(const UnitId& unit);
  /// The unit's view with all that is durable in its log. Valid as with Open.
  Result<UnitView*> ViewOf(const UnitId& unit, const std::shared_ptr<const Programme>& programme);
  /// Forgets what is in memory of a unit: needed after a failed commit.
  void Drop(const UnitId& unit);
  /// Forgets all views: needed when the programme changes.
  void DropViews();
  std::size_t size() const { return entries_.size(); }
  /// Of the units that are open, those with a view.
  std::size_t views() const;

 private:
  struct Slot {
    UnitId unit;
    OpenUnit open;
  };
  void Trim();

  LogStore& store_;
  DeviceId server_;
  Clock& clock_;
  CacheLimits limits_;
  std::list<Slot> entries_;  // most recently used first
  std::unordered_map<UnitId, std::list<Slot>::iterator> index_;
};

/// Entries `first`..`last` of a log, for a view.
std::vector<ViewEntry> ViewEntries(const OpLog& log, EntryNumber first, EntryNumber last);

}  // namespace tram::server
