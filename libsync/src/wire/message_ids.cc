// Ids inside a message, and the ops of its pieces.
#include "tram/base/hash.h"
#include "tram/base/limits.h"
#include "tram/wire/messages.h"
#include "wire/archive.h"
#include "wire/op_columns.h"

namespace tram {
namespace {

// The base of a reference: 0 the full id (IdCoder), 2n the op n places back in the message,
// 2n + 1 the n-th base of the message with a distance back from it.
std::uint64_t EarlierOp(std::size_t back) { return 2 * std::uint64_t{back}; }
std::uint64_t BaseNumber(std::size_t place) { return 2 * std::uint64_t{place} + 1; }

}  // namespace

MessageIds::MessageIds(std::vector<Chain> bases, Locate locate, Lookup lookup)
    : bases_(std::move(bases)),
      locate_(std::move(locate)),
      lookup_(std::move(lookup)),
      columns_(std::make_unique<wire::OpColumns>()) {}
MessageIds::MessageIds(MessageIds&&) noexcept = default;
MessageIds::~MessageIds() = default;

void MessageIds::Add(const OpId& id) {
  positions_.emplace(id, ops_.size());
  ops_.push_back(id);
}

void MessageIds::Skip(std::size_t ops) { ops_.resize(ops_.size() + ops); }

void MessageIds::DropFrom(std::size_t size) {
  for (std::size_t i = size; i < ops_.size(); ++i) {
    if (!ops_[i]) continue;  // did not resolve
    auto found = positions_.find(*ops_[i]);
    if (found != positions_.end() && found->second == i) positions_.erase(found);
  }
  ops_.resize(size);
}

bool MessageIds::HasDistance(std::uint64_t base) const { return base % 2 == 1; }

std::optional<IdCoder::Reference> MessageIds::Refer(const OpId& id) {
  auto found = positions_.find(id);
  if (found != positions_.end()) return Reference{EarlierOp(ops_.size() - found->second), 0};
  std::optional<Position> position;
  if (locate_) position = locate_(id);
  if (!position) return std::nullopt;
  for (std::size_t i = 0; i < bases_.size(); ++i) {
    if (bases_[i] == position->leaf) return Reference{BaseNumber(i), position->back};
  }
  return std::nullopt;
}

std::optional<OpId> MessageIds::Resolve(const Reference& reference) {
  const std::uint64_t number = reference.base / 2;
  if (HasDistance(reference.base)) {
    if (number >= bases_.size() || !lookup_) return std::nullopt;
    return lookup_({bases_[static_cast<std::size_t>(number)], reference.distance});
  }
  if (number == 0 || number > ops_.size()) return std::nullopt;
  return ops_[ops_.size() - static_cast<std::size_t>(number)];
}

Bytes PackOps(const UnitId& unit, const std::vector<Op>& ops, MessageIds& ids,
              const SeedOf& seed_of) {
  Bytes coded, raw;
  wire::OpCoder coder(*ids.columns_, ids, coded, raw);
  for (const Op& op : ops) {
    const OpId id = OpIdOf(unit, EncodeOp(op));
    coder.Put({op, seed_of && !op.record ? seed_of(RecordOf(id)) : std::nullopt});
    ids.Add(id);
  }
  coder.Finish();
  Bytes bytes;
  wire::CanonicalOutput output(bytes);
  output.PutBlob(coded);
  output.PutRaw(raw);
  return bytes;
}

Result<UnpackedOps> UnpackOps(const UnitId& unit, const PackedPiece& piece, MessageIds& ids) {
  const std::size_t before = ids.ops_.size();
  bool resolved = true;
  auto unpacked = wire::AtDecodeEdge("a piece", [&] {
    if (ids.columns_->broken) {
      throw wire::DecodeFailure{ErrorCode::kNotFound, "a piece before it cannot be read"};
    }
    ids.columns_->broken = true;  // until it is read to its end
    wire::CanonicalInput input(piece.ops);
    const ByteView coded = input.TakeBlob(kMessageBytesMax);
    wire::OpCoder coder(*ids.columns_, ids, coded, input.rest());
    UnpackedOps taken;
    for (std::uint32_t i = 0; i < piece.op_count; ++i) {
      std::optional<wire::ColumnOp> op = coder.Take(piece.feed.device);
      resolved = resolved && op;
      if (!op) {
        ids.Skip(1);
        continue;
      }
      const OpId id = OpIdOf(unit, EncodeOp(op->op));
      ids.Add(id);
      if (op->seed) {
        taken.seeds.push_back(
            {KeyEntry::Kind::kSeed, ToBytes(id.view()), ToBytes(op->seed->view())});
      }
      taken.ops.push_back(std::move(op->op));
    }
    coder.Finish();
    ids.columns_->broken = false;
    if (!resolved) {
      throw wire::DecodeFailure{ErrorCode::kNotFound, "a reference to an op does not resolve"};
    }
    return taken;
  });
  if (!unpacked) {
    ids.DropFrom(before);
    ids.Skip(piece.op_count);
  }
  return unpacked;
}

}  // namespace tram
