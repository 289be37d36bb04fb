// An adaptive binary arithmetic coder: each decision costs what it surprises, given how the same
// decision went before in this message. Widely known (Witten, Neal, Cleary 1987); the carryless
// 32-bit form is that of Mahoney's lpaq.
//
// A decision is named by a Context (which column, and what is known there) and a node. Statistics
// lie in a table of fixed size: what a peer sends cannot make it grow, and two contexts that share
// a slot cost bytes, never correctness.
// Format: libsync/docs/wire-format.md. Threads: a coder belongs to one call.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "tram/base/bytes.h"

namespace tram::wire {

/// A column of a message and what is known there, as 64 mixed bits.
using Context = std::uint64_t;
Context ContextOf(std::uint64_t column, std::uint64_t a = 0, std::uint64_t b = 0,
                  std::uint64_t c = 0);

/// What a message has shown so far; the same on both sides after each decision.
class BitModels {
 public:
  struct Slot {
    std::uint32_t one : 22;   // probability that the bit is 1, in 1/2^22
    std::uint32_t seen : 10;  // decisions, up to a limit
  };
  BitModels();
  Slot& At(Context context, std::uint32_t node);

 private:
  std::vector<Slot> slots_;  // all zero at first
};

/// Writes or reads; one function then describes both directions. Each function returns the value
/// that was written or read; what is passed in is ignored while reading.
class BitCoder {
 public:
  /// Appends to `to`, which must outlive the coder.
  BitCoder(BitModels& models, Bytes& to) : models_(models), to_(&to) {}
  /// `from` must outlive the coder.
  BitCoder(BitModels& models, ByteView from);
  bool reads() const { return to_ == nullptr; }

  bool Bit(Context context, bool bit) { return Decide(context, 0, bit, kEven); }
  /// A number below 2^width, highest bit first, each given those above it. width <= 16.
  std::uint32_t Tree(Context context, int width, std::uint32_t value);
  /// Any number: how many bits it has, then those.
  std::uint64_t Number(Context context, std::uint64_t value);
  std::int64_t Signed(Context context, std::int64_t value);
  /// Writing: the last bytes. Reading: throws DecodeFailure where bytes are left.
  void Finish();

 private:
  static constexpr std::uint16_t kEven = 1 << 15;
  /// Throws DecodeFailure where the bytes ended long ago.
  bool Decide(Context context, std::uint32_t node, bool bit, std::uint16_t at_first);
  bool Split(std::uint32_t one, bool bit);

  BitModels& models_;
  Bytes* to_ = nullptr;
  ByteView from_;
  std::size_t taken_ = 0;
  std::uint32_t low_ = 0, high_ = 0xffffffff, code_ = 0;
};

}  // namespace tram::wire
