// SyncClient: the device's side of a sync. Sans-IO: NextRequest gives bytes, TakeReply takes them.
// The server is stateless; everything that must survive a restart is in the log's settings.
// Rules: the protocol's rules 10–18, 20, 26. Threads: one thread owns the log.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tram/model/hybrid_time.h"
#include "tram/session/own_feed.h"
#include "tram/session/replica.h"
#include "tram/wire/settings_codec.h"

namespace tram {

/// Entries that the server had confirmed and no longer has: it was put back to an older copy.
/// They are sent again by themselves.
struct GoneRange {
  FeedId feed;
  std::uint64_t from_seq = 0, to_seq = 0;
};

/// What a sync did, in figures; words are made where it is shown.
struct SyncReport {
  std::size_t sent_ops = 0;      // taken by the server
  std::size_t received_ops = 0;  // new here
  std::size_t requests = 0;
  std::size_t left_ops = 0;       // not confirmed by the server yet
  std::vector<Refusal> refusals;  // of the last reply
  std::vector<GoneRange> gone;
  bool new_feed = false;                  // this installation was found to be a copy
  bool complete = false;                  // nothing is left on either side
  std::optional<std::int64_t> offset_ms;  // server's clock minus ours
};

class SyncClient {
 public:
  SyncClient(Replica& replica, OwnFeed& own, HybridClock& time, Clock& clock, Random& random);

  /// The next request of this sync. Errors: io (what was recorded could not be made durable).
  Result<Bytes> NextRequest(const MessageTarget& target);
  /// Takes a reply to any request; only the one to the latest request counts for the hint, the
  /// receipt and the clock. Commits. Post: returns true where another request is worth sending.
  /// Errors: invalid | too_new | denied (not our server's) | io (reopen the log).
  Result<bool> TakeReply(ByteView reply);

  /// Figures of all requests since the object was made.
  const SyncReport& report() const { return report_; }

  /// Expects the reply to a bundle that was written with this nonce, perhaps days ago by another
  /// object: its receipt counts, its round trip says nothing about the clock.
  void ExpectFileReply(const Nonce& nonce);

 private:
  /// What the latest request said; its reply is read against it.
  struct Sent {
    Nonce nonce;
    std::vector<Leaf> leaves;  // all of ours when it was made, and the header's
    struct Piece {
      FeedId feed;
      Chain previous;
      Leaf end;
      std::size_t ops;
    };
    std::vector<Piece> pieces;
    std::optional<std::int64_t> steady_ms;  // nothing: sent as a file
    std::optional<KeysDigest> keys_digest;
  };

  void ListLeaves(const Hint& hint, const Outgoing& outgoing, const Leaf& header_leaf,
                  RequestBody& body) const;
  bool IsOurReceipt(const Reply& reply, const Nonce& nonce) const;
  void FindGone(const std::vector<Leaf>& leaves);
  std::vector<Chain> SamplesFor(const Hint& hint, const Leaf& leaf) const;
  void TakeHint(const Reply& reply, const Taken& taken, const Sent& sent);
  void TakeClock(const Reply& reply, const Sent& sent);
  bool SomethingLeft(const Reply& reply) const;

  Replica& replica_;
  OwnFeed& own_;
  HybridClock& time_;
  Clock& clock_;
  Random& random_;
  SyncReport report_;
  std::optional<Sent> sent_;
  bool list_all_ = false;
  bool send_all_keys_ = false;
  bool keys_differ_ = false;
  std::size_t idle_rounds_ = 0;  // in a row, that changed nothing on either side
};

/// Setting names in the log.
inline constexpr char kHintSetting[] = "sync.hint";
inline constexpr char kReceiptSetting[] = "sync.receipt";

/// What the last receipt covers, as stored in the log; nothing where there was none.
std::optional<Receipt> LastReceipt(const OpLog& log);
/// Entries of this device and of others that the server has not confirmed.
std::size_t UnconfirmedOps(const OpLog& log);

}  // namespace tram
