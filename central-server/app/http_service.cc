#include "app/http_service.h"

#include "app/sync_group.h"

namespace tram::server {
namespace {

HttpResponse EnrolResponse(EnrolmentDesk& desk, const HttpRequest& request) {
  Result<EnrolRequest> decoded = DecodeEnrolRequest(request.body);
  if (!decoded) return ErrorResponse(decoded.error());
  Result<EnrolReply> reply = desk.Enrol(*decoded, request.remote_address);
  if (reply) return {200, "application/json", EncodeEnrolReply(*reply), {}};
  if (reply.error().code == ErrorCode::kOverloaded) return ComeBackLater(reply.error().message);
  return ErrorResponse(reply.error());
}

HttpResponse WrongMethod(const std::string& allowed) {
  HttpResponse response = TextResponse(405, "this address takes " + allowed + " only\n");
  response.headers.emplace_back("Allow", allowed);
  return response;
}

}  // namespace

void HttpService::Handle(HttpRequest request, Respond respond) {
  const bool post = request.method == "POST";
  if (request.path == kSyncPath) {
    if (!post) return respond(WrongMethod("POST"));
    owner_.Sync(std::move(request.body), std::move(respond));
  } else if (request.path == kEnrolPath) {
    if (!post) return respond(WrongMethod("POST"));
    Enrol(std::move(request), respond);
  } else if (request.path == "/healthz") {
    if (request.method != "GET" && request.method != "HEAD") return respond(WrongMethod("GET"));
    respond(TextResponse(200, "ok\n"));
  } else if (const Handler* pages = pages_) {
    (*pages)(std::move(request), std::move(respond));
  } else {
    respond(TextResponse(404, "there is nothing at this address\n"));
  }
}

void HttpService::Enrol(HttpRequest request, const Respond& respond) {
  const bool posted = owner_.Post(
      [this, request = std::move(request), respond] { respond(EnrolResponse(desk_, request)); });
  if (!posted) respond(ComeBackLater("the server is stopping: try again later"));
}

}  // namespace tram::server
