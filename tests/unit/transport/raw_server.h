// A server of one connection at a time that does what a script says, for what no real server does.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace tram::test {

/// One accepted connection. Reading waits for at most 20 s.
class RawPeer {
 public:
  explicit RawPeer(int socket) : socket_(socket) {
    timeval wait{20, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  }
  void Send(std::string_view bytes) {
    [[maybe_unused]] ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  /// Until `end` has come or the other side closed.
  std::string ReadUntil(std::string_view end) {
    std::string all;
    char bytes[4096];
    while (all.find(end) == std::string::npos) {
      ssize_t got = ::recv(socket_, bytes, sizeof bytes, 0);
      if (got <= 0) break;
      all.append(bytes, static_cast<std::size_t>(got));
    }
    return all;
  }
  /// Until the other side closed.
  std::string ReadToEnd() { return ReadUntil(std::string(1, '\0') + "never sent"); }

 private:
  int socket_;
};

class RawServer {
 public:
  using Script = std::function<void(RawPeer&)>;

  /// The i-th connection follows the i-th script and is then closed; further ones are refused.
  explicit RawServer(std::vector<Script> scripts) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    ::bind(socket_, reinterpret_cast<sockaddr*>(&at), size);
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&at), &size);
    port_ = ntohs(at.sin_port);
    if (scripts.empty()) return;  // bound and not listening: connecting is refused
    ::listen(socket_, 8);
    thread_ = std::thread([this, scripts = std::move(scripts)] { Run(scripts); });
  }
  ~RawServer() {
    ::shutdown(socket_, SHUT_RDWR);  // wakes accept()
    if (thread_.joinable()) thread_.join();
    ::close(socket_);
  }
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  std::string Url(std::string_view scheme = "http") const {
    return std::string(scheme) + "://127.0.0.1:" + std::to_string(port_) + "/sync";
  }

 private:
  void Run(const std::vector<Script>& scripts) {
    for (const Script& script : scripts) {
      int accepted = ::accept(socket_, nullptr, nullptr);
      if (accepted < 0) return;
      RawPeer peer(accepted);
      script(peer);
      ::close(accepted);
    }
  }

  int socket_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace tram::test
