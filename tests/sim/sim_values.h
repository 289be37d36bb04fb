// Values that somebody may type into a field, its edges among them. Careless people also type what
// is refused.
// Threads: pure functions.
#pragma once

#include <vector>

#include "tests/sim/sim_random.h"
#include "tram/programme/programme.h"

namespace tram::sim {

/// Who types, and when.
struct Typist {
  SimRandom& random;
  Date today;             // by the device's clock
  bool careless = false;  // types values that the programme refuses, too
};

/// `records`: what a reference may name.
Value AnyValue(const Programme& programme, const Field& field, const std::vector<RecordId>& records,
               const Typist& typist);
/// Any content of a set.
std::vector<std::uint32_t> AnyElements(const Programme& programme, const Field& field,
                                       const Typist& typist);
/// Of at most this many characters.
std::string AnyText(std::size_t length_max, SimRandom& random);

}  // namespace tram::sim
