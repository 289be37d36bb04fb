// SecretWork: passwords are checked and hashed away from the owner's thread, which serves devices:
// each takes a tenth of a second or more, on purpose. One at a time, a bounded number waits; who is
// known goes before strangers, so that their guessing does not hold him up.
// Threads: Post, HasRoom, done and Stop from any thread; `then` is called on the thread inside.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
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
  bool known = false;   // who asks has signed in before, from this browser
};

struct SecretResult {
  bool matches = false;
  bool compared = true;  // false: it was hashed
  /// What it was compared with, or the new one; "": it could not be chosen (CheckPassword), or
  /// there was no memory.
  std::string hash;
};

inline constexpr std::size_t kKnownWaitingMax = 64;
inline constexpr std::size_t kStrangersWaitingMax = 16;

class SecretThread {
 public:
  SecretThread() : thread_([this] { Run(); }) {}
  ~SecretThread() { Stop(); }
  SecretThread(const SecretThread&) = delete;
  SecretThread& operator=(const SecretThread&) = delete;

  using Then = std::function<void(SecretResult)>;
  /// False: too many wait, or it stops; `then` is not called.
  bool Post(SecretWork work, Then then);
  /// Whether one more would be taken now.
  bool HasRoom(bool known) const;
  /// How many were compared or hashed since the start.
  std::uint64_t done() const { return done_; }
  /// Finishes the one under way; what waits is dropped.
  void Stop();

 private:
  using Queue = std::deque<std::pair<SecretWork, Then>>;
  bool HasRoomLocked(bool known) const;
  void Run();

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  Queue known_, strangers_;
  bool stopping_ = false;
  std::atomic<std::uint64_t> done_ = 0;
  std::thread thread_;  // last: it uses what stands above
};

}  // namespace tram::server
