// The messages of a sync, read as somebody who has no key could: their ops stand in a message as
// coded columns, in which no text would be found, so a search for texts looks at the decoded ops.
// Threads: pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/recording_proxy.h"
#include "tram/base/ids.h"
#include "tram/base/result.h"

namespace tram::test {

/// What messages held, not coded: canonical bytes of ops, seeds and key entries.
struct DecodedMessages {
  std::size_t messages = 0, ops = 0;
  std::string bytes;
};

struct DecodedWire {
  std::array<DecodedMessages, 2> ways;  // by RecordingProxy::Direction
  /// Connections that ended within a request or before its reply: that message could not be read.
  std::size_t cut = 0;

  const DecodedMessages& operator[](RecordingProxy::Direction direction) const {
    return ways[static_cast<std::size_t>(direction)];
  }
};

/// Every request to kSyncPath and its reply; other requests have no columns and are passed over.
/// `devices` are those that wrote them; no device may leave a leaf unlisted (SyncClient lists eight
/// feeds at least). Errors: invalid (a whole message that cannot be read to its end, of another
/// device, or answered with an error).
Result<DecodedWire> DecodeWire(const std::vector<RecordingProxy::Recording>& connections,
                               const UnitId& unit, const std::vector<DeviceId>& devices);

/// Every message of a bundle. Errors: invalid | too_new.
Result<DecodedMessages> DecodeBundleMessages(std::string_view file);

}  // namespace tram::test
