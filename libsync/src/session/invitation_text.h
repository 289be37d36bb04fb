// What an invitation holds once its code has opened it. Threads: pure functions.
#pragma once

#include <string_view>

#include "tram/session/unit_device.h"

namespace tram {

/// Errors: denied (expired) | invalid.
Result<Founding> ReadInvitationText(std::string_view text, Clock& clock, Random& random);

}  // namespace tram
