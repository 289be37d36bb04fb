// The control socket of a program that holds a folder: a command that finds the folder's lock held
// sends its request to the holder, which runs it and answers. One request and one reply per
// connection, on a Unix stream socket of mode 0600.
// Format: each frame is its length (4 bytes, little-endian), then that many bytes; what the bytes
// mean is the programs' business (JSON).
// Threads: Listen and the destructor from one thread; the callback runs on the server's own thread.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "tram/base/result.h"

namespace tram {

inline constexpr std::size_t kControlFrameBytesMax = 256 * 1024 * 1024;
/// A client that connects and says nothing is dropped after this.
inline constexpr int kControlReceiveSeconds = 10;

class ControlServer {
 public:
  /// Request bytes in, reply bytes out; one at a time, may take as long as it needs.
  using Answer = std::function<std::string(std::string request)>;

  /// Needs the caller to hold the folder's lock: a socket found at `path` is stale and is removed.
  /// Errors: invalid (`path` is in the way and no socket) | io.
  static Result<std::unique_ptr<ControlServer>> Listen(const std::filesystem::path& path,
                                                       Answer answer);
  /// Lets a running answer finish, then removes the socket.
  ~ControlServer();
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

 private:
  ControlServer(std::filesystem::path path, int socket, int wake, Answer answer);
  void Serve();
  void ServeOne(int connection);

  std::filesystem::path path_;
  int socket_;
  int wake_;  // an eventfd: readable once the server has to end
  Answer answer_;
  std::thread thread_;
};

/// Sends a request to the holder and waits for its reply, however long that takes.
/// Errors: not_found (nobody listens there; nothing was done) | invalid (longer than
/// kControlFrameBytesMax) | disconnected (the holder is stopped by a signal; nothing was done) |
/// outcome_unknown (the holder ended, or was stopped, before it answered) | io.
Result<std::string> AskControl(const std::filesystem::path& path, std::string_view request);

}  // namespace tram
