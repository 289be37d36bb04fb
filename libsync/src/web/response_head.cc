#include "response_head.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tram {
namespace {

constexpr std::array<std::pair<int, std::string_view>, 24> kReasons = {{
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
}};

bool IsName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

// Control characters, line breaks above all, would let a value write headers of its own.
bool IsValue(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) {
    auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
  });
}

void Append(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::string_view ReasonOf(int status) {
  for (const auto& [number, reason] : kReasons) {
    if (number == status) return reason;
  }
  return "Status";
}

Result<std::string> ResponseHead(const HttpResponse& response, bool keep_alive) {
  if (response.status < 200 || response.status > 599) {
    return MakeError(ErrorCode::kInvalid,
                     "no such HTTP status: " + std::to_string(response.status));
  }
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head.append(ReasonOf(response.status)).append("\r\n");
  bool no_content = response.status == 204 || response.status == 304;
  if (!no_content) Append(head, "Content-Length", std::to_string(response.body.size()));
  if (!IsValue(response.content_type)) {
    return MakeError(ErrorCode::kInvalid, "a content type holds a control character");
  }
  if (!response.content_type.empty()) Append(head, "Content-Type", response.content_type);
  for (const auto& [name, value] : response.headers) {
    if (!IsName(name) || !IsValue(value)) {
      return MakeError(ErrorCode::kInvalid, "a header's name or value holds a wrong character");
    }
    Append(head, name, value);
  }
  if (!keep_alive) Append(head, "Connection", "close");
  head.append("\r\n");
  return head;
}

}  // namespace tram
