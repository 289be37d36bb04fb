// Moments to kill a program at: at once, after a time, or when bytes pass.
// Threads: KillSwitch: any. KillTimer: one, and it uses another.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

namespace tram::test {

/// kill -9 of one process that was alive when this was made, however late: its number may be
/// another one's by then.
class KillSwitch {
 public:
  explicit KillSwitch(pid_t pid);
  ~KillSwitch();
  KillSwitch(const KillSwitch&) = delete;
  KillSwitch& operator=(const KillSwitch&) = delete;

  void Kill();
  bool used() const { return used_; }

 private:
  int process_;
  std::atomic<bool> used_ = false;
};

/// Uses the switch after a time, unless it goes away before.
class KillTimer {
 public:
  KillTimer(KillSwitch& at, std::chrono::milliseconds after)
      : thread_([this, &at, after](const std::stop_token& stop) {
          std::unique_lock lock(mutex_);
          changed_.wait_for(lock, stop, after, [] { return false; });
          if (!stop.stop_requested()) at.Kill();
        }) {}

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::jthread thread_;  // last: it uses the rest
};

}  // namespace tram::test
