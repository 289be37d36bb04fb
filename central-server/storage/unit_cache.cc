#include "storage/unit_cache.h"

#include <algorithm>

namespace tram::server {
namespace {

/// Decoded ops take memory: a view takes them in blocks of this many.
constexpr EntryNumber kViewBlock = 4096;

}  // namespace

std::vector<ViewEntry> ViewEntries(const OpLog& log, EntryNumber first, EntryNumber last) {
  std::vector<ViewEntry> entries;
  for (EntryNumber n = first; n <= last; ++n)
    entries.push_back({log.entry(n).op, log.ReadOp(n), log.entry(n).arrived_ms});
  return entries;
}

Result<OpenUnit*> UnitCache::Open(const UnitId& unit) {
  auto found = index_.find(unit);
  if (found != index_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
  } else {
    Slot slot{unit, {}};
    TRAM_ASSIGN(slot.open.log, OpLog::Open(store_, unit, clock_));
    slot.open.replica = std::make_unique<Replica>(*slot.open.log, server_, clock_);
    entries_.push_front(std::move(slot));
    index_[unit] = entries_.begin();
  }
  Trim();
  return &entries_.front().open;
}

Result<UnitView*> UnitCache::ViewOf(const UnitId& unit,
                                    const std::shared_ptr<const Programme>& programme) {
  TRAM_ASSIGN(OpenUnit * open, Open(unit));
  if (open->view == nullptr) {
    TRAM_ASSIGN(open->view, UnitView::Create(programme, unit, server_));
    open->viewed = 0;
  }
  const EntryNumber committed = open->log->committed();
  while (open->viewed < committed) {
    const EntryNumber last = std::min(committed, open->viewed + kViewBlock);
    if (Status applied = open->view->Apply(ViewEntries(*open->log, open->viewed + 1, last));
        !applied) {
      open->view.reset();
      return applied.error();
    }
    open->viewed = last;
  }
  return open->view.get();
}

void UnitCache::Drop(const UnitId& unit) {
  auto found = index_.find(unit);
  if (found == index_.end()) return;
  entries_.erase(found->second);
  index_.erase(found);
}

void UnitCache::DropViews() {
  for (Slot& slot : entries_) slot.open.view.reset();
}

std::size_t UnitCache::views() const {
  return static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(),
                    [](const Slot& slot) { return slot.open.view != nullptr; }));
}

// The unit in front is in use and stays, whatever its size.
void UnitCache::Trim() {
  std::size_t log_entries = 0;
  std::size_t view_ops = 0;
  std::size_t views = 0;
  std::size_t units = 0;
  for (auto it = entries_.begin(); it != entries_.end();) {
    log_entries += it->open.log->size();
    ++units;
    const bool first = it == entries_.begin();
    if (!first && (log_entries > limits_.log_entries || units > limits_.units)) {
      index_.erase(it->unit);
      it = entries_.erase(it);
      continue;
    }
    if (it->open.view != nullptr) {
      view_ops += it->open.view->ops();
      ++views;
    }
    if (!first && (view_ops > limits_.view_ops || views > limits_.views)) it->open.view.reset();
    ++it;
  }
}

}  // namespace tram::server
