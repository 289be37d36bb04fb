#include "app/server_feed.h"

#include "tram/base/os_file.h"

namespace tram::server {
namespace {

constexpr std::size_t kTokenBytes = 16;
/// Of a unit's log: the chain of the last entry that this server wrote.
constexpr char kWrittenSetting[] = "own.written";

Result<Bytes> ReadOrMakeToken(ServerState& state) {
  const std::filesystem::path path = state.folder() / kIncarnationName;
  Result<std::string> kept = ReadFile(path, kTokenBytes);
  if (kept && kept->size() == kTokenBytes) return ToBytes(AsBytes(*kept));
  if (!kept && kept.error().code == ErrorCode::kIo) return kept.error();
  Bytes token(kTokenBytes);
  state.random().Fill(token);
  TRAM_TRY(WriteFileAtomically(path, token));
  return token;
}

}  // namespace

ServerFeed::ServerFeed(ServerState& state, OpLog& log, ByteView token)
    : log_(log), own_(log, state.keys().server, state.random(), token), time_(state.clock()) {}

Result<ServerFeed> ServerFeed::Of(ServerState& state, OpLog& log) {
  TRAM_ASSIGN(const Bytes token, ReadOrMakeToken(state));
  ServerFeed feed(state, log, token);
  if (const EntryNumber last = feed.own_.last(); last != 0) {
    const ByteView stands = log.entry(last).chain.view();
    // Only a device that kept it can have brought it back: the database is older than the feed.
    if (log.Setting(kWrittenSetting) != ToBytes(stands)) feed.own_.NoteReceived(feed.own_.id());
  }
  HybridTime latest;
  for (const Leaf& leaf : log.Leaves()) {
    if (leaf.feed.device != feed.device()) continue;
    latest = std::max(latest, log.entry(*log.FindChain(leaf.chain)).time);
  }
  feed.time_.SetOwnLast(latest);
  return feed;
}

OpId ServerFeed::Append(const Op& op) {
  const Entry& entry = log_.entry(own_.Append(op));
  log_.SetSetting(kWrittenSetting, ToBytes(entry.chain.view()));
  return entry.op;
}

}  // namespace tram::server
