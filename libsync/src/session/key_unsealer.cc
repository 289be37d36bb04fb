#include "session/key_unsealer.h"

namespace tram {

KeyUnsealer::KeyUnsealer(const OpLog& log, SecretKey unit_key)
    : log_(log),
      unit_key_(std::move(unit_key)),
      unit_records_(DeriveClientKey(unit_key_, UnitSeed())) {}

Result<const SecretKey*> KeyUnsealer::KeyOf(const std::optional<RecordId>& root) {
  if (!root) return &unit_records_;
  if (log_.FindKey(KeyEntry::Kind::kTombstone, root->view()) != nullptr) {
    keys_.erase(*root);
    return MakeError(ErrorCode::kDenied, "this person's file was erased");
  }
  if (auto found = keys_.find(*root); found != keys_.end()) return &found->second;
  const KeyEntry* seed = log_.FindKey(KeyEntry::Kind::kSeed, root->view());
  if (seed == nullptr) {
    return MakeError(ErrorCode::kNotFound, "this person's seed is not here yet; sync again");
  }
  auto [place, added] = keys_.emplace(*root, DeriveClientKey(unit_key_, Seed::From(seed->value)));
  return &place->second;
}

Result<Bytes> KeyUnsealer::Open(const std::optional<RecordId>& root, ByteView clear_part,
                                ByteView sealed) {
  TRAM_ASSIGN(const SecretKey* key, KeyOf(root));
  return Unseal(*key, log_.unit(), clear_part, sealed);
}

}  // namespace tram
