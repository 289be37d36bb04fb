// HttpService: the server's one Handle(Request) → Response, with no socket inside.
//   GET  /healthz   "ok", for supervisors
//   POST /enrol     a device becomes a member (session/enrolment.h)
//   POST /s         a sync (session/sync_server.h)
//   anything else   the pages (web/front.h)
// Threads: Handle from any thread, several at once; it passes the work to the owner and returns.
#pragma once

#include <atomic>

#include "app/enrolment_desk.h"
#include "app/owner.h"
#include "tram/web/http.h"

namespace tram::server {

class HttpService {
 public:
  HttpService(OwnerThread& owner, ServerState& state) : owner_(owner), desk_(state) {}
  void Handle(HttpRequest request, Respond respond);
  /// What answers the rest, as long as it is set; it must outlive this.
  void SetPages(const Handler* pages) { pages_ = pages; }

 private:
  void Enrol(HttpRequest request, const Respond& respond);

  OwnerThread& owner_;
  EnrolmentDesk desk_;  // used on the owner's thread only
  std::atomic<const Handler*> pages_ = nullptr;
};

}  // namespace tram::server
