// status: where this unit stands, at one look, without the passphrase.
// Threads: the thread that owns the device.
#pragma once

#include "app/verb.h"

namespace tram::client {

/// The document of `status --json`.
Json UnitStatus(Call& call);
Status ShowStatus(Call& call);

}  // namespace tram::client
