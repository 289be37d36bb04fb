#include "tram/crypto/membership.h"

#include "crypto/sodium.h"

namespace tram {
namespace {

// What a signature says: a tag that no other statement begins with, then fields of fixed sizes.
constexpr std::string_view kEnrolTag = "tram-enrol-1";
constexpr std::string_view kTicketTag = "tram-ticket-1";
constexpr std::string_view kRedeemTag = "tram-redeem-1";

Bytes EnrolStatement(const UnitId& unit, const DeviceId& device, HybridTime time) {
  return Joined({AsBytes(kEnrolTag), unit.view(), device.view(), LittleEndian(time.ms)});
}

Bytes TicketStatement(const UnitId& unit, const DeviceId& ticket, HybridTime expires) {
  return Joined({AsBytes(kTicketTag), unit.view(), ticket.view(), LittleEndian(expires.ms)});
}

Bytes RedeemStatement(const UnitId& unit, const DeviceId& device) {
  return Joined({AsBytes(kRedeemTag), unit.view(), device.view()});
}

Bytes EncodeCertificate(const Certificate& certificate) {
  Bytes kind = {static_cast<std::uint8_t>(certificate.kind)};
  Bytes value = Joined({kind, certificate.signer.view(), LittleEndian(certificate.time.ms),
                        certificate.signature.view()});
  if (certificate.kind == Certificate::Kind::kInvited) {
    Extend(value, certificate.ticket.view());
    Extend(value, certificate.ticket_signature.view());
  }
  return value;
}

KeyEntry MemberEntry(const DeviceId& device, const Certificate& certificate) {
  return {KeyEntry::Kind::kMember, ToBytes(device.view()), EncodeCertificate(certificate)};
}

/// Takes the first bytes of a value whose size was checked.
ByteView Take(ByteView& value, std::size_t size) {
  ByteView taken = value.first(size);
  value = value.subspan(size);
  return taken;
}

constexpr std::size_t kEnrolledBytes = 1 + DeviceId::kSize + 8 + Signature::kSize;
constexpr std::size_t kInvitedBytes = kEnrolledBytes + DeviceId::kSize + Signature::kSize;

Error NoCertificate() {
  return MakeError(ErrorCode::kInvalid,
                   "a member entry is no certificate of a kind known here; update this program");
}

Error Refused(const DeviceId& device, const std::string& reason) {
  return MakeError(ErrorCode::kDenied, "device " + device.Hex().substr(0, 8) +
                                           " is no member of this unit: " + reason +
                                           "; enrol or invite it again");
}

}  // namespace

KeyEntry EnrolDevice(const UnitId& unit, const DeviceId& device, HybridTime now,
                     const SigningKey& server) {
  Certificate certificate;
  certificate.kind = Certificate::Kind::kEnrolled;
  certificate.signer = server.id();
  certificate.time = now;
  certificate.signature = server.Sign(EnrolStatement(unit, device, now));
  return MemberEntry(device, certificate);
}

Ticket IssueTicket(const UnitId& unit, HybridTime expires, const SigningKey& inviter,
                   Random& random) {
  SigningKey key = SigningKey::Generate(random);
  Ticket ticket;
  ticket.inviter = inviter.id();
  ticket.expires = expires;
  ticket.signature = inviter.Sign(TicketStatement(unit, key.id(), expires));
  ticket.secret = key.seed().Copy();
  return ticket;
}

KeyEntry RedeemTicket(const UnitId& unit, const DeviceId& device, const Ticket& ticket) {
  SigningKey key = SigningKey::FromSeed(ticket.secret.Copy());
  Certificate certificate;
  certificate.kind = Certificate::Kind::kInvited;
  certificate.signer = ticket.inviter;
  certificate.time = ticket.expires;
  certificate.signature = ticket.signature;
  certificate.ticket = key.id();
  certificate.ticket_signature = key.Sign(RedeemStatement(unit, device));
  return MemberEntry(device, certificate);
}

Result<Certificate> DecodeCertificate(ByteView value) {
  if (value.empty()) return NoCertificate();
  Certificate certificate;
  certificate.kind = static_cast<Certificate::Kind>(value.front());
  bool invited = certificate.kind == Certificate::Kind::kInvited;
  if (!invited && certificate.kind != Certificate::Kind::kEnrolled) return NoCertificate();
  if (value.size() != (invited ? kInvitedBytes : kEnrolledBytes)) return NoCertificate();
  Take(value, 1);
  certificate.signer = DeviceId::From(Take(value, DeviceId::kSize));
  certificate.time.ms = FromLittleEndian<std::int64_t>(Take(value, 8));
  certificate.signature = Signature::From(Take(value, Signature::kSize));
  if (invited) {
    certificate.ticket = DeviceId::From(Take(value, DeviceId::kSize));
    certificate.ticket_signature = Signature::From(Take(value, Signature::kSize));
  }
  return certificate;
}

Status CheckMember(const UnitId& unit, const KeyEntry& entry, const DeviceId& server,
                   const std::function<bool(const DeviceId&)>& is_member) {
  if (entry.kind != KeyEntry::Kind::kMember || entry.key.size() != DeviceId::kSize) {
    return NoCertificate();
  }
  TRAM_ASSIGN(Certificate certificate, DecodeCertificate(entry.value));
  DeviceId device = DeviceId::From(entry.key);
  if (certificate.kind == Certificate::Kind::kEnrolled) {
    if (certificate.signer != server) {
      return Refused(device, "another than this unit's server enrolled it");
    }
    if (!VerifySignature(server, EnrolStatement(unit, device, certificate.time),
                         certificate.signature)) {
      return Refused(device, "the server's signature does not fit");
    }
    return {};
  }
  if (certificate.signer != server && !is_member(certificate.signer)) {
    return Refused(device, "the device that invited it is no member");
  }
  if (!VerifySignature(certificate.signer,
                       TicketStatement(unit, certificate.ticket, certificate.time),
                       certificate.signature)) {
    return Refused(device, "the inviting device's signature does not fit");
  }
  if (!VerifySignature(certificate.ticket, RedeemStatement(unit, device),
                       certificate.ticket_signature)) {
    return Refused(device, "the invitation was made for another device");
  }
  return {};
}

}  // namespace tram
