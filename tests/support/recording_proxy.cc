#include "tests/support/recording_proxy.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "tram/base/assert.h"

namespace tram::test {
namespace {

constexpr std::size_t kWaitingBytesMax = 256 * 1024;  // of one way; then reading pauses

sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int NewSocket(int flags) { return ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0); }

bool WouldBlock() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

RecordingProxy::RecordingProxy(std::uint16_t server_port) : server_port_(server_port) {
  listening_ = NewSocket(SOCK_NONBLOCK);
  wake_ = ::eventfd(0, EFD_CLOEXEC);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  const bool ready = listening_ >= 0 && wake_ >= 0 && ::bind(listening_, plain, size) == 0 &&
                     ::listen(listening_, 64) == 0 && ::getsockname(listening_, plain, &size) == 0;
  TRAM_ASSERT(ready);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Run(); });
}

RecordingProxy::~RecordingProxy() {
  const std::uint64_t one = 1;
  const bool woken = ::write(wake_, &one, sizeof one) == sizeof one;
  TRAM_ASSERT(woken);
  thread_.join();
  ::close(listening_);
  ::close(wake_);
}

std::string RecordingProxy::Recorded(Direction direction) const {
  std::string all;
  for (const Recording& recording : Recordings()) all += recording[static_cast<int>(direction)];
  return all;
}

std::vector<RecordingProxy::Recording> RecordingProxy::Recordings() const {
  std::lock_guard lock(mutex_);
  return recorded_;
}

void RecordingProxy::ForgetRecorded() {
  std::lock_guard lock(mutex_);
  for (Recording& recording : recorded_) recording = {};
}

std::size_t RecordingProxy::connections() const {
  std::lock_guard lock(mutex_);
  return recorded_.size();
}

void RecordingProxy::CutAfter(Direction direction, std::size_t bytes) {
  std::lock_guard lock(mutex_);
  until_cut_[static_cast<int>(direction)] = bytes;
}

std::size_t RecordingProxy::Keep(std::size_t number, Direction direction, const char* bytes,
                                 std::size_t size) {
  std::lock_guard lock(mutex_);
  std::size_t& left = until_cut_[static_cast<int>(direction)];
  const std::size_t passed = std::min(left, size);
  recorded_[number][static_cast<int>(direction)].append(bytes, passed);
  if (left == kNoCut) return size;
  left = passed < size ? kNoCut : left - passed;
  return passed;
}

void RecordingProxy::Accept() {
  const int client = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (client < 0) return;
  const sockaddr_in address = Loopback(server_port_);
  const int server = NewSocket(0);
  // On loopback a connection is made or refused at once.
  if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(client);
    ::close(server);
    return;
  }
  Connection& connection = open_.emplace_back();
  connection.client = client;
  connection.server = server;
  std::lock_guard lock(mutex_);
  connection.number = recorded_.size();
  recorded_.emplace_back();
}

void RecordingProxy::Move(Connection& connection, Direction direction, bool readable) {
  const bool up = direction == Direction::kToServer;
  const int from = up ? connection.client : connection.server;
  const int to = up ? connection.server : connection.client;
  Way& way = connection.ways[static_cast<int>(direction)];
  if (readable && !way.cut) {
    char block[16 * 1024];
    const ssize_t n = ::recv(from, block, sizeof block, MSG_DONTWAIT);
    if (n > 0) {
      const auto size = static_cast<std::size_t>(n);
      const std::size_t passed = Keep(connection.number, direction, block, size);
      way.waiting.append(block, passed);
      way.cut = passed < size;
    } else if (n == 0) {
      way.ended = true;
    } else if (!WouldBlock()) {
      connection.over = true;
    }
  }
  if (!way.waiting.empty()) {
    const ssize_t n =
        ::send(to, way.waiting.data(), way.waiting.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n > 0) way.waiting.erase(0, static_cast<std::size_t>(n));
    if (n < 0 && !WouldBlock()) connection.over = true;
  }
  if (way.ended && !way.closed && way.waiting.empty()) {
    ::shutdown(to, SHUT_WR);
    way.closed = true;
  }
  connection.over |=
      (way.cut && way.waiting.empty()) || (connection.ways[0].closed && connection.ways[1].closed);
}

void RecordingProxy::PollOnce(bool& stopped) {
  std::vector<pollfd> polls{{wake_, POLLIN, 0}, {listening_, POLLIN, 0}};
  for (const Connection& connection : open_) {
    for (const bool of_client : {true, false}) {
      const Way& in = connection.ways[of_client ? 0 : 1];
      const Way& out = connection.ways[of_client ? 1 : 0];
      short events = 0;
      if (!in.ended && !in.cut && in.waiting.size() < kWaitingBytesMax) events |= POLLIN;
      if (!out.waiting.empty()) events |= POLLOUT;
      // A socket of which nothing is wanted now is left out: its hang-up would end every wait.
      const int socket = of_client ? connection.client : connection.server;
      polls.push_back({events == 0 ? -1 : socket, events, 0});
    }
  }
  if (::poll(polls.data(), polls.size(), -1) < 0) return;  // a signal
  stopped = polls[0].revents != 0;
  std::size_t i = 2;
  for (Connection& connection : open_) {
    const bool client_readable = (polls[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0;
    const bool server_readable = (polls[i + 1].revents & (POLLIN | POLLHUP | POLLERR)) != 0;
    i += 2;
    Move(connection, Direction::kToServer, client_readable && !connection.ways[0].ended);
    Move(connection, Direction::kToClient, server_readable && !connection.ways[1].ended);
  }
  if (polls[1].revents != 0) Accept();
}

void RecordingProxy::Run() {
  for (bool stopped = false; !stopped;) {
    PollOnce(stopped);
    for (auto it = open_.begin(); it != open_.end();) {
      if (!it->over && !stopped) {
        ++it;
        continue;
      }
      ::close(it->client);
      ::close(it->server);
      it = open_.erase(it);
    }
  }
}

}  // namespace tram::test
