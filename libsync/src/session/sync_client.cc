#include "tram/session/sync_client.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "tram/base/dates.h"
#include "tram/base/hash.h"
#include "tram/base/limits.h"

namespace tram {
namespace {

/// Feeds that grew lately are listed, so that a reply can serve other devices' news without a
/// second round trip. The others are in the digest: each listed leaf costs 64 bytes.
constexpr std::size_t kFeedsListed = 8;
constexpr std::int64_t kLatelyMs = 4LL * 24 * 3600 * 1000;
constexpr std::int64_t kRoundTripMaxMs = 60'000;  // protocol: the clock offset
constexpr std::size_t kIdleRoundsMax = 3;

/// Sums with any time that a clock says stay far within their type.
bool IsClockTime(HybridTime time) {
  static const std::int64_t end = StartOfLocalDay(Date{kDateDaysMax});
  return time.ms >= 0 && time.ms < end;
}

Hint HintOf(const OpLog& log) {
  auto bytes = log.Setting(kHintSetting);
  if (!bytes) return {};
  auto hint = DecodeHint(*bytes);
  return hint ? std::move(*hint) : Hint{};
}

/// A leaf of a feed in which nothing was written is none.
void AddOnce(const Leaf& leaf, std::vector<Leaf>& leaves) {
  if (leaf.seq > 0 && std::find(leaves.begin(), leaves.end(), leaf) == leaves.end()) {
    leaves.push_back(leaf);
  }
}

}  // namespace

SyncClient::SyncClient(Replica& replica, OwnFeed& own, HybridClock& time, Clock& clock,
                       Random& random)
    : replica_(replica), own_(own), time_(time), clock_(clock), random_(random) {
  report_.left_ops = UnconfirmedOps(replica_.log());
}

Result<Bytes> SyncClient::NextRequest(const MessageTarget& target) {
  OpLog& log = replica_.log();
  TRAM_TRY(log.Commit());  // an op is durable before a byte of it leaves
  Hint hint = HintOf(log);
  Known known(log);
  for (const Leaf& leaf : hint.leaves) known.Add(leaf.chain);
  const HybridTime now = time_.Estimate();
  Outgoing outgoing = replica_.Choose(known, BatchBytes(report_.requests), hint.leaves, &own_.key(),
                                      now, own_.id(), std::nullopt);
  RequestBody body;
  Sent sent{random_.NewId<Nonce>(), log.Leaves(), {}, clock_.SteadyMs(), {}};
  RequestHeader header{own_.key().id(), now, own_.leaf(), {}};
  for (std::size_t i = 0; i < outgoing.pieces.size(); ++i) {
    const PackedPiece& piece = outgoing.pieces[i];
    if (!piece.checkpoint) header.leaf = outgoing.ends[i];
    sent.pieces.push_back({piece.feed, piece.previous, outgoing.ends[i], piece.op_count});
  }
  AddOnce(header.leaf, sent.leaves);
  body.nonce = sent.nonce;
  body.round = static_cast<std::uint32_t>(report_.requests);
  ListLeaves(hint, outgoing, header.leaf, body);
  body.bases = std::move(outgoing.bases);
  body.pieces = std::move(outgoing.pieces);
  body.all_keys = send_all_keys_;
  if (send_all_keys_) {
    body.keys = log.keys();
  } else {
    body.keys = std::move(outgoing.keys);
  }
  std::sort(body.keys.begin(), body.keys.end());
  body.keys_digest = log.DigestOfKeys();
  body.more = outgoing.more;
  sent.keys_digest = body.keys_digest;
  sent_ = std::move(sent);
  ++report_.requests;
  return EncodeRequest(body, target, own_.id(), [&](const Digest& context) {
    header.signature =
        own_.key().Sign(CheckpointStatement(log.unit(), header.leaf, header.time, context));
    return header;
  });
}

// The header names our own leaf where this message ends there. A feed is listed whole or not at
// all.
void SyncClient::ListLeaves(const Hint& hint, const Outgoing& outgoing, const Leaf& header_leaf,
                            RequestBody& body) const {
  const OpLog& log = replica_.log();
  std::set<Chain> hinted, brought;
  for (const Leaf& leaf : hint.leaves) hinted.insert(leaf.chain);
  for (const Leaf& end : outgoing.ends) brought.insert(end.chain);
  std::map<FeedId, EntryNumber> grown;  // each feed's last entry
  std::set<FeedId> listed{own_.id()};
  const std::vector<Leaf> leaves = log.Leaves();
  for (const Leaf& leaf : leaves) {
    EntryNumber number = log.FindChain(leaf.chain).value_or(0);
    grown[leaf.feed] = std::max(grown[leaf.feed], number);
    if (hinted.count(leaf.chain) == 0) listed.insert(leaf.feed);
  }
  std::vector<std::pair<EntryNumber, FeedId>> lately;
  for (const auto& [feed, number] : grown) {
    const bool late = clock_.WallMs() - log.entry(number).arrived_ms < kLatelyMs;
    if (late || list_all_) lately.push_back({number, feed});
  }
  std::sort(lately.rbegin(), lately.rend());
  for (std::size_t i = 0; i < lately.size() && (list_all_ || i < kFeedsListed); ++i) {
    listed.insert(lately[i].second);
  }
  std::vector<Leaf> unlisted;
  std::size_t samples = 0;
  for (const Leaf& leaf : leaves) {
    if (listed.count(leaf.feed) == 0) {
      unlisted.push_back(leaf);
      continue;
    }
    if (leaf == header_leaf) continue;
    bool known = hinted.count(leaf.chain) > 0 || brought.count(leaf.chain) > 0;
    body.leaves.push_back({leaf, {}});
    if (known || samples >= kLeavesMax) continue;
    body.leaves.back().samples = SamplesFor(hint, leaf);
    samples += body.leaves.back().samples.size();
  }
  std::sort(body.leaves.begin(), body.leaves.end(),
            [](const ListedLeaf& a, const ListedLeaf& b) { return a.leaf < b.leaf; });
  if (!unlisted.empty()) body.unlisted = ShortDigest(DigestOfLeaves(unlisted));
}

// Where the hint has an earlier point of this branch, that one says all. The hint may be wrong; the
// reply then replaces it.
std::vector<Chain> SyncClient::SamplesFor(const Hint& hint, const Leaf& leaf) const {
  const OpLog& log = replica_.log();
  const EntryNumber number = *log.FindChain(leaf.chain);
  const Leaf* last = nullptr;
  for (const Leaf& held : hint.leaves) {
    if (held.feed != leaf.feed || (last != nullptr && held.seq <= last->seq)) continue;
    auto held_number = log.FindChain(held.chain);
    if (held_number && log.IsAncestor(*held_number, number)) last = &held;
  }
  return last != nullptr ? std::vector<Chain>{last->chain} : SamplesOf(log, number);
}

bool SyncClient::IsOurReceipt(const Reply& reply, const Nonce& nonce) const {
  const DeviceId& server = replica_.server();
  return VerifySignature(server,
                         ReceiptStatement(server, replica_.log().unit(), own_.key().id(), nonce,
                                          reply.time, DigestOfLeaves(reply.leaves), reply.context),
                         reply.receipt);
}

void SyncClient::ExpectFileReply(const Nonce& nonce) {
  sent_ = Sent{nonce, {}, {}, std::nullopt, std::nullopt};
}

Result<bool> SyncClient::TakeReply(ByteView bytes) {
  OpLog& log = replica_.log();
  if (!sent_) return MakeError(ErrorCode::kInvalid, "a reply came that nobody asked for");
  TRAM_ASSIGN(Reply reply, DecodeReply(bytes, sent_->leaves));
  if (!IsClockTime(reply.time)) {
    return MakeError(ErrorCode::kInvalid, "the reply is from a time that no calendar has");
  }
  if (!sent_->steady_ms) reply.want_full = false;  // an answer in a file always stands on its own
  const bool latest = IsOurReceipt(reply, sent_->nonce);
  // Seeds and tombstones are under the receipt only; a member's certificate is signed by itself.
  if (!latest) {
    std::erase_if(reply.keys,
                  [](const KeyEntry& key) { return key.kind != KeyEntry::Kind::kMember; });
  }
  std::size_t new_keys = replica_.TakeKeys(reply.keys);
  Taken taken = replica_.TakePieces(reply.pieces, reply.bases, nullptr, Digest{}, false, latest);
  taken.Add(replica_.RetryStaged());
  report_.received_ops += taken.new_ops;
  for (const FeedId& feed : taken.grown) report_.new_feed |= own_.NoteReceived(feed);
  if (!latest) {
    TRAM_TRY(log.Commit());
    return MakeError(ErrorCode::kDenied,
                     "the reply is not signed by this unit's server for this request; what it "
                     "brought was checked and kept, and nothing counts as sent");
  }
  Sent sent = std::move(*sent_);
  sent_.reset();
  const Bytes hint_before = log.Setting(kHintSetting).value_or(Bytes{});
  report_.new_feed |= own_.NoteLeaves(reply.leaves);
  FindGone(reply.leaves);
  TakeHint(reply, taken, sent);
  TakeClock(reply, sent);
  report_.refusals = reply.refusals;
  list_all_ = reply.want_full;
  const std::optional<KeysDigest> keys_there =
      reply.keys_digest ? reply.keys_digest : sent.keys_digest;
  keys_differ_ = keys_there && *keys_there != log.DigestOfKeys();
  // After a round without ops the server sent its whole table: what still differs is ours to send.
  send_all_keys_ = !send_all_keys_ && (reply.want_keys || reply.all_keys) && keys_differ_;
  TRAM_TRY(log.Commit());
  const bool moved = taken.new_ops > 0 || new_keys > 0 ||
                     log.Setting(kHintSetting).value_or(Bytes{}) != hint_before;
  idle_rounds_ = moved ? 0 : idle_rounds_ + 1;
  const bool left = SomethingLeft(reply);
  report_.complete = !left;
  report_.left_ops = UnconfirmedOps(log);
  return left && idle_rounds_ < kIdleRoundsMax;
}

// A receipted leaf is gone when no leaf of that feed at the server equals or descends from it, and
// none is unknown to us at a higher sequence.
void SyncClient::FindGone(const std::vector<Leaf>& leaves) {
  const OpLog& log = replica_.log();
  auto receipt = LastReceipt(log);
  if (!receipt) return;
  for (const Leaf& before : receipt->leaves) {
    auto number = log.FindChain(before.chain);
    if (!number) continue;
    std::uint64_t held_seq = 0;  // how far the server still has this branch
    bool there = false;
    for (const Leaf& now : leaves) {
      if (now.feed != before.feed) continue;
      auto now_number = log.FindChain(now.chain);
      if (!now_number) {
        there |= now.seq > before.seq;
      } else if (log.IsAncestor(*number, *now_number)) {
        there = true;
      } else if (log.IsAncestor(*now_number, *number)) {
        held_seq = std::max(held_seq, now.seq);
      }
    }
    if (!there) report_.gone.push_back({before.feed, held_seq + 1, before.seq});
  }
}

// Replaced, never merged: the reply's leaves, and what this very exchange carried either way.
void SyncClient::TakeHint(const Reply& reply, const Taken& taken, const Sent& sent) {
  OpLog& log = replica_.log();
  Hint hint{reply.leaves};
  auto covered = [&](EntryNumber number) {
    return std::any_of(hint.leaves.begin(), hint.leaves.end(), [&](const Leaf& leaf) {
      auto held = log.FindChain(leaf.chain);
      return held && log.IsAncestor(number, *held);
    });
  };
  auto add = [&](const Chain& chain) {
    auto number = log.FindChain(chain);
    if (number && !covered(*number)) hint.leaves.push_back(log.LeafAt(*number));
  };
  std::set<Chain> refused;  // where refused pieces begin and end: what follows them is refused too
  for (const Refusal& refusal : reply.refusals) refused.insert(refusal.previous);
  std::vector<Chain> accepted;
  for (const Sent::Piece& piece : sent.pieces) {
    if (refused.count(piece.previous) > 0) {
      refused.insert(piece.end.chain);
      continue;
    }
    report_.sent_ops += piece.ops;
    accepted.push_back(piece.end.chain);
  }
  for (auto end = accepted.rbegin(); end != accepted.rend(); ++end) add(*end);
  for (auto end = taken.ends.rbegin(); end != taken.ends.rend(); ++end) add(*end);
  for (const Chain& sample : reply.samples) add(sample);
  log.SetSetting(kHintSetting, EncodeHint(hint));
  log.SetSetting(kReceiptSetting, EncodeReceipt({replica_.server(), sent.nonce, reply.time,
                                                 reply.leaves, reply.receipt}));
}

void SyncClient::TakeClock(const Reply& reply, const Sent& sent) {
  time_.SetLastReceipt(reply.time);
  if (!sent.steady_ms) return;
  std::int64_t round_trip = clock_.SteadyMs() - *sent.steady_ms;
  if (round_trip < 0 || round_trip >= kRoundTripMaxMs) return;
  std::int64_t offset = reply.time.ms + round_trip / 2 - clock_.WallMs();
  time_.SetOffset(offset);
  report_.offset_ms = offset;
}

bool SyncClient::SomethingLeft(const Reply& reply) const {
  const OpLog& log = replica_.log();
  Known known(log);
  for (const Leaf& leaf : HintOf(log).leaves) known.Add(leaf.chain);
  bool unsent = false;
  for (EntryNumber n = 1; n <= log.size() && !unsent; ++n) unsent = !known.Has(n);
  bool unseen = std::any_of(reply.leaves.begin(), reply.leaves.end(),
                            [&](const Leaf& leaf) { return !log.FindChain(leaf.chain); });
  return unsent || unseen || reply.more || reply.want_full || keys_differ_;
}

std::optional<Receipt> LastReceipt(const OpLog& log) {
  auto bytes = log.Setting(kReceiptSetting);
  if (!bytes) return std::nullopt;
  auto receipt = DecodeReceipt(*bytes);
  if (!receipt || !IsClockTime(receipt->time)) return std::nullopt;
  return std::move(*receipt);
}

std::size_t UnconfirmedOps(const OpLog& log) {
  Known confirmed(log);
  if (auto receipt = LastReceipt(log)) {
    for (const Leaf& leaf : receipt->leaves) confirmed.Add(leaf.chain);
  }
  std::size_t count = 0;
  for (EntryNumber n = 1; n <= log.size(); ++n) count += confirmed.Has(n) ? 0 : 1;
  return count;
}

}  // namespace tram
