// Control limits of a funnel plot: between which shares a unit of a given size lies by chance
// alone, if it were like all the others.
//
// The exact binomial distribution, its steps interpolated. Source: Spiegelhalter, "Funnel plots for
// comparing institutional performance", Statistics in Medicine 24 (2005), appendix A.1.1.
// Threads: pure functions.
#pragma once

#include <cstdint>

#include "tram/outcome/proportion.h"

namespace tram::server {

/// What lies outside on either side: of limits of 95 % and of 99.8 %.
inline constexpr double kTailNear = 0.025, kTailFar = 0.001;

/// Needs persons above 0 and a share between 0 and 1.
Interval ControlLimits(std::int64_t persons, double share, double tail);

}  // namespace tram::server
