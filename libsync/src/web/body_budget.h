// BodyBudget: how many bytes of large request bodies may be in memory at one time, so that
// thousands of clients that each send half of one do not take it all. Small bodies are always
// taken: an honest device's day is small, and goes through while large ones are refused. Threads:
// any, several at once; a HeldBody belongs to one.
#pragma once

#include <atomic>
#include <cstddef>

namespace tram {

class BodyBudget {
 public:
  BodyBudget(std::size_t small_bytes, std::size_t large_bytes_max)
      : small_bytes_(small_bytes), large_bytes_max_(large_bytes_max) {}

 private:
  friend class HeldBody;
  const std::size_t small_bytes_, large_bytes_max_;
  std::atomic<std::size_t> large_bytes_ = 0;
};

/// One body, counted as long as this object lives. The budget must outlive it.
class HeldBody {
 public:
  explicit HeldBody(BodyBudget& budget) : budget_(budget) {}
  ~HeldBody() { budget_.large_bytes_ -= held_; }
  HeldBody(const HeldBody&) = delete;
  HeldBody& operator=(const HeldBody&) = delete;

  /// The body is so long by now. False: all large ones together are too long.
  bool Grow(std::size_t bytes) {
    if (bytes <= budget_.small_bytes_ || bytes <= held_) return true;
    const std::size_t all = budget_.large_bytes_ += bytes - held_;
    held_ = bytes;
    return all <= budget_.large_bytes_max_;
  }

 private:
  BodyBudget& budget_;
  std::size_t held_ = 0;
};

}  // namespace tram
