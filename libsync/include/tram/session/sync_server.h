// The server's side of a sync: one request in, one reply out, nothing remembered but the log.
// Rules: the protocol's rules 11–20. Threads: one thread owns the log.
#pragma once

#include "tram/crypto/sign.h"
#include "tram/session/replica.h"

namespace tram {

struct Answer {
  Bytes reply;
  std::size_t new_ops = 0;
  std::size_t served_ops = 0;
  std::vector<Refusal> refusals;  // of pieces that were not taken
  HybridTime device_time;         // the sender's clock, as it said
};

/// Takes a request and makes its reply. The caller commits the log before it sends the reply, and
/// drops the log where the commit fails.
/// Needs `sender` to be whom PeekSender's prefix names.
/// Errors: invalid | too_new | denied (not a member, or a wrong signature; nothing was taken).
Result<Answer> AnswerRequest(Replica& replica, const SigningKey& server, ByteView request,
                             const MessageTarget& target, const DeviceId& sender, Clock& clock);

}  // namespace tram
