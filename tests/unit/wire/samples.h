// Ops and messages that the tests of wire/ share; every id in them is made from a number.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string_view>
#include <vector>

#include "tram/base/bytes.h"
#include "tram/base/hash.h"
#include "tram/wire/op_codec.h"

namespace tram {

/// Needs valid hexadecimal text.
inline Bytes Hex(std::string_view text) { return FromHex(text).value(); }
inline Bytes operator+(Bytes left, ByteView right) {
  Extend(left, right);
  return left;
}

/// Ascending with the number, which is below 65,536; not compressible, as real ids.
template <class IdType>
IdType NumberedId(std::uint64_t number) {
  Bytes bytes = {static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
  while (bytes.size() < IdType::kSize) Extend(bytes, Blake2b160({}, {bytes}).view());
  return IdType::From(ByteView(bytes).first(IdType::kSize));
}

inline UnitId UnitSample() { return NumberedId<UnitId>(1); }
inline DeviceId DeviceSample() { return NumberedId<DeviceId>(2); }

/// One edit of every kind, in order.
inline OpBody EveryKindBody() {
  OpBody body;
  body.author = NumberedId<RecordId>(7);
  body.type = 17;
  body.nonce = 0x0123456789abcdef;
  body.edits = {{1, NumberedId<RecordId>(8)},
                {16, std::monostate{}},
                {17, false},
                {18, true},
                {19, std::int64_t{-5}},
                {20, Decimal{250, 2}},
                {21, DateOf(2026, 11, 21)},
                {40, std::string("trạm y tế")},
                {41, Code{3}},
                {42, AddCode{1}},
                {42, RemoveCode{2}},
                {300, AddCode{200}}};
  body.sealed = Hex("00112233445566778899aabbccddeeff0011223344556677");
  return body;
}

inline Op CreatingOpSample() {
  Op op;
  op.device = DeviceSample();
  op.time.ms = 1795305600000;  // 2026-11-22
  op.body = EncodeBody(EveryKindBody());
  return op;
}

inline Op ChangingOpSample() {
  Op op = CreatingOpSample();
  op.record = NumberedId<RecordId>(9);
  op.parents = {NumberedId<OpId>(9), NumberedId<OpId>(10)};
  OpBody body = EveryKindBody();
  body.nonce.reset();
  op.body = EncodeBody(body);
  return op;
}

/// Calls `take` with the bytes, each byte changed in four ways.
inline void ForEachDamage(const Bytes& bytes, const std::function<void(const Bytes&)>& take) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (std::uint8_t change : {0x01, 0x02, 0x80, 0xff}) {
      Bytes damaged = bytes;
      damaged[i] ^= change;
      take(damaged);
    }
  }
}

/// Ids by their place in a table: odd bases have a distance that is added to the place.
class TableCoder : public IdCoder {
 public:
  /// Every id in the op, so that the others refer to it.
  void Hold(const Op& op) {
    if (op.record) ids_.push_back(CreatingOp(*op.record));
    for (const OpId& parent : op.parents) {
      if (!Place(parent)) ids_.push_back(parent);
    }
    auto body = DecodeBody(op.format, op.body);
    if (body && body->author) ids_.push_back(CreatingOp(*body->author));
  }
  void Reverse() { std::reverse(ids_.begin(), ids_.end()); }
  void MakeAllEqual() { std::fill(ids_.begin(), ids_.end(), ids_[0]); }

  bool HasDistance(std::uint64_t base) const override { return base % 2 == 1; }
  std::optional<Reference> Refer(const OpId& id) override {
    auto place = Place(id);
    if (!place) return std::nullopt;
    if (*place % 2 == 0) return Reference{*place + 2, 0};
    return Reference{1, *place};
  }
  std::optional<OpId> Resolve(const Reference& reference) override {
    std::uint64_t place = HasDistance(reference.base) ? reference.distance : reference.base - 2;
    if (place >= ids_.size()) return std::nullopt;
    return ids_[place];
  }

 private:
  std::optional<std::uint64_t> Place(const OpId& id) const {
    auto found = std::find(ids_.begin(), ids_.end(), id);
    if (found == ids_.end()) return std::nullopt;
    return static_cast<std::uint64_t>(found - ids_.begin());
  }
  std::vector<OpId> ids_;
};

}  // namespace tram
