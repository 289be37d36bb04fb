#include "session/invitation_text.h"

#include <nlohmann/json.hpp>

#include "session/device_state.h"
#include "tram/crypto/membership.h"
#include "tram/crypto/passphrase.h"
#include "tram/session/enrolment.h"

namespace tram {
namespace {

using Json = nlohmann::json;
constexpr char kMagic[] = "TRAMINV1";

Error NoInvitation() {
  return MakeError(ErrorCode::kInvalid, "this file is not an invitation of this version");
}

std::string Text(const Json& json, const char* name) {
  auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

template <class IdType>
Result<IdType> IdIn(const Json& json, const char* name) {
  return IdType::FromHexText(Text(json, name));
}

Result<SecretKey> SecretIn(const Json& json, const char* name) {
  TRAM_ASSIGN(Bytes bytes, FromHex(Text(json, name)));
  if (bytes.size() != SecretKey::kSize) return NoInvitation();
  return SecretKey::From(bytes);
}

Result<Ticket> TicketIn(const Json& json) {
  Ticket ticket;
  TRAM_ASSIGN(ticket.inviter, IdIn<DeviceId>(json, "inviter"));
  TRAM_ASSIGN(ticket.signature, IdIn<Signature>(json, "signature"));
  TRAM_ASSIGN(ticket.secret, SecretIn(json, "secret"));
  auto expires = json.find("expires");
  if (expires == json.end() || !expires->is_number_integer()) return NoInvitation();
  ticket.expires = HybridTime{expires->get<std::int64_t>()};
  return ticket;
}

}  // namespace

Result<UnitDevice::Invitation> UnitDevice::Invite(std::int64_t valid_ms) {
  State& state = *state_;
  if (!state.unsealer) {
    return MakeError(ErrorCode::kDenied, "this unit is locked; unlock it with its passphrase");
  }
  HybridTime expires{state.time.Estimate().ms + valid_ms};
  TRAM_ASSIGN(std::string programme, state.ProgrammeFile());
  Ticket ticket = IssueTicket(state.log->unit(), expires, *state.key, state.random);
  Json json{{"unit", state.log->unit().Hex()},
            {"unit_name", state.unit_name},
            {"unit_key", ToHex(state.unsealer->unit_key().view())},
            {"server", state.server.Hex()},
            {"server_url", state.server_url},
            {"programme_key", state.programme_key.Hex()},
            {"programme", std::move(programme)},
            {"keys", Json::array()},
            {"ticket",
             {{"inviter", ticket.inviter.Hex()},
              {"expires", ticket.expires.ms},
              {"signature", ticket.signature.Hex()},
              {"secret", ToHex(ticket.secret.view())}}}};
  for (const KeyEntry& entry : state.log->keys()) {
    if (entry.kind == KeyEntry::Kind::kMember) json["keys"].push_back(KeyEntryText(entry));
  }
  Invitation invitation;
  invitation.code = NewSpokenCode(state.random);
  TRAM_ASSIGN(std::string normal, NormalSpokenCode(invitation.code));
  TRAM_ASSIGN(Bytes wrap, WrapSecret(AsBytes(json.dump()), normal, state.random));
  Extend(invitation.file, AsBytes(kMagic));
  Extend(invitation.file, wrap);
  return invitation;
}

Result<Founding> ReadInvitation(ByteView file, std::string_view code, Clock& clock,
                                Random& random) {
  const std::size_t magic = sizeof kMagic - 1;
  if (file.size() < magic || AsText(file.first(magic)) != kMagic) return NoInvitation();
  TRAM_ASSIGN(std::string normal, NormalSpokenCode(code));
  auto plain = UnwrapSecret(file.subspan(magic), normal);
  if (!plain) {
    if (plain.error().code != ErrorCode::kDenied) return plain.error();
    return MakeError(ErrorCode::kDenied,
                     "the code does not open this invitation; ask for it again");
  }
  return ReadInvitationText(AsText(*plain), clock, random);
}

Result<Founding> ReadInvitationText(std::string_view text, Clock& clock, Random& random) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("ticket") || !json.contains("keys") ||
      !json["keys"].is_array()) {
    return NoInvitation();
  }
  TRAM_ASSIGN(Ticket ticket, TicketIn(json["ticket"]));
  if (ticket.expires.ms < clock.WallMs()) {
    return MakeError(ErrorCode::kDenied,
                     "this invitation has expired, or this computer's date is wrong; ask for a new "
                     "invitation");
  }
  Founding founding;
  TRAM_ASSIGN(founding.unit, IdIn<UnitId>(json, "unit"));
  TRAM_ASSIGN(founding.server, IdIn<DeviceId>(json, "server"));
  TRAM_ASSIGN(founding.programme_key, IdIn<DeviceId>(json, "programme_key"));
  TRAM_ASSIGN(founding.unit_key, SecretIn(json, "unit_key"));
  founding.unit_name = Text(json, "unit_name");
  founding.server_url = Text(json, "server_url");
  founding.programme = Text(json, "programme");
  for (const Json& item : json["keys"]) {
    if (!item.is_string()) return NoInvitation();
    TRAM_ASSIGN(KeyEntry entry, ParseKeyEntry(item.get<std::string>()));
    founding.keys.push_back(std::move(entry));
  }
  founding.device_seed = SecretKey::Generate(random);
  SigningKey key = SigningKey::FromSeed(founding.device_seed.Copy());
  founding.keys.push_back(RedeemTicket(founding.unit, key.id(), ticket));
  return founding;
}

}  // namespace tram
