#include "tests/fault/kill/kill_moment.h"

#include <signal.h>
#include <unistd.h>

extern "C" {  // this version's header does not say so itself
#include <sys/pidfd.h>
}

#include "tram/base/assert.h"

namespace tram::test {

KillSwitch::KillSwitch(pid_t pid) : process_(::pidfd_open(pid, 0)) { TRAM_ASSERT(process_ >= 0); }

KillSwitch::~KillSwitch() { ::close(process_); }

void KillSwitch::Kill() {
  used_ = true;
  ::pidfd_send_signal(process_, SIGKILL, nullptr, 0);
}

}  // namespace tram::test
