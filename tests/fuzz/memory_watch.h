// How much memory is held: fed by whoever sees every allocation (the sanitizer's hooks in
// fuzz_main.cc, operator new in replay_test.cc), read around each input.
// Threads: any; the figures are of all threads together.
#pragma once

#include <cstddef>

namespace tram::fuzz {

void NoteAllocated(std::size_t bytes);
void NoteFreed(std::size_t bytes);

/// The highest number of bytes held at once since it was made, beyond those held then.
class MemoryWatch {
 public:
  MemoryWatch();
  std::size_t peak_bytes() const;

 private:
  std::ptrdiff_t held_before_;
};

/// The worst of all inputs so far.
struct MemoryFigures {
  std::size_t peak_bytes = 0;
  double peak_share = 0;  // of what the input was allowed
};
MemoryFigures& WorstMemory();

}  // namespace tram::fuzz
