// RecordingProxy: a TCP proxy on loopback that keeps every byte which passes, both ways, and that
// can cut a connection at any byte: what crosses the wire is looked at, and links go bad on demand.
// Threads: its own thread moves the bytes; the functions may be called from any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace tram::test {

class RecordingProxy {
 public:
  enum class Direction { kToServer = 0, kToClient = 1 };
  /// The bytes of one connection, by Direction.
  using Recording = std::array<std::string, 2>;

  /// Listens on a free port of 127.0.0.1 and passes connections on to `server_port` there.
  explicit RecordingProxy(std::uint16_t server_port);
  /// Closes what is open.
  ~RecordingProxy();
  RecordingProxy(const RecordingProxy&) = delete;
  RecordingProxy& operator=(const RecordingProxy&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

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

  /// One way of a connection: what was read and is not yet written.
  struct Way {
    std::string waiting;
    bool ended = false;   // the sender closed its side
    bool closed = false;  // and the receiver was told
    bool cut = false;     // what waits still passes, nothing more
  };
  struct Connection {
    int client = -1, server = -1;
    std::size_t number = 0;  // in recorded_
    Way ways[2];
    bool over = false;
  };

  void Run();
  void Accept();
  /// Moves what can be moved one way; `readable`: the sender's socket has something.
  void Move(Connection& connection, Direction direction, bool readable);
  /// Keeps `size` bytes of connection `number` for the record and returns how many of them may
  /// pass.
  std::size_t Keep(std::size_t number, Direction direction, const char* bytes, std::size_t size);
  void PollOnce(bool& stopped);

  std::uint16_t server_port_;
  std::uint16_t port_ = 0;
  int listening_ = -1;
  int wake_ = -1;  // an eventfd: readable once the thread has to end
  std::list<Connection> open_;

  mutable std::mutex mutex_;  // guards the following
  std::vector<Recording> recorded_;
  std::size_t until_cut_[2] = {kNoCut, kNoCut};

  std::thread thread_;
};

}  // namespace tram::test
