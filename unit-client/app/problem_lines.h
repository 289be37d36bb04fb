// What is wrong with a form, as UnitDevice::Save says it: a line for each problem; and what the
// engine says where no field is to blame, for people.
// Threads: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/output.h"

namespace tram::client {

/// One by one, without empty ones.
std::vector<std::string> LinesOf(std::string_view text);
/// "a; b": for a terminal, or a cell of a table.
std::string ProblemsInOneLine(std::string_view text);
/// What the engine says in English where no field is to blame, in the person's language; another
/// line as it is.
std::string ProblemInWords(const Output& out, std::string_view line);

}  // namespace tram::client
