// Relay: what the tests' proxies share: it listens on loopback, makes a connection to the server
// for each that comes, and moves the bytes both ways, as its rules say. Threads: its own thread
// moves the bytes and asks the rules; the functions may be called from any.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace tram::test {

enum class Direction { kToServer = 0, kToClient = 1 };

/// What becomes of connections. Asked on the relay's thread only.
class RelayRules {
 public:
  struct Opening {
    bool refused = false;               // closed at once
    std::chrono::milliseconds held{0};  // nothing is read from the client before; others pass
  };
  /// What becomes of bytes that came.
  struct Passage {
    std::size_t bytes = 0;  // how many of them pass
    enum class Then {
      kGoOn,
      kEnd,  // that way is at its end, as if the sender had closed it
      kCut,  // both ends are closed once these bytes have passed
    } then = Then::kGoOn;
    std::chrono::milliseconds delay{0};  // before they pass
  };

  virtual ~RelayRules() = default;
  /// Connections are numbered from 0 in the order in which they come.
  virtual Opening OnConnection(std::size_t number) = 0;
  virtual Passage OnBytes(std::size_t number, Direction direction, std::string_view bytes) = 0;
  virtual void OnOver(std::size_t number) = 0;
};

class Relay {
 public:
  /// Listens on a free port of 127.0.0.1 and passes connections on to `server_port` there. `rules`
  /// must outlive it.
  Relay(std::uint16_t server_port, RelayRules& rules);
  /// Closes what is open.
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  /// Sends these bytes to the server once more, over a connection of their own; what it answers is
  /// thrown away.
  void Replay(std::string bytes);

 private:
  using Time = std::chrono::steady_clock::time_point;

  /// One way of a connection: what was read and is not yet written.
  struct Way {
    std::string waiting;
    Time from;            // nothing moves before
    bool ended = false;   // the sender closed its side
    bool closed = false;  // and the receiver was told
    bool cut = false;     // what waits still passes, nothing more
  };
  struct Connection {
    int client = -1, server = -1;  // no client: a replay
    std::size_t number = 0;
    std::array<Way, 2> ways;
    bool over = false;
  };

  void Run();
  void PollOnce(bool& stopped);
  void Accept();
  void StartReplays();
  /// A socket to the server, or -1.
  int Connect() const;
  /// Reads what may be read of one way.
  void Take(Connection& connection, Direction direction);
  /// Moves what can be moved one way; `readable`: the sender's socket has something.
  void Move(Connection& connection, Direction direction, bool readable, Time now);
  void CloseThoseOver(bool all);
  void Wake();

  RelayRules& rules_;
  std::uint16_t server_port_;
  std::uint16_t port_ = 0;
  int listening_ = -1;
  int wake_ = -1;  // an eventfd: readable when there is something to replay or to end
  std::size_t accepted_ = 0;
  std::list<Connection> open_;

  std::mutex mutex_;  // guards the following
  std::vector<std::string> replays_;
  bool stopping_ = false;

  std::thread thread_;
};

}  // namespace tram::test
