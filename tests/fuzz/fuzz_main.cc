// libFuzzer's side of ./dev fuzz. One program for all targets; TRAM_FUZZ_TARGET names the one.
#include <sanitizer/allocator_interface.h>

#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/memory_watch.h"

namespace {

const tram::fuzz::Target* target = nullptr;

void OnAllocated(const volatile void*, std::size_t bytes) { tram::fuzz::NoteAllocated(bytes); }

void OnFreed(const volatile void* memory) {
  if (memory == nullptr) return;
  tram::fuzz::NoteFreed(__sanitizer_get_allocated_size(const_cast<const void*>(memory)));
}

void SayMemory() {
  const tram::fuzz::MemoryFigures& worst = tram::fuzz::WorstMemory();
  std::fprintf(stderr, "memory: peak %zu KiB, %.0f %% of what its input was allowed\n",
               worst.peak_bytes / 1024, 100 * worst.peak_share);
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  const char* name = std::getenv("TRAM_FUZZ_TARGET");
  target = name == nullptr ? nullptr : tram::fuzz::FindTarget(name);
  if (target == nullptr) {
    for (const tram::fuzz::Target& known : tram::fuzz::Targets()) {
      std::printf("%.*s %zu\n", static_cast<int>(known.name.size()), known.name.data(),
                  known.input_bytes_max);
    }
    std::exit(name == nullptr ? 0 : 2);
  }
  __sanitizer_install_malloc_and_free_hooks(OnAllocated, OnFreed);
  std::atexit(SayMemory);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  tram::fuzz::RunInput(*target, {bytes, size});
  return 0;
}
