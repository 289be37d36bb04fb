// OwnFeed: the feed that this installation writes, and when it must take a new one.
//
// A new feed is taken when a leaf on our feed is seen that we do not hold, when an entry comes in
// on it that we did not write, or when the incarnation token, which is kept outside the database
// and its backups, differs: this installation was copied or put back to a backup. The old branch
// stays. Rules: the protocol's rules 6, 7 and 10. Threads: one thread owns the log.
#pragma once

#include <optional>
#include <vector>

#include "tram/base/clock.h"
#include "tram/crypto/sign.h"
#include "tram/log/op_log.h"

namespace tram {

class OwnFeed {
 public:
  /// `token` names this incarnation (random, from a file beside the database). Takes a new feed
  /// where there is none yet or the token differs; durable with the log's next commit.
  OwnFeed(OpLog& log, const SigningKey& key, Random& random, ByteView token);

  const FeedId& id() const { return feed_; }
  const SigningKey& key() const { return key_; }
  /// Our last entry on this feed; 0 where there is none.
  EntryNumber last() const;
  /// Where this feed stands (seq 0 and the first chain where nothing was written).
  Leaf leaf() const;
  /// Appends one op of ours; durable with the log's next commit.
  EntryNumber Append(const Op& op);
  /// For an op that creates a record: two copies of an installation, with clocks that stand at the
  /// same time, still make two records of two people.
  std::uint64_t NewNonce() { return random_.Uint64(); }

  /// To be called with the leaves of every reply and the feeds of every piece that brought entries.
  /// Post: returns true where a new feed was taken.
  bool NoteLeaves(const std::vector<Leaf>& leaves);
  bool NoteReceived(const FeedId& feed);

 private:
  void TakeNew();

  OpLog& log_;
  const SigningKey& key_;
  Random& random_;
  FeedId feed_;
};

/// Feeds with more than one branch: the installation that wrote them was copied, or was put back to
/// a backup. Shown as a notice on every device.
std::vector<FeedId> CopiedFeeds(const OpLog& log);

}  // namespace tram
