// Watching the server: what every request adds to the metrics and the log, and the page that shows
// the metrics.
// Threads: the handlers from any thread, several at once.
#pragma once

#include <atomic>
#include <string_view>

#include "app/owner.h"
#include "tram/web/http.h"

namespace tram::server {

/// "sync", "enrol", "health" or "other": a metric's label never is a path as it was sent.
std::string_view RouteOf(std::string_view path);

/// `handler`, with each answer counted and logged. `metrics` must outlive it.
Handler Watched(Handler handler, ServerMetrics& metrics);

/// What the metrics say of the store and the caches. On the owner's thread.
/// Errors: io | corrupt.
Result<StateFigures> CollectFigures(ServerState& state, const RollupWorker& worker);

/// GET /metrics. Asks the owner for fresh figures; while an earlier page still waits for them, what
/// was known last is given at once: a server that hangs still says how much waits.
class MetricsPage {
 public:
  MetricsPage(OwnerThread& owner, ServerState& state) : owner_(owner), state_(state) {}
  void Handle(const HttpRequest& request, Respond respond);

 private:
  OwnerThread& owner_;
  ServerState& state_;
  std::atomic<bool> asked_ = false;
};

}  // namespace tram::server
