// The central server's Handle(): any method, address, headers and body; and requests of a device
// that is enrolled there, damaged and signed anew.
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/fuzz_server.h"
#include "tests/fuzz/fuzz_target.h"
#include "tram/session/enrolment.h"

namespace tram::fuzz {
namespace {

const MessageTarget kTarget{"POST", kSyncPath};

/// A request that can be read is signed by a device of this server, member 1 of the world.
Bytes SyncBody(FuzzInput& input, SmallServer& server) {
  const SigningKey& key = World::One().key(1);
  Bytes body = ToBytes(input.Rest());
  auto request = DecodeRequest(body, kTarget, key.id());
  if (!request) return body;
  RequestHeader& header = request->header;
  return EncodeRequest(request->body, kTarget, header.leaf.feed, [&](const Digest& context) {
    header.signature =
        key.Sign(CheckpointStatement(server.unit(), header.leaf, header.time, context));
    return header;
  });
}

HttpRequest RequestOf(FuzzInput& input, SmallServer& server) {
  const char* const kMethods[] = {"POST", "GET", "HEAD", "PUT", ""};
  const char* const kTargets[] = {kSyncPath, kEnrolPath, "/healthz", "/"};
  HttpRequest request;
  request.remote_address = "127.0.0.1";
  const std::size_t way = input.Below(4);
  request.method = way == 0 ? std::string(AsText(input.Blob())) : kMethods[input.Below(5)];
  const std::string target =
      way == 0 ? std::string(AsText(input.Blob())) : kTargets[input.Below(4)];
  if (!SetTarget(request, target)) request.path = "/";
  for (std::size_t n = input.Below(4); n > 0; --n) {
    const ByteView name = input.Blob();
    AddHeader(request, AsText(name), AsText(input.Blob()));
  }
  if (way == 3) {
    request.method = "POST";
    request.path = kSyncPath;
    request.body = AsText(SyncBody(input, server));
  } else {
    request.body = AsText(input.Rest());
  }
  return request;
}

}  // namespace

void FuzzHttp(ByteView bytes) {
  SmallServer& server = SmallServer::Fresh();
  FuzzInput input(bytes);
  const std::string before = server.Figures();
  const HttpResponse response = server.Handle(RequestOf(input, server));
  Promise(response.status >= 200 && response.status < 600, "there is an answer");
  Promise(response.status != 500, "nothing that comes in is our own error");
  if (response.status != 200) {
    Promise(server.Figures() == before, "a refused request changes nothing");
  }
}

}  // namespace tram::fuzz
