#include "app/owner_queue.h"

namespace tram::client {

bool OwnerQueue::Call(const std::function<void()>& task) {
  Waiting waiting{&task};
  std::unique_lock lock(mutex_);
  if (closed_) return false;
  tasks_.push_back(&waiting);
  changed_.notify_all();
  changed_.wait(lock, [&] {
    return waiting.state == Waiting::State::kDone || waiting.state == Waiting::State::kDropped;
  });
  return waiting.state == Waiting::State::kDone;
}

void OwnerQueue::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return closed_ || !tasks_.empty(); });
    if (closed_) return;
    Waiting* next = tasks_.front();
    tasks_.pop_front();
    next->state = Waiting::State::kRunning;
    lock.unlock();
    (*next->task)();
    lock.lock();
    next->state = Waiting::State::kDone;
    changed_.notify_all();
  }
}

void OwnerQueue::Close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  for (Waiting* waiting : tasks_) waiting->state = Waiting::State::kDropped;
  tasks_.clear();
  changed_.notify_all();
}

}  // namespace tram::client
