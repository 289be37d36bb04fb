// Figures over many simulated worlds: how much went on in them, which faults, and in how many of
// them two kinds of fault met.
// Threads: values.
#pragma once

#include <iosfwd>

#include "tests/sim/sim_world.h"

namespace tram::sim {

/// Numbers of a world, as they go from a worker to the one that adds up.
struct WorldFigures {
  std::uint64_t seed = 0;
  std::uint64_t ops = 0, conflicts = 0, branches = 0, requests = 0;
  bool full = false;
  FaultCounts faults;
};
WorldFigures FiguresOf(const WorldReport& report);

class SimTotals {
 public:
  void Add(const WorldFigures& world);
  std::size_t worlds() const { return worlds_; }
  /// Without ops from two devices of one unit, or without a fault.
  std::size_t empty() const { return empty_; }
  std::uint64_t ops() const { return ops_; }
  std::uint64_t conflicts() const { return conflicts_; }
  std::uint64_t branches() const { return branches_; }
  /// Worlds, empty ones aside, in which this kind of fault happened.
  std::size_t Worlds(Fault fault) const;
  /// The same for two kinds.
  std::size_t Worlds(Fault a, Fault b) const;
  void Print(std::ostream& out, double seconds) const;

 private:
  void PrintPairs(std::ostream& out) const;

  std::size_t worlds_ = 0, empty_ = 0;
  std::uint64_t ops_ = 0, conflicts_ = 0, branches_ = 0, requests_ = 0;
  std::array<std::uint64_t, kFaults> counts_{};
  std::array<std::array<std::size_t, kFaults>, kFaults> pairs_{};
};

}  // namespace tram::sim
