#include "tests/fault/failing_allocations.h"

#include <sqlite3.h>

#include <cstdlib>
#include <new>

#include "tram/base/assert.h"

namespace tram::test {
namespace {

// Plain numbers: nothing here may allocate.
struct Order {
  bool counting = false;
  FailingAllocations::Whose whose = FailingAllocations::Whose::kProgram;
  FailingAllocations::Lack lack = FailingAllocations::Lack::kOnce;
  std::uint64_t left = 0;  // until the one that fails
  bool failed = false;
  std::uint64_t counted = 0;
};
thread_local Order order;

bool Fails(FailingAllocations::Whose whose) {
  if (!order.counting || order.whose != whose) return false;
  ++order.counted;
  if (order.left > 0 && --order.left > 0) return false;
  order.failed = true;
  if (order.lack == FailingAllocations::Lack::kOnce) order.counting = false;
  return true;
}

sqlite3_mem_methods system_memory;

void* SqliteAllocate(int bytes) {
  return Fails(FailingAllocations::Whose::kSqlite) ? nullptr : system_memory.xMalloc(bytes);
}
void* SqliteReallocate(void* memory, int bytes) {
  return Fails(FailingAllocations::Whose::kSqlite) ? nullptr
                                                   : system_memory.xRealloc(memory, bytes);
}

void* Allocate(std::size_t bytes) noexcept {
  if (Fails(FailingAllocations::Whose::kProgram)) return nullptr;
  return std::malloc(bytes == 0 ? 1 : bytes);
}
void* AllocateAligned(std::size_t bytes, std::size_t alignment) noexcept {
  if (Fails(FailingAllocations::Whose::kProgram)) return nullptr;
  return std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
}
void* OrThrow(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

FailingAllocations::FailingAllocations(Whose whose, Lack lack, std::uint64_t nth) {
  TRAM_ASSERT(!order.counting && nth >= 1);
  order = {true, whose, lack, nth, false, 0};
}

FailingAllocations::~FailingAllocations() { Mend(); }
bool FailingAllocations::failed() const { return order.failed; }
std::uint64_t FailingAllocations::counted() const { return order.counted; }
void FailingAllocations::Mend() { order.counting = false; }

void ReplaceSqliteAllocator() {
  TRAM_ASSERT(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &system_memory) == SQLITE_OK);
  sqlite3_mem_methods methods = system_memory;
  methods.xMalloc = SqliteAllocate;
  methods.xRealloc = SqliteReallocate;
  TRAM_ASSERT(sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) == SQLITE_OK);
}

}  // namespace tram::test

using tram::test::Allocate;
using tram::test::AllocateAligned;
using tram::test::OrThrow;

void* operator new(std::size_t bytes) { return OrThrow(Allocate(bytes)); }
void* operator new[](std::size_t bytes) { return OrThrow(Allocate(bytes)); }
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept { return Allocate(bytes); }
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept { return Allocate(bytes); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return OrThrow(AllocateAligned(bytes, static_cast<std::size_t>(alignment)));
}
void* operator new[](std::size_t bytes, std::align_val_t alignment) {
  return OrThrow(AllocateAligned(bytes, static_cast<std::size_t>(alignment)));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
