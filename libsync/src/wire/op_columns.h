// The ops of a message as columns: each part of an op (its type, a field's presence, its kind, its
// value …) is written with the statistics of that part alone, over all ops of the message. What
// cannot be made shorter (sealed bytes, seeds, random numbers) stands apart, as it is.
// Format: libsync/docs/wire-format.md. Threads: an OpColumns belongs to one message.
#pragma once

#include <optional>

#include "tram/wire/op_codec.h"
#include "wire/archive.h"
#include "wire/bit_coder.h"

namespace tram::wire {

/// An op of a piece, and what travels with it.
struct ColumnOp {
  Op op;
  std::optional<Seed> seed;  // of the person whom it creates
};

/// What the ops of a message so far have shown; the same on both sides.
struct OpColumns {
  BitModels models;
  std::uint32_t type = 0;
  HybridTime time;
  std::optional<OpId> author;       // nothing: there was none, or it did not resolve
  std::size_t canonical_bytes = 0;  // of all ops so far
  /// A piece could not be read: what follows in the message has no meaning.
  bool broken = false;
};

/// Writes or reads the ops of one piece, one after the other.
class OpCoder {
 public:
  /// Appends to `coded` and `raw`, which must outlive the coder.
  OpCoder(OpColumns& columns, IdCoder& ids, Bytes& coded, Bytes& raw);
  /// Reads what was written; the bytes must outlive the coder.
  OpCoder(OpColumns& columns, IdCoder& ids, ByteView coded, ByteView raw);

  /// Needs an op within every limit.
  void Put(const ColumnOp& op);
  /// Nothing: a reference in it does not resolve; what follows can be read all the same.
  /// Throws DecodeFailure.
  std::optional<ColumnOp> Take(const DeviceId& device);
  /// Writing: the last bytes. Reading: throws DecodeFailure where bytes are left.
  void Finish();

 private:
  void CodeOp(ColumnOp& op);
  void CodeOpaque(Op& op);
  void CodeBody(Op& op, OpBody& body);
  void CodeEnvelope(Op& op, Context place);
  void CodeParents(Op& op, Context place);
  void CodeNonce(std::uint64_t& nonce);
  void CodeAuthor(std::optional<RecordId>& author, Context place);
  void CodeEdits(std::vector<Edit>& edits, Context place);
  void CodeValue(Value& value, Context place);
  void CodeText(std::string& text, Context place);
  void CodeSealed(Bytes& sealed, Context place);
  void CodeId(OpId& id, Context place);
  void CodeRaw(Bytes& bytes, std::size_t size);
  template <class Number>
  void CodeNumber(Number& number, Context context);
  /// Throws where the op would be larger than it may be: nothing grows on a promise.
  void Spend(std::size_t bytes);

  OpColumns& columns_;
  IdCoder& ids_;
  BitCoder bits_;
  Bytes* raw_to_ = nullptr;
  ByteView raw_from_;
  bool unresolved_ = false;  // in the op that is read
  std::size_t spent_ = 0;    // by the op that is read
};

}  // namespace tram::wire
