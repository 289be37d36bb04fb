// What is wrong with a form, as UnitDevice::Save says it: a line for each problem.
// Threads: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tram::client {

/// One by one, without empty ones.
std::vector<std::string> LinesOf(std::string_view text);
/// "a; b": for a terminal, or a cell of a table.
std::string ProblemsInOneLine(std::string_view text);

}  // namespace tram::client
