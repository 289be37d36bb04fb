#include "tests/support/recording_proxy.h"

#include <algorithm>

namespace tram::test {

std::string RecordingProxy::Recorded(Direction direction) const {
  std::string all;
  for (const Recording& recording : Recordings()) {
    all += recording[static_cast<std::size_t>(direction)];
  }
  return all;
}

std::vector<RecordingProxy::Recording> RecordingProxy::Recordings() const {
  std::lock_guard lock(mutex_);
  return recorded_;
}

void RecordingProxy::ForgetRecorded() {
  std::lock_guard lock(mutex_);
  for (Recording& recording : recorded_) recording = {};
}

std::size_t RecordingProxy::connections() const {
  std::lock_guard lock(mutex_);
  return recorded_.size();
}

void RecordingProxy::CutAfter(Direction direction, std::size_t bytes) {
  std::lock_guard lock(mutex_);
  until_cut_[static_cast<std::size_t>(direction)] = bytes;
}

RelayRules::Opening RecordingProxy::OnConnection(std::size_t) {
  std::lock_guard lock(mutex_);
  recorded_.emplace_back();
  return {};
}

RelayRules::Passage RecordingProxy::OnBytes(std::size_t number, Direction direction,
                                            std::string_view bytes) {
  std::lock_guard lock(mutex_);
  const auto way = static_cast<std::size_t>(direction);
  std::size_t& left = until_cut_[way];
  const std::size_t passed = std::min(left, bytes.size());
  recorded_[number][way].append(bytes.substr(0, passed));
  if (left == kNoCut) return {passed};
  const bool cut = passed < bytes.size();
  left = cut ? kNoCut : left - passed;
  return {passed, cut ? Passage::Then::kCut : Passage::Then::kGoOn};
}

}  // namespace tram::test
