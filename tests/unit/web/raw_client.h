// A TCP client of single bytes, for what no well-behaved client does. Waits with poll(), never
// longer than kWaitMs.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tram::test {

constexpr int kWaitMs = 20'000;

class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ =
        socket_ >= 0 && ::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
  }
  RawClient(RawClient&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)), connected_(other.connected_) {}
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient() {
    if (socket_ >= 0) ::close(socket_);
  }

  bool connected() const { return connected_; }

  /// False when the other side has gone.
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  bool Readable(int wait_ms) {
    pollfd entry{socket_, POLLIN, 0};
    return ::poll(&entry, 1, wait_ms) == 1;
  }

  /// What comes next; empty at the end, nothing when kWaitMs passed.
  std::optional<std::string> ReadSome() {
    if (!Readable(kWaitMs)) return std::nullopt;
    char bytes[65536];
    ssize_t got = ::recv(socket_, bytes, sizeof bytes, 0);
    return std::string(bytes, got > 0 ? static_cast<std::size_t>(got) : 0);
  }

  /// Until `size` bytes have come or the other side closed.
  std::string Read(std::size_t size) {
    std::string all;
    while (all.size() < size) {
      std::optional<std::string> more = ReadSome();
      if (!more) return all + "<silence>";
      if (more->empty()) break;
      all += *more;
    }
    return all;
  }

  /// Until the other side closed.
  std::string ReadToEnd() { return Read(SIZE_MAX); }

 private:
  int socket_;
  bool connected_ = false;
};

}  // namespace tram::test
