// The head of a response, as short as HTTP/1.1 (RFC 9112) allows.
#pragma once

#include <string>
#include <string_view>

#include "tram/base/result.h"
#include "tram/web/http.h"

namespace tram {

/// "OK" for 200; "Status" for one that is not in the table.
std::string_view ReasonOf(int status);

/// Status line, Content-Length, Content-Type where it is set, the response's own headers,
/// "Connection: close" where the connection will not be kept, and the empty line.
/// Errors: invalid (a status outside 200..599; a name or value that would break the head apart).
Result<std::string> ResponseHead(const HttpResponse& response, bool keep_alive);

}  // namespace tram
