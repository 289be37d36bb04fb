// The ops of a message as columns, with the arithmetic coder: bytes as they are, and ops that are
// written and read again.
#include "tests/fuzz/fuzz_ops.h"
#include "tests/fuzz/fuzz_target.h"
#include "tram/base/hash.h"
#include "tram/base/limits.h"
#include "tram/wire/op_codec.h"

namespace tram::fuzz {
namespace {

constexpr std::size_t kPiecesTried = 4;

PackedPiece PieceOf(std::uint32_t ops, Bytes packed) {
  PackedPiece piece;
  piece.feed = World::One().feeds()[0];
  piece.op_count = ops;
  piece.ops = std::move(packed);
  return piece;
}

/// Every second number is an id that is held.
MessageIds Reader() {
  auto lookup = [](const MessageIds::Position& position) -> std::optional<OpId> {
    if (position.back % 2 == 1) return std::nullopt;
    OpId id;
    std::fill_n(id.data(), OpId::kSize, static_cast<std::uint8_t>(position.back));
    return id;
  };
  return MessageIds({Chain{}}, nullptr, lookup);
}

void TryBytes(FuzzInput& input) {
  MessageIds ids = Reader();
  std::size_t canonical = 0;
  for (std::size_t i = 0; i < kPiecesTried && !input.empty(); ++i) {
    const auto count = static_cast<std::uint32_t>(1 + input.Below(kOpsPerBatchMax));
    const bool last = i + 1 == kPiecesTried || input.Flag();
    const Bytes packed = ToBytes(last ? input.Rest() : input.Blob());
    const auto unpacked = UnpackOps(World::One().unit(), PieceOf(count, packed), ids);
    if (!unpacked) continue;
    Promise(unpacked->ops.size() == count, "a piece holds as many ops as it says");
    for (const Op& op : unpacked->ops) canonical += CanonicalBytes(op);
    MessageIds writer({}, nullptr, nullptr), reader({}, nullptr, nullptr);
    const Bytes again = PackOps(World::One().unit(), unpacked->ops, writer, nullptr);
    const auto same = UnpackOps(World::One().unit(), PieceOf(count, again), reader);
    Promise(same && same->ops == unpacked->ops, "ops that were read can be sent on");
  }
  Promise(canonical <= kMessageOpsBytesMax, "a message's ops stay below their limit");
}

void TryOps(FuzzInput& input) {
  const World& world = World::One();
  KnownIds known;
  for (int i = 0; i < 4; ++i) known.ops.push_back(OpId::From(Bytes(OpId::kSize, 2 * i)));
  auto locate = [&](const OpId& id) -> std::optional<MessageIds::Position> {
    const bool held =
        std::find(known.ops.begin(), known.ops.begin() + 4, id) != known.ops.begin() + 4;
    if (!held) return std::nullopt;
    return {{Chain{}, id.data()[0]}};
  };
  MessageIds writer({Chain{}}, locate, nullptr), reader = Reader();
  for (std::size_t pieces = 1 + input.Below(kPiecesTried); pieces > 0; --pieces) {
    std::vector<Op> ops;
    for (std::size_t n = 1 + input.Below(6); n > 0; --n) {
      ops.push_back(TakeOp(input, world.feeds()[0].device, known));
      known.ops.push_back(OpIdOf(world.unit(), EncodeOp(ops.back())));
    }
    const bool seeds = input.Flag();
    const auto seed = [&](const RecordId&) {
      return seeds ? std::optional(Seed::From(Bytes(Seed::kSize, 9))) : std::nullopt;
    };
    const Bytes packed = PackOps(world.unit(), ops, writer, seed);
    const auto read =
        UnpackOps(world.unit(), PieceOf(static_cast<std::uint32_t>(ops.size()), packed), reader);
    Promise(read && read->ops == ops, "ops come out as they went in");
    Promise(seeds || read->seeds.empty(), "no seed comes out that did not go in");
  }
}

}  // namespace

void FuzzColumns(ByteView bytes) {
  FuzzInput input(bytes);
  if (input.Flag()) {
    TryOps(input);
  } else {
    TryBytes(input);
  }
}

}  // namespace tram::fuzz
