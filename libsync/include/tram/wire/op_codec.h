// Canonical bytes of ops, and their compact form in stores and messages.
//
// Canonical: minimal varints, strict bools, sorted unique lists, no maps, no pointers, a depth
// limit, every size checked against the bytes that remain before anything is allocated, no trailing
// bytes. Decode then encode gives the same bytes, or it is refused. Format and a worked example:
// libsync/docs/wire-format.md.
// Compact: how ops stand in stores: without the device, ids as references and what follows from the
// entry before (IdCoder); what is not understood stands as canonical bytes. Messages have columns
// (messages.h).
// Threads: pure functions.
#pragma once

#include <optional>

#include "tram/base/ids.h"
#include "tram/model/op.h"

namespace tram {

/// What the app checks before it encodes what a person typed: edits sorted by field, then element,
/// no field twice but for sets, texts UTF-8 without zero bytes, every limit.
/// Errors: invalid (names the field and what to do).
Status CheckEdits(const std::vector<Edit>& edits);
/// The size of EncodeOp's result; at most kOpBytesMax, or others refuse the op.
std::size_t CanonicalBytes(const Op& op);

/// Needs parents sorted, unique, at most kParentsMax.
Bytes EncodeOp(const Op& op);
/// Errors: invalid (not canonical, too large, or cut). Any format's envelope is decoded; the body
/// is not looked at.
Result<Op> DecodeOp(ByteView canonical);

/// Needs CheckEdits(body.edits).
Bytes EncodeBody(const OpBody& body);
/// Errors: invalid | too_new (`format` is not kOpFormat).
Result<OpBody> DecodeBody(std::uint32_t format, ByteView body);

/// What sealing authenticates: the op's canonical bytes as if it had no sealed blob.
/// Needs op.body to be ignored: the body is taken from `body`.
Bytes ClearPart(const Op& op, const OpBody& body);

/// The edits inside a sealed blob, before sealing. First byte: the text codec's number
/// (0: UTF-8; 1: syllable bytes, where that is shorter).
/// Needs CheckEdits(edits).
Bytes EncodeSealedEdits(const std::vector<Edit>& edits);
/// Errors: invalid | too_new (a text codec that is not known here).
Result<std::vector<Edit>> DecodeSealedEdits(ByteView plain);

/// Turns ids into short references and back. A reference is one or two varints; what they mean is
/// the coder's own affair.
class IdCoder {
 public:
  struct Reference {
    std::uint64_t base = 0;      // 0 is reserved: it means "the full id follows"
    std::uint64_t distance = 0;  // present iff HasDistance(base)
  };
  virtual ~IdCoder() = default;
  /// Of the entry before in the same feed; the compact form counts on from it, and sets it.
  HybridTime time_before;
  virtual bool HasDistance(std::uint64_t base) const = 0;
  /// Nothing: the full id is written.
  virtual std::optional<Reference> Refer(const OpId& id) = 0;
  /// Nothing: not held here; decoding then fails with not_found.
  virtual std::optional<OpId> Resolve(const Reference& reference) = 0;
};

/// Compact form; the device is left out. Both need `coder.time_before`, and leave this op's
/// time there.
Bytes EncodeCompactOp(const Op& op, IdCoder& coder);
/// Reads one op from the front of `input` and moves it on.
/// Errors: invalid | not_found (a reference does not resolve).
Result<Op> DecodeCompactOp(ByteView& input, const DeviceId& device, IdCoder& coder);

}  // namespace tram
