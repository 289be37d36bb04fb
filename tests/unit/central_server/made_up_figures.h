// Made-up figures of a country: units in provinces that merged, units that moved, merged and
// closed, and rows of every activity indicator of the default programme, straight into the rollups.
#pragma once

#include <random>

#include "rollup/figure_board.h"
#include "rollup/report.h"
#include "tests/unit/central_server/pages_fixture.h"

namespace tram::server {

class MadeUpFigures {
 public:
  /// Makes the default programme the current one. Prints the seed: TRAM_SEED=<n> makes the same.
  explicit MadeUpFigures(ServerState& state);

  const Programme& programme() const { return *state_.programme().programme; }
  /// Held by a board, not of shape days.
  std::vector<const Indicator*> Counted() const;
  std::mt19937& random() { return random_; }
  int Below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }

  /// Random rows of the last `months` months for all activity indicators.
  void Fill(const Unit& unit, Date as_of, int months, std::int64_t computed_ms = 1);
  /// The same figure everywhere: in each month, and of the whole time.
  void FillWith(const Unit& unit, Date as_of, std::int64_t figure, std::int64_t computed_ms = 1);
  void Publish(Date as_of);

 private:
  ServerState& state_;
  std::mt19937 random_;
};

inline Permit PermitOf(Role role, std::set<std::string> provinces = {},
                       std::optional<UnitNumber> unit = std::nullopt,
                       Right right = Right::kActivity) {
  Viewer viewer;
  viewer.role = role;
  viewer.provinces = std::move(provinces);
  viewer.unit = unit;
  return *Authorise(viewer, right);
}

}  // namespace tram::server
