// RecordingProxy: a TCP proxy on loopback that keeps every byte which passes, both ways, and that
// can cut a connection at any byte: what crosses the wire is looked at, and links go bad on demand.
// A link that is bad by itself is bad_link.h.
// Threads: its own thread moves the bytes; the functions may be called from any thread.
#pragma once

#include <array>
#include <limits>
#include <mutex>
#include <string>
#include <vector>

#include "tests/support/relay.h"

namespace tram::test {

class RecordingProxy : private RelayRules {
 public:
  using Direction = test::Direction;
  /// The bytes of one connection, by Direction.
  using Recording = std::array<std::string, 2>;

  /// Listens on a free port of 127.0.0.1 and passes connections on to `server_port` there.
  explicit RecordingProxy(std::uint16_t server_port) : relay_(server_port, *this) {}

  std::uint16_t port() const { return relay_.port(); }
  std::string url() const { return relay_.url(); }

  /// All bytes of all connections so far that went this way, one connection after the other.
  std::string Recorded(Direction direction) const;
  /// The same, by connection, in the order in which they were made.
  std::vector<Recording> Recordings() const;
  void ForgetRecorded();
  std::size_t connections() const;

  /// Lets `bytes` more bytes pass that way, then closes both ends of the connection that brought
  /// the next one, once; later connections pass.
  void CutAfter(Direction direction, std::size_t bytes);

 private:
  static constexpr std::size_t kNoCut = std::numeric_limits<std::size_t>::max();

  Opening OnConnection(std::size_t number) override;
  Passage OnBytes(std::size_t number, Direction direction, std::string_view bytes) override;
  void OnOver(std::size_t) override {}

  mutable std::mutex mutex_;  // guards the following
  std::vector<Recording> recorded_;
  std::array<std::size_t, 2> until_cut_{kNoCut, kNoCut};

  Relay relay_;  // last: its thread uses the rest
};

}  // namespace tram::test
