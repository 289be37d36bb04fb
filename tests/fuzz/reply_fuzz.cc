// Replies, as a device takes them that has a request out: as they are; read, and signed anew after
// they were damaged; and made from decisions.
#include "tests/fuzz/fuzz_ops.h"
#include "tests/fuzz/fuzz_target.h"
#include "tram/base/hash.h"
#include "tram/session/enrolment.h"

namespace tram::fuzz {
namespace {

/// What the request says that is out: the reply is read against its leaves.
struct Out {
  Nonce nonce;
  std::vector<Leaf> leaves;
};

Out SendRequest(Machine& device) {
  const MessageTarget target{"POST", kSyncPath};
  const Bytes message = device.client().NextRequest(target).value();
  const Request request = DecodeRequest(message, target, World::One().key(1).id()).value();
  Out out{request.body.nonce, device.log().Leaves()};
  const Leaf& header = request.header.leaf;
  const bool listed = std::find(out.leaves.begin(), out.leaves.end(), header) != out.leaves.end();
  if (header.seq > 0 && !listed) out.leaves.push_back(header);
  return out;
}

Reply MadeReply(FuzzInput& input, const OpLog& log) {
  const KnownIds ids = IdsOf(log);
  Reply reply;
  reply.time.ms = input.Flag() ? StillClock().WallMs() : static_cast<std::int64_t>(input.Number());
  reply.want_full = input.Flag();
  reply.want_keys = input.Flag();
  reply.more = input.Flag();
  reply.keys = TakeKeys(input, ids);
  if (input.Flag()) reply.keys_digest = log.DigestOfKeys();
  reply.leaves = log.Leaves();
  for (std::size_t n = input.Below(5); n > 0; --n) {
    const Leaf leaf = log.LeafAt(static_cast<EntryNumber>(1 + input.Below(log.size())));
    reply.leaves.push_back(leaf);
    if (input.Flag()) reply.leaves.back().seq += input.Byte();
    if (input.Flag()) reply.leaves.erase(reply.leaves.begin());
  }
  for (std::size_t n = input.Below(4); n > 0; --n) reply.samples.push_back(input.One(ids.chains));
  for (std::size_t n = input.Below(4); n > 0; --n) {
    reply.refusals.push_back({input.One(World::One().feeds()), input.One(ids.chains),
                              static_cast<RefusalReason>(1 + input.Below(7))});
  }
  MessageIds message({}, nullptr, nullptr);
  reply.pieces = TakePieces(input, log, message);
  return reply;
}

Bytes MessageOf(FuzzInput& input, const Out& out, const OpLog& log) {
  const std::size_t way = input.Below(3);
  if (way == 2) return Resigned(MadeReply(input, log), out.leaves, out.nonce, log);
  const Bytes message = ToBytes(input.Rest());
  if (way == 0) return message;
  auto reply = DecodeReply(message, out.leaves);
  return reply ? Resigned(std::move(*reply), out.leaves, out.nonce, log) : message;
}

}  // namespace

void FuzzReply(ByteView bytes) {
  Machine device = World::One().Device();
  const Out out = SendRequest(device);
  FuzzInput input(bytes);
  const Bytes message = MessageOf(input, out, device.log());
  const LogState before = StateOf(device);
  const FeedId own = device.own().id();
  const auto taken = device.client().TakeReply(message);
  const LogState after = StateOf(device);
  if (!taken && taken.error().code != ErrorCode::kDenied) {
    Promise(after == before, "a reply that cannot be read changes nothing");
    return;
  }
  if (!taken) {
    Promise(after.hint == before.hint && after.receipt == before.receipt,
            "hint and receipt come from a signed reply only");
    Promise(after.keys == before.keys || after.size > before.size || after.members > before.members,
            "a reply that nobody signed brings no keys of its own");
  }
  for (EntryNumber n = before.size + 1; n <= after.size; ++n) {
    Promise(device.log().feed(device.log().entry(n).feed) != device.own().id(),
            "nobody else's entries are on the feed that this device writes next");
  }
  PromiseSound(device, World::One().unit());
  const auto next = device.client().NextRequest({"POST", kSyncPath});
  Promise(next.has_value(), "a device can go on after any reply");
  (void)own;
}

}  // namespace tram::fuzz
