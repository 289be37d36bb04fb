// SecretWork: passwords are checked and hashed away from the owner's thread, which serves devices:
// each takes a tenth of a second or more, on purpose. One at a time, a bounded number waits.
// Threads: Post and Stop from any thread; `then` is called on the thread inside.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace tram::server {

struct SecretWork {
  std::string password;
  /// What it is compared with; "" compares it with nothing, in the same time.
  std::string hash;
  bool compare = true;  // false: it is hashed instead
};

struct SecretResult {
  bool matches = false;
  std::string hash;  // "": it could not be chosen (CheckPassword), or there was no memory
};

inline constexpr std::size_t kSecretsWaitingMax = 64;

class SecretThread {
 public:
  SecretThread() : thread_([this] { Run(); }) {}
  ~SecretThread() { Stop(); }
  SecretThread(const SecretThread&) = delete;
  SecretThread& operator=(const SecretThread&) = delete;

  using Then = std::function<void(SecretResult)>;
  /// False: too many wait, or it stops; `then` is not called.
  bool Post(SecretWork work, Then then);
  /// Finishes the one under way; what waits is dropped.
  void Stop();

 private:
  void Run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::pair<SecretWork, Then>> work_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace tram::server
