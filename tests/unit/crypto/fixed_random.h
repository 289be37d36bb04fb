// Bytes that count up from a start: the same in every run.
#pragma once

#include "tram/base/clock.h"

namespace tram {

class FixedRandom : public Random {
 public:
  explicit FixedRandom(std::uint8_t start) : next_(start) {}
  void Fill(std::span<std::uint8_t> bytes) override {
    for (std::uint8_t& byte : bytes) byte = next_++;
  }

 private:
  std::uint8_t next_;
};

}  // namespace tram
