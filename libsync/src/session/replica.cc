#include "tram/session/replica.h"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "tram/base/hash.h"
#include "tram/base/limits.h"
#include "tram/crypto/membership.h"
#include "tram/wire/settings_codec.h"

namespace tram {
namespace {

/// How many leaves of the receiver ids may refer to: the ones that grew last.
constexpr std::size_t kBasesMost = 16;

/// A key entry's bytes in a message: kind and two lengths besides.
std::size_t RoomOf(const KeyEntry& entry) { return entry.key.size() + entry.value.size() + 5; }

}  // namespace

void Taken::Add(const Taken& other) {
  new_ops += other.new_ops;
  pieces += other.pieces;
  refusals.insert(refusals.end(), other.refusals.begin(), other.refusals.end());
  grown.insert(grown.end(), other.grown.begin(), other.grown.end());
  ends.insert(ends.end(), other.ends.begin(), other.ends.end());
}

std::size_t BatchBytes(std::size_t round) {
  return std::min(kBatchBytesFirst << std::min<std::size_t>(round, 2), kBatchBytesMost);
}

void Known::Add(const Chain& chain) {
  auto number = log_.FindChain(chain);
  if (!number) return;
  for (EntryNumber n = *number; n != 0 && !held_[n]; n = log_.entry(n).previous) held_[n] = true;
}

std::vector<Chain> SamplesOf(const OpLog& log, EntryNumber leaf) {
  std::vector<Chain> samples;
  for (std::uint64_t back = 1; samples.size() < kSamplesMax; back *= 2) {
    EntryNumber number = log.Ancestor(leaf, back);
    if (number == 0) break;
    samples.push_back(log.entry(number).chain);
  }
  return samples;
}

Replica::Replica(OpLog& log, const DeviceId& server, Clock& clock)
    : log_(log), server_(server), clock_(clock) {
  FindMembers();
}

bool Replica::IsMember(const DeviceId& device) const {
  return device == server_ || members_.count(device) > 0;
}

std::vector<DeviceId> Replica::Members() const { return {members_.begin(), members_.end()}; }

// An invited device's certificate leads to its inviter's, in any order: repeat until nothing moves.
void Replica::FindMembers() {
  bool moved = true;
  while (moved) {
    moved = false;
    for (const KeyEntry& entry : log_.keys()) {
      if (entry.kind != KeyEntry::Kind::kMember || entry.key.size() != DeviceId::kSize) continue;
      DeviceId device = DeviceId::From(entry.key);
      if (members_.count(device) > 0) continue;
      auto is_member = [this](const DeviceId& id) { return members_.count(id) > 0; };
      if (!CheckMember(log_.unit(), entry, server_, is_member)) continue;
      members_.insert(device);
      moved = true;
    }
  }
}

void Replica::Reject(const FeedId& feed, const Chain& previous, RefusalReason reason,
                     const std::string& detail) {
  auto same = [&](const Rejected& r) {
    return r.feed == feed && r.previous == previous && r.reason == reason;
  };
  const auto& rejected = log_.rejected();
  if (std::any_of(rejected.begin(), rejected.end(), same)) return;
  log_.AddRejected({feed, previous, reason, clock_.WallMs(), detail});
}

// A ticket serves one device: the first. When it expired is for the server to say at enrolment; an
// entry that a member brings later may be old.
bool Replica::TicketIsUsed(const KeyEntry& entry) const {
  auto certificate = DecodeCertificate(entry.value);
  if (!certificate || certificate->kind != Certificate::Kind::kInvited) return false;
  for (const KeyEntry& other : log_.keys()) {
    if (other.kind != KeyEntry::Kind::kMember || other.key == entry.key) continue;
    auto taken = DecodeCertificate(other.value);
    if (taken && taken->kind == Certificate::Kind::kInvited &&
        taken->ticket == certificate->ticket) {
      return true;
    }
  }
  return false;
}

bool Replica::WouldAdmit(const DeviceId& device, const std::vector<KeyEntry>& keys) const {
  std::set<DeviceId> admitted;
  auto is_member = [&](const DeviceId& id) { return IsMember(id) || admitted.count(id) > 0; };
  for (bool moved = true; moved && !is_member(device);) {
    moved = false;
    for (const KeyEntry& entry : keys) {
      if (entry.kind != KeyEntry::Kind::kMember || entry.key.size() != DeviceId::kSize) continue;
      const DeviceId id = DeviceId::From(entry.key);
      if (is_member(id) || TicketIsUsed(entry)) continue;
      if (!CheckMember(log_.unit(), entry, server_, is_member)) continue;
      admitted.insert(id);
      moved = true;
    }
  }
  return is_member(device);
}

std::size_t Replica::TakeKeys(const std::vector<KeyEntry>& keys) {
  if (keys.empty()) return 0;
  std::size_t added = 0, bytes = 0;
  for (const KeyEntry& held : log_.keys()) bytes += RoomOf(held);
  // A member that has gone mad must not make a table that no message can hold.
  auto add = [&](const KeyEntry& entry) {
    if (bytes + RoomOf(entry) > kKeyTableBytesMax) {
      Reject({}, Chain{}, RefusalReason::kLimit, "this unit has too many keys");
    } else if (log_.AddKey(entry)) {
      bytes += RoomOf(entry);
      ++added;
    }
  };
  std::vector<const KeyEntry*> members;
  for (const KeyEntry& entry : keys) {
    if (entry.kind == KeyEntry::Kind::kMember) {
      members.push_back(&entry);
    } else if (FitsItsKind(entry)) {
      add(entry);
    }
  }
  auto is_member = [this](const DeviceId& id) { return IsMember(id); };
  for (std::size_t before = members.size() + 1; !members.empty() && members.size() < before;) {
    before = members.size();
    std::erase_if(members, [&](const KeyEntry* entry) {
      if (!CheckMember(log_.unit(), *entry, server_, is_member) || TicketIsUsed(*entry))
        return false;
      add(*entry);
      if (log_.FindKey(entry->kind, entry->key) == nullptr) return true;
      members_.insert(DeviceId::From(entry->key));
      return true;
    });
  }
  for (const KeyEntry* entry : members) {
    DeviceId device;
    if (entry->key.size() == DeviceId::kSize) device = DeviceId::From(entry->key);
    Reject({device, 0}, Chain{}, RefusalReason::kUnknownDevice,
           "a device's certificate is signed by nobody of this unit, or its invitation was used by "
           "another device");
  }
  return added;
}

Taken Replica::TakePieces(const std::vector<PackedPiece>& pieces, const std::vector<Chain>& bases,
                          const RequestHeader* header, const Digest& context, bool stage,
                          bool signed_whole) {
  auto lookup = [this](const MessageIds::Position& position) -> std::optional<OpId> {
    auto leaf = log_.FindChain(position.leaf);
    EntryNumber number = leaf ? log_.Ancestor(*leaf, position.back) : 0;
    if (number == 0) return std::nullopt;
    return log_.entry(number).op;
  };
  MessageIds ids(bases, nullptr, lookup);
  Taken taken;
  std::unordered_map<FeedId, Chain> ends;  // of the pieces that could be read
  for (const PackedPiece& packed : pieces) {
    Piece piece{packed.feed, packed.previous, packed.first_seq, {}, {}};
    auto ops = UnpackOps(log_.unit(), packed, ids);
    if (packed.follows) {
      auto before = ends.find(packed.feed);
      if (before == ends.end()) continue;  // goes with the one before it, whose refusal is there
      piece.previous = before->second;
    }
    ends.erase(packed.feed);
    if (!ops) {
      bool unresolved = ops.error().code == ErrorCode::kNotFound;
      RefusalReason reason = unresolved ? RefusalReason::kUnresolved : RefusalReason::kBadHash;
      if (signed_whole && !unresolved) {
        Reject(piece.feed, piece.previous, reason, ops.error().message);
      }
      taken.refusals.push_back({piece.feed, piece.previous, reason});
      continue;
    }
    // Nobody says whether a new person's seed should be there; without it he might stay unread.
    const bool creates = std::ranges::any_of(ops->ops, [](const Op& op) { return !op.record; });
    if (!signed_whole && creates) continue;
    piece.ops = std::move(ops->ops);
    if (packed.checkpoint) {
      piece.checkpoint = *packed.checkpoint;
    } else if (header && header->leaf.feed == packed.feed) {
      piece.checkpoint = {header->leaf, header->time, context, header->signature};
    }
    const Leaf end = EndOf(piece);
    ends.emplace(piece.feed, end.chain);
    const std::size_t staged = log_.staged().size();
    const Taken one = TakePiece(piece, end, stage, signed_whole);
    // The first seed of a person stays: those of a piece that was refused are nobody's word.
    if (one.pieces > 0 || log_.staged().size() > staged) TakeKeys(ops->seeds);
    taken.Add(one);
  }
  return taken;
}

Leaf Replica::EndOf(const Piece& piece) const {
  Leaf end{piece.feed, piece.first_seq + piece.ops.size() - 1, piece.previous};
  for (const Op& op : piece.ops) {
    end.chain = NextChain(log_.unit(), end.chain, OpIdOf(log_.unit(), EncodeOp(op)));
  }
  return end;
}

Taken Replica::TakePiece(const Piece& piece, const Leaf& end, bool stage, bool keep_rejected) {
  Taken taken;
  auto refuse = [&](RefusalReason reason, const std::string& detail) {
    if (keep_rejected && reason != RefusalReason::kGap) {
      Reject(piece.feed, piece.previous, reason, detail);
    }
    taken.refusals.push_back({piece.feed, piece.previous, reason});
    return taken;
  };
  if (!IsMember(piece.feed.device)) {
    return refuse(RefusalReason::kUnknownDevice, "device " + piece.feed.device.Hex());
  }
  if (piece.ops.empty() || piece.first_seq == 0) {
    return refuse(RefusalReason::kBadHash, "an empty piece");
  }
  std::size_t bytes = 0;
  for (const Op& op : piece.ops) {
    if (op.device != piece.feed.device) {
      return refuse(RefusalReason::kBadHash, "an op of another device in this feed");
    }
    if (CanonicalBytes(op) > kOpBytesMax) return refuse(RefusalReason::kLimit, "an op too large");
    bytes += CanonicalBytes(op);
  }
  if (bytes > kPieceOpsBytesMax) return refuse(RefusalReason::kLimit, "a piece too large");
  const Checkpoint& check = piece.checkpoint;
  if (!VerifySignature(piece.feed.device,
                       CheckpointStatement(log_.unit(), end, check.time, check.context),
                       check.signature)) {
    return refuse(RefusalReason::kBadSignature,
                  "entries " + std::to_string(piece.first_seq) + " to " + std::to_string(end.seq));
  }
  Piece checked = piece;
  checked.checkpoint.leaf = end;
  auto previous = log_.FindChain(piece.previous);
  bool follows = piece.first_seq == 1
                     ? piece.previous == FirstChain(log_.unit(), piece.feed)
                     : previous && log_.entry(*previous).seq + 1 == piece.first_seq &&
                           log_.feed(log_.entry(*previous).feed) == piece.feed;
  if (!follows) {
    if (!stage) return refuse(RefusalReason::kGap, "");
    if (!log_.AddStaged(EncodePiece(checked))) {
      return refuse(RefusalReason::kLimit, "too many pieces wait for earlier ones");
    }
    taken.refusals.push_back({piece.feed, piece.previous, RefusalReason::kGap});
    return taken;
  }
  // A member that has gone mad must not make more branches than a message can list.
  const bool adds_leaf = !previous || !log_.Children(*previous).empty();
  if (adds_leaf && !log_.FindChain(end.chain) && log_.Leaves().size() >= kLeavesMax / 2) {
    return refuse(RefusalReason::kLimit, "this unit has too many branches");
  }
  taken.new_ops = log_.AppendPiece(checked);
  taken.pieces = 1;
  TRAM_ASSERT(log_.FindChain(end.chain));
  if (taken.new_ops > 0) taken.grown.push_back(piece.feed);
  taken.ends.push_back(end.chain);
  return taken;
}

Taken Replica::RetryStaged() {
  Taken all;
  for (bool moved = true; moved;) {
    moved = false;
    std::vector<StoredStaged> waiting = log_.staged();
    for (const StoredStaged& staged : waiting) {
      auto piece = DecodePiece(staged.piece);
      Taken taken;
      if (piece) {
        taken = TakePiece(*piece, EndOf(*piece), false, true);
        bool early =
            !taken.refusals.empty() && taken.refusals.front().reason == RefusalReason::kGap;
        if (early) continue;
      }
      log_.DropStaged(staged.number);
      all.Add(taken);
      moved = true;
    }
  }
  return all;
}

/// Consecutive entries of one branch that will be one piece.
struct Replica::Run {
  std::uint32_t feed = 0;
  std::vector<EntryNumber> entries;
  std::size_t bytes = 0;
  bool closed = false;  // ends at a kept checkpoint, or is ours to sign
};

std::vector<Replica::Run> Replica::ChooseRuns(const Known& known, std::size_t bytes_max,
                                              const SigningKey* signer,
                                              const std::optional<std::set<std::uint32_t>>& feeds,
                                              bool& more) const {
  std::vector<Run> runs;
  std::unordered_map<EntryNumber, std::size_t> by_last;  // open runs, by their last entry
  std::size_t bytes = 0, ops = 0, closed = 0;
  for (EntryNumber n = 1; n <= log_.size(); ++n) {
    const Entry& entry = log_.entry(n);
    if (known.Has(n) || (feeds && feeds->count(entry.feed) == 0)) continue;
    if (closed > 0 &&
        (bytes >= bytes_max || ops >= kOpsPerBatchMax / 2 || closed >= kPiecesMax / 2)) {
      more = true;
      break;
    }
    std::size_t index = runs.size();
    if (auto open = by_last.find(entry.previous); entry.previous != 0 && open != by_last.end()) {
      index = open->second;
      by_last.erase(open);
    } else {
      runs.push_back({entry.feed, {}, 0, false});
    }
    Run& run = runs[index];
    run.entries.push_back(n);
    run.bytes += log_.OpBytes(n);
    const bool ours = signer && log_.feed(entry.feed).device == signer->id();
    const bool full = run.entries.size() >= kCheckpointEntries || run.bytes >= kCheckpointBytes;
    if (ours) {
      bytes += log_.OpBytes(n);
      ++ops;
      closed += run.closed ? 0 : 1;
      run.closed = true;
      if (!full) by_last.emplace(n, index);
    } else if (log_.CheckpointAt(n) != nullptr) {
      bytes += run.bytes;
      ops += run.entries.size();
      ++closed;
      run.closed = true;
    } else {
      by_last.emplace(n, index);
    }
  }
  std::erase_if(runs, [](const Run& run) { return !run.closed; });
  return runs;
}

Outgoing Replica::Choose(const Known& known, std::size_t bytes_max, const std::vector<Leaf>& bases,
                         const SigningKey* signer, HybridTime now,
                         const std::optional<FeedId>& header_feed,
                         const std::optional<std::set<std::uint32_t>>& feeds) {
  Outgoing outgoing;
  std::vector<Run> runs = ChooseRuns(known, bytes_max, signer, feeds, outgoing.more);
  std::optional<std::size_t> header_run;
  std::unordered_map<FeedId, Chain> ends;  // of the last piece of each feed
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (header_feed && log_.feed(runs[i].feed) == *header_feed) header_run = i;
  }
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const Run& run = runs[i];
    const Entry& first = log_.entry(run.entries.front());
    const EntryNumber last = run.entries.back();
    PackedPiece piece;
    piece.feed = log_.feed(run.feed);
    piece.first_seq = first.seq;
    piece.previous = first.previous == 0 ? FirstChain(log_.unit(), piece.feed)
                                         : log_.entry(first.previous).chain;
    piece.op_count = static_cast<std::uint32_t>(run.entries.size());
    Leaf end = log_.LeafAt(last);
    if (const Checkpoint* kept = log_.CheckpointAt(last)) {
      piece.checkpoint = *kept;
    } else if (i != header_run) {
      TRAM_ASSERT(signer);
      piece.checkpoint = Checkpoint{
          end, now, Digest{}, signer->Sign(CheckpointStatement(log_.unit(), end, now, Digest{}))};
    }
    if (auto before = ends.find(piece.feed); before != ends.end()) {
      piece.follows = before->second == piece.previous;
    }
    ends[piece.feed] = end.chain;
    outgoing.ends.push_back(end);
    outgoing.pieces.push_back(std::move(piece));
  }
  ChooseKeys(runs, outgoing);
  Pack(runs, bases, outgoing);
  for (const PackedPiece& piece : outgoing.pieces) outgoing.ops += piece.op_count;
  return outgoing;
}

// Seeds travel with the ops that create their persons. Here: erasures of persons whom the pieces
// create; and, where a feed is new to the other side, the members, or it could not check who wrote
// it.
void Replica::ChooseKeys(const std::vector<Run>& runs, Outgoing& outgoing) const {
  bool new_feed = false;
  for (const Run& run : runs) {
    new_feed |= log_.entry(run.entries.front()).seq == 1;
    for (EntryNumber n : run.entries) {
      const ByteView record = log_.entry(n).op.view();
      if (const KeyEntry* key = log_.FindKey(KeyEntry::Kind::kTombstone, record)) {
        outgoing.keys.push_back(*key);
      }
    }
  }
  if (!new_feed) return;
  for (const KeyEntry& entry : log_.keys()) {
    if (entry.kind == KeyEntry::Kind::kMember) outgoing.keys.push_back(entry);
  }
}

// Twice: the first pass finds which of the receiver's leaves the ids really use.
void Replica::Pack(const std::vector<Run>& runs, const std::vector<Leaf>& bases,
                   Outgoing& outgoing) const {
  std::vector<EntryNumber> base_numbers;
  for (const Leaf& leaf : bases) {
    if (auto number = log_.FindChain(leaf.chain)) base_numbers.push_back(*number);
  }
  std::sort(base_numbers.rbegin(), base_numbers.rend());
  if (base_numbers.size() > kBasesMost) base_numbers.resize(kBasesMost);
  std::set<EntryNumber> used;
  auto locate = [&](const OpId& id) -> std::optional<MessageIds::Position> {
    auto number = log_.FindOp(id);
    if (!number) return std::nullopt;
    for (EntryNumber base : base_numbers) {
      if (log_.entry(base).feed != log_.entry(*number).feed || !log_.IsAncestor(*number, base)) {
        continue;
      }
      used.insert(base);
      return MessageIds::Position{log_.entry(base).chain,
                                  log_.entry(base).seq - log_.entry(*number).seq};
    }
    return std::nullopt;
  };
  auto seed_of = [this](const RecordId& record) -> std::optional<Seed> {
    const KeyEntry* key = log_.FindKey(KeyEntry::Kind::kSeed, record.view());
    if (key == nullptr) return std::nullopt;
    return Seed::From(key->value);
  };
  for (bool final_pass : {false, true}) {
    outgoing.bases.clear();
    for (EntryNumber base : base_numbers) outgoing.bases.push_back(log_.entry(base).chain);
    MessageIds ids(outgoing.bases, locate, nullptr);
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < outgoing.pieces.size(); ++i) {
      std::vector<Op> ops;
      for (EntryNumber n : runs[i].entries) ops.push_back(log_.ReadOp(n));
      outgoing.pieces[i].ops = PackOps(log_.unit(), ops, ids, seed_of);
      bytes += outgoing.pieces[i].ops.size();
      if (i == 0 || bytes <= kPiecesBytesMax) continue;
      outgoing.more = true;  // ids that must be written in full can make this far larger than a log
      outgoing.pieces.resize(i);
      outgoing.ends.resize(i);
    }
    if (!final_pass) base_numbers.assign(used.rbegin(), used.rend());
  }
}

}  // namespace tram
