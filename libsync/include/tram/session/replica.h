// Replica: the log of one unit with what both sides of a sync do to it: check and take what the
// other side sent, and choose what to send it. Sans-IO: bytes and time in, bytes out.
// Rules: the protocol's rules 7–9, 13–16, 19–21. Threads: one thread owns the log.
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "tram/crypto/sign.h"
#include "tram/log/op_log.h"
#include "tram/wire/messages.h"

namespace tram {

/// What taking a message's pieces did.
struct Taken {
  std::size_t new_ops = 0;
  std::size_t pieces = 0;  // pieces taken whole
  std::vector<Refusal> refusals;
  std::vector<FeedId> grown;  // feeds that got new entries
  /// Ends of the pieces that are held now: the sender holds them too.
  std::vector<Chain> ends;
  void Add(const Taken& other);
};

/// What to send, cut at signed points.
struct Outgoing {
  std::vector<PackedPiece> pieces;
  std::vector<Leaf> ends;  // of the pieces, in their order
  std::vector<Chain> bases;
  std::vector<KeyEntry> keys;  // what the other side needs to check and open the pieces
  std::size_t ops = 0;
  bool more = false;  // something did not fit
};

/// The entries that the other side is known to hold, by entry number.
class Known {
 public:
  explicit Known(const OpLog& log) : log_(log), held_(log.size() + 1, false) {}
  /// A chain that is not held here says nothing.
  void Add(const Chain& chain);
  bool Has(EntryNumber number) const { return held_[number]; }

 private:
  const OpLog& log_;
  std::vector<bool> held_;
};

class Replica {
 public:
  /// `server` is the unit's server, whose key the members' certificates begin with.
  Replica(OpLog& log, const DeviceId& server, Clock& clock);

  OpLog& log() { return log_; }
  const DeviceId& server() const { return server_; }
  bool IsMember(const DeviceId& device) const;
  std::vector<DeviceId> Members() const;

  /// Whether another member came with the same invitation.
  bool TicketIsUsed(const KeyEntry& entry) const;

  /// Whether `device` is a member, or would be one if `keys` were taken. Takes nothing.
  bool WouldAdmit(const DeviceId& device, const std::vector<KeyEntry>& keys) const;

  /// Takes key entries; members are checked first, whatever their order. Bad ones go to the
  /// rejected table. Returns how many were new.
  std::size_t TakeKeys(const std::vector<KeyEntry>& keys);

  /// Takes a message's pieces in order. `header` signs the last piece of its own feed that has no
  /// checkpoint. With `stage`, pieces that come too early are kept and tried again later. Where
  /// nobody `signed_whole` the message (it is late, or was damaged on its way), pieces that create
  /// records are passed over, and what does not fit is not kept as rejected: it may be nobody's
  /// doing.
  Taken TakePieces(const std::vector<PackedPiece>& pieces, const std::vector<Chain>& bases,
                   const RequestHeader* header, const Digest& context, bool stage,
                   bool signed_whole = true);
  /// Tries the staged pieces again until none fits any more.
  Taken RetryStaged();

  /// Chooses what the other side lacks, in local insertion order over all feeds, up to about
  /// `bytes_max` (at least one piece). `feeds` limits it to some feeds. `bases` are leaves that the
  /// receiver listed. Entries of `signer`'s feeds are signed here; the very last piece of
  /// `header_feed` is left to the message's header.
  Outgoing Choose(const Known& known, std::size_t bytes_max, const std::vector<Leaf>& bases,
                  const SigningKey* signer, HybridTime now,
                  const std::optional<FeedId>& header_feed,
                  const std::optional<std::set<std::uint32_t>>& feeds);

 private:
  struct Run;
  std::vector<Run> ChooseRuns(const Known& known, std::size_t bytes_max, const SigningKey* signer,
                              const std::optional<std::set<std::uint32_t>>& feeds,
                              bool& more) const;
  void ChooseKeys(const std::vector<Run>& runs, Outgoing& outgoing) const;
  void Pack(const std::vector<Run>& runs, const std::vector<Leaf>& bases, Outgoing& outgoing) const;
  /// Where the piece's feed is after it.
  Leaf EndOf(const Piece& piece) const;
  Taken TakePiece(const Piece& piece, const Leaf& end, bool stage, bool keep_rejected);
  void FindMembers();
  void Reject(const FeedId& feed, const Chain& previous, RefusalReason reason,
              const std::string& detail);

  OpLog& log_;
  DeviceId server_;
  Clock& clock_;
  std::set<DeviceId> members_;
};

/// Bytes of a batch: small at first, growing with each exchange of one sync.
std::size_t BatchBytes(std::size_t round);
/// Batches of a file: large, for no link can be cut in the middle of one.
inline constexpr std::size_t kFileBatchBytes = 256 * 1024;
inline constexpr char kFileMethod[] = "FILE";

/// Chains 1, 2, 4, 8 … entries back from a leaf.
std::vector<Chain> SamplesOf(const OpLog& log, EntryNumber leaf);

}  // namespace tram
