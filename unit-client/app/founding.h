// init and invite: how an installation begins.
//
// The device key of an enrolment is kept in DIR/enrolment until the unit is there: where the reply
// is lost on the way, the same command asks again as the same device.
// Threads: init: any; invite: the thread that owns the device.
#pragma once

#include <string>

#include "app/verb.h"

namespace tram::client {

struct InitOptions {
  std::string server;  // URL
  std::string invite;  // an invitation's file; "" enrols with a one-time code
  std::string code_file, ca_file;
};
struct InviteOptions {
  std::string file;
  int hours = 72;
};

/// Errors: exists (there is a unit here, or the unit has devices already) | denied (wrong or used
/// code) | invalid | disconnected | outcome_unknown | io.
Status InitUnit(FolderCall& call, const InitOptions& options);
Status InviteDevice(Call& call, const InviteOptions& options);

}  // namespace tram::client
