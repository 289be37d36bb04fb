#include "app/control.h"

namespace tram::client {
namespace {

Error Malformed() {
  return MakeError(ErrorCode::kInvalid,
                   "the running unit-client is of another version: stop it and start it again");
}

}  // namespace

std::string EncodeControlRequest(const ControlRequest& request) {
  Json json = {{"argv", request.argv},
               {"cwd", request.cwd},
               {"lang", request.language == Language::kVietnamese ? "vi" : "en"},
               {"json", request.json},
               {"sync_ticket", request.sync_ticket}};
  if (request.passphrase) json["passphrase"] = *request.passphrase;
  return JsonText(json);
}

Result<ControlRequest> DecodeControlRequest(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  ControlRequest request;
  try {
    request.argv = json.at("argv").get<std::vector<std::string>>();
    request.cwd = json.at("cwd").get<std::string>();
    request.language =
        json.at("lang").get<std::string>() == "en" ? Language::kEnglish : Language::kVietnamese;
    request.json = json.at("json").get<bool>();
    request.sync_ticket = json.at("sync_ticket").get<std::uint64_t>();
    if (json.contains("passphrase")) request.passphrase = json["passphrase"].get<std::string>();
  } catch (const Json::exception&) {
    return Malformed();
  }
  return request;
}

std::string EncodeControlReply(const ControlReply& reply) {
  return JsonText({{"exit", reply.outcome.exit},
                   {"stdout", reply.outcome.out},
                   {"stderr", reply.outcome.err},
                   {"needs_passphrase", reply.outcome.needs_passphrase},
                   {"sync_ticket", reply.sync_ticket}});
}

Result<ControlReply> DecodeControlReply(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  ControlReply reply;
  try {
    reply.outcome.exit = json.at("exit").get<int>();
    reply.outcome.out = json.at("stdout").get<std::string>();
    reply.outcome.err = json.at("stderr").get<std::string>();
    reply.outcome.needs_passphrase = json.at("needs_passphrase").get<bool>();
    reply.sync_ticket = json.at("sync_ticket").get<std::uint64_t>();
  } catch (const Json::exception&) {
    return Malformed();
  }
  return reply;
}

}  // namespace tram::client
