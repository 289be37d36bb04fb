// ServerFeed: what the server itself writes into a unit's log, on a feed of its own in it, signed
// with the server's key: records of the province and nothing else (devices hold the rest).
//
// A feed is never written on from two places: a new one is taken where this server was put back
// from a backup (a token in DIR, which backups do not hold, differs), and where something stands on
// the feed that was not written by what this file holds. Rules: the protocol's rules 6, 7, 10, 26.
// Threads: the owner's.
#pragma once

#include <span>

#include "storage/server_state.h"
#include "tram/model/hybrid_time.h"
#include "tram/session/own_feed.h"

namespace tram::server {

inline constexpr char kIncarnationName[] = "incarnation";  // in DIR

class ServerFeed {
 public:
  /// Of an open unit. May take a new feed; durable with the log's next commit. Errors: io.
  static Result<ServerFeed> Of(ServerState& state, OpLog& log);

  const DeviceId& device() const { return own_.key().id(); }
  /// For an op with these parents' times.
  HybridTime Next(std::span<const HybridTime> parents) { return time_.Next(parents); }
  std::uint64_t NewNonce() { return own_.NewNonce(); }
  /// Durable with the log's next commit.
  OpId Append(const Op& op);

 private:
  ServerFeed(ServerState& state, OpLog& log, ByteView token);

  OpLog& log_;
  OwnFeed own_;
  HybridClock time_;
};

}  // namespace tram::server
