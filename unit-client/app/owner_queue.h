// OwnerQueue: short tasks for the one thread that owns the device.
// Threads: Call() from any thread but the owner; Run() on the owner; the others from any.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace tram::client {

class OwnerQueue {
 public:
  /// Runs `task` on the owner's thread and waits. False: the queue is closed and it was not run.
  bool Call(const std::function<void()>& task);
  /// The same without waiting. False: the queue is closed. A task that waits when it closes is
  /// destroyed without being run.
  bool Post(std::function<void()> task);
  /// Runs tasks until Close(), and `tick` about every `every` in between. A task that waits then is
  /// not run.
  void Run(std::chrono::milliseconds every, const std::function<void()>& tick);
  /// From any thread, the owner's too.
  void Close();

 private:
  struct Waiting {
    std::function<void()> task;
    enum class State { kWaiting, kRunning, kDone, kDropped } state = State::kWaiting;
  };
  std::shared_ptr<Waiting> Take(std::unique_lock<std::mutex>& lock,
                                std::chrono::steady_clock::time_point until);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Waiting>> tasks_;
  bool closed_ = false;
};

}  // namespace tram::client
