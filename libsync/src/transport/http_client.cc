#include "tram/transport/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <new>
#include <utility>

namespace tram {
namespace {

// Removes what libcurl would send by itself; 92 bytes of a request.
constexpr const char* kEmptyHeaders[] = {"Accept:", "Content-Type:", "Expect:", "User-Agent:"};

struct UrlDelete {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct HandleDelete {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListDelete {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// Part of a URL as libcurl itself reads it, so that our rule judges what will be used.
std::string PartOf(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

std::string Lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

// Needs lower case. libcurl has brought numbers into their normal form, dotted decimal.
bool IsLoopback(std::string_view host) {
  bool dotted = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return host == "localhost" || host == "[::1]" || (dotted && host.starts_with("127."));
}

struct Exchange {
  std::string body;
  bool head_ended = false;  // the empty line has come
  bool framed = false;      // the head says where the body ends
  std::size_t bytes_max = 0;
  bool too_large = false;
  std::uint64_t up = 0;
  std::uint64_t down = 0;
  const std::atomic<bool>* cancelled = nullptr;
};

std::size_t OnBody(char* bytes, std::size_t, std::size_t count, void* context) {
  auto& exchange = *static_cast<Exchange*>(context);
  if (count > exchange.bytes_max - exchange.body.size()) {
    exchange.too_large = true;
    return 0;
  }
  try {
    exchange.body.append(bytes, count);
  } catch (const std::bad_alloc&) {
    exchange.too_large = true;
    return 0;  // exceptions must not pass through libcurl
  }
  return count;
}

// libcurl takes a head that is cut off between two lines, or a body that ends when the connection
// does, for a whole reply; neither can be told from a broken link.
std::size_t OnHeader(char* bytes, std::size_t, std::size_t count, void* context) {
  auto& exchange = *static_cast<Exchange*>(context);
  std::string_view line(bytes, count);
  if (line.starts_with("HTTP/")) exchange.head_ended = exchange.framed = false;
  if (line == "\r\n" || line == "\n") exchange.head_ended = true;
  for (std::string_view name : {"content-length:", "transfer-encoding:"}) {
    bool is_it = count >= name.size() && curl_strnequal(bytes, name.data(), name.size()) != 0;
    if (is_it) exchange.framed = true;
  }
  return count;
}

int OnDebug(CURL*, curl_infotype type, char*, std::size_t size, void* context) {
  auto& exchange = *static_cast<Exchange*>(context);
  if (type == CURLINFO_HEADER_OUT || type == CURLINFO_DATA_OUT) exchange.up += size;
  if (type == CURLINFO_HEADER_IN || type == CURLINFO_DATA_IN) exchange.down += size;
  return 0;
}

int OnProgress(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return *static_cast<Exchange*>(context)->cancelled ? 1 : 0;
}

Error ErrorOf(CURLcode code, const std::string& said, const Exchange& exchange,
              const HttpOptions& options) {
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
      return MakeError(ErrorCode::kDenied, "the server's certificate is not believed (" + said +
                                               "); check the server's address and the CA file");
    case CURLE_SSL_CACERT_BADFILE:
      return MakeError(ErrorCode::kInvalid,
                       "the CA file '" + options.ca_file + "' cannot be used; give a PEM file");
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return MakeError(ErrorCode::kInvalid, "the server's address cannot be used: " + said);
    case CURLE_FILESIZE_EXCEEDED:
    case CURLE_WRITE_ERROR:
      if (exchange.too_large || code == CURLE_FILESIZE_EXCEEDED) {
        return MakeError(ErrorCode::kInvalid, "the server's reply is larger than " +
                                                  std::to_string(options.reply_bytes_max) +
                                                  " bytes; is this a Trạm server?");
      }
      break;
    default:
      break;
  }
  if (exchange.up == 0) {
    return MakeError(ErrorCode::kDisconnected,
                     "the server cannot be reached (" + said + "); it will be tried again");
  }
  return MakeError(ErrorCode::kOutcomeUnknown, "the connection broke before the reply was whole (" +
                                                   said + "); it will be tried again");
}

Result<HttpReply> Judge(HttpReply reply) {
  switch (reply.status) {
    case 408:
      return MakeError(ErrorCode::kDisconnected,
                       "the server gave up waiting for the request; the link is too slow now");
    case 429:
    case 503:
      return MakeError(ErrorCode::kOverloaded,
                       "the server has too much to do; it will be tried again later");
    case 504:
      return MakeError(ErrorCode::kOutcomeUnknown,
                       "the server did not finish in time; it will be tried again");
    default:
      return reply;
  }
}

}  // namespace

Status CheckServerUrl(const std::string& url) {
  std::unique_ptr<CURLU, UrlDelete> parsed(curl_url());
  CURLUcode code = curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0);
  if (code != CURLUE_OK) {
    return MakeError(ErrorCode::kInvalid, "'" + url + "' is no server address (" +
                                              curl_url_strerror(code) +
                                              "); write https://HOST/ or https://HOST:PORT/");
  }
  std::string scheme = Lower(PartOf(parsed.get(), CURLUPART_SCHEME));
  std::string host = Lower(PartOf(parsed.get(), CURLUPART_HOST));
  if (scheme != "https" && scheme != "http") {
    return MakeError(ErrorCode::kInvalid,
                     "'" + scheme + "' is no way to reach a server; use https://");
  }
  if (!PartOf(parsed.get(), CURLUPART_USER).empty() ||
      !PartOf(parsed.get(), CURLUPART_PASSWORD).empty()) {
    return MakeError(ErrorCode::kInvalid,
                     "a server address holds no name or password; remove what is before the @");
  }
  if (scheme == "http" && !IsLoopback(host)) {
    return MakeError(ErrorCode::kInvalid,
                     "http:// to '" + host + "' can be read and changed on the way; use https://");
  }
  return {};
}

class HttpClient::Handle {
 public:
  Handle() {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    easy_.reset(curl_easy_init());
    for (const char* header : kEmptyHeaders) {
      curl_slist* longer = curl_slist_append(headers_.get(), header);
      if (longer == nullptr) throw std::bad_alloc();
      [[maybe_unused]] auto* same = headers_.release();
      headers_.reset(longer);
    }
    if (!easy_) throw std::bad_alloc();
  }

  Result<HttpReply> Perform(const std::string& url, const ByteView* body,
                            const HttpOptions& options);

  std::atomic<bool> cancelled = false;
  std::optional<std::int64_t> retry_after_ms;
  std::uint64_t up = 0;
  std::uint64_t down = 0;
  std::uint64_t connections = 0;

 private:
  void Prepare(const std::string& url, const ByteView* body, const HttpOptions& options);
  void Observe(Exchange& exchange, char* said);
  HttpReply TakeReply(Exchange& exchange);

  std::unique_ptr<curl_slist, ListDelete> headers_;
  std::unique_ptr<CURL, HandleDelete> easy_;
};

void HttpClient::Handle::Prepare(const std::string& url, const ByteView* body,
                                 const HttpOptions& options) {
  CURL* easy = easy_.get();
  curl_easy_reset(easy);  // keeps connections and TLS sessions
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_PROXY, "");  // nor one that the environment names
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_.get());
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_SSL_ENABLE_ALPN, 0L);  // there is only HTTP/1.1 to agree on
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout_ms));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(options.total_timeout_ms));
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(options.low_speed_bytes_per_s));
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options.low_speed_s));
  curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE,
                   static_cast<curl_off_t>(options.reply_bytes_max));
  if (!options.ca_file.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, options.ca_file.c_str());
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);  // else the system's are believed as well
  }
  if (body != nullptr) {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body->size()));
    // A null pointer would make libcurl read the body from stdin.
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body->empty() ? "" : AsText(*body).data());
  }
}

void HttpClient::Handle::Observe(Exchange& exchange, char* said) {
  CURL* easy = easy_.get();
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, said);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, OnBody);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &exchange);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, OnHeader);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &exchange);
  curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);  // without it the debug function is not called
  curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, OnDebug);
  curl_easy_setopt(easy, CURLOPT_DEBUGDATA, &exchange);
  curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, OnProgress);
  curl_easy_setopt(easy, CURLOPT_XFERINFODATA, &exchange);
}

HttpReply HttpClient::Handle::TakeReply(Exchange& exchange) {
  long status = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  char* type = nullptr;
  curl_easy_getinfo(easy_.get(), CURLINFO_CONTENT_TYPE, &type);
  curl_off_t retry_after_s = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RETRY_AFTER, &retry_after_s);
  constexpr curl_off_t kDayS = 24 * 3600;
  if (retry_after_s > 0) retry_after_ms = std::min(retry_after_s, kDayS) * 1000;
  return {static_cast<int>(status), type == nullptr ? "" : type, std::move(exchange.body)};
}

Result<HttpReply> HttpClient::Handle::Perform(const std::string& url, const ByteView* body,
                                              const HttpOptions& options) {
  retry_after_ms.reset();
  TRAM_TRY(CheckServerUrl(url));
  if (cancelled) return MakeError(ErrorCode::kDisconnected, "the program is stopping");
  Exchange exchange;
  exchange.bytes_max = options.reply_bytes_max;
  exchange.cancelled = &cancelled;
  char said[CURL_ERROR_SIZE] = "";
  Prepare(url, body, options);
  Observe(exchange, said);
  CURLcode code = curl_easy_perform(easy_.get());
  up += exchange.up;
  down += exchange.down;
  long made = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_NUM_CONNECTS, &made);
  connections += static_cast<std::uint64_t>(made);
  if (code != CURLE_OK) {
    std::string text = said[0] != '\0' ? said : curl_easy_strerror(code);
    curl_easy_reset(easy_.get());  // nothing in libcurl points to this call's variables
    return ErrorOf(code, text, exchange, options);
  }
  HttpReply reply = TakeReply(exchange);
  curl_easy_reset(easy_.get());
  bool bodiless = reply.status == 204 || reply.status == 304;
  if (!exchange.head_ended || (!exchange.framed && !bodiless)) {
    return MakeError(ErrorCode::kOutcomeUnknown,
                     "the server's reply does not say where it ends; it will be tried again");
  }
  return Judge(std::move(reply));
}

HttpClient::HttpClient() : handle_(std::make_unique<Handle>()) {}
HttpClient::~HttpClient() = default;

Result<HttpReply> HttpClient::Post(const std::string& url, ByteView body,
                                   const HttpOptions& options) {
  return handle_->Perform(url, &body, options);
}

Result<HttpReply> HttpClient::Get(const std::string& url, const HttpOptions& options) {
  return handle_->Perform(url, nullptr, options);
}

void HttpClient::Cancel() { handle_->cancelled = true; }

std::optional<std::int64_t> HttpClient::retry_after_ms() const { return handle_->retry_after_ms; }
std::uint64_t HttpClient::bytes_up() const { return handle_->up; }
std::uint64_t HttpClient::bytes_down() const { return handle_->down; }
std::uint64_t HttpClient::connections() const { return handle_->connections; }

}  // namespace tram
