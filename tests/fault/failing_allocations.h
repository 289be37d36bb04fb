// The n-th allocation fails: the program's own (operator new throws std::bad_alloc) and SQLite's
// (it is told that there is no memory). A program that this is linked into has both replaced.
// Counted are only allocations of the thread that has begun to count. Threads: any.
#pragma once

#include <cstdint>

namespace tram::test {

class FailingAllocations {
 public:
  enum class Whose { kProgram, kSqlite };
  enum class Lack {
    kOnce,       // the n-th fails, later ones work
    kFromThenOn  // there is no memory any more
  };

  /// The `nth` from now (1: the next one). One at a time on a thread; ends with the object.
  FailingAllocations(Whose whose, Lack lack, std::uint64_t nth);
  ~FailingAllocations();
  FailingAllocations(const FailingAllocations&) = delete;
  FailingAllocations& operator=(const FailingAllocations&) = delete;

  bool failed() const;
  /// Allocations since it began.
  std::uint64_t counted() const;
  /// Memory is there again.
  void Mend();
};

/// To be called before SQLite is used.
void ReplaceSqliteAllocator();

}  // namespace tram::test
