#include "app/owner.h"

#include <chrono>
#include <future>

#include "app/sync_group.h"
#include "watch/event_log.h"

namespace tram::server {

Status DirectOwner::Do(const Work& work) {
  TRAM_TRY(state_.EnsureUsable());
  return work(state_, worker_);
}

OwnerThread::OwnerThread(ServerState& state) : state_(state), worker_(state) {
  thread_ = std::thread([this] { Run(); });
}

OwnerThread::~OwnerThread() { Stop(); }

void OwnerThread::Sync(std::string body, Respond respond) {
  {
    std::lock_guard lock(mutex_);
    if (!stopping_ && syncs_.size() < kSyncsWaitingMax) {
      syncs_.push_back({std::move(body), std::move(respond), Stopwatch()});
      NoteWaiting();
      wake_.notify_one();
      return;
    }
  }
  respond(ComeBackLater("the server has too much to do just now; nothing was taken: try again"));
}

bool OwnerThread::Post(std::function<void()> work) {
  std::lock_guard lock(mutex_);
  if (stopping_) return false;
  work_.push_back(std::move(work));
  NoteWaiting();
  wake_.notify_one();
  return true;
}

void OwnerThread::NoteWaiting() { state_.metrics().Waiting(syncs_.size(), work_.size()); }

Status OwnerThread::Do(const Work& work) {
  std::promise<Status> promise;
  std::future<Status> done = promise.get_future();
  const bool posted = Post([&] {
    Status usable = state_.EnsureUsable();
    promise.set_value(usable ? work(state_, worker_) : usable);
  });
  if (!posted) {
    return MakeError(ErrorCode::kOverloaded, "the server is stopping: try again when it is gone");
  }
  return done.get();
}

void OwnerThread::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void OwnerThread::Run() {
  bool figures_wait = true;
  std::unique_lock lock(mutex_);
  for (;;) {
    auto something = [this] { return stopping_ || !syncs_.empty() || !work_.empty(); };
    if (!figures_wait && !wake_.wait_for(lock, std::chrono::seconds(kIdleSeconds), something)) {
      figures_wait = true;
    }
    if (syncs_.empty() && work_.empty()) {
      if (stopping_) return;
      if (!figures_wait) continue;
      lock.unlock();
      figures_wait = StepFigures();
      lock.lock();
      continue;
    }
    figures_wait = true;
    std::deque<SyncJob> group;
    while (!syncs_.empty() && group.size() < kGroupMax) {
      group.push_back(std::move(syncs_.front()));
      syncs_.pop_front();
    }
    std::function<void()> work;
    if (!work_.empty()) {
      work = std::move(work_.front());
      work_.pop_front();
    }
    NoteWaiting();
    lock.unlock();
    if (!group.empty()) AnswerSyncs(std::move(group));
    if (work) work();
    lock.lock();
  }
}

void OwnerThread::AnswerSyncs(std::deque<SyncJob> jobs) {
  std::vector<std::string> bodies;
  bodies.reserve(jobs.size());
  for (SyncJob& job : jobs) {
    bodies.push_back(std::move(job.body));
    state_.metrics().Waited(job.waiting.Seconds());
  }
  std::vector<HttpResponse> responses = AnswerGroup(state_, bodies);
  for (std::size_t i = 0; i < jobs.size(); ++i) jobs[i].respond(std::move(responses[i]));
}

bool OwnerThread::StepFigures() {
  const Stopwatch watch;
  Result<bool> step = [&]() -> Result<bool> {
    TRAM_TRY(state_.EnsureUsable());
    return worker_.Step();
  }();
  if (!step) {
    state_.metrics().RollupFailed();
    LogEvent(LogLevel::kError, "figures_failed", {{"why", step.error().message}});
  } else if (*step) {
    state_.metrics().RolledUp(watch.Seconds());
  }
  return step && *step;
}

}  // namespace tram::server
