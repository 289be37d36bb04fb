#include "tram/session/enrolment.h"

#include <nlohmann/json.hpp>

namespace tram {
namespace {

using Json = nlohmann::json;

Error Malformed() {
  return MakeError(ErrorCode::kInvalid,
                   "this is not an enrolment message of this version; check the server's address");
}

std::string Text(const Json& json, const char* name) {
  auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<std::vector<KeyEntry>> Keys(const Json& json) {
  std::vector<KeyEntry> keys;
  auto found = json.find("keys");
  if (found == json.end() || !found->is_array()) return Malformed();
  for (const Json& item : *found) {
    if (!item.is_string()) return Malformed();
    TRAM_ASSIGN(KeyEntry entry, ParseKeyEntry(item.get<std::string>()));
    keys.push_back(std::move(entry));
  }
  return keys;
}

}  // namespace

std::string KeyEntryText(const KeyEntry& entry) {
  return std::to_string(static_cast<int>(entry.kind)) + ":" + ToHex(entry.key) + ":" +
         ToHex(entry.value);
}

Result<KeyEntry> ParseKeyEntry(std::string_view text) {
  auto first = text.find(':');
  auto second = first == text.npos ? text.npos : text.find(':', first + 1);
  if (first != 1 || second == text.npos || text[0] < '1' || text[0] > '4') return Malformed();
  KeyEntry entry;
  entry.kind = static_cast<KeyEntry::Kind>(text[0] - '0');
  TRAM_ASSIGN(entry.key, FromHex(text.substr(first + 1, second - first - 1)));
  TRAM_ASSIGN(entry.value, FromHex(text.substr(second + 1)));
  return entry;
}

std::string EncodeEnrolRequest(const EnrolRequest& request) {
  Json json{{"device", request.device.Hex()}};
  if (!request.code.empty()) json["code"] = request.code;
  if (request.unit) json["unit"] = request.unit->Hex();
  if (request.member) json["member"] = KeyEntryText(*request.member);
  return json.dump();
}

Result<EnrolRequest> DecodeEnrolRequest(std::string_view text) {
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return Malformed();
  EnrolRequest request;
  TRAM_ASSIGN(request.device, DeviceId::FromHexText(Text(json, "device")));
  request.code = Text(json, "code");
  if (json.contains("unit")) {
    TRAM_ASSIGN(request.unit, UnitId::FromHexText(Text(json, "unit")));
  }
  if (json.contains("member")) {
    TRAM_ASSIGN(request.member, ParseKeyEntry(Text(json, "member")));
  }
  if (request.code.empty() && !(request.unit && request.member)) return Malformed();
  return request;
}

std::string EncodeEnrolReply(const EnrolReply& reply) {
  Json json{{"unit", reply.unit.Hex()},     {"unit_name", reply.unit_name},
            {"server", reply.server.Hex()}, {"programme_key", reply.programme_key.Hex()},
            {"programme", reply.programme}, {"keys", Json::array()}};
  for (const KeyEntry& entry : reply.keys) json["keys"].push_back(KeyEntryText(entry));
  return json.dump();
}

Result<EnrolReply> DecodeEnrolReply(std::string_view text) {
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return Malformed();
  EnrolReply reply;
  TRAM_ASSIGN(reply.unit, UnitId::FromHexText(Text(json, "unit")));
  reply.unit_name = Text(json, "unit_name");
  TRAM_ASSIGN(reply.server, DeviceId::FromHexText(Text(json, "server")));
  TRAM_ASSIGN(reply.programme_key, DeviceId::FromHexText(Text(json, "programme_key")));
  reply.programme = Text(json, "programme");
  TRAM_ASSIGN(reply.keys, Keys(json));
  return reply;
}

}  // namespace tram
