// Owner: the one thread that owns all logs, views and tables. Everything else sends it work.
//
// A running server has an OwnerThread: syncs first, in groups; then other work, one piece at a
// time; then, when nothing waits, figures. A command that runs by itself has a DirectOwner.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "rollup/worker.h"
#include "tram/web/http.h"

namespace tram::server {

class Owner {
 public:
  using Work = std::function<Status(ServerState& state, RollupWorker& worker)>;
  virtual ~Owner() = default;
  /// Runs `work` on the owning thread and waits for it. From any thread but the owning one.
  /// Errors: those of `work` | io (the database is out of order) | overloaded (the server is
  /// stopping).
  virtual Status Do(const Work& work) = 0;
};

class DirectOwner : public Owner {
 public:
  explicit DirectOwner(ServerState& state) : state_(state), worker_(state) {}
  Status Do(const Work& work) override;

 private:
  ServerState& state_;
  RollupWorker worker_;
};

inline constexpr std::size_t kSyncsWaitingMax = 2048;
/// With nothing to do, the worker looks this often whether a month has ended.
inline constexpr int kIdleSeconds = 20;

class OwnerThread : public Owner {
 public:
  explicit OwnerThread(ServerState& state);
  ~OwnerThread() override;  // stops
  OwnerThread(const OwnerThread&) = delete;
  OwnerThread& operator=(const OwnerThread&) = delete;

  /// The body of a sync request; `respond` is called once it is durable or refused.
  void Sync(std::string body, Respond respond);
  /// Runs `work` later. False: the server is stopping, and it will not run.
  bool Post(std::function<void()> work);
  Status Do(const Work& work) override;
  /// On the owner's thread only.
  const RollupWorker& worker() const { return worker_; }
  /// Finishes what waits, then ends the thread.
  void Stop();

 private:
  struct SyncJob {
    std::string body;
    Respond respond;
    Stopwatch waiting;
  };
  void Run();
  void NoteWaiting();  // with the mutex held
  void AnswerSyncs(std::deque<SyncJob> jobs);
  bool StepFigures();

  ServerState& state_;
  RollupWorker worker_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<SyncJob> syncs_;
  std::deque<std::function<void()>> work_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace tram::server
