// Opens sealed blobs with the unit key and the seeds of the log's key table.
#pragma once

#include <unordered_map>

#include "tram/crypto/seal.h"
#include "tram/log/op_log.h"
#include "tram/view/unit_view.h"

namespace tram {

class KeyUnsealer : public Unsealer {
 public:
  KeyUnsealer(const OpLog& log, SecretKey unit_key);

  Result<Bytes> Open(const std::optional<RecordId>& root, ByteView clear_part,
                     ByteView sealed) override;
  /// The key under which records of `root` (nothing: the unit's own) are sealed.
  /// Errors: not_found (its seed is not here yet) | denied (it was erased).
  Result<const SecretKey*> KeyOf(const std::optional<RecordId>& root);
  /// The key of a person whose record is just being made.
  SecretKey KeyOfSeed(const Seed& seed) const { return DeriveClientKey(unit_key_, seed); }
  const SecretKey& unit_key() const { return unit_key_; }

 private:
  const OpLog& log_;
  SecretKey unit_key_;
  SecretKey unit_records_;
  std::unordered_map<RecordId, SecretKey> keys_;
};

}  // namespace tram
