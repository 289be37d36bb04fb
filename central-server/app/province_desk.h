// ProvinceDesk: the province asks a unit about one of its records, and closes what was answered.
// A question goes into the unit's log on the server's feed, so that it comes to the unit's devices
// with their next sync, and the answer back with the one after it.
//
// Each change and its line in the audit trail are durable together. Who may ask about which unit is
// for the caller to know. Threads: the owner's.
#pragma once

#include <functional>
#include <string>

#include "app/server_feed.h"
#include "rollup/asked.h"

namespace tram::server {

/// Open questions of a unit: whoever answers must be able to.
inline constexpr std::size_t kOpenQuestionsMax = 100;

class ProvinceDesk {
 public:
  explicit ProvinceDesk(ServerState& state) : state_(state) {}

  /// `text` must fit the programme's rules (UnitView::Validate). `check` found the record: for the
  /// audit trail. Post: durable, and the unit is marked for its figures.
  /// Errors: not_found (the programme has no questions) | exists (one about this record is open) |
  /// overloaded (too many wait) | invalid | io (nothing was written).
  Result<RecordId> Ask(const Unit& unit, const RecordId& about, const std::string& text,
                       const std::string& check, const std::string& who);

  /// Whether it was answered or not. Errors: not_found | exists (it is closed) | io.
  Status Close(const Unit& unit, const RecordId& question, const std::string& who);

 private:
  using MakeOp = std::function<Result<Op>(ServerFeed& feed)>;
  /// `what` is written to the audit trail, with the op's record after it.
  Result<OpId> Write(const Unit& unit, const MakeOp& make, const std::string& who,
                     const std::string& what);
  Result<UnitView*> ViewOf(const Unit& unit);

  ServerState& state_;
};

}  // namespace tram::server
