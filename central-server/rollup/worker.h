// RollupWorker: keeps the units' figures up to date, one unit at a time.
//
// A unit that is marked dirty is computed again for the open months. When a month ends, all units
// are marked. When a month's publication is due, it is computed once more, from what had come
// before that moment, for the units whose rows are older than what they had sent by then; then it
// is published and never computed again. Threads: the owner's (app/owner.h): a step runs when no
// request waits.
#pragma once

#include <map>
#include <optional>

#include "storage/server_state.h"

namespace tram::server {

class RollupWorker {
 public:
  explicit RollupWorker(ServerState& state) : state_(state) {}

  /// Does the next piece of work, at most one unit's. Post: returns false where nothing is left.
  /// Errors: io | corrupt. A unit that cannot be computed is passed over until it grows.
  Result<bool> Step();
  /// The unit's figures of any month that is not published, from all that its log holds now; does
  /// nothing where they are those already.
  Status EnsureComputed(const Unit& unit, Date as_of);
  /// What the unit's figures would be of what had arrived by the end of `known_by`; stores nothing.
  Result<std::vector<IndicatorFigures>> KnownBy(const Unit& unit, Date as_of, Date known_by);
  /// Units that could not be computed, with the reason.
  const std::map<UnitNumber, std::string>& failures() const { return failures_; }
  /// Ops that are held, not understood, in the units that were computed since the start.
  std::size_t held_ops() const;

 private:
  Status BeginMonth(std::int64_t now_ms);
  Result<std::optional<Date>> DueMonth(std::int64_t now_ms);
  Result<bool> PublishStep(std::int64_t now_ms);
  Result<bool> DirtyStep(std::int64_t now_ms);
  void NoteFailure(const Unit& unit, const Error& error);
  Status ComputeOpenMonths(const Unit& unit, std::int64_t now_ms);
  struct Before {
    std::vector<IndicatorFigures> figures;
    std::int64_t entries = 0;  // of the log, that they are made from
  };
  Result<Before> FiguresBefore(const Unit& unit, Date as_of, std::int64_t deadline_ms);
  Status Store(const Unit& unit, Date as_of, const std::vector<IndicatorFigures>& figures,
               std::int64_t entries);

  ServerState& state_;
  std::map<UnitNumber, std::string> failures_;
  std::map<UnitNumber, std::size_t> held_;             // as last seen
  std::map<UnitNumber, std::int64_t> failed_entries_;  // what the unit had when it failed
};

}  // namespace tram::server
