// Bundles: a sync by file, for units with no network. The same messages as over HTTP; ids in full
// or within the message, so that a bundle can be read in any order: what comes too early is kept
// (staged) and tried again after each later bundle or sync.
//
// A device's bundle is read by the server or by another device of the unit; the server may answer
// with a bundle of its own, which gives the device its receipt.
// Threads: one thread owns the log.
#pragma once

#include <optional>
#include <string>

#include "tram/session/sync_client.h"

namespace tram {

struct BundleHead {
  enum class Kind : std::uint8_t { kOps = 1, kReply = 2 };
  Kind kind = Kind::kOps;
  UnitId unit;
  DeviceId sender;
};

/// Reads the head only. Errors: invalid | too_new.
Result<BundleHead> ReadBundleHead(ByteView file);

struct WrittenBundle {
  Bytes file;
  Nonce nonce;  // of the last message: the server's reply bundle signs it
  std::size_t ops = 0;
};

/// Everything that `known` does not hold, signed by `signer`, as one file. `own` is the feed whose
/// end the headers name; nothing for the server, which writes no entries of its own here.
/// Errors: invalid (larger than kBundleBytesMax).
Result<WrittenBundle> WriteBundle(Replica& replica, const Known& known, const SigningKey& signer,
                                  const std::optional<FeedId>& own, HybridTime now, Random& random);

/// Takes a bundle of kind kOps; commits. `own` is told of entries on our own feed (nothing on the
/// server). Errors: invalid | too_new | denied (of another unit, its writer is no member, or a
/// wrong signature): nothing was taken | io.
Result<Taken> ReadBundle(Replica& replica, OwnFeed* own, ByteView file);

/// The server's answer to a bundle that it has read and committed: receipt and leaves, as a file.
Result<Bytes> AnswerBundle(Replica& replica, const SigningKey& server, ByteView file, Clock& clock);

/// Takes the server's answer. `nonce` is the one of the bundle that was written last.
/// Errors: as SyncClient::TakeReply.
Status ReadAnswer(SyncClient& client, const Nonce& nonce, ByteView file);

}  // namespace tram
