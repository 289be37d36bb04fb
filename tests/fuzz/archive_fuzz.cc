// The wire's archives over a span: what is read gives the same bytes when it is written, or it is
// refused.
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/fuzz_world.h"
#include "tests/unit/wire/samples.h"
#include "tram/base/limits.h"
#include "tram/session/bundle.h"
#include "tram/session/enrolment.h"
#include "tram/wire/op_codec.h"

namespace tram::fuzz {
namespace {

/// References into a table of ids; odd bases have a distance.
class TableIds : public IdCoder {
 public:
  bool HasDistance(std::uint64_t base) const override { return base % 2 == 1; }
  std::optional<Reference> Refer(const OpId& id) override {
    const std::uint8_t place = id.data()[0];
    for (std::uint8_t byte : id.view()) {
      if (byte != place || place >= kIds) return std::nullopt;
    }
    if (place % 2 == 1) return Reference{1, place};
    return Reference{place + std::uint64_t{2}, 0};
  }
  std::optional<OpId> Resolve(const Reference& reference) override {
    const std::uint64_t place =
        HasDistance(reference.base) ? reference.distance : reference.base - 2;
    if (place >= kIds) return std::nullopt;
    OpId id;
    std::fill_n(id.data(), OpId::kSize, static_cast<std::uint8_t>(place));
    return id;
  }

 private:
  static constexpr std::uint8_t kIds = 100;
};

void TryOp(ByteView bytes) {
  const auto op = DecodeOp(bytes);
  if (!op) return;
  Promise(std::ranges::equal(EncodeOp(*op), bytes), "an op has one form");
  Promise(CanonicalBytes(*op) == bytes.size() && bytes.size() <= kOpBytesMax,
          "an op's size is known");
  const auto body = DecodeBody(op->format, op->body);
  if (!body) return;
  Promise(EncodeBody(*body) == op->body, "a body has one form");
  Promise(ClearPart(*op, *body).size() <= bytes.size(), "the clear part is a part");
}

void TryBody(ByteView bytes) {
  const auto body = DecodeBody(kOpFormat, bytes);
  if (!body) return;
  Promise(std::ranges::equal(EncodeBody(*body), bytes), "a body has one form");
  Promise(CheckEdits(body->edits).has_value(), "edits that are read may be written");
  for (const Edit& edit : body->edits) (void)ValueText(edit.value);
}

void TrySealedEdits(ByteView bytes) {
  const auto edits = DecodeSealedEdits(bytes);
  if (!edits) return;
  Promise(std::ranges::equal(EncodeSealedEdits(*edits), bytes), "sealed edits have one form");
  Promise(CheckEdits(*edits).has_value(), "sealed edits that are read may be written");
}

// Several compact forms may give one op; the one that is written gives it again.
void TryCompactOp(ByteView bytes) {
  TableIds ids;
  ByteView rest = bytes;
  const DeviceId device = World::One().key(1).id();
  const auto op = DecodeCompactOp(rest, device, ids);
  if (!op) return;
  Promise(rest.size() < bytes.size(), "an op takes bytes");
  TableIds writer, reader;
  const Bytes compact = EncodeCompactOp(*op, writer);
  ByteView again = compact;
  const auto same = DecodeCompactOp(again, device, reader);
  Promise(same && *same == *op && again.empty(), "a compact op gives the op again");
  Promise(writer.time_before == reader.time_before, "both sides count on from the same time");
}

// Whoever the prefix names is the sender.
void TryRequest(ByteView bytes) {
  const auto prefix = PeekSender(bytes);
  if (!prefix) return;
  DeviceId sender;
  std::ranges::copy(prefix->view(), sender.data());
  for (const MessageTarget& target :
       {MessageTarget{"POST", kSyncPath}, MessageTarget{kFileMethod, "bundle"}}) {
    const auto request = DecodeRequest(bytes, target, sender);
    if (!request) return;
    const Bytes again =
        EncodeRequest(request->body, target, request->header.leaf.feed, [&](const Digest& context) {
          Promise(context == request->context, "one context");
          return request->header;
        });
    Promise(std::ranges::equal(again, bytes), "a request has one form");
  }
}

void TryReply(ByteView bytes) {
  const std::vector<Leaf> known{{{DeviceSample(), 0x1122334455667788}, 300, NumberedId<Chain>(300)},
                                {{NumberedId<DeviceId>(3), 77}, 61, NumberedId<Chain>(61)}};
  for (const std::vector<Leaf>& leaves : {known, std::vector<Leaf>{}}) {
    const auto reply = DecodeReply(bytes, leaves);
    if (!reply) continue;
    Promise(std::ranges::equal(EncodeReply(*reply, leaves), bytes), "a reply has one form");
  }
}

void TryBundle(ByteView bytes) {
  const auto messages = DecodeBundle(bytes);
  if (!messages) return;
  Promise(std::ranges::equal(EncodeBundle(*messages), bytes), "a bundle has one form");
  (void)ReadBundleHead(bytes);
}

}  // namespace

void FuzzArchive(ByteView bytes) {
  constexpr void (*kKinds[])(ByteView) = {TryOp,      TryBody,  TrySealedEdits, TryCompactOp,
                                          TryRequest, TryReply, TryBundle};
  FuzzInput input(bytes);
  const std::size_t kind = input.Below(std::size(kKinds));
  kKinds[kind](input.Rest());
}

}  // namespace tram::fuzz
