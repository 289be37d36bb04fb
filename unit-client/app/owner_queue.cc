#include "app/owner_queue.h"

#include <utility>

namespace tram::client {

bool OwnerQueue::Call(const std::function<void()>& task) {
  auto waiting = std::make_shared<Waiting>();
  waiting->task = [&task] { task(); };
  std::unique_lock lock(mutex_);
  if (closed_) return false;
  tasks_.push_back(waiting);
  changed_.notify_all();
  changed_.wait(lock, [&] {
    return waiting->state == Waiting::State::kDone || waiting->state == Waiting::State::kDropped;
  });
  return waiting->state == Waiting::State::kDone;
}

bool OwnerQueue::Post(std::function<void()> task) {
  auto waiting = std::make_shared<Waiting>();
  waiting->task = std::move(task);
  std::lock_guard lock(mutex_);
  if (closed_) return false;
  tasks_.push_back(std::move(waiting));
  changed_.notify_all();
  return true;
}

std::shared_ptr<OwnerQueue::Waiting> OwnerQueue::Take(std::unique_lock<std::mutex>& lock,
                                                      std::chrono::steady_clock::time_point until) {
  changed_.wait_until(lock, until, [&] { return closed_ || !tasks_.empty(); });
  if (closed_ || tasks_.empty()) return nullptr;
  std::shared_ptr<Waiting> next = std::move(tasks_.front());
  tasks_.pop_front();
  next->state = Waiting::State::kRunning;
  return next;
}

void OwnerQueue::Run(std::chrono::milliseconds every, const std::function<void()>& tick) {
  auto due = std::chrono::steady_clock::now() + every;
  std::unique_lock lock(mutex_);
  while (!closed_) {
    if (std::shared_ptr<Waiting> next = Take(lock, due)) {
      lock.unlock();
      next->task();
      next->task = nullptr;  // what it holds may want the mutex when it goes
      lock.lock();
      next->state = Waiting::State::kDone;
      changed_.notify_all();
    }
    if (closed_ || std::chrono::steady_clock::now() < due) continue;
    lock.unlock();
    tick();
    lock.lock();
    due = std::chrono::steady_clock::now() + every;
  }
}

void OwnerQueue::Close() {
  std::deque<std::shared_ptr<Waiting>> dropped;
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
    for (auto& waiting : tasks_) waiting->state = Waiting::State::kDropped;
    dropped.swap(tasks_);
    changed_.notify_all();
  }
}

}  // namespace tram::client
