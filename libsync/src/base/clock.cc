#include "tram/base/clock.h"

#include <sodium.h>

#include <chrono>

namespace tram {
namespace {

class MachineClock : public Clock {
 public:
  std::int64_t WallMs() override {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
  std::int64_t SteadyMs() override {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }
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

Random& SystemRandom() {
  static SodiumRandom random;
  return random;
}

}  // namespace tram
