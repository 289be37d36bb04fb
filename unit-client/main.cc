// unit-client: the program of a treatment unit. Wires clock, random, environment, terminal and
// signals; everything else is in cli/ and app/.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <thread>

#include "cli/program.h"
#include "tram/base/os_process.h"
#include "tram/programme/sql.h"

namespace {

// Outlives main: the thread that waits for a signal may still be waiting when it returns.
std::stop_source& StopSource() {
  static auto* source = new std::stop_source;
  return *source;
}

std::stop_token StopOnSignal() {
  tram::BlockStopSignals();
  std::thread([] {
    tram::WaitForStopSignal();
    StopSource().request_stop();
  }).detach();
  return StopSource().get_token();
}

void Write(std::FILE* file, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), file);
  std::fflush(file);
}

int Run(const std::vector<std::string>& argv) {
  tram::client::Surroundings surroundings{
      .clock = tram::ProgramClock(),
      .random = tram::SystemRandom(),
      .cwd = std::filesystem::current_path(),
      .variable = [](const char* name) -> std::optional<std::string> {
        const char* value = std::getenv(name);
        return value == nullptr ? std::nullopt : std::optional<std::string>(value);
      },
      .prompt = [](const std::string& prompt) { return tram::PromptSecret(prompt); },
      .out = [](std::string_view text) { Write(stdout, text); },
      .err = [](std::string_view text) { Write(stderr, text); },
      .err_is_terminal = tram::IsTerminal(2),
      .stop_on_signal = StopOnSignal};
  const int code = tram::client::RunProgram(argv, surroundings);
  if (std::ferror(stdout) == 0) return code;
  std::fputs("cannot write to stdout: free some space on the disk, then try again\n", stderr);
  return code == 0 ? 1 : code;
}

}  // namespace

int main(int argc, char** argv) {
  tram::ForbidCoreDumps();
  tram::SqlDatabase::LimitMemory(tram::kSqlMemoryBytesMax);
  try {
    return Run({argv + 1, argv + argc});
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "unit-client failed unexpectedly: %s\n", problem.what());
    return 1;
  }
}
