// Randomness of a simulated world: the same for the same seed, on every machine.
#pragma once

#include <cstdint>

#include "tram/base/clock.h"

namespace tram::sim {

/// splitmix64 (Steele et al. 2014).
class SimRandom : public Random {
 public:
  explicit SimRandom(std::uint64_t seed) : state_(seed) {}
  void Fill(std::span<std::uint8_t> bytes) override;
  std::uint64_t Next();
  /// 0..bound - 1; needs bound > 0.
  std::size_t Below(std::size_t bound) { return static_cast<std::size_t>(Next() % bound); }
  bool Chance(int percent) { return Below(100) < static_cast<std::size_t>(percent); }

 private:
  std::uint64_t state_;
};

}  // namespace tram::sim
