#include "tram/web/listener.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "body_budget.h"
#include "os_descriptors.h"
#include "response_head.h"

namespace tram {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using TlsStream = asio::ssl::stream<tcp::socket&>;

constexpr std::chrono::milliseconds kGraceMs{1000};         // to take an error reply and go
constexpr std::chrono::milliseconds kAcceptPauseMs{50};     // when the system has no more sockets
constexpr std::size_t kLingerBytesMax = 1024 * 1024;        // read and thrown away before closing
constexpr std::size_t kRefusalsMax = 64;                    // told 503 at one time; others are cut
constexpr std::size_t kDescriptorsReserved = 128;           // for files and sockets of our own
constexpr std::int64_t kDeadlineMsMax = 24 * 3600 * 1000L;  // of any option
constexpr int kThreadsMax = 64;

// Completes an asynchronous call in a coroutine with an error code instead of an exception.
auto Into(error_code& ec) { return asio::redirect_error(asio::use_awaitable, ec); }

// One request as read, or why there is none.
struct Incoming {
  HttpRequest request;
  HttpResponse refusal;
  bool refused = false;     // answer `refusal` and close
  bool gone = false;        // nobody is left to answer
  bool keep_alive = false;  // as the client asked
  bool head_only = false;   // HEAD: no body in the reply
};

void Refuse(Incoming& incoming, int status, std::string text) {
  incoming.refused = true;
  incoming.refusal = TextResponse(status, std::move(text));
}

void RefuseFor(Incoming& incoming, const error_code& ec) {
  if (ec == http::error::header_limit || ec == http::error::buffer_overflow) {
    Refuse(incoming, 431, "The request's head is too large.\n");
  } else if (ec == http::error::body_limit) {
    Refuse(incoming, 413, "The request is too large.\n");
  } else if (ec == http::error::end_of_stream || ec == http::error::partial_message ||
             ec.category() != make_error_code(http::error::end_of_stream).category()) {
    incoming.gone = true;
  } else {
    Refuse(incoming, 400, "The request is not HTTP/1.1.\n");
  }
}

bool ExpectsContinue(const http::request<http::string_body>& message) {
  return message.version() == 11 && beast::iequals(message[http::field::expect], "100-continue");
}

Status OpenTls(std::optional<asio::ssl::context>& tls, const ListenerOptions& options) {
  if (options.certificate_file.empty() && options.key_file.empty()) return {};
  error_code ec;
  asio::ssl::context& context = tls.emplace(asio::ssl::context::tls_server);
  context.use_certificate_chain_file(options.certificate_file, ec);
  if (ec) {
    return MakeError(ErrorCode::kInvalid, "the certificate file '" + options.certificate_file +
                                              "' cannot be used (" + ec.message() +
                                              "); give a PEM file, own certificate first");
  }
  context.use_private_key_file(options.key_file, asio::ssl::context::pem, ec);
  if (ec) {
    return MakeError(ErrorCode::kInvalid, "the key file '" + options.key_file +
                                              "' cannot be used (" + ec.message() +
                                              "); give the certificate's own key as PEM");
  }
  SSL_CTX* native = context.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);  // 34 KB less for each idle connection
  SSL_CTX_set_num_tickets(native, 1);  // one is enough to resume; a second costs 250 bytes
  constexpr unsigned char kSessions[] = "tram";
  SSL_CTX_set_session_id_context(native, kSessions, sizeof kSessions - 1);
  return {};
}

Status CheckOptions(const ListenerOptions& options) {
  auto deadline = [](std::int64_t ms) { return ms > 0 && ms <= kDeadlineMsMax; };
  if (options.threads < 1 || options.threads > kThreadsMax || options.header_bytes_max == 0 ||
      options.header_bytes_max > UINT32_MAX || options.body_bytes_max == 0 ||
      options.connections_max == 0 || !deadline(options.request_deadline_ms) ||
      !deadline(options.idle_deadline_ms) || !deadline(options.stop_deadline_ms)) {
    return MakeError(ErrorCode::kInvalid,
                     "a listener needs 1 to 64 threads, limits above 0 and deadlines up to a day");
  }
  return {};
}

}  // namespace

// What all connections share. Answers hold it, so it may outlive the Listener; the io_context is
// its last member, so that whatever is still queued there goes first.
class Listener::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(ListenerOptions options, Handler handler)
      : options_(std::move(options)), handler_(std::move(handler)) {}

  Status Open();
  void Stop();
  void Left(Connection* connection);

  const ListenerOptions& options() const { return options_; }
  const Handler& handler() const { return handler_; }
  BodyBudget& bodies() { return bodies_; }
  asio::ssl::context* tls() { return tls_ ? &*tls_ : nullptr; }
  bool stopping() const { return stopping_; }
  std::uint16_t port() const { return port_; }
  std::size_t connections() const {
    std::lock_guard lock(mutex_);
    return connections_.size();
  }

 private:
  Status Bind();
  asio::awaitable<void> Accept();
  void Take(tcp::socket socket);
  std::vector<std::shared_ptr<Connection>> All() const;
  void Work();

  ListenerOptions options_;
  Handler handler_;
  BodyBudget bodies_{options_.small_body_bytes, options_.large_bytes_max};
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;  // guards the next one
  std::map<Connection*, std::weak_ptr<Connection>> connections_;
  std::atomic<bool> stopping_ = false;  // set under mutex_, so that Take() adds no connection after
  std::condition_variable left_;
  std::optional<asio::ssl::context> tls_;
  std::vector<std::thread> threads_;
  asio::io_context io_;
  tcp::acceptor acceptor_{asio::make_strand(io_)};
  asio::steady_timer pause_{acceptor_.get_executor()};
};

// One client. Everything runs on the socket's strand, apart from the three functions that say so.
class Listener::Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Core& core, tcp::socket socket, bool refuse)
      : core_(core),
        socket_(std::move(socket)),
        timer_(socket_.get_executor()),
        answered_(socket_.get_executor()),
        refuse_(refuse) {
    if (core.tls() != nullptr) tls_.emplace(socket_, *core.tls());
  }

  /// From any thread.
  void Start() { asio::co_spawn(socket_.get_executor(), Run(shared_from_this()), asio::detached); }
  /// From any thread. A running request goes on; its reply will be the last.
  void CloseIfIdle() {
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
      if (!self->busy_) self->CloseNow();
    });
  }
  /// From any thread.
  void Close() {
    asio::post(socket_.get_executor(), [self = shared_from_this()] { self->CloseNow(); });
  }
  /// From any thread.
  void TakeAnswer(HttpResponse response) {
    asio::post(socket_.get_executor(),
               [self = shared_from_this(), answer = std::move(response)]() mutable {
                 self->answer_ = std::move(answer);
                 self->answered_.cancel();
               });
  }

 private:
  static asio::awaitable<void> Run(std::shared_ptr<Connection> self);
  asio::awaitable<void> Live();
  template <class Stream>
  asio::awaitable<void> Serve(Stream& stream);
  template <class Stream>
  asio::awaitable<bool> AwaitRequest(Stream& stream);
  template <class Stream>
  asio::awaitable<void> Read(Stream& stream, Incoming& incoming, HeldBody& body);
  asio::awaitable<HttpResponse> Ask(HttpRequest& request);
  template <class Stream>
  asio::awaitable<bool> Send(Stream& stream, HttpResponse& response, bool keep, bool head_only);
  template <class Stream>
  asio::awaitable<void> Linger(Stream& stream);

  void Arm(std::chrono::milliseconds after);
  void OnExpiry();
  void CloseNow();

  Core& core_;  // outlives us: see Core
  tcp::socket socket_;
  std::optional<TlsStream> tls_;
  beast::flat_buffer buffer_;
  asio::steady_timer timer_;     // the deadline in force
  asio::steady_timer answered_;  // cancelled when the handler's answer is there
  std::optional<HttpResponse> answer_;
  bool refuse_;           // there are too many: say so and go
  bool busy_ = false;     // between a request's first byte and its reply's last
  bool expired_ = false;  // a deadline has passed: nothing new begins
  bool closing_ = false;  // the next deadline closes the socket
  bool closed_ = false;
};

// What a Respond holds: gives at most one answer, and 500 if it goes away without one.
class Listener::Answer {
 public:
  Answer(std::shared_ptr<Core> core, std::weak_ptr<Connection> connection)
      : core_(std::move(core)), connection_(std::move(connection)) {}
  ~Answer() {
    try {
      Give(TextResponse(500, "The program did not answer.\n"));
    } catch (const std::exception&) {
      // No memory even for that: the request's deadline ends it.
    }
  }
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;

  void Give(HttpResponse response) {
    if (given_.exchange(true)) return;
    if (auto connection = connection_.lock()) {
      connection->TakeAnswer(std::move(response));
    }
  }

 private:
  std::shared_ptr<Core> core_;  // first: the connection's socket belongs to it
  std::weak_ptr<Connection> connection_;
  std::atomic<bool> given_ = false;
};

void Listener::Connection::Arm(std::chrono::milliseconds after) {
  timer_.expires_after(after);
  timer_.async_wait([self = shared_from_this()](const error_code& ec) {
    // A wait that was over before it was armed anew still arrives here, without an error.
    if (!ec && self->timer_.expiry() <= asio::steady_timer::clock_type::now()) self->OnExpiry();
  });
}

// The first time, what runs is cancelled and the client may still be told; the second time, a
// second later, the socket is closed under whatever is left.
void Listener::Connection::OnExpiry() {
  expired_ = true;
  if (closing_) return CloseNow();
  closing_ = true;
  error_code ignored;
  socket_.cancel(ignored);
  answered_.cancel();
  Arm(kGraceMs);
}

void Listener::Connection::CloseNow() {
  closed_ = true;
  error_code ignored;
  socket_.close(ignored);
  timer_.cancel();
  answered_.cancel();
}

asio::awaitable<void> Listener::Connection::Run(std::shared_ptr<Connection> self) {
  try {
    co_await self->Live();
  } catch (const std::exception&) {
    // Memory ran out: this connection ends, the others go on.
  }
  self->CloseNow();
  self->core_.Left(self.get());
}

asio::awaitable<void> Listener::Connection::Live() {
  error_code ec;
  socket_.set_option(tcp::no_delay(true), ec);
  if (refuse_) {
    if (tls_) co_return;  // a handshake would cost more than the honest clients can spare
    closing_ = true;
    Arm(kGraceMs);
    HttpResponse response = TextResponse(503, "Too many connections; try again later.\n");
    bool sent = co_await Send(socket_, response, false, false);
    if (sent) co_await Linger(socket_);
    co_return;
  }
  if (!tls_) {
    co_await Serve(socket_);
    co_return;
  }
  Arm(std::chrono::milliseconds(core_.options().request_deadline_ms));
  co_await tls_->async_handshake(asio::ssl::stream_base::server, Into(ec));
  if (!ec && !expired_) co_await Serve(*tls_);
}

template <class Stream>
asio::awaitable<void> Listener::Connection::Serve(Stream& stream) {
  while (!closed_) {
    bool begun = co_await AwaitRequest(stream);
    if (!begun) co_return;
    Incoming incoming;
    HeldBody body(core_.bodies());  // until it is answered
    co_await Read(stream, incoming, body);
    if (incoming.gone) co_return;
    if (!incoming.refused) incoming.refusal = co_await Ask(incoming.request);
    bool keep = incoming.keep_alive && !incoming.refused && !core_.stopping() && !expired_;
    bool sent = co_await Send(stream, incoming.refusal, keep, incoming.head_only);
    if (!sent) co_return;
    if (!keep) {
      co_await Linger(stream);
      co_return;
    }
    busy_ = false;
  }
}

// True when the first byte of a request is there, and its deadline runs.
template <class Stream>
asio::awaitable<bool> Listener::Connection::AwaitRequest(Stream& stream) {
  if (core_.stopping() || expired_) co_return false;
  if (buffer_.size() == 0) {
    constexpr std::size_t kFirstBytes = 2048;
    Arm(std::chrono::milliseconds(core_.options().idle_deadline_ms));
    error_code ec;
    std::size_t got = co_await stream.async_read_some(buffer_.prepare(kFirstBytes), Into(ec));
    if (ec || expired_ || closed_) co_return false;
    buffer_.commit(got);
  }
  busy_ = true;
  Arm(std::chrono::milliseconds(core_.options().request_deadline_ms));
  co_return true;
}

template <class Stream>
asio::awaitable<void> Listener::Connection::Read(Stream& stream, Incoming& incoming,
                                                 HeldBody& body) {
  http::request_parser<http::string_body> parser;
  parser.header_limit(static_cast<std::uint32_t>(core_.options().header_bytes_max));
  parser.body_limit(core_.options().body_bytes_max);
  error_code ec;
  co_await http::async_read_header(stream, buffer_, parser, Into(ec));
  if (!ec && !expired_ && ExpectsContinue(parser.get())) {
    constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    co_await asio::async_write(stream, asio::buffer(kContinue), Into(ec));
  }
  parser.eager(true);  // what has come of a body is taken out of the buffer
  while (!ec && !expired_ && !parser.is_done()) {
    co_await http::async_read_some(stream, buffer_, parser, Into(ec));
    if (body.Grow(parser.get().body().size())) continue;
    Refuse(incoming, 503, "Too many large requests at once; try again later.\n");
    co_return;
  }
  if (expired_) {
    Refuse(incoming, 408, "The request took too long to arrive; try again.\n");
    co_return;
  }
  if (ec) {
    RefuseFor(incoming, ec);
    co_return;
  }
  http::request<http::string_body>& message = parser.get();
  incoming.keep_alive = message.keep_alive() && message.version() == 11;
  incoming.head_only = message.method() == http::verb::head;
  HttpRequest& request = incoming.request;
  if (Status target = SetTarget(request, message.target()); !target) {
    Refuse(incoming, 400, target.error().message + "\n");
    co_return;
  }
  request.method = message.method_string();
  for (const auto& field : message.base()) {
    AddHeader(request, field.name_string(), field.value());
  }
  request.body = std::move(message.body());
  tcp::endpoint remote = socket_.remote_endpoint(ec);
  if (!ec) request.remote_address = remote.address().to_string();
}

asio::awaitable<HttpResponse> Listener::Connection::Ask(HttpRequest& request) {
  answer_.reset();
  answered_.expires_at(asio::steady_timer::time_point::max());
  {
    auto answer = std::make_shared<Answer>(core_.shared_from_this(), weak_from_this());
    try {
      core_.handler()(std::move(request),
                      [answer](HttpResponse response) { answer->Give(std::move(response)); });
    } catch (...) {  // an edge: whatever a library threw in there ends with this request
      answer->Give(TextResponse(500, "The program failed.\n"));
    }
  }
  error_code ignored;
  if (!expired_ && !closed_) co_await answered_.async_wait(Into(ignored));
  if (answer_) co_return std::move(*answer_);
  co_return TextResponse(504, "The program took too long; it may still finish.\n");
}

// False when the client did not take it.
template <class Stream>
asio::awaitable<bool> Listener::Connection::Send(Stream& stream, HttpResponse& response, bool keep,
                                                 bool head_only) {
  Result<std::string> head = ResponseHead(response, keep);
  if (!head) {  // our own bug, which must not let a value split the reply in two
    response = TextResponse(500, "The program failed.\n");
    head = ResponseHead(response, keep);
  }
  bool no_body = head_only || response.status == 204 || response.status == 304;
  if (!no_body) head->append(response.body);  // one buffer: one TLS record, one packet
  error_code ec;
  co_await asio::async_write(stream, asio::buffer(*head), Into(ec));
  co_return !ec && !closed_;
}

// Closing with unread bytes would reset the connection, and the client might never see the reply.
template <class Stream>
asio::awaitable<void> Listener::Connection::Linger(Stream& stream) {
  closing_ = true;
  Arm(kGraceMs);
  error_code ec;
  if constexpr (std::is_same_v<Stream, TlsStream>) co_await stream.async_shutdown(Into(ec));
  ec = {};
  socket_.shutdown(tcp::socket::shutdown_send, ec);
  std::array<char, 4096> discarded;
  std::size_t total = 0;
  while (!ec && total < kLingerBytesMax) {
    total += co_await socket_.async_read_some(asio::buffer(discarded), Into(ec));
  }
}

Status Listener::Core::Bind() {
  error_code ec;
  asio::ip::address address = asio::ip::make_address(options_.address, ec);
  if (ec) {
    return MakeError(ErrorCode::kInvalid,
                     "'" + options_.address + "' is no numeric address to listen on");
  }
  tcp::endpoint endpoint(address, options_.port);
  acceptor_.open(endpoint.protocol(), ec);
  if (!ec) acceptor_.set_option(tcp::acceptor::reuse_address(true), ec);
  if (!ec) acceptor_.bind(endpoint, ec);
  if (!ec) acceptor_.listen(asio::socket_base::max_listen_connections, ec);
  if (ec) {
    std::string place = options_.address + " port " + std::to_string(options_.port);
    if (ec == asio::error::address_in_use) {
      return MakeError(ErrorCode::kExists,
                       "another program listens on " + place + "; stop it or choose another port");
    }
    auto code = ec == asio::error::access_denied ? ErrorCode::kDenied : ErrorCode::kIo;
    return MakeError(code, "cannot listen on " + place + ": " + ec.message());
  }
  return {};
}

Status Listener::Core::Open() {
  TRAM_TRY(CheckOptions(options_));
  TRAM_TRY(OpenTls(tls_, options_));
  TRAM_TRY(Bind());
  error_code ec;
  port_ = acceptor_.local_endpoint(ec).port();
  std::size_t wanted = options_.connections_max + kRefusalsMax + kDescriptorsReserved;
  std::size_t limit = RaiseDescriptorLimit(wanted);
  if (limit < wanted) {
    options_.connections_max = limit > 2 * (wanted - options_.connections_max)
                                   ? limit - kRefusalsMax - kDescriptorsReserved
                                   : limit / 2;
  }
  try {
    asio::co_spawn(acceptor_.get_executor(), Accept(), asio::detached);
    for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { Work(); });
  } catch (const std::exception& failure) {
    Stop();
    return MakeError(ErrorCode::kIo, std::string("cannot start a thread: ") + failure.what());
  }
  return {};
}

// Ends when Stop() stops the io_context.
void Listener::Core::Work() {
  auto guard = asio::make_work_guard(io_);
  while (!io_.stopped()) {
    try {
      io_.run();
    } catch (const std::exception&) {
      continue;  // one callback failed, for want of memory; the others go on
    }
  }
}

asio::awaitable<void> Listener::Core::Accept() {
  while (acceptor_.is_open()) {
    tcp::socket socket(asio::make_strand(io_));
    error_code ec;
    co_await acceptor_.async_accept(socket, Into(ec));
    if (!ec) {
      Take(std::move(socket));
    } else if (acceptor_.is_open()) {
      pause_.expires_after(kAcceptPauseMs);
      co_await pause_.async_wait(Into(ec));
    }
  }
}

void Listener::Core::Take(tcp::socket socket) {
  std::shared_ptr<Connection> connection;
  try {
    {
      std::lock_guard lock(mutex_);
      std::size_t open = connections_.size();
      if (stopping_ || open >= options_.connections_max + kRefusalsMax) return;
      connection =
          std::make_shared<Connection>(*this, std::move(socket), open >= options_.connections_max);
      connections_.emplace(connection.get(), connection);
    }
    connection->Start();
  } catch (const std::exception&) {
    if (connection) Left(connection.get());  // no memory for one more client: it is cut off
  }
}

void Listener::Core::Left(Connection* connection) {
  std::lock_guard lock(mutex_);
  connections_.erase(connection);
  left_.notify_all();
}

std::vector<std::shared_ptr<Listener::Connection>> Listener::Core::All() const {
  std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Connection>> all;
  for (const auto& entry : connections_) {
    if (auto connection = entry.second.lock()) all.push_back(std::move(connection));
  }
  return all;
}

void Listener::Core::Stop() {
  if (threads_.empty()) return;
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  asio::post(acceptor_.get_executor(), [this] {
    error_code ignored;
    acceptor_.close(ignored);
  });
  for (const auto& connection : All()) connection->CloseIfIdle();
  {
    std::unique_lock lock(mutex_);
    left_.wait_for(lock, std::chrono::milliseconds(options_.stop_deadline_ms),
                   [this] { return connections_.empty(); });
  }
  for (const auto& connection : All()) connection->Close();
  {
    std::unique_lock lock(mutex_);
    left_.wait(lock, [this] { return connections_.empty(); });
  }
  io_.stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  handler_ = nullptr;  // it may hold a Respond, which holds us
}

Listener::Listener(std::shared_ptr<Core> core) : core_(std::move(core)) {}
Listener::~Listener() { Stop(); }

Result<std::unique_ptr<Listener>> Listener::Start(ListenerOptions options, Handler handler) {
  auto core = std::make_shared<Core>(std::move(options), std::move(handler));
  TRAM_TRY(core->Open());
  return std::unique_ptr<Listener>(new Listener(std::move(core)));
}

std::uint16_t Listener::port() const { return core_->port(); }
std::size_t Listener::connections() const { return core_->connections(); }
void Listener::Stop() { core_->Stop(); }

}  // namespace tram
