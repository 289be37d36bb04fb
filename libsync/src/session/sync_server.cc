#include "tram/session/sync_server.h"

#include <algorithm>
#include <set>

#include "tram/base/hash.h"
#include "tram/base/limits.h"

namespace tram {
namespace {

/// Which of our leaves the client did not list, and whether its digest fits them.
struct Listing {
  std::vector<Leaf> unlisted;      // ours, of feeds that the request does not name
  std::set<std::uint32_t> listed;  // feed indexes that it does name
  bool complete = false;           // the client lists everything it has
  bool fits = false;
};

Listing CompareListing(const OpLog& log, const Leaf& header_leaf, const RequestBody& body) {
  Listing listing;
  std::set<FeedId> named{header_leaf.feed};
  for (const ListedLeaf& listed : body.leaves) named.insert(listed.leaf.feed);
  for (const Leaf& leaf : log.Leaves()) {
    if (named.count(leaf.feed) == 0) {
      listing.unlisted.push_back(leaf);
    } else if (auto index = log.FeedIndex(leaf.feed)) {
      listing.listed.insert(*index);
    }
  }
  listing.complete = body.unlisted.IsZero();
  listing.fits =
      !listing.complete && ShortDigest(DigestOfLeaves(listing.unlisted)) == body.unlisted;
  return listing;
}

/// Everything that the request shows its sender to hold.
Known KnownOf(const OpLog& log, const Request& request, const Taken& taken,
              const Listing& listing) {
  Known known(log);
  known.Add(request.header.leaf.chain);
  for (const ListedLeaf& listed : request.body.leaves) {
    known.Add(listed.leaf.chain);
    for (const Chain& sample : listed.samples) known.Add(sample);
  }
  for (const Chain& end : taken.ends) known.Add(end);
  if (listing.fits) {
    for (const Leaf& leaf : listing.unlisted) known.Add(leaf.chain);
  }
  return known;
}

/// Where a leaf of ours is new to the client: a leaf of its own on that branch that we hold, or
/// else chains 1, 2, 4, 8 … back. Not for leaves that this very reply brings. As many as a message
/// may list.
std::vector<Chain> SamplesFor(const OpLog& log, const std::vector<Leaf>& client_leaves,
                              const std::vector<Leaf>& served) {
  std::set<Chain> samples;
  std::set<Leaf> told(client_leaves.begin(), client_leaves.end());
  told.insert(served.begin(), served.end());
  for (const Leaf& leaf : log.Leaves()) {
    if (told.count(leaf) > 0) continue;
    if (samples.size() + kSamplesMax > kLeavesMax) break;
    const EntryNumber number = *log.FindChain(leaf.chain);
    bool shared = false;
    for (const Leaf& theirs : client_leaves) {
      if (samples.size() == kLeavesMax) break;
      auto held = theirs.feed == leaf.feed ? log.FindChain(theirs.chain) : std::nullopt;
      if (!held || !log.IsAncestor(*held, number)) continue;
      samples.insert(theirs.chain);
      shared = true;
    }
    if (shared) continue;
    for (const Chain& sample : SamplesOf(log, number)) samples.insert(sample);
  }
  return {samples.begin(), samples.end()};
}

/// All of the client's leaves and the point of its feed that the request ends at, as it knows them
/// itself; not used where the digest does not fit.
std::vector<Leaf> ClientLeaves(const Leaf& header_leaf, const RequestBody& body,
                               const Listing& listing) {
  std::vector<Leaf> leaves;
  bool header_listed = header_leaf.seq == 0;
  for (const ListedLeaf& listed : body.leaves) {
    header_listed |= listed.leaf == header_leaf;
    leaves.push_back(listed.leaf);
  }
  if (!header_listed) leaves.push_back(header_leaf);
  if (listing.fits) {
    leaves.insert(leaves.end(), listing.unlisted.begin(), listing.unlisted.end());
  }
  return leaves;
}

}  // namespace

Result<Answer> AnswerRequest(Replica& replica, const SigningKey& server, ByteView bytes,
                             const MessageTarget& target, const DeviceId& sender, Clock& clock) {
  OpLog& log = replica.log();
  TRAM_ASSIGN(Request request, DecodeRequest(bytes, target, sender));
  const RequestHeader& header = request.header;
  const RequestBody& body = request.body;
  if (!replica.IsMember(sender)) {
    return MakeError(ErrorCode::kDenied,
                     "this device does not belong to the unit; enrol it with a new code");
  }
  if (!VerifySignature(sender,
                       CheckpointStatement(log.unit(), header.leaf, header.time, request.context),
                       header.signature)) {
    return MakeError(ErrorCode::kDenied, "the request's signature is wrong; nothing was taken");
  }
  replica.TakeKeys(body.keys);
  Taken taken = replica.TakePieces(body.pieces, body.bases, &header, request.context, false);
  taken.Add(replica.RetryStaged());

  Listing listing = CompareListing(log, header.leaf, body);
  Known known = KnownOf(log, request, taken, listing);
  const std::vector<Leaf> client_leaves = ClientLeaves(header.leaf, body, listing);
  const HybridTime now{clock.WallMs()};
  Reply reply;
  const bool by_file = target.method == kFileMethod;
  const bool misfit = !listing.complete && !listing.fits;
  reply.want_full = misfit || by_file;  // so that a file stands on its own
  std::optional<std::set<std::uint32_t>> feeds;
  if (misfit) feeds = listing.listed;
  const std::size_t bytes_max = by_file ? kFileBatchBytes : BatchBytes(body.round);
  Outgoing outgoing =
      replica.Choose(known, bytes_max, client_leaves, &server, now, std::nullopt, feeds);

  Answer answer;
  answer.new_ops = taken.new_ops;
  answer.served_ops = outgoing.ops;
  answer.refusals = taken.refusals;
  answer.device_time = header.time;
  reply.time = now;
  reply.leaves = log.Leaves();
  reply.samples = SamplesFor(log, client_leaves, outgoing.ends);
  reply.bases = std::move(outgoing.bases);
  reply.pieces = std::move(outgoing.pieces);
  reply.refusals = taken.refusals;
  reply.keys_digest = log.DigestOfKeys();
  reply.keys = std::move(outgoing.keys);
  std::sort(reply.keys.begin(), reply.keys.end());
  reply.more = outgoing.more;
  // Seeds travel with the ops that create their records. Only where no op moves and the tables
  // still differ are they compared whole.
  const bool quiet = body.pieces.empty() && reply.pieces.empty() && !body.more && !reply.more;
  if (quiet && body.keys_digest != reply.keys_digest) {
    reply.keys = log.keys();
    std::sort(reply.keys.begin(), reply.keys.end());
    reply.all_keys = true;
  }
  if (body.keys_digest == reply.keys_digest) reply.keys_digest.reset();
  reply.receipt = server.Sign(ReceiptStatement(server.id(), log.unit(), sender, body.nonce,
                                               reply.time, DigestOfLeaves(reply.leaves),
                                               ContextOfReply(reply, client_leaves)));
  answer.reply = EncodeReply(reply, client_leaves);
  return answer;
}

}  // namespace tram
