#include "tram/session/bundle.h"

#include <algorithm>

#include "tram/base/hash.h"
#include "tram/base/limits.h"
#include "tram/session/sync_server.h"

namespace tram {
namespace {

constexpr std::size_t kHeadBytes = 1 + UnitId::kSize + DeviceId::kSize;

const MessageTarget& FileTarget() {
  static const MessageTarget target{kFileMethod, "bundle"};
  return target;
}

Bytes EncodeHead(const BundleHead& head) {
  Bytes bytes{static_cast<std::uint8_t>(head.kind)};
  Extend(bytes, head.unit.view());
  Extend(bytes, head.sender.view());
  return bytes;
}

struct Parts {
  BundleHead head;
  std::vector<Bytes> messages;
};

Result<Parts> ReadParts(ByteView file) {
  TRAM_ASSIGN(std::vector<Bytes> messages, DecodeBundle(file));
  if (messages.empty() || messages[0].size() != kHeadBytes ||
      (messages[0][0] != static_cast<std::uint8_t>(BundleHead::Kind::kOps) &&
       messages[0][0] != static_cast<std::uint8_t>(BundleHead::Kind::kReply))) {
    return MakeError(ErrorCode::kInvalid, "this file is not a bundle of this version");
  }
  ByteView head = messages[0];
  Parts parts;
  parts.head.kind = static_cast<BundleHead::Kind>(head[0]);
  parts.head.unit = UnitId::From(head.subspan(1, UnitId::kSize));
  parts.head.sender = DeviceId::From(head.subspan(1 + UnitId::kSize));
  parts.messages.assign(messages.begin() + 1, messages.end());
  return parts;
}

Result<Parts> ReadPartsFor(const UnitId& unit, BundleHead::Kind kind, ByteView file) {
  TRAM_ASSIGN(Parts parts, ReadParts(file));
  if (parts.head.unit != unit) {
    return MakeError(ErrorCode::kDenied, "this bundle is of another unit");
  }
  if (parts.head.kind != kind) {
    return MakeError(ErrorCode::kInvalid,
                     kind == BundleHead::Kind::kOps
                         ? "this is the server's answer to a bundle, not a bundle of records"
                         : "this bundle holds records, not the server's answer");
  }
  return parts;
}

/// All of the file is read before anything of it is taken: a file that is refused, because it is
/// damaged or not of a member, changes nothing.
Status CheckMessages(const Replica& replica, const Parts& parts) {
  bool member = parts.messages.empty();
  for (const Bytes& message : parts.messages) {
    TRAM_ASSIGN(Request request, DecodeRequest(message, FileTarget(), parts.head.sender));
    member = member || replica.WouldAdmit(parts.head.sender, request.body.keys);
    if (!member) {
      return MakeError(ErrorCode::kDenied,
                       "the device that wrote this bundle does not belong to this unit");
    }
    const RequestHeader& header = request.header;
    const Bytes statement =
        CheckpointStatement(parts.head.unit, header.leaf, header.time, request.context);
    if (!VerifySignature(parts.head.sender, statement, header.signature)) {
      return MakeError(ErrorCode::kDenied,
                       "a signature in this bundle is wrong: it was damaged or "
                       "changed; write it again");
    }
  }
  return {};
}

}  // namespace

Result<BundleHead> ReadBundleHead(ByteView file) {
  TRAM_ASSIGN(Parts parts, ReadParts(file));
  return parts.head;
}

Result<WrittenBundle> WriteBundle(Replica& replica, const Known& known, const SigningKey& signer,
                                  const std::optional<FeedId>& own, HybridTime now,
                                  Random& random) {
  OpLog& log = replica.log();
  TRAM_TRY(log.Commit());
  WrittenBundle written;
  std::vector<Bytes> messages{EncodeHead({BundleHead::Kind::kOps, log.unit(), signer.id()})};
  std::size_t bytes = 0;
  Known so_far = known;
  for (bool more = true; more;) {
    Outgoing outgoing =
        replica.Choose(so_far, kFileBatchBytes, {}, &signer, now, own, std::nullopt);
    RequestHeader header{signer.id(), now, Leaf{}, {}};
    FeedId own_feed = own.value_or(FeedId{signer.id(), 0});
    header.leaf = Leaf{own_feed, 0, FirstChain(log.unit(), own_feed)};
    for (std::size_t i = 0; i < outgoing.pieces.size(); ++i) {
      if (!outgoing.pieces[i].checkpoint) header.leaf = outgoing.ends[i];
      so_far.Add(outgoing.ends[i].chain);
    }
    RequestBody body;
    body.nonce = written.nonce = random.NewId<Nonce>();
    for (const Leaf& leaf : log.Leaves()) {
      if (leaf != header.leaf) body.leaves.push_back({leaf, {}});
    }
    std::sort(body.leaves.begin(), body.leaves.end(),
              [](const ListedLeaf& a, const ListedLeaf& b) { return a.leaf < b.leaf; });
    body.pieces = std::move(outgoing.pieces);
    body.all_keys = messages.size() == 1;
    if (body.all_keys) body.keys = log.keys();
    body.keys_digest = log.DigestOfKeys();
    body.more = more = outgoing.more;
    written.ops += outgoing.ops;
    std::sort(body.keys.begin(), body.keys.end());
    messages.push_back(EncodeRequest(body, FileTarget(), own_feed, [&](const Digest& context) {
      header.signature =
          signer.Sign(CheckpointStatement(log.unit(), header.leaf, header.time, context));
      return header;
    }));
    bytes += messages.back().size();
    if (bytes > kBundleBytesMax) {
      return MakeError(ErrorCode::kInvalid,
                       "there is more than fits one bundle; sync over the network once");
    }
  }
  written.file = EncodeBundle(messages);
  return written;
}

Result<Taken> ReadBundle(Replica& replica, OwnFeed* own, ByteView file) {
  OpLog& log = replica.log();
  TRAM_ASSIGN(Parts parts, ReadPartsFor(log.unit(), BundleHead::Kind::kOps, file));
  TRAM_TRY(CheckMessages(replica, parts));
  Taken all;
  for (const Bytes& message : parts.messages) {
    TRAM_ASSIGN(Request request, DecodeRequest(message, FileTarget(), parts.head.sender));
    replica.TakeKeys(request.body.keys);
    all.Add(replica.TakePieces(request.body.pieces, request.body.bases, &request.header,
                               request.context, true));
  }
  Taken retried = replica.RetryStaged();
  all.Add(retried);
  if (own != nullptr) {
    for (const FeedId& feed : all.grown) own->NoteReceived(feed);
  }
  TRAM_TRY(log.Commit());
  return all;
}

Result<Bytes> AnswerBundle(Replica& replica, const SigningKey& server, ByteView file,
                           Clock& clock) {
  OpLog& log = replica.log();
  TRAM_ASSIGN(Parts parts, ReadPartsFor(log.unit(), BundleHead::Kind::kOps, file));
  if (parts.messages.empty()) {
    return MakeError(ErrorCode::kInvalid, "this bundle is empty; write it again");
  }
  TRAM_ASSIGN(Answer answer, AnswerRequest(replica, server, parts.messages.back(), FileTarget(),
                                           parts.head.sender, clock));
  return EncodeBundle(
      {EncodeHead({BundleHead::Kind::kReply, log.unit(), server.id()}), answer.reply});
}

Status ReadAnswer(SyncClient& client, const Nonce& nonce, ByteView file) {
  TRAM_ASSIGN(Parts parts, ReadParts(file));
  if (parts.head.kind != BundleHead::Kind::kReply || parts.messages.size() != 1) {
    return MakeError(ErrorCode::kInvalid, "this file is not the server's answer to a bundle");
  }
  client.ExpectFileReply(nonce);
  TRAM_TRY(client.TakeReply(parts.messages[0]));
  return {};
}

}  // namespace tram
