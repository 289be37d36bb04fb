// Who belongs to a unit: certificates of devices, checked by the server and by every device, also
// without a network.
//
// Enrolled: the server signs (unit, device, time). Invited: a member signs a ticket key (unit,
// ticket key, expiry); whoever holds the ticket's secret signs (unit, device). A ticket serves one
// device: the server and each device take the first. Whoever takes it first also looks at its
// expiry; a member that was taken stays one, so that replicas agree whatever their clocks say.
//
// A member entry's key is the device; its value: kind (1), signer (32), time in ms (8, lowest byte
// first), signature (64); an invitation goes on with the ticket's key (32) and signature (64).
// Signed are "tram-enrol-1" unit device time, "tram-ticket-1" unit ticket expiry, and
// "tram-redeem-1" unit device, all in fixed sizes. See also libsync/docs/wire-format.md, "members".
// Threads: pure functions.
#pragma once

#include <functional>
#include <optional>

#include "tram/base/bytes.h"
#include "tram/crypto/sign.h"
#include "tram/model/feed.h"

namespace tram {

/// A member entry's value, decoded.
struct Certificate {
  enum class Kind : std::uint8_t { kEnrolled = 1, kInvited = 2 };
  Kind kind = Kind::kEnrolled;
  DeviceId signer;             // the server, or the inviting device
  HybridTime time;             // enrolled at, or the ticket's expiry
  Signature signature;         // the signer's, over device (enrolled) or ticket (invited)
  DeviceId ticket;             // invited only: the ticket's public key
  Signature ticket_signature;  // invited only: the ticket's, over the device
};

/// What an invitation file holds about membership.
struct Ticket {
  DeviceId inviter;
  HybridTime expires;
  Signature signature;
  SecretKey secret;  // the ticket's Ed25519 seed
};

KeyEntry EnrolDevice(const UnitId& unit, const DeviceId& device, HybridTime now,
                     const SigningKey& server);
Ticket IssueTicket(const UnitId& unit, HybridTime expires, const SigningKey& inviter,
                   Random& random);
KeyEntry RedeemTicket(const UnitId& unit, const DeviceId& device, const Ticket& ticket);

/// Errors: invalid.
Result<Certificate> DecodeCertificate(ByteView value);

/// Checks a member entry: its signatures, and that its signer is the server or `is_member`.
/// Errors: invalid | denied (with the reason).
Status CheckMember(const UnitId& unit, const KeyEntry& entry, const DeviceId& server,
                   const std::function<bool(const DeviceId&)>& is_member);

}  // namespace tram
