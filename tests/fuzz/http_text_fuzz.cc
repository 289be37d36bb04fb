// What of HTTP is read and written by our own code: addresses, forms, headers, a response's head.
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/fuzz_target.h"
#include "tram/web/http.h"
#include "web/response_head.h"

namespace tram::fuzz {
namespace {

void TryTarget(FuzzInput& input) {
  HttpRequest request;
  request.path = request.target = "/before";
  const std::string_view target = AsText(input.Rest());
  if (!SetTarget(request, target)) {
    Promise(request.target == "/before" && request.path == "/before" && request.query.empty(),
            "a refused address changes nothing");
    return;
  }
  Promise(request.path.starts_with('/') && request.path.find('\0') == std::string::npos,
          "a path begins with / and has no zero byte");
  Promise(request.query.size() <= kHttpFieldsMax, "a query stays below its limit");
  for (const auto& [name, value] : request.query) {
    Promise(!AllOf(request.query, name).empty(), "every field is found");
  }
}

void TryText(FuzzInput& input) {
  const std::string text(AsText(input.Rest()));
  Promise(PercentDecode(PercentEncode(text)).value_or("?") == text, "escapes come back");
  (void)PercentDecode(text);
  (void)DecodeForm(text);
}

void TryHead(FuzzInput& input) {
  HttpRequest request;
  HttpResponse response;
  response.status = static_cast<int>(input.Below(700));
  response.content_type = AsText(input.Blob());
  while (!input.empty()) {
    const std::string name(AsText(input.Blob())), value(AsText(input.Blob()));
    AddHeader(request, name, value);
    response.headers.emplace_back(name, value);
  }
  const auto head = ResponseHead(response, input.Flag());
  if (!head) return;
  Promise(head->find("\r\n\r\n") == head->size() - 4, "a head ends once");
  std::size_t lines = 0;
  for (std::size_t at = 0; (at = head->find('\n', at)) != std::string::npos; ++at) {
    Promise(at > 0 && (*head)[at - 1] == '\r', "a line ends with both signs");
    ++lines;
  }
  Promise(lines <= 5 + response.headers.size(), "no header makes a second one");
}

}  // namespace

void FuzzHttpText(ByteView bytes) {
  FuzzInput input(bytes);
  switch (input.Below(3)) {
    case 0:
      return TryTarget(input);
    case 1:
      return TryText(input);
    default:
      return TryHead(input);
  }
}

}  // namespace tram::fuzz
