// A unit, devices, ops and pieces that the tests of log/ share; everything is made from numbers.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tram/base/clock.h"
#include "tram/base/hash.h"
#include "tram/crypto/sign.h"
#include "tram/log/op_log.h"
#include "tram/log/sqlite_log_store.h"
#include "tram/wire/messages.h"
#include "tram/wire/op_codec.h"

namespace tram::test {

inline constexpr std::int64_t kStartMs = 1'795'305'600'000;  // 2026-11-22

/// Tells the time that it was told.
class StillClock : public Clock {
 public:
  std::int64_t WallMs() override { return wall_ms; }
  std::int64_t SteadyMs() override { return wall_ms - kStartMs; }
  std::int64_t wall_ms = kStartMs;
};

template <class IdType>
IdType IdOf(std::uint8_t number) {
  IdType id;
  std::fill(id.data(), id.data() + IdType::kSize, number);
  return id;
}

inline UnitId UnitOf(std::uint8_t number) { return IdOf<UnitId>(number); }

inline SigningKey KeyOf(std::uint8_t number) {
  return SigningKey::FromSeed(SecretKey::From(Bytes(SecretKey::kSize, number)));
}

inline FeedId FeedOf(std::uint8_t device, std::uint64_t number = 1) {
  return {KeyOf(device).id(), number};
}

/// Creates a record; ops of different nonces differ.
inline Op CreatingOp(const FeedId& feed, std::uint64_t nonce) {
  OpBody body;
  body.type = 17;
  body.nonce = nonce;
  body.edits = {{16, Code{3}}, {17, std::string("Trạm y tế")}};
  body.sealed = Bytes(40, 0x5a);
  Op op;
  op.device = feed.device;
  op.time.ms = kStartMs + static_cast<std::int64_t>(nonce);
  op.body = EncodeBody(body);
  return op;
}

/// Changes the record that `creating` made.
inline Op ChangingOp(const FeedId& feed, const OpId& creating, std::int64_t value) {
  OpBody body;
  body.type = 17;
  body.edits = {{18, value}};
  Op op;
  op.device = feed.device;
  op.record = RecordOf(creating);
  op.parents = {creating};
  op.time.ms = kStartMs + 1'000'000 + value;
  op.body = EncodeBody(body);
  return op;
}

inline OpId IdOfOp(const UnitId& unit, const Op& op) { return OpIdOf(unit, EncodeOp(op)); }

/// Signs the entry of `log` with the key of device `device`.
inline Signature SignEntry(const OpLog& log, EntryNumber number, std::uint8_t device,
                           HybridTime time, const Digest& context = {}) {
  return KeyOf(device).Sign(CheckpointStatement(log.unit(), log.LeafAt(number), time, context));
}

/// The entries `first`..`last`, which follow one another on one feed, as another replica sends
/// them.
inline Piece PieceOf(const OpLog& log, EntryNumber first, EntryNumber last, std::uint8_t device) {
  Piece piece;
  const Entry& begin = log.entry(first);
  piece.feed = log.feed(begin.feed);
  piece.previous =
      begin.previous == 0 ? FirstChain(log.unit(), piece.feed) : log.entry(begin.previous).chain;
  piece.first_seq = begin.seq;
  for (std::uint64_t back = log.entry(last).seq - begin.seq + 1; back-- > 0;) {
    piece.ops.push_back(log.ReadOp(log.Ancestor(last, back)));
  }
  piece.checkpoint = {log.LeafAt(last), HybridTime{kStartMs}, {}, {}};
  piece.checkpoint.signature = SignEntry(log, last, device, piece.checkpoint.time);
  return piece;
}

/// A database file in a folder of its own, removed at the end.
class DatabaseFile {
 public:
  explicit DatabaseFile(const std::string& name)
      : folder_(std::filesystem::temp_directory_path() /
                ("tram-" + name + "-" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~DatabaseFile() { std::filesystem::remove_all(folder_); }
  DatabaseFile(const DatabaseFile&) = delete;
  DatabaseFile& operator=(const DatabaseFile&) = delete;
  std::filesystem::path path() const { return folder_ / "log.db"; }

 private:
  std::filesystem::path folder_;
};

/// A value, or the test ends here with the error's words.
template <class T>
T Must(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << result.error().message;
    std::abort();
  }
  return std::move(*result);
}
inline void Must(const Status& status) { ASSERT_TRUE(status) << status.error().message; }

}  // namespace tram::test
