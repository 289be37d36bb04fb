#include "auth/secret_work.h"

#include <sodium.h>

#include "tram/crypto/password.h"

namespace tram::server {
namespace {

/// Of a password that nobody has: who asks for a name that is not there waits as long as others.
const std::string& NobodysHash() {
  static const std::string hash = HashPassword("nobody signs in with this").value_or("");
  return hash;
}

SecretResult Do(SecretWork& work) {
  SecretResult result;
  result.compared = work.compare;
  if (!work.compare) {
    result.hash = HashPassword(work.password).value_or("");
  } else if (work.hash.empty()) {
    IsPassword(work.password, NobodysHash());  // for the time that it takes
  } else {
    result.matches = IsPassword(work.password, work.hash);
    result.hash = std::move(work.hash);
  }
  sodium_memzero(work.password.data(), work.password.size());
  return result;
}

}  // namespace

bool SecretThread::HasRoomLocked(bool known) const {
  if (stopping_) return false;
  return known ? known_.size() < kKnownWaitingMax : strangers_.size() < kStrangersWaitingMax;
}

bool SecretThread::HasRoom(bool known) const {
  const std::lock_guard lock(mutex_);
  return HasRoomLocked(known);
}

bool SecretThread::Post(SecretWork work, Then then) {
  const std::lock_guard lock(mutex_);
  if (!HasRoomLocked(work.known)) return false;
  Queue& queue = work.known ? known_ : strangers_;
  queue.emplace_back(std::move(work), std::move(then));
  wake_.notify_one();
  return true;
}

void SecretThread::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void SecretThread::Run() {
  NobodysHash();
  for (;;) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return stopping_ || !known_.empty() || !strangers_.empty(); });
    if (stopping_) return;
    Queue& queue = known_.empty() ? strangers_ : known_;
    auto [work, then] = std::move(queue.front());
    queue.pop_front();
    lock.unlock();
    SecretResult result = Do(work);
    ++done_;
    then(std::move(result));
  }
}

}  // namespace tram::server
