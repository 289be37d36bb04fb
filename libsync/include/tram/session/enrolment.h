// Enrolment: how a device becomes a member at the server. JSON over HTTPS, once per device:
// POST /enrol with a one-time code (the first device of a unit) or with the member entry that an
// invitation's ticket gave (further devices).
// Threads: pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tram/base/ids.h"
#include "tram/model/feed.h"

namespace tram {

inline constexpr char kEnrolPath[] = "/enrol";
inline constexpr char kSyncPath[] = "/s";

struct EnrolRequest {
  DeviceId device;
  std::string code;                // one-time code, or
  std::optional<UnitId> unit;      // invited: the unit and
  std::optional<KeyEntry> member;  // the redeemed ticket
};
struct EnrolReply {
  UnitId unit;
  std::string unit_name;
  DeviceId server;
  DeviceId programme_key;
  std::string programme;       // signed file
  std::vector<KeyEntry> keys;  // members, ours among them
};

std::string EncodeEnrolRequest(const EnrolRequest& request);
Result<EnrolRequest> DecodeEnrolRequest(std::string_view json);
std::string EncodeEnrolReply(const EnrolReply& reply);
Result<EnrolReply> DecodeEnrolReply(std::string_view json);

/// "kind:key:value" in hex, as JSON texts and invitation files carry key entries.
std::string KeyEntryText(const KeyEntry& entry);
Result<KeyEntry> ParseKeyEntry(std::string_view text);

}  // namespace tram
