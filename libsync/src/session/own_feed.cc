#include "tram/session/own_feed.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "tram/base/hash.h"

namespace tram {
namespace {

constexpr char kFeedSetting[] = "own.feed";
constexpr char kTokenSetting[] = "own.token";

Bytes NumberBytes(std::uint64_t number) {
  Bytes bytes(sizeof number);
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

}  // namespace

OwnFeed::OwnFeed(OpLog& log, const SigningKey& key, Random& random, ByteView token)
    : log_(log), key_(key), random_(random), feed_{key.id(), 0} {
  auto number = log_.Setting(kFeedSetting);
  auto kept = log_.Setting(kTokenSetting);
  bool same = kept && std::equal(kept->begin(), kept->end(), token.begin(), token.end());
  if (number && number->size() == sizeof feed_.number && same) {
    std::memcpy(&feed_.number, number->data(), sizeof feed_.number);
  } else {
    TakeNew();
    log_.SetSetting(kTokenSetting, ToBytes(token));
  }
}

void OwnFeed::TakeNew() {
  feed_.number = random_.Uint64();
  log_.SetSetting(kFeedSetting, NumberBytes(feed_.number));
}

EntryNumber OwnFeed::last() const {
  EntryNumber last = 0;
  for (const Leaf& leaf : log_.LeavesOf(feed_)) {
    if (auto number = log_.FindChain(leaf.chain)) last = std::max(last, *number);
  }
  return last;
}

Leaf OwnFeed::leaf() const {
  EntryNumber number = last();
  return number == 0 ? Leaf{feed_, 0, FirstChain(log_.unit(), feed_)} : log_.LeafAt(number);
}

EntryNumber OwnFeed::Append(const Op& op) { return log_.Append(feed_, last(), op); }

bool OwnFeed::NoteLeaves(const std::vector<Leaf>& leaves) {
  bool foreign = std::any_of(leaves.begin(), leaves.end(), [&](const Leaf& leaf) {
    return leaf.feed == feed_ && !log_.FindChain(leaf.chain);
  });
  if (foreign) TakeNew();
  return foreign;
}

bool OwnFeed::NoteReceived(const FeedId& feed) {
  if (feed != feed_) return false;
  TakeNew();
  return true;
}

std::vector<FeedId> CopiedFeeds(const OpLog& log) {
  std::vector<FeedId> copied;
  for (const Leaf& leaf : log.Leaves()) {
    if (log.LeavesOf(leaf.feed).size() < 2) continue;
    if (std::find(copied.begin(), copied.end(), leaf.feed) == copied.end()) {
      copied.push_back(leaf.feed);
    }
  }
  return copied;
}

}  // namespace tram
