#include "tests/support/bad_link.h"

#include <algorithm>
#include <random>
#include <utility>

namespace tram::test {
namespace {

constexpr std::size_t kReplayBytesMax = 1 << 20;
/// Harm is drawn evenly over powers of two up to this: within a head, a message, several messages.
constexpr int kBytesBitsMax = 14;
constexpr int kWaitMsMax = 120;

int Drawn(std::mt19937_64& random, int from, int to) {
  return std::uniform_int_distribution<int>(from, to)(random);
}

}  // namespace

BadLink::BadLink(std::uint16_t server_port, std::uint64_t seed, const Badness& badness)
    : seed_(seed), badness_(badness), relay_(server_port, *this) {}

void BadLink::SetGood(bool good) {
  std::lock_guard lock(mutex_);
  good_ = good;
}

BadLink::ByteWatch::ByteWatch(BadLink& link, Direction direction, std::size_t bytes,
                              std::function<void()> done)
    : link_(link), direction_(direction), left_(bytes), done_(std::move(done)) {
  std::lock_guard lock(link.mutex_);
  link.watches_.insert(this);
}

BadLink::ByteWatch::~ByteWatch() {
  std::lock_guard lock(link_.mutex_);
  link_.watches_.erase(this);
}

LinkCounts BadLink::counts() const {
  std::lock_guard lock(mutex_);
  return counts_;
}

BadLink::Plan BadLink::Draw(std::size_t number) const {
  std::seed_seq mixed{seed_ & 0xffffffffu, seed_ >> 32, std::uint64_t{number}};
  std::mt19937_64 random(mixed);
  Plan plan;
  plan.direction = Drawn(random, 0, 1) == 0 ? Direction::kToServer : Direction::kToClient;
  const int top = 1 << Drawn(random, 0, kBytesBitsMax);
  plan.bytes = static_cast<std::size_t>(Drawn(random, top / 2, top));
  plan.wait = std::chrono::milliseconds(Drawn(random, 1, kWaitMsMax));
  int left = Drawn(random, 0, 999);
  using Harm = Plan::Harm;
  const std::pair<int, Harm> harms[] = {
      {badness_.refused, Harm::kRefuse},     {badness_.cut, Harm::kCut},
      {badness_.truncated, Harm::kTruncate}, {badness_.delayed, Harm::kDelay},
      {badness_.held, Harm::kHold},          {badness_.replayed, Harm::kReplay}};
  for (const auto& [share, harm] : harms) {
    if (left >= 0 && left < share) plan.harm = harm;
    left -= share;
  }
  return plan;
}

RelayRules::Opening BadLink::OnConnection(std::size_t number) {
  std::lock_guard lock(mutex_);
  ++counts_.connections;
  Plan plan;
  if (!good_) plan = Draw(number);
  Opening opening;
  if (plan.harm == Plan::Harm::kRefuse) {
    ++counts_.refused;
    opening.refused = true;
  } else if (plan.harm == Plan::Harm::kHold) {
    ++counts_.held;
    opening.held = plan.wait;
  }
  plans_[number] = std::move(plan);
  return opening;
}

void BadLink::CountDown(Direction direction, std::size_t bytes) {
  for (ByteWatch* watch : watches_) {
    if (watch->direction_ != direction || !watch->done_) continue;
    if (bytes < watch->left_) {
      watch->left_ -= bytes;
    } else {
      std::exchange(watch->done_, nullptr)();
    }
  }
}

RelayRules::Passage BadLink::OnBytes(std::size_t number, Direction direction,
                                     std::string_view bytes) {
  std::lock_guard lock(mutex_);
  CountDown(direction, bytes.size());
  Plan& plan = plans_[number];
  using Harm = Plan::Harm;
  if (plan.harm == Harm::kDelay) {
    ++counts_.delayed;
    return {bytes.size(), Passage::Then::kGoOn, plan.wait};
  }
  if (plan.harm == Harm::kReplay && direction == Direction::kToServer &&
      plan.sent.size() + bytes.size() <= kReplayBytesMax) {
    plan.sent.append(bytes);
  }
  const bool ends = plan.harm == Harm::kCut || plan.harm == Harm::kTruncate;
  if (!ends || direction != plan.direction) return {bytes.size()};
  if (bytes.size() <= plan.bytes) {
    plan.bytes -= bytes.size();
    return {bytes.size()};
  }
  ++(plan.harm == Harm::kCut ? counts_.cut : counts_.truncated);
  return {plan.bytes, plan.harm == Harm::kCut ? Passage::Then::kCut : Passage::Then::kEnd};
}

void BadLink::OnOver(std::size_t number) {
  std::lock_guard lock(mutex_);
  auto plan = plans_.extract(number);
  if (plan.empty() || plan.mapped().sent.empty()) return;
  ++counts_.replayed;
  relay_.Replay(std::move(plan.mapped().sent));
}

}  // namespace tram::test
