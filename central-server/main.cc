// central-server: wires the clock, randomness and the edges; nothing else.
#include <cstdio>
#include <exception>

#include "cli/run.h"
#include "tram/base/os_process.h"
#include "tram/programme/sql.h"

int main(int argc, char** argv) {
  tram::ForbidCoreDumps();
  tram::SqlDatabase::LimitMemory(tram::kSqlMemoryBytesMax);
  try {
    return tram::server::RunProgram({argv + 1, argv + argc}, tram::ProgramClock(),
                                    tram::SystemRandom());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "central-server: unexpected: %s\n", error.what());
    return 1;
  }
}
