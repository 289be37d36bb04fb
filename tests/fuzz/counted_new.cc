// Every allocation of the replay is counted, as the sanitizer's hooks do it under libFuzzer.
#include <malloc.h>

#include <cstdlib>
#include <new>

#include "tests/fuzz/memory_watch.h"

void* operator new(std::size_t bytes) {
  void* memory = std::malloc(bytes);
  if (memory == nullptr) throw std::bad_alloc();
  tram::fuzz::NoteAllocated(::malloc_usable_size(memory));
  return memory;
}
void operator delete(void* memory) noexcept {
  if (memory != nullptr) tram::fuzz::NoteFreed(::malloc_usable_size(memory));
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }
