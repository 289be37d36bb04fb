// Running what was typed: in this process, or in the server that holds the folder.
#pragma once

#include <string>
#include <vector>

#include "cli/command_line.h"

namespace tram::server {

/// How a command ended, and what is to be printed.
struct Outcome {
  int exit = 0;
  std::string out, err;
};

/// Text or one JSON document on stdout; notes, and an error as one line, on stderr.
Outcome Render(const Invocation& invocation, const Result<VerbResult>& result);

/// The whole program; prints. Returns the exit code.
int RunProgram(const std::vector<std::string>& arguments, Clock& clock, Random& random);

}  // namespace tram::server
