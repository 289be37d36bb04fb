// Whose record a worker's record is that was just made: what its person writes from then on carries
// its name.
// Threads: the thread that owns the device.
#pragma once

#include <optional>
#include <string>

#include "web/page.h"

namespace tram::client {

/// In the address that a linked record is shown at.
inline constexpr char kLinkedQuery[] = "linked";

/// After a new record was saved. Where it is a worker's and one person who signs in with that very
/// name has no record yet, it is his from now on; where that is not sure and whoever saved it has
/// none himself, he is asked. Gives the page that says so; nothing: there is nothing to say.
/// Errors: those of SetWorker.
Result<std::optional<std::string>> AfterNewWorker(PageCall& page, const Saved& saved);

}  // namespace tram::client
