#include "wire/bit_coder.h"

#include <algorithm>
#include <bit>

#include "wire/archive.h"

namespace tram::wire {
namespace {

// These numbers are the format: both sides must come to the same probabilities.
constexpr int kSlotBits = 16;
constexpr std::uint32_t kSeenMax = 250;  // later decisions move a probability by 1/251.5
constexpr std::uint32_t kLeast = 24;     // of 65,536: no decision is ever certain
constexpr int kFineBits = 6;             // kept below the 16 that a decision uses
constexpr std::uint32_t kOneMax = (1u << 22) - 1;
constexpr std::uint64_t kMix = 0x9e3779b97f4a7c15;  // 2^64 / golden ratio
constexpr int kWidthBits = 7;                       // a number has 0 to 64 bits
constexpr std::uint32_t kLearnedWidth = 8;  // all bits of numbers of at most this width are learned
constexpr std::uint32_t kLearnedTop = 3;    // of wider ones the first three below the top
constexpr int kFlushBytes = 4;

// Most numbers are short; before anything was seen, this is how many bits they are taken to have.
constexpr std::array<std::uint16_t, 3> kWideAtFirst = {400, 2000, 9000};

Context Mixed(Context context) {
  context ^= context >> 32;
  context *= kMix;
  return context ^ context >> 29;
}

}  // namespace

Context ContextOf(std::uint64_t column, std::uint64_t a, std::uint64_t b, std::uint64_t c) {
  return Mixed(Mixed(Mixed(Mixed(column + 1) + a) + b) + c);
}

BitModels::BitModels() : slots_(std::size_t{1} << kSlotBits) {}

BitModels::Slot& BitModels::At(Context context, std::uint32_t node) {
  return slots_[(context + node * kMix) * kMix >> (64 - kSlotBits)];
}

BitCoder::BitCoder(BitModels& models, ByteView from) : models_(models), from_(from) {
  for (int i = 0; i < kFlushBytes; ++i) {
    code_ = code_ << 8 | (taken_ < from_.size() ? from_[taken_] : 0u);
    ++taken_;
  }
}

bool BitCoder::Split(std::uint32_t one, bool bit) {
  const auto middle =
      low_ + static_cast<std::uint32_t>((static_cast<std::uint64_t>(high_ - low_) * one) >> 16);
  if (reads()) bit = code_ <= middle;
  (bit ? high_ : low_) = bit ? middle : middle + 1;
  for (; ((low_ ^ high_) & 0xff000000) == 0; low_ <<= 8, high_ = high_ << 8 | 0xff) {
    if (!reads()) {
      to_->push_back(static_cast<std::uint8_t>(high_ >> 24));
      continue;
    }
    code_ = code_ << 8 | (taken_ < from_.size() ? from_[taken_] : 0u);
    if (++taken_ > from_.size() + kFlushBytes) Refuse("it ends too early");
  }
  return bit;
}

bool BitCoder::Decide(Context context, std::uint32_t node, bool bit, std::uint16_t at_first) {
  BitModels::Slot& slot = models_.At(context, node);
  if (slot.seen == 0) slot.one = std::uint32_t{at_first} << kFineBits;
  const std::uint32_t one = slot.one;
  bit = Split(std::clamp<std::uint32_t>(one >> kFineBits, kLeast, 65536 - kLeast), bit);
  // Half a decision more than were seen: the first one moves an even chance to 5 in 6.
  const std::uint32_t way = bit ? kOneMax - one : one;
  const std::uint32_t step = way * 2 / (2 * slot.seen + 3);
  slot.one = bit ? one + step : one - step;
  if (slot.seen < kSeenMax) slot.seen = slot.seen + 1;
  return bit;
}

std::uint32_t BitCoder::Tree(Context context, int width, std::uint32_t value) {
  std::uint32_t node = 1;
  for (int i = width - 1; i >= 0; --i) {
    node = node << 1 | (Decide(context, node, value >> i & 1, kEven) ? 1 : 0);
  }
  return node - (1u << width);
}

std::uint64_t BitCoder::Number(Context context, std::uint64_t value) {
  auto width = static_cast<std::uint32_t>(std::bit_width(value));
  std::uint32_t node = 1;
  for (std::uint32_t i = 0; i < kWidthBits; ++i) {
    const bool all_zero = node == 1u << i;
    const std::uint16_t at_first = all_zero && i < kWideAtFirst.size() ? kWideAtFirst[i] : kEven;
    node = node << 1 | (Decide(context, node, width >> (kWidthBits - 1 - i) & 1, at_first) ? 1 : 0);
  }
  width = node - (1u << kWidthBits);
  if (width > 64) Refuse("a number has more than 64 bits");
  if (width == 0) return 0;
  std::uint64_t read = 1;
  for (std::uint32_t i = width - 1; i-- > 0;) {
    const bool bit = value >> i & 1;
    const bool learned = width <= kLearnedWidth || width - 1 - i <= kLearnedTop;
    const auto below = static_cast<std::uint32_t>(read) + (width << 16);
    read = read << 1 | ((learned ? Decide(context, below, bit, kEven) : Split(kEven, bit)) ? 1 : 0);
  }
  return read;
}

std::int64_t BitCoder::Signed(Context context, std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  const std::uint64_t read = Number(context, (bits << 1) ^ (value < 0 ? ~std::uint64_t{0} : 0));
  return static_cast<std::int64_t>((read >> 1) ^ (0 - (read & 1)));
}

void BitCoder::Finish() {
  if (reads()) {
    if (taken_ < from_.size()) Refuse("bytes follow after its end");
    return;
  }
  // As few bytes as name a number in the rest of the interval; the reader takes zeros after them.
  int bytes = 0;
  std::uint32_t named = 0;
  while (bytes < kFlushBytes && named < low_) {
    ++bytes;
    const std::uint32_t mask = bytes == kFlushBytes ? ~0u : ~(~0u >> (8 * bytes));
    named = high_ & mask;
  }
  for (int i = 0; i < bytes; ++i) to_->push_back(static_cast<std::uint8_t>(named >> (24 - 8 * i)));
}

}  // namespace tram::wire
