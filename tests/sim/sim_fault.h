// What can go wrong in a simulated world, by name, and how often it did.
// Threads: values.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <string_view>

namespace tram::sim {

enum class Fault : std::uint8_t {
#define TRAM_SIM_FAULT(code, text) code,
#include "tests/sim/sim_fault.def"
#undef TRAM_SIM_FAULT
  kCount
};

inline constexpr std::size_t kFaults = static_cast<std::size_t>(Fault::kCount);

inline constexpr std::array<std::string_view, kFaults> kFaultNames = {
#define TRAM_SIM_FAULT(code, text) text,
#include "tests/sim/sim_fault.def"
#undef TRAM_SIM_FAULT
};

using FaultSet = std::bitset<kFaults>;

/// Occurrences in one world.
struct FaultCounts {
  std::array<std::uint32_t, kFaults> counts{};

  void Add(Fault fault) { ++counts[static_cast<std::size_t>(fault)]; }
  std::uint32_t operator[](Fault fault) const { return counts[static_cast<std::size_t>(fault)]; }
  FaultSet Kinds() const {
    FaultSet kinds;
    for (std::size_t i = 0; i < kFaults; ++i) kinds[i] = counts[i] > 0;
    return kinds;
  }
};

}  // namespace tram::sim
