// OpBuilder: ops for tests, with real ids, canonical bodies and sealed blobs, and no signatures.
// TestKeys: the seeds and the sealing that go with it.
// Threads: one test.
#pragma once

#include <map>
#include <set>

#include "tram/crypto/seal.h"
#include "tram/view/unit_view.h"

namespace tram {

UnitId TestUnit();
DeviceId TestDevice(std::uint8_t number);

/// A unit key, and a seed for every person. Seeds can be made absent and come back.
class TestKeys : public Unsealer {
 public:
  explicit TestKeys(const UnitId& unit);

  /// A seed for a person whose id is not known before his creating op is sealed.
  Seed NewSeed();
  void Assign(const RecordId& person, const Seed& seed) { seeds_[person] = seed; }
  Seed SeedOf(const std::optional<RecordId>& root) const;  // needs the seed to be there
  Bytes SealWith(const Seed& seed, ByteView clear_part, ByteView plain) const;
  Result<Bytes> Open(const std::optional<RecordId>& root, ByteView clear_part,
                     ByteView sealed) override;

  std::set<RecordId> absent;  // persons whose seed is not here
  std::size_t opened = 0;     // how many blobs Open has opened

 private:
  UnitId unit_;
  SecretKey unit_key_;
  std::map<RecordId, Seed> seeds_;
  std::uint8_t last_seed_ = 0;
};

/// What a test says of an op; the builder adds the rest.
struct OpDraft {
  std::uint32_t type = 0;
  std::vector<Edit> clear = {};
  std::vector<Edit> sealed = {};
  std::vector<OpId> parents = {};
  std::optional<RecordId> root = std::nullopt;  // under whom `sealed` is sealed
  bool person = false;                          // creates a person: sealed under a seed of its own
  std::optional<RecordId> author = std::nullopt;
  std::optional<std::int64_t> time_ms = std::nullopt;  // else later than the builder's last op
};

class OpBuilder {
 public:
  /// `keys` must outlive the builder; without them no draft may have sealed edits.
  OpBuilder(const UnitId& unit, const DeviceId& device, TestKeys* keys = nullptr);

  /// A creating op; its record is RecordOf(id).
  ViewEntry Create(OpDraft draft);
  ViewEntry Change(const RecordId& record, OpDraft draft);
  /// The id that the op has now: for tests that spoil an op on purpose.
  ViewEntry Entry(Op op) const;

 private:
  ViewEntry Build(const std::optional<RecordId>& record, OpDraft draft);

  UnitId unit_;
  DeviceId device_;
  TestKeys* keys_;
  std::uint64_t nonce_ = 0;
  std::int64_t time_ms_ = 1'700'000'000'000;  // 2023-11-14
};

}  // namespace tram
