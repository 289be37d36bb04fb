// BadLink: a TCP proxy on loopback that harms what passes, by seed: it refuses connections, cuts
// them after some bytes, lets through a part and then closes as if that were all, delays bytes,
// holds a connection back while later ones pass, and says a whole request again later. The same
// seed and the same order of connections make the same harm. Threads: its own thread moves the
// bytes; the functions may be called from any thread.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "tests/support/relay.h"

namespace tram::test {

/// Of a thousand connections; what is left passes unharmed.
struct Badness {
  int refused = 50;
  int cut = 150;        // both ends closed after so many bytes, one way or the other
  int truncated = 150;  // one way ends after so many bytes, without a reset
  int delayed = 150;    // at each block
  int held = 100;       // before the first byte
  int replayed = 150;   // passes; all that was sent is sent again when it is over
};

/// How often each was done; for a test that wants to know that it was.
struct LinkCounts {
  std::size_t connections = 0;
  std::size_t refused = 0, cut = 0, truncated = 0, delayed = 0, held = 0, replayed = 0;
};

class BadLink : private RelayRules {
 public:
  BadLink(std::uint16_t server_port, std::uint64_t seed, const Badness& badness = {});

  std::uint16_t port() const { return relay_.port(); }
  std::string url() const { return relay_.url(); }

  /// Good: connections from now on pass unharmed. It begins bad.
  void SetGood(bool good);
  LinkCounts counts() const;

  /// Calls `done` on the link's thread, once, when so many more bytes have come that way and before
  /// they pass; not after this object is gone. `done` must not use the link.
  class ByteWatch {
   public:
    ByteWatch(BadLink& link, Direction direction, std::size_t bytes, std::function<void()> done);
    ~ByteWatch();
    ByteWatch(const ByteWatch&) = delete;
    ByteWatch& operator=(const ByteWatch&) = delete;

   private:
    friend class BadLink;
    BadLink& link_;
    const Direction direction_;
    std::size_t left_;
    std::function<void()> done_;  // empty once it was called
  };

 private:
  /// What is to happen to one connection, drawn when it comes.
  struct Plan {
    enum class Harm { kNone, kRefuse, kCut, kTruncate, kDelay, kHold, kReplay } harm = Harm::kNone;
    Direction direction = Direction::kToServer;
    std::size_t bytes = 0;  // that pass first
    std::chrono::milliseconds wait{0};
    std::string sent;  // to be replayed
  };

  Opening OnConnection(std::size_t number) override;
  Passage OnBytes(std::size_t number, Direction direction, std::string_view bytes) override;
  void OnOver(std::size_t number) override;
  Plan Draw(std::size_t number) const;
  void CountDown(Direction direction, std::size_t bytes);

  const std::uint64_t seed_;
  const Badness badness_;

  mutable std::mutex mutex_;  // guards the following
  bool good_ = false;
  LinkCounts counts_;
  std::map<std::size_t, Plan> plans_;
  std::set<ByteWatch*> watches_;

  Relay relay_;  // last: its thread uses the rest
};

}  // namespace tram::test
