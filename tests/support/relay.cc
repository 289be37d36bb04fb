#include "tests/support/relay.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "tram/base/assert.h"

namespace tram::test {
namespace {

constexpr std::size_t kWaitingBytesMax = 256 * 1024;  // of one way; then reading pauses
constexpr int kBacklog = 64;

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

Relay::Relay(std::uint16_t server_port, RelayRules& rules)
    : rules_(rules), server_port_(server_port) {
  listening_ = NewSocket(SOCK_NONBLOCK);
  wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  const bool ready = listening_ >= 0 && wake_ >= 0 && ::bind(listening_, plain, size) == 0 &&
                     ::listen(listening_, kBacklog) == 0 &&
                     ::getsockname(listening_, plain, &size) == 0;
  TRAM_ASSERT(ready);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Run(); });
}

Relay::~Relay() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  Wake();
  thread_.join();
  ::close(listening_);
  ::close(wake_);
}

void Relay::Wake() {
  const std::uint64_t one = 1;
  const bool woken = ::write(wake_, &one, sizeof one) == sizeof one;
  TRAM_ASSERT(woken);
}

void Relay::Replay(std::string bytes) {
  {
    std::lock_guard lock(mutex_);
    replays_.push_back(std::move(bytes));
  }
  Wake();
}

int Relay::Connect() const {
  const sockaddr_in address = Loopback(server_port_);
  const int server = NewSocket(0);
  // On loopback a connection is made or refused at once.
  if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    return server;
  }
  ::close(server);
  return -1;
}

void Relay::Accept() {
  const int client = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (client < 0) return;
  const std::size_t number = accepted_++;
  const RelayRules::Opening opening = rules_.OnConnection(number);
  const int server = opening.refused ? -1 : Connect();
  if (server < 0) {
    ::close(client);
    rules_.OnOver(number);
    return;
  }
  Connection& connection = open_.emplace_back();
  connection.client = client;
  connection.server = server;
  connection.number = number;
  connection.ways[0].from = std::chrono::steady_clock::now() + opening.held;
}

void Relay::StartReplays() {
  std::uint64_t count = 0;
  while (::read(wake_, &count, sizeof count) > 0) {
  }
  std::vector<std::string> replays;
  {
    std::lock_guard lock(mutex_);
    replays.swap(replays_);
  }
  for (std::string& bytes : replays) {
    const int server = Connect();
    if (server < 0) continue;
    Connection& connection = open_.emplace_back();
    connection.server = server;
    connection.ways[0].waiting = std::move(bytes);
    connection.ways[0].ended = true;
  }
}

void Relay::Take(Connection& connection, Direction direction) {
  const bool up = direction == Direction::kToServer;
  Way& way = connection.ways[static_cast<std::size_t>(direction)];
  char block[16 * 1024];
  const ssize_t n =
      ::recv(up ? connection.client : connection.server, block, sizeof block, MSG_DONTWAIT);
  if (n == 0) way.ended = true;
  if (n < 0 && !WouldBlock()) connection.over = true;
  if (n <= 0 || connection.client < 0) return;
  const std::string_view bytes(block, static_cast<std::size_t>(n));
  const RelayRules::Passage passage = rules_.OnBytes(connection.number, direction, bytes);
  way.waiting.append(bytes.substr(0, passage.bytes));
  way.ended = passage.then == RelayRules::Passage::Then::kEnd;
  way.cut = passage.then == RelayRules::Passage::Then::kCut;
  if (passage.delay.count() > 0) way.from = std::chrono::steady_clock::now() + passage.delay;
}

void Relay::Move(Connection& connection, Direction direction, bool readable, Time now) {
  Way& way = connection.ways[static_cast<std::size_t>(direction)];
  if (now < way.from) return;
  if (readable && !way.cut && !way.ended) Take(connection, direction);
  if (now < way.from) return;  // what came is delayed
  const int to = direction == Direction::kToServer ? connection.server : connection.client;
  if (!way.waiting.empty()) {
    const ssize_t n =
        ::send(to, way.waiting.data(), way.waiting.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n > 0) way.waiting.erase(0, static_cast<std::size_t>(n));
    if (n < 0 && !WouldBlock()) connection.over = true;
  }
  if (way.ended && !way.closed && way.waiting.empty()) {
    if (to >= 0) ::shutdown(to, SHUT_WR);
    way.closed = true;
  }
  connection.over |=
      (way.cut && way.waiting.empty()) || (connection.ways[0].closed && connection.ways[1].closed);
}

void Relay::PollOnce(bool& stopped) {
  std::vector<pollfd> polls{{wake_, POLLIN, 0}, {listening_, POLLIN, 0}};
  Time now = std::chrono::steady_clock::now();
  Time next = Time::max();
  for (const Connection& connection : open_) {
    for (const bool of_client : {true, false}) {
      const Way& in = connection.ways[of_client ? 0 : 1];
      const Way& out = connection.ways[of_client ? 1 : 0];
      short events = 0;
      const bool reads = !in.ended && !in.cut && in.waiting.size() < kWaitingBytesMax;
      if (reads && now >= in.from) events |= POLLIN;
      if (!out.waiting.empty() && now >= out.from) events |= POLLOUT;
      if (now < in.from) next = std::min(next, in.from);
      // A socket of which nothing is wanted now is left out: its hang-up would end every wait.
      const int socket = of_client ? connection.client : connection.server;
      polls.push_back({events == 0 ? -1 : socket, events, 0});
    }
  }
  int wait_ms = -1;
  if (next != Time::max()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - now);
    wait_ms = static_cast<int>(left.count());
  }
  if (::poll(polls.data(), polls.size(), wait_ms) < 0) return;  // a signal
  {
    std::lock_guard lock(mutex_);
    stopped = stopping_;
  }
  now = std::chrono::steady_clock::now();
  std::size_t i = 2;
  for (Connection& connection : open_) {
    const bool client_readable = (polls[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0;
    const bool server_readable = (polls[i + 1].revents & (POLLIN | POLLHUP | POLLERR)) != 0;
    i += 2;
    Move(connection, Direction::kToServer, client_readable, now);
    Move(connection, Direction::kToClient, server_readable, now);
  }
  if (polls[1].revents != 0) Accept();
  if (polls[0].revents != 0) StartReplays();
}

void Relay::CloseThoseOver(bool all) {
  for (auto it = open_.begin(); it != open_.end();) {
    if (!it->over && !all) {
      ++it;
      continue;
    }
    if (it->client >= 0) ::close(it->client);
    ::close(it->server);
    if (it->client >= 0) rules_.OnOver(it->number);
    it = open_.erase(it);
  }
}

void Relay::Run() {
  for (bool stopped = false; !stopped;) {
    PollOnce(stopped);
    CloseThoseOver(stopped);
  }
}

}  // namespace tram::test
