// HttpClient: one request and its reply over http(s), by libcurl.
//
// What it is careful about: few bytes (a POST's head is about 66 bytes and the connection is kept),
// a slow link (the total time may be long, but standing still is not), and saying exactly what is
// known after a failure: nothing was sent, or something may have been done.
// Plain http is for this machine only; anything else must be https with a checked certificate.
// No redirects, no proxy, no cookies, no compression; HTTP/1.1.
// Threads: one at a time, apart from Cancel().
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tram/base/bytes.h"
#include "tram/base/limits.h"
#include "tram/base/result.h"

namespace tram {

struct HttpOptions {
  std::int64_t connect_timeout_ms = 20 * 1000;
  std::int64_t total_timeout_ms = 180 * 1000;
  std::int64_t low_speed_bytes_per_s = 8;  // both ways together; below it for low_speed_s: given up
  std::int64_t low_speed_s = 45;
  std::string ca_file;  // PEM; only these are believed. Empty: those of the system
  std::size_t reply_bytes_max = 2 * kMessageBytesMax;
};

struct HttpReply {
  int status = 0;
  std::string content_type;  // empty where none was sent
  std::string body;
};

class HttpClient {
 public:
  HttpClient();
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Sends `body` and waits for the whole reply. Any status but those named below is a reply.
  /// Errors: invalid (bad URL, plain http to another machine, unreadable CA file, or a reply above
  ///         reply_bytes_max) | denied (the server's certificate is not believed; nothing was sent)
  ///         | disconnected (no connection, or 408: nothing was done) | outcome_unknown (sent, but
  ///         no whole reply, or 504: ask again) | overloaded (503 or 429: nothing was done, come
  ///         back after retry_after_ms()).
  Result<HttpReply> Post(const std::string& url, ByteView body, const HttpOptions& options = {});
  /// Like Post().
  Result<HttpReply> Get(const std::string& url, const HttpOptions& options = {});

  /// Ends a running request within about a second, as disconnected or outcome_unknown, and each
  /// later one at once, as disconnected. From any thread.
  void Cancel();

  /// What the server asked for in the last reply's Retry-After, in milliseconds.
  std::optional<std::int64_t> retry_after_ms() const;
  /// HTTP bytes of all requests and replies so far, heads counted, TLS and below not.
  std::uint64_t bytes_up() const;
  std::uint64_t bytes_down() const;
  /// Connections made so far.
  std::uint64_t connections() const;

 private:
  class Handle;  // libcurl's, so that curl.h stays inside
  std::unique_ptr<Handle> handle_;
};

/// The rule of which URLs are accepted, for a program that wants to say so when it is configured.
/// Errors: invalid.
Status CheckServerUrl(const std::string& url);

}  // namespace tram
