// The program: reads the arguments, finds out where the verb is to run (here, or in the program
// that holds the log), runs it and prints what it says. Threads: one.
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "cli/arguments.h"

namespace tram::client {

/// Everything outside: wired in main, replaced in tests.
struct Surroundings {
  Clock& clock;
  Random& random;
  std::filesystem::path cwd;
  Variable variable;
  /// Asks without echo. Errors: invalid (no terminal).
  std::function<Result<std::string>(const std::string& prompt)> prompt;
  std::function<void(std::string_view)> out, err;
  bool err_is_terminal = false;
  /// Called by a verb that runs until it is told to stop; the token says when.
  std::function<std::stop_token()> stop_on_signal;
};

/// Returns the exit code.
int RunProgram(const std::vector<std::string>& argv, const Surroundings& surroundings);

}  // namespace tram::client
