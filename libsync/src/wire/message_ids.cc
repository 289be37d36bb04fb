// Ids inside a message, and pieces as rows.
#include "tram/base/hash.h"
#include "tram/base/limits.h"
#include "tram/wire/messages.h"
#include "wire/archive.h"
#include "wire/compact_op.h"

namespace tram {
namespace {

constexpr std::uint8_t kRows = 1;  // how a piece's ops are laid out; columns may come later

// The base of a reference: 0 the full id (IdCoder), 2n the op n places back in the message,
// 2n + 1 the n-th base of the message with a distance back from it.
std::uint64_t EarlierOp(std::size_t back) { return 2 * std::uint64_t{back}; }
std::uint64_t BaseNumber(std::size_t place) { return 2 * std::uint64_t{place} + 1; }

}  // namespace

MessageIds::MessageIds(std::vector<Chain> bases, Locate locate, Lookup lookup)
    : bases_(std::move(bases)), locate_(std::move(locate)), lookup_(std::move(lookup)) {}

void MessageIds::Add(const OpId& id) {
  positions_.emplace(id, ops_.size());
  ops_.push_back(id);
}

void MessageIds::Skip(std::size_t ops) { ops_.resize(ops_.size() + ops); }

void MessageIds::DropFrom(std::size_t size) {
  for (std::size_t i = size; i < ops_.size(); ++i) {
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

Bytes PackOps(const UnitId& unit, const std::vector<Op>& ops, MessageIds& ids) {
  Bytes bytes{kRows};
  wire::CanonicalOutput output(bytes);
  HybridTime previous;
  for (const Op& op : ops) {
    wire::PutCompactOp(output, op, ids, previous);
    previous = op.time;
    ids.Add(OpIdOf(unit, EncodeOp(op)));
  }
  return bytes;
}

Result<std::vector<Op>> UnpackOps(const UnitId& unit, const PackedPiece& piece, MessageIds& ids) {
  const std::size_t before = ids.ops_.size();
  auto ops = wire::AtDecodeEdge("a piece", [&] {
    wire::CanonicalInput input(piece.ops);
    const std::uint8_t layout = input.TakeByte();
    if (layout != kRows) {
      throw wire::DecodeFailure{ErrorCode::kTooNew, "its layout is " + std::to_string(layout)};
    }
    if (piece.op_count > input.rest().size() / wire::kCompactOpBytesMin) {
      wire::Refuse("it has fewer ops than it says");
    }
    std::vector<Op> taken;
    taken.reserve(piece.op_count);
    HybridTime previous;
    for (std::uint32_t i = 0; i < piece.op_count; ++i) {
      taken.push_back(wire::TakeCompactOp(input, piece.feed.device, ids, previous));
      previous = taken.back().time;
      ids.Add(OpIdOf(unit, EncodeOp(taken.back())));
    }
    input.ExpectEnd();
    return taken;
  });
  if (!ops) {
    ids.DropFrom(before);
    ids.Skip(piece.op_count);
  }
  return ops;
}

}  // namespace tram
