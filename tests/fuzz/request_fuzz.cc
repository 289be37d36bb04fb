// Requests, as a server that holds the unit gets them: as they are; read, and signed anew after
// they were damaged; and made from decisions.
#include "tests/fuzz/fuzz_ops.h"
#include "tests/fuzz/fuzz_target.h"
#include "tram/base/limits.h"
#include "tram/session/enrolment.h"
#include "tram/session/sync_server.h"

namespace tram::fuzz {
namespace {

const MessageTarget kTarget{"POST", kSyncPath};

DeviceId SenderOf(ByteView message) {
  const World& world = World::One();
  const auto prefix = PeekSender(message);
  for (std::size_t i = 1; prefix && i <= 4; ++i) {
    if (PrefixOf(world.key(i).id()) == *prefix) return world.key(i).id();
  }
  return world.key(1).id();
}

Bytes MessageOf(FuzzInput& input, const OpLog& log) {
  const std::size_t way = input.Below(3);
  if (way == 2) return TakeRequest(input, kTarget, log);
  const Bytes message = ToBytes(input.Rest());
  if (way == 0) return message;
  auto request = DecodeRequest(message, kTarget, SenderOf(message));
  return request ? Resigned(std::move(*request), kTarget, log) : message;
}

}  // namespace

void FuzzRequest(ByteView bytes) {
  const World& world = World::One();
  Machine server = world.Server();
  FuzzInput input(bytes);
  const Bytes message = MessageOf(input, server.log());
  const DeviceId sender = SenderOf(message);
  const LogState before = StateOf(server);
  const auto answer =
      AnswerRequest(server.replica(), world.server_key(), message, kTarget, sender, server.clock());
  if (!answer) {
    Promise(StateOf(server) == before && server.log().rejected().empty(),
            "a refused request changes nothing");
    return;
  }
  Promise(answer->reply.size() <= kMessageBytesMax, "a reply is no larger than a message may be");
  Promise(server.log().size() == before.size + answer->new_ops, "every new op is counted");
  PromiseSound(server, world.unit());
  const auto again =
      AnswerRequest(server.replica(), world.server_key(), message, kTarget, sender, server.clock());
  Promise(again.has_value(), "what was taken once can be sent again");
}

}  // namespace tram::fuzz
