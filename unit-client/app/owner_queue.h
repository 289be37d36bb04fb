// OwnerQueue: short tasks for the one thread that owns the device.
// Threads: Call() from any thread but the owner; Run() on the owner.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>

namespace tram::client {

class OwnerQueue {
 public:
  /// Runs `task` on the owner's thread and waits. False: the queue is closed and it was not run.
  bool Call(const std::function<void()>& task);
  /// Runs tasks until Close(). A task that waits then is not run.
  void Run();
  /// From any thread, the owner's too.
  void Close();

 private:
  struct Waiting {
    const std::function<void()>* task;
    enum class State { kWaiting, kRunning, kDone, kDropped } state = State::kWaiting;
  };
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Waiting*> tasks_;
  bool closed_ = false;
};

}  // namespace tram::client
