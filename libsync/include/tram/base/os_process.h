// The process itself: secrets in memory, prompts, signals.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tram/base/result.h"

namespace tram {

/// No core dumps and no tracing of this process by others of the same user: secrets stay inside.
void ForbidCoreDumps();

bool IsTerminal(int descriptor);

/// Memory of this process that is in RAM; 0 where the system does not say.
std::int64_t ResidentBytes();

/// Asks on the terminal, without echo. Errors: invalid (no terminal, or end of input).
Result<std::string> PromptSecret(std::string_view prompt);

/// Milliseconds on a clock that never jumps and goes on while the machine sleeps.
std::int64_t SteadyMsOfMachine();

/// Shows an address in the person's browser, which outlives us. False: there is nothing here that
/// opens addresses.
bool OpenInBrowser(const std::string& address);

/// Blocks SIGINT and SIGTERM in this and all later threads; WaitForStopSignal() waits for one.
void BlockStopSignals();
int WaitForStopSignal();

}  // namespace tram
