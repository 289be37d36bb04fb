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
  if (!work.compare) {
    result.hash = HashPassword(work.password).value_or("");
  } else if (work.hash.empty()) {
    result.matches = IsPassword(work.password, NobodysHash()) && false;
  } else {
    result.matches = IsPassword(work.password, work.hash);
  }
  sodium_memzero(work.password.data(), work.password.size());
  return result;
}

}  // namespace

bool SecretThread::Post(SecretWork work, Then then) {
  const std::lock_guard lock(mutex_);
  if (stopping_ || work_.size() >= kSecretsWaitingMax) return false;
  work_.emplace_back(std::move(work), std::move(then));
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
    wake_.wait(lock, [this] { return stopping_ || !work_.empty(); });
    if (stopping_) return;
    auto [work, then] = std::move(work_.front());
    work_.pop_front();
    lock.unlock();
    then(Do(work));
  }
}

}  // namespace tram::server
