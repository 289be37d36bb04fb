// The project's cereal archives: canonical bytes to a Bytes, and from a span.
//
// cereal gives the composition (one `serialize` describes both directions); every primitive is
// ours. Minimal varints, strict flags, counts checked against the bytes that remain before anything
// is reserved, a depth limit, no trailing bytes. Only the wrappers below can be archived: plain
// numbers, maps and pointers do not compile. cereal's stock archives and type headers must never be
// included: they allocate what the input says.
// Format: libsync/docs/wire-format.md. Threads: an archive belongs to one call.
#pragma once

#include <cereal/cereal.hpp>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "tram/base/bytes.h"
#include "tram/base/ids.h"
#include "tram/base/result.h"

namespace tram::wire {

/// Lists inside lists; the formats need 3.
inline constexpr int kDepthMax = 8;

/// Private to wire: thrown while reading, caught by AtDecodeEdge and nowhere else.
struct DecodeFailure {
  ErrorCode code = ErrorCode::kInvalid;
  std::string reason;
};
/// Throws DecodeFailure: the bytes are not what the format says.
[[noreturn]] void Refuse(std::string reason);

/// UTF-8 without overlong forms, surrogates and zero bytes.
bool IsText(ByteView bytes);

// Differences of times wrap: any two 64-bit times have one, whatever a peer says.
inline std::int64_t Minus(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
inline std::int64_t Plus(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

class CanonicalOutput : public cereal::OutputArchive<CanonicalOutput> {
 public:
  /// Appends to `to`, which must outlive the archive.
  explicit CanonicalOutput(Bytes& to) : OutputArchive(this), to_(to) {}
  void PutByte(std::uint8_t byte) { to_.push_back(byte); }
  void PutRaw(ByteView bytes) { Extend(to_, bytes); }
  void PutVarint(std::uint64_t value);
  void PutZigZag(std::int64_t value);
  void PutFixed64(std::uint64_t value);
  /// Length, then the bytes.
  void PutBlob(ByteView bytes);

 private:
  Bytes& to_;
};

class CanonicalInput : public cereal::InputArchive<CanonicalInput> {
 public:
  /// `from` must outlive the archive.
  explicit CanonicalInput(ByteView from) : InputArchive(this), rest_(from) {}
  // Each of these throws DecodeFailure where the bytes are cut, not minimal or beyond `max`.
  std::uint8_t TakeByte();
  ByteView TakeRaw(std::size_t size);
  std::uint64_t TakeVarint(std::uint64_t max);
  std::int64_t TakeZigZag();
  std::uint64_t TakeFixed64();
  ByteView TakeBlob(std::size_t bytes_max);
  /// The count of a list whose elements have at least `element_bytes_min` bytes (at least 1).
  std::size_t TakeCount(std::size_t max, std::size_t element_bytes_min);
  void ExpectEnd() const;
  /// What was not read yet.
  ByteView rest() const { return rest_; }

  /// Counts one level of nesting while it lives.
  class Nested {
   public:
    explicit Nested(CanonicalInput& input);
    ~Nested() { --input_.depth_; }
    Nested(const Nested&) = delete;
    Nested& operator=(const Nested&) = delete;

   private:
    CanonicalInput& input_;
  };

 private:
  ByteView rest_;
  int depth_ = 0;
};

// --- what can be archived ---

template <class T>
struct Varint {
  static_assert(std::is_unsigned_v<T>);
  explicit Varint(T& v, T limit = std::numeric_limits<T>::max()) : value(v), max(limit) {}
  T& value;
  T max;
};
struct ZigZag {
  explicit ZigZag(std::int64_t& v) : value(v) {}
  std::int64_t& value;
};
/// Eight bytes, little-endian: random numbers.
struct Fixed64 {
  explicit Fixed64(std::uint64_t& v) : value(v) {}
  std::uint64_t& value;
};
struct Blob {
  Blob(Bytes& b, std::size_t limit) : bytes(b), bytes_max(limit) {}
  Bytes& bytes;
  std::size_t bytes_max;
};
/// How the value inside a Maybe is archived: by itself, or in the wrapper that a function gives it.
struct AsItself {
  template <class T>
  T& operator()(T& value) const {
    return value;
  }
};
/// A flag byte, then the value where it is 1.
template <class T, class As = AsItself>
struct Maybe {
  explicit Maybe(std::optional<T>& v, As a = {}) : value(v), as(a) {}
  std::optional<T>& value;
  As as;
};
/// A count, then the items; kSorted: strictly ascending.
template <class T, bool kSorted>
struct ListOf {
  ListOf(std::vector<T>& list, std::size_t limit, std::size_t bytes)
      : items(list), max(limit), item_bytes_min(bytes) {}
  std::vector<T>& items;
  std::size_t max;
  std::size_t item_bytes_min;
};
template <class T>
ListOf<T, false> List(std::vector<T>& items, std::size_t max, std::size_t item_bytes_min) {
  return {items, max, item_bytes_min};
}
template <class T>
ListOf<T, true> SortedList(std::vector<T>& items, std::size_t max, std::size_t item_bytes_min) {
  return {items, max, item_bytes_min};
}

template <class Tag, std::size_t kBytes>
void save(CanonicalOutput& output, const Id<Tag, kBytes>& id) {
  output.PutRaw(id.view());
}
template <class Tag, std::size_t kBytes>
void load(CanonicalInput& input, Id<Tag, kBytes>& id) {
  id = Id<Tag, kBytes>::From(input.TakeRaw(kBytes));
}

template <class T>
void save(CanonicalOutput& output, const Varint<T>& number) {
  TRAM_ASSERT(number.value <= number.max);
  output.PutVarint(number.value);
}
template <class T>
void load(CanonicalInput& input, Varint<T>& number) {
  number.value = static_cast<T>(input.TakeVarint(number.max));
}

inline void save(CanonicalOutput& output, const ZigZag& number) { output.PutZigZag(number.value); }
inline void load(CanonicalInput& input, ZigZag& number) { number.value = input.TakeZigZag(); }

inline void save(CanonicalOutput& output, const Fixed64& number) {
  output.PutFixed64(number.value);
}
inline void load(CanonicalInput& input, Fixed64& number) { number.value = input.TakeFixed64(); }

inline void save(CanonicalOutput& output, const Blob& blob) {
  TRAM_ASSERT(blob.bytes.size() <= blob.bytes_max);
  output.PutBlob(blob.bytes);
}
inline void load(CanonicalInput& input, Blob& blob) {
  blob.bytes = ToBytes(input.TakeBlob(blob.bytes_max));
}

template <class T, class As>
void save(CanonicalOutput& output, const Maybe<T, As>& maybe) {
  output.PutByte(maybe.value ? 1 : 0);
  if (maybe.value) output(maybe.as(*maybe.value));
}
template <class T, class As>
void load(CanonicalInput& input, Maybe<T, As>& maybe) {
  const std::uint8_t flag = input.TakeByte();
  if (flag > 1) Refuse("a flag is neither 0 nor 1");
  maybe.value.reset();
  if (flag == 1) input(maybe.as(maybe.value.emplace()));
}

template <class T, bool kSorted>
void save(CanonicalOutput& output, const ListOf<T, kSorted>& list) {
  TRAM_ASSERT(list.items.size() <= list.max);
  output.PutVarint(list.items.size());
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    if constexpr (kSorted) TRAM_ASSERT(i == 0 || list.items[i - 1] < list.items[i]);
    output(list.items[i]);
  }
}
template <class T, bool kSorted>
void load(CanonicalInput& input, ListOf<T, kSorted>& list) {
  CanonicalInput::Nested nested(input);
  const std::size_t count = input.TakeCount(list.max, list.item_bytes_min);
  list.items.clear();
  list.items.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    input(list.items.emplace_back());
    if constexpr (kSorted) {
      if (i > 0 && !(list.items[i - 1] < list.items[i])) {
        Refuse("a list is not sorted, or holds something twice");
      }
    }
  }
}

/// What a failure to read `what` is called for people.
Error DecodeError(std::string_view what, const DecodeFailure& failure);

/// Runs `decode`, which reads with CanonicalInput: the edge where its failures become errors.
template <class Decode>
Result<std::invoke_result_t<Decode>> AtDecodeEdge(std::string_view what, Decode&& decode) {
  try {
    return decode();
  } catch (const DecodeFailure& failure) {
    return DecodeError(what, failure);
  }
}

}  // namespace tram::wire

CEREAL_SETUP_ARCHIVE_TRAITS(tram::wire::CanonicalInput, tram::wire::CanonicalOutput)
