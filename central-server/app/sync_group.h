// Syncs that wait together are answered together: one transaction for all, so that one sync of the
// disk serves many units. Replies are handed out only after its commit.
// Threads: the owner's.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "storage/server_state.h"
#include "tram/web/http.h"

namespace tram::server {

/// Requests answered with one transaction at most.
inline constexpr std::size_t kGroupMax = 64;

/// One response for each request body, in order. A request that is refused does not disturb the
/// others. Where the commit fails nothing was taken: every response says so (503), and what was in
/// memory of the units is forgotten.
std::vector<HttpResponse> AnswerGroup(ServerState& state, std::span<const std::string> bodies);

/// 503 that asks to come back.
HttpResponse ComeBackLater(const std::string& why);

}  // namespace tram::server
