// Bundles, as a server and a device read them: as they are, with their messages signed anew, and
// made from decisions; and the server's answers.
#include "tests/fuzz/fuzz_ops.h"
#include "tests/fuzz/fuzz_target.h"
#include "tram/base/limits.h"
#include "tram/session/bundle.h"

namespace tram::fuzz {
namespace {

constexpr std::size_t kMadeMessagesMax = 3;
const MessageTarget kTarget{kFileMethod, "bundle"};

Bytes HeadOf(BundleHead::Kind kind, const DeviceId& sender) {
  Bytes head{static_cast<std::uint8_t>(kind)};
  Extend(head, World::One().unit().view());
  Extend(head, sender.view());
  return head;
}

/// Each message that can be read, signed anew for whoever the head says.
Bytes ResignedBundle(ByteView file, const OpLog& log) {
  auto messages = DecodeBundle(file);
  const auto head = ReadBundleHead(file);
  if (!messages || !head) return ToBytes(file);
  for (std::size_t i = 1; i < messages->size(); ++i) {
    auto request = DecodeRequest((*messages)[i], kTarget, head->sender);
    if (request) (*messages)[i] = Resigned(std::move(*request), kTarget, log);
  }
  return EncodeBundle(*messages);
}

Bytes MadeBundle(FuzzInput& input, const OpLog& log) {
  std::vector<Bytes> messages;
  DeviceId sender = World::One().key(1).id();
  for (std::size_t n = 1 + input.Below(kMadeMessagesMax); n > 0; --n) {
    messages.push_back(TakeRequest(input, kTarget, log));
    if (input.Below(8) == 7) messages.back()[messages.back().size() / 2] ^= input.Byte();
    if (PeekSender(messages.back()).value_or(DevicePrefix{}) ==
        PrefixOf(World::One().key(2).id())) {
      sender = World::One().key(2).id();
    }
  }
  messages.insert(messages.begin(), HeadOf(BundleHead::Kind::kOps, sender));
  return EncodeBundle(messages);
}

Bytes FileOf(FuzzInput& input, const OpLog& log) {
  switch (input.Below(3)) {
    case 0:
      return ToBytes(input.Rest());
    case 1:
      return ResignedBundle(input.Rest(), log);
    default:
      return MadeBundle(input, log);
  }
}

void PromiseUnchanged(Machine& machine, const LogState& before) {
  Promise(StateOf(machine) == before && machine.log().rejected().empty(),
          "a refused bundle changes nothing");
}

void ReadOnServer(ByteView file, Machine& server) {
  const World& world = World::One();
  const LogState before = StateOf(server);
  const auto taken = ReadBundle(server.replica(), nullptr, file);
  if (!taken) {
    PromiseUnchanged(server, before);
    return;
  }
  PromiseSound(server, world.unit());
  const auto answer = AnswerBundle(server.replica(), world.server_key(), file, server.clock());
  if (!answer) return;
  Promise(ReadBundleHead(*answer).has_value(), "the server's answer is a bundle");
  Machine device = world.Device();
  (void)ReadAnswer(device.client(), Nonce{}, *answer);
  PromiseSound(device, world.unit());
}

void ReadOnDevice(ByteView file, Machine& device) {
  const World& world = World::One();
  const LogState before = StateOf(device);
  const auto taken = ReadBundle(device.replica(), &device.own(), file);
  if (!taken) {
    PromiseUnchanged(device, before);
    return;
  }
  for (EntryNumber n = before.size + 1; n <= device.log().size(); ++n) {
    Promise(device.log().feed(device.log().entry(n).feed) != device.own().id(),
            "nobody else's entries are on the feed that this device writes next");
  }
  PromiseSound(device, world.unit());
}

}  // namespace

void FuzzBundle(ByteView bytes) {
  const World& world = World::One();
  FuzzInput input(bytes);
  Machine server = world.Server();
  Machine device = world.Device();
  const Bytes file = FileOf(input, server.log());
  ReadOnServer(file, server);
  ReadOnDevice(file, device);
  Machine answered = world.Device();
  const LogState before = StateOf(answered);
  const Status read = ReadAnswer(answered.client(), Nonce{}, file);
  if (!read && read.error().code != ErrorCode::kDenied) PromiseUnchanged(answered, before);
}

}  // namespace tram::fuzz
