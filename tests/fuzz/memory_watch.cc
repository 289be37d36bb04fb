#include "tests/fuzz/memory_watch.h"

#include <atomic>

namespace tram::fuzz {
namespace {

std::atomic<std::ptrdiff_t> held{0};
std::atomic<std::ptrdiff_t> peak{0};

}  // namespace

void NoteAllocated(std::size_t bytes) {
  const std::ptrdiff_t now =
      held.fetch_add(static_cast<std::ptrdiff_t>(bytes), std::memory_order_relaxed) +
      static_cast<std::ptrdiff_t>(bytes);
  std::ptrdiff_t before = peak.load(std::memory_order_relaxed);
  while (now > before && !peak.compare_exchange_weak(before, now, std::memory_order_relaxed)) {
  }
}

void NoteFreed(std::size_t bytes) {
  held.fetch_sub(static_cast<std::ptrdiff_t>(bytes), std::memory_order_relaxed);
}

MemoryWatch::MemoryWatch() : held_before_(held.load()) { peak.store(held_before_); }

std::size_t MemoryWatch::peak_bytes() const {
  const std::ptrdiff_t grown = peak.load() - held_before_;
  return grown > 0 ? static_cast<std::size_t>(grown) : 0;
}

MemoryFigures& WorstMemory() {
  static MemoryFigures worst;
  return worst;
}

}  // namespace tram::fuzz
