// Questions that the province asked: where each of them stands, so that a page over many units
// opens none of their logs. Derived from the logs, where texts and answers are (rollup/asked.h);
// can be made again at any time. Threads: those of the connection.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "storage/units.h"

namespace tram::server {

enum class QuestionStanding { kWaiting = 1, kAnswered = 2, kClosed = 3 };

struct AskedQuestion {
  RecordId record;
  QuestionStanding standing = QuestionStanding::kWaiting;
  friend auto operator<=>(const AskedQuestion&, const AskedQuestion&) = default;
};

struct QuestionCounts {
  std::int64_t waiting = 0;   // for the unit's answer
  std::int64_t answered = 0;  // and not closed by the province
};

class QuestionTable {
 public:
  explicit QuestionTable(SqlDatabase& database) : database_(database) {}

  /// All of a unit's; writes only what changed.
  Status Replace(UnitNumber unit, std::vector<AskedQuestion> questions);
  /// In order of their ids. Errors: corrupt | io.
  Result<std::vector<AskedQuestion>> OfUnit(UnitNumber unit);
  /// Units without an open question are left out.
  Result<std::map<UnitNumber, QuestionCounts>> Counts();

 private:
  SqlDatabase& database_;
};

}  // namespace tram::server
