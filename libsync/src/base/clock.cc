#include "tram/base/clock.h"

#include <sodium.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string>
#include <utility>

#include "tram/base/os_process.h"

namespace tram {
namespace {

class MachineClock : public Clock {
 public:
  std::int64_t WallMs() override {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
  /// Goes on while the computer sleeps, which std::chrono::steady_clock does not on Linux: a closed
  /// lid is no short round trip, nor a moment ago for who was signed in.
  std::int64_t SteadyMs() override { return SteadyMsOfMachine(); }
};

class FileClock : public Clock {
 public:
  explicit FileClock(std::string path) : path_(std::move(path)) {}
  std::int64_t WallMs() override {
    std::ifstream in(path_);
    std::int64_t ms = 0;
    if (in >> ms) last_ms_ = ms;  // a file that is just being replaced: as before
    return last_ms_;
  }
  std::int64_t SteadyMs() override { return SystemClock().SteadyMs(); }

 private:
  std::string path_;
  std::atomic<std::int64_t> last_ms_{0};
};

class SodiumRandom : public Random {
 public:
  SodiumRandom() { TRAM_ASSERT(sodium_init() >= 0); }
  void Fill(std::span<std::uint8_t> bytes) override { randombytes_buf(bytes.data(), bytes.size()); }
};

}  // namespace

Clock& SystemClock() {
  static MachineClock clock;
  return clock;
}

Clock& ProgramClock() {
  static const char* const path = std::getenv("TRAM_CLOCK_FILE");
  if (path == nullptr) return SystemClock();
  static FileClock clock(path);
  return clock;
}

Random& SystemRandom() {
  static SodiumRandom random;
  return random;
}

}  // namespace tram
