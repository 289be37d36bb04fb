// Office: what the server's pages share beside its state. Threads: the owner's.
#pragma once

#include "auth/sessions.h"
#include "tram/web/throttle.h"

namespace tram::server {

struct Office {
  explicit Office(Random& random) : sessions(random) {}
  Sessions sessions;
};

}  // namespace tram::server
