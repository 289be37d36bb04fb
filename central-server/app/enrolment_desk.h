// EnrolmentDesk: lets devices become members: the first one of a unit with a one-time code, further
// ones with the certificate that an invitation's ticket gave.
// Wrong attempts are counted per minute, refused beyond a number, and written to the audit trail.
// Threads: the owner's.
#pragma once

#include <map>
#include <string>

#include "storage/server_state.h"
#include "tram/session/enrolment.h"

namespace tram::server {

inline constexpr int kWrongPerMinuteMax = 5;        // from one address
inline constexpr int kWrongPerMinuteTotalMax = 60;  // from all
inline constexpr int kCodeHoursDefault = 7 * 24;
inline constexpr int kCodeHoursMax = 90 * 24;

struct NewCode {
  std::string code;  // to be told to the unit; stored nowhere
  std::int64_t expires_ms = 0;
};

/// Makes the one code that is valid for a unit. Errors, said in `in`: denied (the unit has devices:
/// they invite) | invalid (hours, or the unit is closed) | io.
Result<NewCode> IssueCode(ServerState& state, const Unit& unit, int hours, const std::string& who,
                          Language in = Language::kEnglish);

class EnrolmentDesk {
 public:
  explicit EnrolmentDesk(ServerState& state) : state_(state) {}

  /// Post: the device is a member, durably. A device that asks again gets the same answer.
  /// Errors: denied (says why) | overloaded (too many wrong attempts) | corrupt | io.
  Result<EnrolReply> Enrol(const EnrolRequest& request, const std::string& address);

 private:
  Result<Unit> EnrolByCode(const EnrolRequest& request);
  Result<Unit> EnrolByTicket(const EnrolRequest& request);
  Result<EnrolReply> Reply(const Unit& unit);
  Status CheckAttempts(const std::string& address);
  void CountWrong(const std::string& address);

  ServerState& state_;
  std::int64_t minute_ = 0;  // of the steady clock, that the counts are of
  std::map<std::string, int> wrong_;
  int wrong_total_ = 0;
};

}  // namespace tram::server
