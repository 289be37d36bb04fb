// Listener: an HTTP/1.1 server for a Handler, in plain text or TLS. Boost.Beast inside.
//
// Every request has an absolute deadline and every size a limit, so that slow or hostile clients
// cost one socket each and no thread: thousands of them do not keep an honest client waiting.
// What a client gets where no handler is asked: 400 malformed, 408 too slow, 413 body or 431 head
// too large, 503 too many connections or too many large bodies at once; after each of these the
// connection is closed. 500 where a
// handler threw or forgot to answer, 504 where its answer did not come before the deadline (what
// the handler began may still be done).
// Reply heads hold only what is needed: "HTTP/1.1 200 OK", Content-Length, and what is set.
// Threads: Start() and Stop() from one thread, not from a handler; the handler is called on the
// listener's threads, several at once, and must not block: it passes long work on and returns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "tram/base/result.h"
#include "tram/web/http.h"

namespace tram {

struct ListenerOptions {
  std::string address = "127.0.0.1";  // numeric, IPv4 or IPv6
  std::uint16_t port = 0;             // 0: any free one
  int threads = 2;
  std::size_t header_bytes_max = 16 * 1024;         // request line and headers
  std::size_t body_bytes_max = 2 * 1024 * 1024;     // of one request
  std::size_t small_body_bytes = 64 * 1024;         // such bodies are always taken
  std::size_t large_bytes_max = 256 * 1024 * 1024;  // of all larger ones, until they are answered
  std::size_t connections_max = 4096;               // lowered to what the system lets us open
  std::int64_t request_deadline_ms = 120 * 1000;    // first byte in to last byte out; TLS handshake
  std::int64_t idle_deadline_ms = 60 * 1000;        // without a request
  std::int64_t stop_deadline_ms = 10 * 1000;        // for running requests, when stopping
  std::string certificate_file;                     // PEM chain; with key_file: TLS 1.2 or later
  std::string key_file;                             // PEM
};

class Listener {
 public:
  /// Post:   connections are accepted on return.
  /// Errors: invalid (address, limits, certificate or key) | exists (the port is taken) | denied
  ///         (the port needs rights) | io.
  static Result<std::unique_ptr<Listener>> Start(ListenerOptions options, Handler handler);
  ~Listener();  // stops
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  std::uint16_t port() const;
  /// Connections open now.
  std::size_t connections() const;

  /// Accepts no more, closes idle connections, lets running requests finish for at most
  /// stop_deadline_ms, closes the rest and ends the threads. A Respond called later does nothing.
  void Stop();

 private:
  class Core;
  class Connection;
  class Answer;
  explicit Listener(std::shared_ptr<Core> core);
  std::shared_ptr<Core> core_;
};

}  // namespace tram
