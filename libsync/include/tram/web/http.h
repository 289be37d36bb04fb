// HTTP requests and responses as values: what a program's Handle() takes and gives, no socket
// inside.
//
// The listener (listener.h), the command line and the tests all build these. Forms and queries are
// decoded as the URL standard's application/x-www-form-urlencoded; paths as RFC 3986, section 2.1.
// Threads: values, no shared state; a Respond may be called from any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tram/base/result.h"

namespace tram {

/// Fields of a query or a form in the order sent within one name: a set comes as a repeated name.
using HttpFields = std::multimap<std::string, std::string, std::less<>>;
inline constexpr std::size_t kHttpFieldsMax = 4096;  // fields in one query or form

struct HttpRequest {
  std::string method;  // as sent, "GET"
  std::string target;  // as sent, still encoded: what a signature covers
  std::string path;    // decoded, begins with '/', no zero byte
  HttpFields query;    // decoded
  std::map<std::string, std::string, std::less<>> headers;  // lower-case names
  std::string body;
  std::string remote_address;  // numeric, without port; empty where there is no socket

  /// The header's value, empty where it was not sent. Needs a lower-case name.
  std::string_view Header(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type;  // sent only where it is set
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  // further ones
};

/// Answers one request; may be called once, from any thread. A second call changes nothing; if the
/// last copy goes away uncalled, the client gets 500.
using Respond = std::function<void(HttpResponse)>;
using Handler = std::function<void(HttpRequest, Respond)>;

/// The first value under `name`, empty where there is none.
std::string_view FirstOf(const HttpFields& fields, std::string_view name);
/// All values under `name`, in the order sent.
std::vector<std::string> AllOf(const HttpFields& fields, std::string_view name);

/// Fills target, path and query of a request from the target of its request line.
/// Errors: invalid (no '/' in front, a bad escape, a zero byte in the path, too many fields); the
/// request is then as it was.
Status SetTarget(HttpRequest& request, std::string_view target);

/// As if the header had been sent: the name in any case; a repeated one is joined to the first
/// (RFC 9110, section 5.3; cookies as RFC 9113, section 8.2.3).
void AddHeader(HttpRequest& request, std::string_view name, std::string_view value);

/// Errors: invalid ("%" without two hexadecimal digits).
Result<std::string> PercentDecode(std::string_view text);
/// For one segment of a path or one value of a query: all but letters, digits and "-._~" is
/// escaped.
std::string PercentEncode(std::string_view text);
/// application/x-www-form-urlencoded, of a body or a query. Errors: invalid (as above, or more than
/// kHttpFieldsMax fields).
Result<HttpFields> DecodeForm(std::string_view text);

/// Plain text in UTF-8.
HttpResponse TextResponse(int status, std::string text);
/// The error's message under HttpStatusOf() its code.
HttpResponse ErrorResponse(const Error& error);
/// 303: what a form's POST answers, so that reloading the page sends nothing again.
HttpResponse SeeOther(std::string location);

}  // namespace tram
