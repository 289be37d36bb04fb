#include "app/sync_loop.h"

#include <algorithm>

namespace tram::client {

std::uint64_t SyncLoop::Ask() {
  std::lock_guard lock(mutex_);
  changed_.notify_all();
  return ++asked_;
}

std::optional<SyncOutcome> SyncLoop::Wait(std::uint64_t ticket, std::chrono::milliseconds at_most) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, at_most, [&] { return done_ >= ticket; })) return std::nullopt;
  return last_;
}

std::optional<std::chrono::milliseconds> SyncLoop::NextIn() {
  std::lock_guard lock(mutex_);
  if (running_) return std::nullopt;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(due_ - Steady::now());
  return std::max(left, std::chrono::milliseconds(0));
}

void SyncLoop::NoteWrite() {
  std::lock_guard lock(mutex_);
  if (failing_) return;
  due_ = std::min(due_, Steady::now() + kSettleMs);
  changed_.notify_all();
}

void SyncLoop::Run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const Steady::time_point due = due_;
    changed_.wait_until(lock, stop, due, [&] { return asked_ > done_ || due_ < due; });
    if (stop.stop_requested()) return;
    if (asked_ == done_ && Steady::now() < due_) continue;
    const std::uint64_t asked = asked_;
    due_ = Steady::time_point::max();  // what is written meanwhile brings it forward
    running_ = true;
    lock.unlock();
    SyncOutcome outcome = step_();
    lock.lock();
    running_ = false;
    failing_ = !outcome.Whole();
    auto wait = every_;
    if (failing_) {
      wait = std::chrono::milliseconds(backoff_.NextDelayMs(outcome.retry_after_ms));
      due_ = Steady::time_point::max();
    } else {
      backoff_.Reset();
    }
    due_ = std::min(due_, Steady::now() + wait);
    last_ = std::move(outcome);
    done_ = std::max(done_, asked);
    changed_.notify_all();
  }
}

}  // namespace tram::client
