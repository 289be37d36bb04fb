// Clock and Random: the two things that tests must be able to inject. Wired in main only.
#pragma once

#include <cstdint>
#include <span>

#include "tram/base/bytes.h"

namespace tram {

class Clock {
 public:
  virtual ~Clock() = default;
  /// Milliseconds since 1970-01-01 UTC, as this machine believes; may jump.
  virtual std::int64_t WallMs() = 0;
  /// Milliseconds on a clock that never jumps and goes on while the machine sleeps; its origin
  /// means nothing.
  virtual std::int64_t SteadyMs() = 0;
};

class Random {
 public:
  virtual ~Random() = default;
  virtual void Fill(std::span<std::uint8_t> bytes) = 0;

  std::uint64_t Uint64() {
    std::uint64_t value = 0;
    Fill({reinterpret_cast<std::uint8_t*>(&value), sizeof value});
    return value;
  }
  template <class IdType>
  IdType NewId() {
    IdType id;
    Fill({id.data(), IdType::kSize});
    return id;
  }
};

/// The machine's clock.
Clock& SystemClock();
/// What programs use: the machine's clock; or, where the environment names TRAM_CLOCK_FILE, the
/// milliseconds written in that file (demonstrations and tests tell years in seconds).
Clock& ProgramClock();
/// libsodium's randombytes.
Random& SystemRandom();

}  // namespace tram
