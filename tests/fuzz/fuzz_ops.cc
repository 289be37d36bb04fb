#include "tests/fuzz/fuzz_ops.h"

#include <set>

#include "tram/base/hash.h"
#include "tram/base/limits.h"
#include "tram/crypto/membership.h"
#include "tram/wire/op_codec.h"

namespace tram::fuzz {
namespace {

constexpr std::size_t kMadeEditsMax = 12, kMadeParentsMax = 6, kMadePiecesMax = 6, kMadeOpsMax = 6;
constexpr std::size_t kRepeatMax = 48;
const char* const kTexts[] = {
    "", "trạm y tế", "Khách hàng không sử dụng ma túy.", "2026-11-21", "#7", "'", "\n"};

template <class IdType>
IdType AnyId(FuzzInput& input) {
  IdType id;
  const std::uint8_t byte = input.Byte();
  std::fill(id.data(), id.data() + IdType::kSize, byte);
  return id;
}

OpId TakeOpId(FuzzInput& input, const KnownIds& ids) {
  if (ids.ops.empty() || input.Below(8) == 7) return AnyId<OpId>(input);
  return input.One(ids.ops);
}

Value TakeValue(FuzzInput& input, const KnownIds& ids) {
  switch (input.Below(8)) {
    case 0:
      return Value();
    case 1:
      return Value(input.Flag());
    case 2:
      return Value(static_cast<std::int64_t>(input.Number()));
    case 3:
      return Value(Decimal{static_cast<std::int64_t>(input.Number()),
                           static_cast<std::uint8_t>(input.Below(kDecimalScaleMax + 1))});
    case 4: {
      const auto days = static_cast<std::int32_t>(input.Below(1u << 16));
      return Value(Date{input.Flag() ? days : input.Flag() ? kDateDaysMin : kDateDaysMax});
    }
    case 5:
      return Value(std::string(kTexts[input.Below(std::size(kTexts))]));
    case 6:
      return Value(Code{input.Byte()});
    default:
      return Value(RecordOf(TakeOpId(input, ids)));
  }
}

/// Where a piece begins: after what is held, after what the message brings, or nowhere.
Chain TakePrevious(FuzzInput& input, const FeedId& feed, const KnownIds& ids) {
  const std::size_t choice = input.Below(4);
  if (choice == 0) return FirstChain(World::One().unit(), feed);
  return choice == 1 ? AnyId<Chain>(input) : input.One(ids.chains);
}

FeedId TakeFeed(FuzzInput& input) {
  const World& world = World::One();
  switch (input.Below(4)) {
    case 0:
      return {world.key(1 + input.Below(4)).id(), input.Byte()};
    case 1:
      return {world.server_key().id(), input.Byte()};
    default:
      return input.One(world.feeds());
  }
}

}  // namespace

KnownIds IdsOf(const OpLog& log) {
  KnownIds ids;
  for (EntryNumber n = 1; n <= log.size(); ++n) {
    ids.ops.push_back(log.entry(n).op);
    ids.chains.push_back(log.entry(n).chain);
  }
  return ids;
}

std::vector<Edit> TakeEdits(FuzzInput& input, const KnownIds& ids) {
  std::vector<Edit> edits;
  std::set<std::uint32_t> fields;
  for (std::size_t count = input.Below(kMadeEditsMax); count > 0; --count) {
    const std::size_t choice = input.Below(16);
    const auto field = static_cast<std::uint32_t>(choice < 5 ? choice + 1 : choice + 11);
    if (!fields.insert(field).second) continue;
    if (input.Below(4) != 0) {
      edits.push_back({field, TakeValue(input, ids)});
      continue;
    }
    std::set<std::uint32_t> elements;  // a set
    for (std::size_t n = 1 + input.Below(3); n > 0; --n) {
      const std::uint32_t element = input.Byte();
      if (!elements.insert(element).second) continue;
      edits.push_back({field, input.Flag() ? Value(AddCode{element}) : Value(RemoveCode{element})});
    }
  }
  const auto element = [](const Edit& edit) -> std::uint32_t {
    if (const auto* add = std::get_if<AddCode>(&edit.value)) return add->number;
    const auto* remove = std::get_if<RemoveCode>(&edit.value);
    return remove == nullptr ? 0 : remove->number;
  };
  std::sort(edits.begin(), edits.end(), [&](const Edit& a, const Edit& b) {
    return std::pair(a.field, element(a)) < std::pair(b.field, element(b));
  });
  return edits;
}

Op TakeOp(FuzzInput& input, const DeviceId& device, const KnownIds& ids) {
  Op op;
  op.device = device;
  op.time.ms = input.Flag() ? StillClock().WallMs() - input.Byte() * 1000
                            : static_cast<std::int64_t>(input.Number());
  if (input.Flag()) op.record = RecordOf(TakeOpId(input, ids));
  for (std::size_t n = input.Below(kMadeParentsMax); n > 0; --n) {
    op.parents.push_back(TakeOpId(input, ids));
  }
  std::sort(op.parents.begin(), op.parents.end());
  op.parents.erase(std::unique(op.parents.begin(), op.parents.end()), op.parents.end());
  if (input.Below(4) == 0) {
    op.format = input.Flag() ? kOpFormat : input.Byte();
    op.body = ToBytes(input.Blob());
    return op;
  }
  OpBody body;
  body.type = input.Flag() ? 16 + static_cast<std::uint32_t>(input.Below(5)) : input.Byte();
  if (input.Flag()) body.nonce = input.Number();
  if (input.Flag()) body.author = RecordOf(TakeOpId(input, ids));
  body.edits = TakeEdits(input, ids);
  if (input.Flag()) body.sealed = ToBytes(input.Take(24));
  op.body = EncodeBody(body);
  return op;
}

std::vector<PackedPiece> TakePieces(FuzzInput& input, const OpLog& log, MessageIds& message) {
  KnownIds ids = IdsOf(log);
  std::vector<PackedPiece> pieces;
  for (std::size_t count = input.Below(kMadePiecesMax); count > 0; --count) {
    PackedPiece piece;
    piece.feed = TakeFeed(input);
    piece.follows = input.Below(4) == 0 && !pieces.empty() && pieces.back().feed == piece.feed;
    if (piece.follows) {
      piece.first_seq = pieces.back().first_seq + pieces.back().op_count;
    } else {
      piece.previous = TakePrevious(input, piece.feed, ids);
      const auto held = log.FindChain(piece.previous);
      piece.first_seq = held ? log.entry(*held).seq + 1 : 1;
      if (input.Below(8) == 7) piece.first_seq = 1 + input.Byte();
    }
    std::vector<Op> ops;
    for (std::size_t n = 1 + input.Below(kMadeOpsMax); n > 0; --n) {
      ops.push_back(
          TakeOp(input, input.Below(8) == 7 ? World::One().key(4).id() : piece.feed.device, ids));
    }
    for (std::size_t again = input.Flag() ? input.Below(kRepeatMax) : 0; again > 0; --again) {
      ops.push_back(ops.front());
      ops.back().time.ms = static_cast<std::int64_t>(again);
    }
    for (Op& op : ops) op.device = piece.feed.device;
    piece.op_count = static_cast<std::uint32_t>(ops.size());
    const std::size_t seed = input.Byte();
    piece.ops = PackOps(World::One().unit(), ops, message, [&](const RecordId&) {
      return seed % 2 == 0 ? std::optional<Seed>() : Seed::From(Bytes(Seed::kSize, seed & 0xff));
    });
    for (const Op& op : ops) ids.ops.push_back(OpIdOf(World::One().unit(), EncodeOp(op)));
    if (input.Below(4) != 0) piece.checkpoint.emplace();
    if (piece.checkpoint) {
      piece.checkpoint->leaf = {piece.feed, piece.first_seq + piece.op_count - 1, {}};
      piece.checkpoint->time.ms = static_cast<std::int64_t>(input.Byte());
    }
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

std::vector<KeyEntry> TakeKeys(FuzzInput& input, const KnownIds& ids) {
  using Kind = KeyEntry::Kind;
  std::vector<KeyEntry> keys;
  for (std::size_t count = input.Below(5); count > 0; --count) {
    switch (input.Below(6)) {
      case 0:
        keys.push_back(
            {Kind::kSeed, ToBytes(TakeOpId(input, ids).view()), Bytes(Seed::kSize, input.Byte())});
        break;
      case 1:
        keys.push_back({Kind::kTombstone, ToBytes(TakeOpId(input, ids).view()), {}});
        break;
      case 2:
        keys.push_back({Kind::kWrap, Bytes(1 + input.Below(64), input.Byte()),
                        Bytes(1 + input.Below(256), input.Byte())});
        break;
      case 3:
        keys.push_back(World::One().invited());
        break;
      case 4:
        keys.push_back(EnrolDevice(World::One().unit(), World::One().key(4).id(), {1},
                                   World::One().key(input.Below(5))));
        break;
      default:
        keys.push_back({Kind::kMember, ToBytes(AnyId<DeviceId>(input).view()),
                        Bytes(1 + input.Below(220), input.Byte())});
    }
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

Bytes TakeRequest(FuzzInput& input, const MessageTarget& target, const OpLog& log) {
  const World& world = World::One();
  const KnownIds ids = IdsOf(log);
  Request request;
  const std::size_t sender = input.Below(2);
  RequestBody& body = request.body;
  body.nonce = AnyId<Nonce>(input);
  body.keys_digest = input.Flag() ? log.DigestOfKeys() : AnyId<KeysDigest>(input);
  body.keys = TakeKeys(input, ids);
  body.all_keys = input.Flag();
  body.more = input.Flag();
  body.round = input.Byte();
  body.unlisted = AnyId<LeavesDigest>(input);
  for (std::size_t n = input.Below(4); n > 0; --n) body.bases.push_back(input.One(ids.chains));
  for (std::size_t n = input.Below(5); n > 0; --n) {
    const std::size_t entry = input.Below(log.size());
    Leaf leaf = log.LeafAt(static_cast<EntryNumber>(entry + 1));
    if (input.Below(4) == 3) leaf = {TakeFeed(input), input.Number() >> 17, AnyId<Chain>(input)};
    body.leaves.push_back({leaf, {}});
    for (std::size_t s = input.Below(4); s > 0; --s) {
      body.leaves.back().samples.push_back(input.One(ids.chains));
    }
  }
  std::sort(body.leaves.begin(), body.leaves.end(),
            [](const auto& a, const auto& b) { return a.leaf < b.leaf; });
  body.leaves.erase(std::unique(body.leaves.begin(), body.leaves.end(),
                                [](const auto& a, const auto& b) { return a.leaf == b.leaf; }),
                    body.leaves.end());
  auto locate = [&](const OpId& id) -> std::optional<MessageIds::Position> {
    for (const Chain& base : body.bases) {
      const EntryNumber leaf = log.FindChain(base).value_or(0);
      for (EntryNumber n = leaf; n != 0; n = log.entry(n).previous) {
        if (log.entry(n).op == id) return {{base, log.entry(leaf).seq - log.entry(n).seq}};
      }
    }
    return std::nullopt;
  };
  MessageIds message(body.bases, locate, nullptr);
  body.pieces = TakePieces(input, log, message);
  RequestHeader& header = request.header;
  header.leaf = {world.feeds()[sender], 0, FirstChain(world.unit(), world.feeds()[sender])};
  if (input.Flag()) header.leaf = log.LeavesOf(world.feeds()[sender]).front();
  header.device = header.leaf.feed.device;
  header.time.ms = static_cast<std::int64_t>(input.Number());
  return Resigned(std::move(request), target, log);
}

}  // namespace tram::fuzz
