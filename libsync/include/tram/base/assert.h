// TRAM_ASSERT: for our own bugs only, on in every build; never on what a peer or a disk says.
#pragma once

namespace tram {

/// Prints the place and the condition on stderr, then aborts.
[[noreturn]] void AssertFailed(const char* condition, const char* file, int line);

}  // namespace tram

#define TRAM_ASSERT(condition) \
  ((condition) ? void(0) : ::tram::AssertFailed(#condition, __FILE__, __LINE__))
