// Serving: the listener, the owner's thread and the control socket, until a stop signal.
#pragma once

#include "cli/command_line.h"

namespace tram::server {

/// Returns after SIGTERM or SIGINT, when all running requests are answered. Logs on stderr.
/// Errors: not_found (no server there) | exists (another process holds it, or the port is taken) |
/// invalid | denied | corrupt | io.
Status Serve(const std::filesystem::path& folder, const ServeOptions& options, Clock& clock,
             Random& random);

}  // namespace tram::server
