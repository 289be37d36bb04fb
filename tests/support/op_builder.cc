#include "tests/support/op_builder.h"

#include <algorithm>

#include "tram/base/hash.h"
#include "tram/wire/op_codec.h"

namespace tram {
namespace {

constexpr std::int64_t kStepMs = 60'000;

}  // namespace

UnitId TestUnit() {
  UnitId unit;
  std::fill_n(unit.data(), UnitId::kSize, std::uint8_t{7});
  return unit;
}

DeviceId TestDevice(std::uint8_t number) {
  DeviceId device;
  std::fill_n(device.data(), DeviceId::kSize, number);
  return device;
}

TestKeys::TestKeys(const UnitId& unit)
    : unit_(unit), unit_key_(SecretKey::From(Bytes(SecretKey::kSize, 42))) {}

Seed TestKeys::NewSeed() {
  const Digest digest = Blake2b160({}, {AsBytes("test seed"), ByteView(&++last_seed_, 1)});
  return Seed::From(digest.view().first(Seed::kSize));
}

Seed TestKeys::SeedOf(const std::optional<RecordId>& root) const {
  return root ? seeds_.at(*root) : UnitSeed();
}

Bytes TestKeys::SealWith(const Seed& seed, ByteView clear_part, ByteView plain) const {
  return Seal(DeriveClientKey(unit_key_, seed), unit_, clear_part, plain);
}

Result<Bytes> TestKeys::Open(const std::optional<RecordId>& root, ByteView clear_part,
                             ByteView sealed) {
  if (root && (absent.contains(*root) || !seeds_.contains(*root))) {
    return MakeError(ErrorCode::kNotFound, "no seed for " + root->Hex());
  }
  TRAM_ASSIGN(Bytes plain,
              Unseal(DeriveClientKey(unit_key_, SeedOf(root)), unit_, clear_part, sealed));
  ++opened;
  return plain;
}

OpBuilder::OpBuilder(const UnitId& unit, const DeviceId& device, TestKeys* keys)
    : unit_(unit), device_(device), keys_(keys) {}

ViewEntry OpBuilder::Create(OpDraft draft) { return Build(std::nullopt, std::move(draft)); }

ViewEntry OpBuilder::Change(const RecordId& record, OpDraft draft) {
  return Build(record, std::move(draft));
}

ViewEntry OpBuilder::Entry(Op op) const {
  const OpId id = OpIdOf(unit_, EncodeOp(op));
  return {id, std::move(op)};
}

ViewEntry OpBuilder::Build(const std::optional<RecordId>& record, OpDraft draft) {
  Op op;
  op.device = device_;
  op.record = record;
  op.parents = std::move(draft.parents);
  std::sort(op.parents.begin(), op.parents.end());
  time_ms_ += kStepMs;
  op.time.ms = draft.time_ms.value_or(time_ms_);

  OpBody body;
  body.author = draft.author;
  body.type = draft.type;
  if (!record) body.nonce = ++nonce_;
  body.edits = std::move(draft.clear);
  std::sort(body.edits.begin(), body.edits.end());
  std::optional<Seed> own_seed;
  if (draft.person) own_seed = keys_->NewSeed();
  if (!draft.sealed.empty()) {
    std::sort(draft.sealed.begin(), draft.sealed.end());
    body.sealed = keys_->SealWith(own_seed ? *own_seed : keys_->SeedOf(draft.root),
                                  ClearPart(op, body), EncodeSealedEdits(draft.sealed));
  }
  op.body = EncodeBody(body);
  ViewEntry entry = Entry(std::move(op));
  if (own_seed) keys_->Assign(RecordOf(entry.id), *own_seed);
  return entry;
}

}  // namespace tram
