#include "tram/base/os_control.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <optional>
#include <utility>

#include "base/os_descriptor.h"

namespace tram {
namespace {

namespace fs = std::filesystem;

constexpr int kStoppedLookMs = 1000;  // while a reply is waited for

/// The address of a socket, by way of its folder's descriptor: sun_path has room for 107 bytes
/// only, and a data folder may lie deeper.
class Address {
 public:
  explicit Address(const fs::path& path)
      : folder_(::open(path.has_parent_path() ? path.parent_path().c_str() : ".",
                       O_PATH | O_DIRECTORY | O_CLOEXEC)) {
    address_.sun_family = AF_UNIX;
    const std::string short_path =
        "/proc/self/fd/" + std::to_string(folder_.value) + "/" + path.filename().string();
    if (folder_.value < 0) return;
    if (short_path.size() >= sizeof address_.sun_path) {
      errno = ENAMETOOLONG;
      return;
    }
    std::memcpy(address_.sun_path, short_path.c_str(), short_path.size() + 1);
    good_ = true;
  }
  bool good() const { return good_; }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address_); }
  socklen_t size() const { return sizeof address_; }

 private:
  Descriptor folder_;
  sockaddr_un address_{};
  bool good_ = false;
};

bool SendAll(int socket, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t n = ::send(socket, bytes, size, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

bool ReceiveAll(int socket, char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t n = ::recv(socket, bytes, size, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

/// The process that listens at the other end, where it was stopped (SIGSTOP, Ctrl-Z): it accepts
/// connections, as the system does that for it, and answers none.
std::optional<pid_t> StoppedPeer(int socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return std::nullopt;
  std::ifstream in("/proc/" + std::to_string(peer.pid) + "/stat");
  std::string stat;
  std::getline(in, stat);
  // "pid (name) state …", and the name may hold anything.
  const std::size_t name_end = stat.rfind(')');
  const bool stopped = name_end != std::string::npos && stat.compare(name_end, 3, ") T") == 0;
  return stopped ? std::optional<pid_t>(peer.pid) : std::nullopt;
}

/// Returns once there is something to receive; the process that was stopped where one was.
std::optional<pid_t> AwaitReply(int socket) {
  pollfd waiting{socket, POLLIN, 0};
  while (::poll(&waiting, 1, kStoppedLookMs) <= 0) {
    if (auto stopped = StoppedPeer(socket)) return stopped;
  }
  return std::nullopt;
}

Error Stopped(ErrorCode code, pid_t process, const std::string& after) {
  const std::string number = std::to_string(process);
  return MakeError(code, "the program that holds the data is stopped (process " + number +
                             "): let it go on with kill -CONT " + number + ", or end it; " + after);
}

bool SendFrame(int socket, std::string_view content) {
  const auto size = static_cast<std::uint32_t>(content.size());
  const char head[4] = {static_cast<char>(size), static_cast<char>(size >> 8),
                        static_cast<char>(size >> 16), static_cast<char>(size >> 24)};
  return SendAll(socket, head, sizeof head) && SendAll(socket, content.data(), content.size());
}

/// Nothing where the other side ended, was silent for too long or claims too much.
std::optional<std::string> ReceiveFrame(int socket) {
  unsigned char head[4];
  if (!ReceiveAll(socket, reinterpret_cast<char*>(head), sizeof head)) return std::nullopt;
  std::size_t left =
      head[0] | std::size_t{head[1]} << 8 | std::size_t{head[2]} << 16 | std::size_t{head[3]} << 24;
  if (left > kControlFrameBytesMax) return std::nullopt;
  // Memory grows with what really comes, not with what the length claims.
  std::string content;
  while (left > 0) {
    char block[64 * 1024];
    const std::size_t take = std::min(left, sizeof block);
    if (!ReceiveAll(socket, block, take)) return std::nullopt;
    content.append(block, take);
    left -= take;
  }
  return content;
}

}  // namespace

Result<std::unique_ptr<ControlServer>> ControlServer::Listen(const fs::path& path, Answer answer) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) {
    if (!S_ISSOCK(status.st_mode)) {
      return MakeError(ErrorCode::kInvalid,
                       path.string() + " is in the way: move it, it is no control socket");
    }
    ::unlink(path.c_str());
  }
  const Address address(path);
  if (!address.good()) return SystemError("cannot open the folder of", path);
  Descriptor listening(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  // The mode of the socket before bind() is the mode of the file that bind() makes (Linux).
  if (listening.value < 0 || ::fchmod(listening.value, 0600) != 0 ||
      ::bind(listening.value, address.get(), address.size()) != 0 ||
      ::chmod(path.c_str(), 0600) != 0 || ::listen(listening.value, 16) != 0) {
    return SystemError("cannot listen on", path);
  }
  Descriptor wake(::eventfd(0, EFD_CLOEXEC));
  if (wake.value < 0) return SystemError("cannot listen on", path);
  return std::unique_ptr<ControlServer>(
      new ControlServer(path, listening.Release(), wake.Release(), std::move(answer)));
}

ControlServer::ControlServer(fs::path path, int socket, int wake, Answer answer)
    : path_(std::move(path)), socket_(socket), wake_(wake), answer_(std::move(answer)) {
  thread_ = std::thread([this] { Serve(); });
}

ControlServer::~ControlServer() {
  const std::uint64_t one = 1;
  const bool woken = ::write(wake_, &one, sizeof one) == sizeof one;
  TRAM_ASSERT(woken);
  thread_.join();
  ::close(socket_);
  ::close(wake_);
  ::unlink(path_.c_str());
}

void ControlServer::Serve() {
  for (;;) {
    pollfd waiting[2] = {{socket_, POLLIN, 0}, {wake_, POLLIN, 0}};
    if (::poll(waiting, 2, -1) < 0) continue;  // a signal
    if (waiting[1].revents != 0) return;
    const int connection = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    ServeOne(connection);
    ::close(connection);
  }
}

void ControlServer::ServeOne(int connection) {
  const timeval limit{kControlReceiveSeconds, 0};
  ::setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  std::optional<std::string> request = ReceiveFrame(connection);
  if (!request) return;
  const std::string reply = answer_(std::move(*request));
  // Where the client is gone or the reply is too long, the client sees the end of the connection.
  if (reply.size() <= kControlFrameBytesMax) SendFrame(connection, reply);
}

Result<std::string> AskControl(const fs::path& path, std::string_view request) {
  if (request.size() > kControlFrameBytesMax) {
    return MakeError(ErrorCode::kInvalid, "this request is too long for " + path.string());
  }
  const Address address(path);
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.value < 0) return SystemError("cannot connect to", path);
  if (!address.good() || ::connect(socket.value, address.get(), address.size()) != 0) {
    if (errno == ENOENT || errno == ECONNREFUSED || errno == ENOTSOCK) {
      return MakeError(ErrorCode::kNotFound, "nobody answers on " + path.string());
    }
    return SystemError("cannot connect to", path);
  }
  if (auto process = StoppedPeer(socket.value)) {
    return Stopped(ErrorCode::kDisconnected, *process, "then try again");
  }
  // A holder that ends closes the connection, so this wait ends too.
  std::optional<std::string> reply;
  if (SendFrame(socket.value, request)) {
    if (auto process = AwaitReply(socket.value)) {
      return Stopped(ErrorCode::kOutcomeUnknown, *process,
                     "then look whether this was done, and try again");
    }
    reply = ReceiveFrame(socket.value);
  }
  if (!reply) {
    return MakeError(ErrorCode::kOutcomeUnknown,
                     "the running program ended before it answered: look whether it was done, then "
                     "try again");
  }
  return std::move(*reply);
}

}  // namespace tram
